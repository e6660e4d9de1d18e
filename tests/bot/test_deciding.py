"""A plan is told in words: nothing that the turn can choose, see or give as a reason is left as a code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from actions.turn import decision, readings
from bot.deciding import ACTS, BANDS, NAMES, READINGS, REASONS, act_name, explained
from office.workbench.ask import BANDS as SHOWN_BANDS

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ast.parse((ROOT / "actions" / "turn" / "decision.py").read_text("utf-8"))


def plans_of_the_turn() -> list[ast.Call]:
    made = [node for node in ast.walk(SOURCE) if isinstance(node, ast.Call)]
    return [node for node in made if isinstance(node.func, ast.Name) and node.func.id == "Plan"]


def test_every_act_of_the_turn_has_words():
    named = {
        node.value
        for node in ast.walk(SOURCE)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"(?:action|utter)_[a-z_]+|[a-z]+_form", node.value)
    }
    acts = named | {*decision.ACT_OF.values(), *decision.END_OF, *decision.END_OF.values()}
    assert len(acts) > 30
    assert acts | {decision.LEAVE_QUIETLY} <= set(ACTS)


def test_every_reason_of_the_turn_has_words():
    reasons = {call.args[1].value for call in plans_of_the_turn()} | {"failed"}
    assert len(reasons) > 5
    assert reasons <= set(REASONS)


def test_every_reading_band_and_kind_of_name_has_words():
    kinds = {readings.ALONE, readings.PART, readings.FOLLOW, readings.HEARD, readings.HOME}
    assert kinds == set(READINGS)
    assert set(readings._BAND_ORDER) == set(BANDS) == set(SHOWN_BANDS)
    assert {band: shown[0] for band, shown in SHOWN_BANDS.items()} == dict(BANDS)
    domain = yaml.safe_load((ROOT / "bot" / "domain" / "knowledge.yml").read_text("utf-8"))
    assert {next(iter(row)) for row in domain["entities"]} <= set(NAMES)


def test_what_has_no_words_yet_is_told_without_its_code():
    told = explained({"acts": ["action_new", "again:new_form"], "reason": "new"})
    assert told is not None
    assert not re.search(r"[a-z]", "".join(told.lines()))
    assert act_name("again:triage_form") == "再问一次（问清处境）"


@pytest.mark.parametrize("plan", [None, {}, {"acts": []}])
def test_where_nothing_was_decided_nothing_is_told(plan):
    assert explained(plan) is None


def test_the_day_that_a_paper_prints_is_told_with_its_words():
    printed = {"title": "传票", "day": "2026-12-09", "hour": None, "quote": "于12月9日前", "meaning": "due"}  # fmt: skip
    told = explained({"acts": ["action_day"], "reason": "printed", "printed": printed})
    assert told is not None
    assert told.lines() == [
        "决定：算出期限（手上的文书自己写着日期）",
        "  文书写的日期：2026-12-09",
        "  文书原话：于12月9日前",
    ]


def test_what_was_asked_of_a_paper_is_told_without_its_contents():
    fact = {"title": "起诉状", "label": "案号", "found": [{"label": "案号", "value": "1:26-cv-9"}]}
    told = explained({"acts": ["action_paper_fact"], "reason": "paper says", "fact": fact})
    assert told is not None
    assert told.lines() == [
        "决定：按手上的文书回答（问的是手上文书写着的内容）",
        "  问文书的：起诉状：案号",
    ]
