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


def seen(**more):
    row = {"reading": "alone", "question": "异议期", "band": "answer", "confidence": 0.876}
    return {**row, "ranking": {"ask": 0.9}, "names": [], **more}


def test_what_was_seen_is_told_with_the_other_readings_titles_and_names():
    other = {"reading": "heard", "question": "美国异议期", "band": "refuse", "confidence": 0.1}
    ranking = {"greet": 0.05, "ask": 0.8, "deadline": 0.1, "bye": 0.04, "thanks": 0.01}
    names = ["country", "country", "right"]
    plan = {
        "acts": ["action_answer"], "reason": "weighed", "scores": {"utter_greet": 0.1, "action_answer": 0.8},
        "seen": seen(others=[other], titles=["异议", "撤销"], ranking=ranking, names=names),
    }  # fmt: skip
    told = explained(plan)
    assert told is not None
    assert told.lines() == [
        "决定：按问题回答（各种做法里得分最高，其次是打招呼）",
        "  得分 0.80 按问题回答",
        "  得分 0.10 打招呼",
        "  当作问题：异议期（单独看这句话），会回答，把握 0.88",
        "  也可以当作：美国异议期（结合前面说过的），会说答不了，把握 0.10",
        "  命中：异议；撤销",
        f"  听成：{_words(told)}",
        "  提到：国家、权利",
    ]
    assert _words(told).count("、") == 2  # the three likeliest


def _words(told):
    return dict(told.seen)["听成"]


def test_of_the_ranking_only_what_is_possible_is_told_and_at_least_the_first():
    told = explained({"acts": ["action_answer"], "reason": "weighed", "scores": {"action_answer": 0.8},
                      "seen": seen(ranking={"ask": 0.005, "bye": 0.001})})  # fmt: skip
    assert told is not None
    assert told.why == "各种做法里得分最高"  # there is no second
    assert "、" not in _words(told)
    assert dict(told.seen)["命中"] == "没有"
    assert dict(told.seen)["提到"] == "没有"


def test_what_is_heard_with_a_hundredth_is_still_told():
    ranking = {"ask": 0.9, "bye": 0.01, "thanks": 0.009}
    told = explained(
        {"acts": ["action_answer"], "reason": "weighed", "seen": seen(ranking=ranking)}
    )
    assert told is not None
    assert _words(told).count("、") == 1


def test_only_what_was_weighed_has_a_second_best():
    scores = {"action_answer": 0.8, "utter_greet": 0.1}
    told = explained({"acts": ["action_answer"], "reason": "dated", "scores": scores})
    assert told is not None
    assert "其次" not in told.why


def test_the_day_it_counts_from_and_why_none_is_given_are_told():
    told = explained(
        {"acts": ["action_day"], "reason": "dated", "day": "2026-11-16", "misfit": "要先有传票"}
    )
    assert told is not None
    assert told.seen == (("起算日", "2026-11-16"), ("没有算的原因", "要先有传票"))
