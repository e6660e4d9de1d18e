"""``huhang train``: what is trained from what, and where it is written."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date

import pytest

import bot.training
from actions import refusal_training
from actions.turn import hearing_training
from bot import heard_turns
from channels.cli import train
from indexer import encoder
from indexer.training import command, order
from knowledge.errors import SettingsError, SourceError
from knowledge.wordings import folder_of
from tests.sample_base import REPLY, sample_settings, write_guide

# What an encoder learns from.
FILES = ("pairs", "statutes", "queries")
MATERIAL = (
    "--pairs", "/srv/pairs.gz", "--statutes", "/srv/statutes.gz", "--queries", "/srv/asked.jsonl",
)  # fmt: skip


@pytest.fixture
def parse():
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    return lambda *words: parser.parse_args(words)


@pytest.fixture
def called(monkeypatch):
    """Every training that is asked for, with what it was given; nothing is trained."""
    calls = {}

    def remember(name, said=None):
        def trained(*args, **options):
            calls[name] = (args, options)
            return said

        return trained

    monkeypatch.setattr(bot.training, "train", remember("bot"))
    monkeypatch.setattr(command, "train_encoder", remember("encoder", "编码器已写入"))
    monkeypatch.setattr(order, "train_order", remember("order", "排序已写入"))
    monkeypatch.setattr(hearing_training, "train_hearing", remember("hearing", "接话的排序已写入"))
    monkeypatch.setattr(refusal_training, "train_refusal", remember("refusal", "理由已写入"))
    monkeypatch.setattr(encoder, "load_encoder", lambda folder: f"encoder of {folder.name}")
    return calls


@pytest.fixture
def settings(tmp_path):
    return sample_settings(tmp_path / "base")


def test_the_dialogue_model_is_trained_unless_something_else_is_named(parse, called, settings):
    assert train.run(parse(), settings) == 0
    assert train.run(parse("bot"), settings) == 0
    assert called == {"bot": ((settings,), {})}


def test_the_order_is_trained_from_the_shelf_and_its_wordings(parse, called, settings, capsys):
    sources, tables = settings.knowledge.sources_dir, settings.knowledge.tables_dir
    write_guide(settings, "us-reply", "美国337答辩", REPLY)
    folder = folder_of(sources)
    folder.mkdir()
    heading = REPLY.splitlines()[0].removeprefix("## ")
    (folder / "us-reply.yaml").write_text(f'"{heading}":\n- 337多久要回\n', encoding="utf-8")
    assert train.run(parse("order"), replace(settings, today="2026-11-23")) == 0
    assert capsys.readouterr().out == "排序已写入\n"
    ((passages, used, out), options) = called["order"]
    assert "337多久要回" in {question for passage in passages for question in passage.similar}
    assert (used, out) == ("encoder of model", train.MODEL)
    assert options == {
        "today": date(2026, 11, 23),
        "aliases_path": tables / "aliases.yaml",
        "words_path": tables / "jieba_words.txt",
        "glossary_path": tables / "glossary.yaml",
    }


def test_the_order_of_a_conversation_is_trained_from_follow_ups(
    parse, called, settings, capsys, monkeypatch
):
    write_guide(settings, "us-reply", "美国337答辩", REPLY)
    heading = REPLY.splitlines()[0].removeprefix("## ")
    folder = settings.knowledge.sources_dir.parent / "followups"
    folder.mkdir()
    row = f"- after: {heading}\n  say: 能拖几天\n  answer: {heading}\n"
    (folder / "us-reply.yaml").write_text(row, encoding="utf-8")
    given = {}

    async def held(settings, lines):
        given["today"], given["lines"] = settings.today, lines
        return ["turns"]

    monkeypatch.setattr(heard_turns, "heard_turns", held)
    assert train.run(parse("hearing"), settings) == 0
    assert capsys.readouterr().out == "接话的排序已写入\n"
    (passages, _, said), options = called["hearing"]
    assert [row.say for row in said.followups] == ["能拖几天"]
    assert "us-reply" in {passage.document for passage in passages}
    assert len(said.unanswerable) > 100
    assert (said.heard, given["today"]) == (["turns"], train.CLOCK)
    assert any("turns" in line for line in given["lines"])
    assert (options["out"], options["today"]) == (train.MODEL, date(2026, 11, 23))


def test_why_something_is_declined_is_taught_by_what_must_not_be_answered(
    parse, called, settings, capsys, tmp_path
):
    assert train.run(parse("refusal", "--out", str(tmp_path)), settings) == 0
    assert capsys.readouterr().out == "理由已写入\n"
    ((rows, used, out), _) = called["refusal"]
    assert len(rows) > 2000
    assert {"price", "outcome", "evasion"} <= {row.reason for row in rows}
    assert (used, out) == ("encoder of model", tmp_path)


def test_an_encoder_needs_to_be_told_what_it_is_trained_from(parse, called, settings):
    for left_out in range(0, len(MATERIAL), 2):
        given = MATERIAL[:left_out] + MATERIAL[left_out + 2 :]
        with pytest.raises(SettingsError, match=MATERIAL[left_out]):
            train.run(parse("encoder", *given), settings)
    assert "encoder" not in called


def test_the_card_says_what_an_encoder_was_trained_from_and_names_no_machine(
    parse, called, settings
):
    train.run(parse("encoder", "--documents", str(train.ROOT / "knowledge"), *MATERIAL), settings)
    said = called["encoder"][1]["command"]
    assert said.endswith(
        "--pairs pairs.gz --statutes statutes.gz --queries asked.jsonl --documents knowledge"
    )
    assert "/srv" not in said


def test_order_and_encoder_go_where_they_are_sent(parse, called, settings, tmp_path):
    train.run(parse("order", "--out", str(tmp_path / "a")), settings)
    files = [word for name in FILES for word in (f"--{name}", str(tmp_path / f"{name}.jsonl"))]
    train.run(parse("encoder", "--out", str(tmp_path / "b"), "--seed", "7", *files), settings)
    assert called["order"][0][2] == tmp_path / "a"
    assert called["encoder"][0][1] == tmp_path / "b"
    assert called["encoder"][1]["seed"] == 7


@pytest.mark.parametrize("missing", ["pairs", "statutes", "queries"])
def test_encoder_is_trained_from_files_that_are_named_and_no_others(
    parse, called, settings, tmp_path, missing
):
    files = [word for name in FILES if name != missing for word in (f"--{name}", str(tmp_path))]
    with pytest.raises(SettingsError, match=f"--{missing}"):
        train.run(parse("encoder", *files), settings)
    assert "encoder" not in called


def test_a_shelf_that_cannot_be_read_is_not_trained_from(parse, called, settings):
    (settings.knowledge.sources_dir / "bad.md").write_text("---\nid: [\n---\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"bad\.md"):
        train.run(parse("order"), settings)
    assert "order" not in called


def test_nothing_else_can_be_trained(parse):
    with pytest.raises(SystemExit):
        parse("everything")
