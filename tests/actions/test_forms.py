"""The way every form reads answers, on a form of two slots."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from actions import conversation as talk
from actions import forms
from actions.forms import DIGRESSIONS, Phase, SlotForm, phase

ROOT = Path(__file__).resolve().parent.parent.parent


class TwoSlotForm(SlotForm):
    form = "two_form"
    slots = ("number", "word")
    optional = frozenset({"word"})

    def others(self, tracker):
        return {"word": talk.entity(tracker, "word")}

    def extract_number(self, tracker):
        found = re.search(r"\d+", talk.text(tracker))
        return found[0] if found else None

    def validate_number(self, text, dispatcher, tracker):
        if len(text) > 3:
            dispatcher.utter_message(response="utter_too_long")
            return None
        return text

    def extract_word(self, tracker):
        return talk.entity(tracker, "word")


@pytest.fixture
def form():
    return TwoSlotForm(lambda: SimpleNamespace())


def slots(events):
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def test_an_answer_fills_its_slot_and_others_named_with_it(form, dispatcher, make_tracker):
    tracker = make_tracker("42", entities=[("word", "x")], slots={"requested_slot": "number"})
    found = slots(form.act(dispatcher, tracker))
    assert found["number"] == "42"
    assert found["word"] == "x"


def test_a_question_is_left_to_the_rules(form, dispatcher, make_tracker):
    tracker = make_tracker("337期限几天", intent="ask", slots={"requested_slot": "number"})
    assert form.act(dispatcher, tracker) == []


def test_an_answer_that_is_refused_is_spoken_of_once(form, dispatcher, make_tracker):
    tracker = make_tracker("12345", slots={"requested_slot": "number"})
    found = slots(form.act(dispatcher, tracker))
    assert [m["response"] for m in dispatcher.messages] == ["utter_too_long"]
    assert found == {"form_failures": 1.0, "requested_slot": "number"}


def test_two_re_asks_then_choices_then_a_person(form, dispatcher, make_tracker):
    state = {"requested_slot": "number"}
    asked = []
    for _ in range(4):
        state |= slots(form.act(dispatcher, make_tracker("嗯", intent="affirm", slots=dict(state))))
        asked.append(state["requested_slot"])
    assert asked == ["number", "number", "form_stuck", None]
    assert state["form_outcome"] == "human"


def test_an_answer_after_the_choices_counts(form, dispatcher, make_tracker):
    tracker = make_tracker("7", slots={"requested_slot": "form_stuck", "form_stuck": "number"})
    found = slots(form.act(dispatcher, tracker))
    assert found["number"] == "7"
    assert found["form_stuck"] is None


def test_an_optional_slot_can_be_skipped_and_a_needed_one_not(form, dispatcher, make_tracker):
    skipped = form.act(
        dispatcher, make_tracker("跳过", intent="skip", slots={"requested_slot": "word"})
    )
    assert slots(skipped)["word"] == forms.NOT_GIVEN
    needed = form.act(
        dispatcher, make_tracker("跳过", intent="skip", slots={"requested_slot": "number"})
    )
    assert "number" not in slots(needed)


def test_a_correction_changes_a_filled_slot_and_asks_on(form, dispatcher, make_tracker):
    tracker = make_tracker(
        "不是x，是y", intent="correct", entities=[("word", "y")],
        slots={"requested_slot": "number", "word": "x"},
    )  # fmt: skip
    found = slots(form.act(dispatcher, tracker))
    assert found["word"] == "y"
    assert found["requested_slot"] == "number"


def test_repeat_asks_the_same_slot_again(form, dispatcher, make_tracker):
    tracker = make_tracker("再说一遍", intent="repeat", slots={"requested_slot": "word"})
    assert slots(form.act(dispatcher, tracker))["requested_slot"] == "word"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([{"event": "action", "name": "two_form"}], Phase.ANSWER),
        (
            [{"event": "active_loop", "name": "two_form"}, {"event": "action", "name": "two_form"}],
            Phase.START,
        ),
        (
            [{"event": "action", "name": "action_answer"}, {"event": "action", "name": "two_form"}],
            Phase.RETURN,
        ),
    ],
    ids=["answer", "start", "return"],
)
def test_phase_is_read_from_the_events(make_tracker, events, expected):
    assert phase(make_tracker("x", events=events), "two_form") is expected


def test_every_digression_has_a_rule_in_every_form():
    rules = yaml.safe_load((ROOT / "bot/data/rules/interruptions.yml").read_text("utf-8"))["rules"]
    covered: dict[str, set[str]] = {}
    for rule in rules:
        step = rule["steps"][0]
        intents = [item["intent"] for item in step.get("or", [step])]
        covered.setdefault(rule["condition"][0]["active_loop"], set()).update(intents)
    named = set()
    for path in (ROOT / "bot/domain").glob("*.yml"):
        named |= set(yaml.safe_load(path.read_text("utf-8")).get("forms", {}))
    assert set(covered) == named
    for form, intents in covered.items():
        assert intents >= DIGRESSIONS, form
