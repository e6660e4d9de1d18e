"""Waiting for staff of whom nobody is on duty: questions are answered, the rest is kept for them."""

from dataclasses import replace

import pytest

from actions.turn.decision import decide
from actions.turn.waiting import KEEP_WAITING
from tests.actions.turn.test_decision import ANSWER, Seen, answered

WAITS = {"has_called": True, "waits": True}


def acts(seen):
    return decide(replace(seen, **WAITS)).acts


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("我等着，不走开", "inform"),
        ("怎么还没人来，我急", "human"),
        ("对方是做箱包的，告我外观", "triage"),
        ("好，姓秦", "affirm"),
        ("这么久没人理", "complaint"),
    ],
)
def test_what_asks_nothing_is_kept_for_staff(text, intent):
    seen = Seen(text, intent, {intent: 0.9}, asks=False, band="refuse")
    assert acts(seen) == (KEEP_WAITING,)
    assert decide(seen).acts != (KEEP_WAITING,)


def test_a_question_is_answered():
    assert acts(answered(text="德国异议期多久", ranking={"ask": 0.9})) == (ANSWER,)
    # Worded without a question mark, but plainly for the shelf.
    seen = answered(text="越南商标异议期", ranking={"ask": 0.9}, asks=False)
    assert acts(seen) == (ANSWER,)


def test_a_command_is_done_and_an_open_form_goes_on():
    seen = Seen("我要登记", "lead", {"lead": 0.9}, is_certain=True, asks=False)
    assert acts(seen) == ("lead_form",)
    again = Seen("转人工", "human", {"human": 0.9}, is_certain=True, asks=False)
    assert acts(again) == ("action_handoff",)
    in_form = Seen(
        "某某公司", "inform", {"inform": 0.9}, asks=False, form="lead_form", fits_form=True
    )
    assert acts(in_form) == ("lead_form",)
