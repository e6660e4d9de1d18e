"""What systemd runs is the service's account, settings and folder, by hand and by timer alike."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from channels.cli import COMMANDS, main

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "deploy" / "systemd"
SERVICES = sorted(path.name for path in FOLDER.glob("*.service"))
TIMERS = sorted(path.name for path in FOLDER.glob("*.timer"))
PROGRAM = "/opt/huhang/.venv/bin/huhang"
MANUAL = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def unit(name: str) -> configparser.ConfigParser:
    """A unit; of a key that is there several times the last."""
    parsed = configparser.ConfigParser(interpolation=None, strict=False)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read(FOLDER / name, encoding="utf-8")
    return parsed


def commands(name: str) -> list[str]:
    """What a service runs, as the shell in it would read it."""
    told = re.findall(r"^ExecStart=(.*)$", (FOLDER / name).read_text(encoding="utf-8"), re.M)
    return [line.replace("$$", "$").replace("%%", "%") for line in told]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_the_account_the_settings_and_the_folder_of_the_first(name: str) -> None:
    own, first = unit(name)["Service"], unit("huhang.service")["Service"]
    for key in ("User", "WorkingDirectory", "EnvironmentFile", "NoNewPrivileges", "ProtectSystem"):
        assert own[key] == first[key], key
    named = [word for line in commands(name) for word in re.findall(rf"{PROGRAM} (\w+)", line)]
    assert named
    assert set(named) <= set(COMMANDS)


@pytest.mark.parametrize("name", TIMERS)
def test_every_timer_starts_a_service_and_makes_up_for_what_it_missed(name: str) -> None:
    assert name.replace(".timer", ".service") in SERVICES
    assert unit(name)["Timer"]["Persistent"] == "true"
    assert unit(name)["Install"]["WantedBy"] == "timers.target"


def test_by_hand_the_program_runs_as_the_service_does(tmp_path: Path) -> None:
    stand_in = tmp_path / "systemd-run"
    stand_in.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    stand_in.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    line = [str(FOLDER / "huhang"), "purge", "--sender", "a b"]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=True)
    given, own = done.stdout.splitlines(), unit("huhang.service")["Service"]
    assert f"--uid={own['User']}" in given
    assert f"--working-directory={own['WorkingDirectory']}" in given
    assert f"--property=EnvironmentFile={own['EnvironmentFile']}" in given
    assert given[given.index(PROGRAM) :] == [PROGRAM, "purge", "--sender", "a b"]
    assert "--wait" in given


def test_timed_commands_are_taken_by_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUHANG_DATA_DIR", str(tmp_path))
    (purge,) = commands("huhang-purge.service")
    assert main(shlex.split(purge)[1:]) == 0
    told = capsys.readouterr().out
    assert str(tmp_path / "desk.sqlite") in told
    assert "已清除" in told


def test_a_backup_names_the_folder_that_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    monkeypatch.setenv("HUHANG_DATA_DIR", str(data))
    assert main(["backup", str(tmp_path / "one.tar.gz")]) == 0
    assert f"数据文件夹 {data} " in capsys.readouterr().out


def test_the_manual_installs_every_unit_and_no_other_file() -> None:
    named = set(re.findall(r"deploy/systemd/([\w.*-]+)", MANUAL))
    assert {"huhang", "*.service", "*.timer"} <= named
    assert {item for item in named if not list(FOLDER.glob(item))} == set()
    assert {name for name in TIMERS if name not in MANUAL} == set()
