"""The documents people read agree with the program: settings, commands, Makefile."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import subprocess
import sys
import textwrap
from datetime import date
from pathlib import Path

import pytest

from channels.cli import COMMANDS, kb_shelf
from environment import ENVIRONMENT
from knowledge.coverage import counts
from knowledge.library import load_library
from scripts import draw_architecture, evaluate_nlu
from settings import load_settings

ROOT = Path(__file__).resolve().parents[1]


def test_every_setting_is_in_the_example_environment_file() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    documented = set(re.findall(r"^(HUHANG_\w+)=", text, flags=re.M))
    assert documented == set(ENVIRONMENT)


def test_every_setting_and_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {key for key in ENVIRONMENT if f"`{key}`" not in text} == set()
    assert {name for name in COMMANDS if f"huhang {name}" not in text} == set()


def test_counts_in_the_readme_are_those_of_the_command() -> None:
    settings = load_settings({})
    library = load_library(
        settings.knowledge.sources_dir, settings.knowledge.tables_dir, today=date.today()
    )
    match = kb_shelf.COUNTS.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert match is not None
    written = [line.removeprefix("- ") for line in match[1].splitlines()]
    assert written == counts(library, settings.knowledge.tables_dir), (
        "运行 huhang kb coverage --write README.md 更新"
    )


def test_every_command_has_its_module() -> None:
    folder = ROOT / "channels" / "cli"
    assert {name for name in COMMANDS if not (folder / f"{name}.py").is_file()} == set()


def test_make_targets_that_people_are_told_about_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.M))
    named = set(re.findall(r"`make ([a-z-]+)`", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named
    assert named <= targets


@pytest.mark.slow  # counts who calls whom
def test_the_architecture_is_drawn_as_the_code_is() -> None:
    assert draw_architecture.PAGE.read_text(encoding="utf-8") == draw_architecture.page(), (
        "运行 python scripts/draw_architecture.py 更新"
    )


def test_paths_that_the_documents_name_are_there() -> None:
    pages = [ROOT / name for name in ("README.md", "CONTRIBUTING.md")]
    pages += [ROOT / "docs" / f"{name}.md" for name in ("architecture", "extending", "operations")]
    named = {
        (page.name, path)
        for page in pages
        for path in re.findall(r"`([a-z_]+(?:/[\w.-]+)+/?)`", page.read_text(encoding="utf-8"))
        if path.split("/")[0] not in ("var", "draft") and "NAME" not in path
    }
    assert len(named) > 50
    assert sorted(item for item in named if not (ROOT / item[1]).exists()) == []


def test_names_in_the_code_that_the_documents_give_are_there() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    named = {
        (page.name, name)
        for page in pages
        for name in re.findall(r"`(_?[A-Z]\w*|_\w+|\w+(?=\(\)))(?:\(\))?`", page.read_text("utf-8"))
    }
    folders = [path for path in ROOT.iterdir() if path.is_dir() and path.name[0] not in "._"]
    modules = [path for folder in folders for path in folder.rglob("*.py")] + [*ROOT.glob("*.py")]
    known = {word for path in modules for word in re.findall(r"\w+", path.read_text("utf-8"))}
    assert len(named) > 30
    assert sorted(item for item in named if item[1] not in known) == []


def examples() -> list[str]:
    """The pieces of Python that the page on extending shows, as they would stand in a file."""
    text = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    return [
        textwrap.dedent(block)
        for block in re.findall(r"^ *```python\n(.*?)^ *```", text, re.S | re.M)
    ]


@pytest.mark.parametrize("place", range(len(examples())))
def test_examples_of_extending_import_what_is_there_and_use_no_other_name(place: int) -> None:
    code = examples()[place]
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module != "__future__":
            module = importlib.import_module(str(node.module))
            for alias in node.names:
                is_there = hasattr(module, alias.name) or importlib.util.find_spec(
                    f"{node.module}.{alias.name}"
                )
                assert is_there, f"{node.module}.{alias.name}"
    line = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F", "-"]
    told = subprocess.run(line, input=code, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def dotted() -> list[tuple[str, str]]:
    """Names of modules and of what is in them, by page."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    ours = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    return [
        (page.name, name)
        for page in pages
        for name in re.findall(r"`([a-z_]+(?:\.\w+)+)(?:\(\))?`", page.read_text("utf-8"))
        if name.split(".")[0] in ours
        and name.rpartition(".")[2] not in ("py", "md", "yml", "yaml", "sqlite")
    ]


def test_modules_and_what_is_in_them_are_where_the_documents_say() -> None:
    def is_there(name: str) -> bool:
        module, _, last = name.rpartition(".")
        try:
            return hasattr(importlib.import_module(module), last)
        except ModuleNotFoundError:
            return False

    def is_module(name: str) -> bool:
        path = ROOT / name.replace(".", "/")
        return path.is_dir() or path.with_suffix(".py").is_file()

    assert dotted()
    assert [item for item in dotted() if not is_module(item[1]) and not is_there(item[1])] == []


def test_the_page_on_intents_is_of_the_classifier_that_runs() -> None:
    page = (ROOT / "docs" / "nlu.md").read_text(encoding="utf-8")
    named = re.findall(r"runs with sharpness ([\d.]+) .*? With ([\d.]+), below a threshold", page)
    assert named
    assert {float(value) for pair in named for value in pair} == {evaluate_nlu.shipped_sharpness()}
    config = (ROOT / "config.yml").read_text(encoding="utf-8")
    assert not re.search(r"#.*macro-F1 \d", config), "the page has the figures"
