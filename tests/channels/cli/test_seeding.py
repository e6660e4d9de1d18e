"""A data folder that an earlier image filled gets the model of the present one, and its shelf is built anew."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.training import model_path
from channels.cli import seeding
from settings import Settings, load_settings

BUILD = ["kb", "build", "--if-stale", "--publish", "--without-drafts"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"HUHANG_DATA_DIR": str(tmp_path / "data")})


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What was begun, each a process that never ends by itself."""
    lines: list[list[str]] = []
    monkeypatch.setattr(seeding, "command", lambda *arguments: list(arguments))
    started = subprocess.Popen

    def start(line: list[str], **options: Any) -> subprocess.Popen[bytes]:
        lines.append(line)
        return started(["sleep", "60"], **options)

    monkeypatch.setattr(seeding.subprocess, "Popen", start)
    return lines


def seed_of(folder: Path, name: str) -> Path:
    (folder / "models").mkdir(parents=True)
    (folder / "models" / name).write_bytes(b"new")
    return folder


def test_the_model_of_the_image_is_taken_and_the_shelf_is_made(settings, begun, tmp_path):
    wanted = model_path(settings)
    wanted.parent.mkdir(parents=True)
    older = wanted.with_name("huhang-0123.tar.gz")
    older.write_bytes(b"old")
    with seeding.seeded(settings, seed_of(tmp_path / "seed", wanted.name)):
        assert wanted.read_bytes() == b"new"
        assert older.read_bytes() == b"old"
        assert begun == [BUILD]
    assert sorted(path.name for path in wanted.parent.iterdir()) == sorted(
        [older.name, wanted.name]
    )


def test_a_model_of_other_inputs_is_trained(settings, begun, tmp_path):
    with seeding.seeded(settings, seed_of(tmp_path / "seed", "huhang-else.tar.gz")):
        assert begun == [BUILD, ["train", "bot"]]
    assert not settings.bot.models_dir.exists()


def test_a_model_that_is_there_stays(settings, begun, tmp_path):
    wanted = model_path(settings)
    wanted.parent.mkdir(parents=True)
    wanted.write_bytes(b"own")
    with seeding.seeded(settings, seed_of(tmp_path / "seed", wanted.name)):
        assert wanted.read_bytes() == b"own"


def test_a_server_of_rasa_elsewhere_needs_none(settings, begun, tmp_path):
    elsewhere = replace(settings, bot=replace(settings.bot, rasa_url="http://rasa"))
    with seeding.seeded(elsewhere, tmp_path):
        assert begun == [BUILD]


def test_what_is_being_made_ends_with_the_server(settings, begun, tmp_path, monkeypatch):
    ended: list[int] = []
    end = seeding.end
    monkeypatch.setattr(
        seeding, "end", lambda making: (end(making), ended.extend(p.wait() for p in making))
    )
    with pytest.raises(KeyboardInterrupt), seeding.seeded(settings, tmp_path):
        raise KeyboardInterrupt
    assert len(ended) == 2
