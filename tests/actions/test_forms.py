"""The way every form reads answers, on a form of two slots."""

import re
from types import SimpleNamespace

import pytest

from actions import conversation as talk
from actions import forms
from actions.forms import Phase, SlotForm, phase


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


@pytest.mark.parametrize(
    ("said", "reads"),
    [
        ({"text": "42"}, True),
        ({"text": "期限几天", "intent": "ask"}, False),
        ({"text": "谢谢", "intent": "thanks"}, False),
        # It gives what was not asked yet.
        ({"text": "嗯", "entities": [("word", "x")]}, True),
        # A word that is known already answers nothing.
        ({"text": "嗯", "entities": [("word", "x")], "slots": {"word": "x"}}, False),
        ({"text": "不是x，是y", "intent": "correct", "entities": [("word", "y")], "slots": {"word": "x"}}, True),
        ({"text": "跳过", "intent": "skip"}, False),
        ({"text": "跳过", "intent": "skip", "slots": {"requested_slot": "word"}}, True),
        ({"text": "7", "slots": {"requested_slot": "form_stuck", "form_stuck": "number"}}, True),
        ({"text": "42", "slots": {"requested_slot": None}}, False),
    ],
    ids=[
        "answer", "question", "thanks", "another-slot", "known-already", "correction", "needed-skipped",
        "optional-skipped", "behind-the-choices", "nothing-asked",
    ],
)  # fmt: skip
def test_a_form_knows_what_it_can_take(form, make_tracker, said, reads):
    slots = {"requested_slot": "number", **said.get("slots", {})}
    assert form.reads(make_tracker(**{**said, "slots": slots})) is reads


def test_what_answers_another_slot_is_noted_and_the_question_stays(form, dispatcher, make_tracker):
    tracker = make_tracker("嗯", entities=[("word", "x")], slots={"requested_slot": "number"})
    found = slots(form.act(dispatcher, tracker))
    assert found == {"word": "x", "requested_slot": "number", "form_failures": 0.0}
    assert [m["response"] for m in dispatcher.messages] == ["utter_noted_too"]


def test_a_form_that_asks_again_does_not_read_the_message(form, dispatcher, make_tracker):
    plan = {"acts": ["action_answer", "again:two_form"]}
    tracker = make_tracker("42", slots={"requested_slot": "number", "plan": plan})
    assert form.act(dispatcher, tracker) == []
    assert dispatcher.messages == []


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
