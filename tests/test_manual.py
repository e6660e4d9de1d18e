"""What the operators' pages tell people to type does what the pages say, and nothing worse."""

from __future__ import annotations

import argparse
import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from channels.cli import COMMANDS
from desk.permissions import Role
from knowledge.loaders import supported_suffixes
from scripts import write_commands

ROOT = Path(__file__).resolve().parents[1]
# What operators and integrators read, and what runs without anybody reading it.
PAGES = ["README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
RUNS = ["Makefile", "Dockerfile", "compose.yml"]
# Who follows it works on a branch, with a data folder of their own.
_FOR_DEVELOPERS = {"docs/extending.md"}


@pytest.mark.parametrize("name", [*PAGES, *RUNS])
def test_no_command_publishes_what_nobody_approved(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    told = re.findall(r"kb build[^`\n&|]*--publish[^`\n&|]*", text)
    if name in _FOR_DEVELOPERS:
        return
    assert [line for line in told if "--without-drafts" not in line] == []


@pytest.mark.parametrize("name", PAGES)
def test_settings_to_copy_hold_nothing_but_their_value(name: str) -> None:
    # For systemd a comment behind a value belongs to the value.
    told = re.findall(r"^\s*(HUHANG_\w+=.*)$", (ROOT / name).read_text(encoding="utf-8"), re.M)
    assert [line for line in told if re.search(r"\s#", line)] == []


def options_of(parser: argparse.ArgumentParser) -> tuple[set[str], dict[str, Any]]:
    """Every option of a parser, and the parsers or the words that its first word chooses among."""
    options: set[str] = set()
    choices: dict[str, Any] = {}
    for action in parser._actions:
        options |= set(action.option_strings)
        if not action.option_strings and isinstance(action.choices, dict):
            choices = dict(action.choices)
        elif not action.option_strings and action.choices and not choices:
            choices = dict.fromkeys(action.choices)
    return options, choices


def wrong_in(line: str) -> str | None:
    """What the program does not know in a command that a page gives; None when it knows all."""
    words = line.split()
    if words[1] not in COMMANDS:
        return words[1]
    parser = argparse.ArgumentParser()
    importlib.import_module(f"channels.cli.{words[1]}").add_arguments(parser)
    options, choices = options_of(parser)
    rest = words[2:]
    if choices and rest and re.fullmatch(r"[a-z-]+(/[a-z-]+)*", rest[0]):
        for word in rest[0].split("/"):
            if word not in choices:
                return word
            if choices[word] is not None:
                options |= options_of(choices[word])[0]
    for word in rest:
        for option in re.findall(r"--[a-z][a-z-]*", word.strip("[]")):
            if option not in options:
                return option
    return None


@pytest.mark.parametrize("name", PAGES)
def test_commands_that_the_pages_give_are_taken_by_the_program(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = [line for block in re.findall(r"```.*?```", text, re.S) for line in block.splitlines()]
    inline = re.findall(r"`((?:\S*/)?huhang [^`\n]+)`", text)
    told = [line.partition("#")[0].strip() for line in [*blocks, *inline]]
    commands = [
        part.strip()
        for line in told
        for part in re.split(r"&&|;|\|", line)
        if re.match(r"huhang [a-z]", part.strip())
    ]
    assert [(line, wrong) for line in commands if (wrong := wrong_in(line))] == []


def test_failures_to_watch_are_counted_under_these_names() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^- `huhang_errors_total`.*$", text, re.M)
    named = set(re.findall(r"`([a-z_]+)`", line)) - {"huhang_errors_total", "code"}
    folders = ("server", "channels", "office", "bot")
    code = "\n".join(p.read_text("utf-8") for f in folders for p in (ROOT / f).rglob("*.py"))
    assert len(named) > 5
    assert {name for name in named if f'"{name}"' not in code} == set()


def test_the_manual_and_the_container_file_make_the_secrets_alike() -> None:
    made = re.compile(r"\(umask .*> \.env\)")
    pages = [(ROOT / name).read_text("utf-8") for name in ("docs/operations.md", "compose.yml")]
    first, second = (made.findall(page) for page in pages)
    assert first == second != []


def test_every_command_stands_with_its_options_on_its_page() -> None:
    assert write_commands.PAGE.read_text("utf-8") == write_commands.page(), (
        "运行 python scripts/write_commands.py 更新"
    )


def test_everything_that_can_be_trained_is_in_the_readme() -> None:
    parser = argparse.ArgumentParser()
    importlib.import_module("channels.cli.train").add_arguments(parser)
    readme = (ROOT / "README.md").read_text("utf-8")
    assert {
        what for what in options_of(parser)[1] if f"`huhang train {what}" not in readme
    } == set()


def test_roles_that_the_readme_names_are_taken_by_the_program() -> None:
    (line,) = re.findall(r"^角色：.*$", (ROOT / "README.md").read_text("utf-8"), re.M)
    named = dict(re.findall(r"([^，：、；（）]+)（`([a-z-]+)`）", line))
    assert named == {role.label: role.value for role in Role}


def test_kinds_of_files_that_can_be_brought_in_are_listed() -> None:
    text = (ROOT / "docs" / "imports.md").read_text("utf-8")
    (listed,) = re.findall(r"^Files of these kinds .*: ([a-z0-9 ]+)\.$", text, re.M)
    assert listed.split() == sorted(suffix.lstrip(".") for suffix in supported_suffixes())
