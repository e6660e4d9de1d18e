"""A plan as it is kept with the message: with what was seen where the shelf was asked, and not searched for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.turn.evidence import Evidence
from actions.turn.explaining import explained_plan
from actions.turn.plan import Plan, plan_in
from tests.actions.turn.shelf import Shelf, hit, services

HITS = [hit("one"), hit("two"), hit("three"), hit("four")]
HITS[1] = replace(HITS[1], passage=replace(HITS[1].passage, title="商标法", article="第三十条"))


@pytest.fixture
def evidence(make_tracker):
    shelf = Shelf(lambda _: ("answer", 0.8, HITS))
    text = "我们在佛山做灯具，十月收到德国律师寄来的警告函，说侵犯外观。这份承诺书能不能签？"
    tracker = make_tracker(text, "ask", entities=[("right", "design"), ("country", "DE")])
    rows = [{"name": "ask", "confidence": 0.87654}, {"name": "bye", "confidence": 0.1}]
    tracker.latest_message["intent_ranking"] = rows
    return Evidence.of(services(shelf), tracker)


def test_what_was_seen_is_kept_with_its_other_readings_its_hits_and_names(evidence):
    kept = explained_plan(evidence, Plan(("action_answer",), "weighed", seen={"intent": "ask"}))
    seen = kept["seen"]
    best, *others = evidence.readings
    assert seen["intent"] == "ask"
    assert {name: seen[name] for name in best.to_json()} == best.to_json()
    assert seen["others"] == [other.to_json() for other in others] != []
    assert seen["titles"] == ["one › one", "商标法 › 第三十条", "three › three"]
    assert seen["ranking"] == {"ask": 0.877, "bye": 0.1}
    assert seen["names"] == ["country", "right"]


def test_a_plan_that_was_made_without_the_shelf_is_kept_without_it_unless_it_is_asked_for(evidence):
    plan = Plan(("utter_thanks",), "certain")
    assert explained_plan(evidence, plan)["seen"] == {}
    assert explained_plan(evidence, plan, always=True)["seen"]["titles"]


def test_a_plan_is_kept_in_plain_values_and_read_back(make_tracker):
    plan = Plan(
        ("action_day",), "dated", {"action_day": 0.87654}, rule="a-rule", day="2026-11-16",
        misfit="要先有传票", printed={"day": "2026-12-09"}, fact={"label": "案号"},
        each=({"place": "GB"},), slots={"country": "GB"},
    )  # fmt: skip
    kept = plan.to_json()
    assert kept == {
        "acts": ["action_day"], "reason": "dated", "scores": {"action_day": 0.877}, "seen": {},
        "rule": "a-rule", "day": "2026-11-16", "misfit": "要先有传票",
        "printed": {"day": "2026-12-09"}, "fact": {"label": "案号"}, "aspect": None,
        "each": [{"place": "GB"}], "slots": {"country": "GB"},
    }  # fmt: skip
    assert plan_in(make_tracker(slots={"plan": kept})) == kept
    assert plan_in(make_tracker(slots={"plan": "x"})) == {}
    assert plan_in(make_tracker()) == {}
    nothing = Plan(("action_answer",), "weighed").to_json()
    assert (nothing["printed"], nothing["fact"], nothing["seen"]) == (None, None, {})
