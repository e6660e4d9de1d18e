"""A story that asks something gets the shelf's answer to it, however the question is built."""

import pytest

from actions import triage_summary
from actions.triage_summary import _own_question

KNOWN = {"country": "US", "procedure": "court", "right": None}


@pytest.fixture
def looked_up(monkeypatch):
    """The stories that were looked up."""
    asked = []

    class Answer:
        band = "answer"

    def look_up(_services, text, _country):
        asked.append(text)
        return Answer()

    monkeypatch.setattr(triage_summary, "_look_up", look_up)
    return asked


@pytest.mark.parametrize(
    "story",
    [
        "收到传票，最晚哪天答辩", "昨天收到传票，谁能帮我们应诉", "收到传票了，答辩多久内要交", "收到傳票，幾天內要答辯",
        "收到传票，怎么办", "收到传票要不要请律师",
    ],
)  # fmt: skip
def test_a_question_in_a_story_is_looked_up(looked_up, story):
    assert _own_question(None, story, KNOWN) is not None
    assert looked_up == [story]


@pytest.mark.parametrize("story", ["昨天收到美国法院的传票，对方告我们专利侵权", "哪天"])
def test_a_story_that_asks_nothing_is_not(looked_up, story):
    assert _own_question(None, story, KNOWN) is None
    assert looked_up == []


def test_a_story_of_no_known_procedure_is_looked_up_all_the_same(looked_up):
    story = "对方发来一封看不懂的英文信"
    assert _own_question(None, story, {**KNOWN, "procedure": None}) is not None
