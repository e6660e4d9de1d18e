"""The answer from a passage: what is said beside it."""

from dataclasses import replace
from datetime import date

import pytest

from actions.answer import _several
from actions.answer_card import OVERDUE, answer_reply
from actions.lookup import Found
from actions.replies import FOLD
from indexer.types import QueryInfo, ScoredPassage
from knowledge.figures import figures
from knowledge.types import Kind, Passage

TODAY = date(2026, 11, 23)
QUESTION = "337几天内答辩"


def found(**values) -> Found:
    passage = Passage(
        id="us#1", version="v", document="us", title="美国337答辩", heading=(QUESTION,), text="20天。送达后起算。" * 30,
        kind=Kind.GUIDE, jurisdiction=("US",), **values,
    )  # fmt: skip
    info = QueryInfo(text=QUESTION, expanded=QUESTION)
    return Found(QUESTION, info, (ScoredPassage(passage, 1.0),), "answer", 0.9, "s")


@pytest.mark.parametrize(
    ("due", "overdue"),
    [(None, False), (TODAY, False), (date(2026, 11, 22), True), (date(2026, 11, 24), False)],
)
def test_banner_stands_only_after_the_review_date(due, overdue):
    reply = answer_reply(found(review_due=due), TODAY)
    assert (OVERDUE in reply.fields["body"]) is overdue
    assert reply.data["overdue"] is overdue


def test_banner_has_its_room_and_no_figure():
    body = answer_reply(found(review_due=date(2020, 1, 1)), TODAY).fields["body"]
    assert len(body) <= FOLD
    assert figures(OVERDUE) == set()


def test_several_questions_are_answered_in_the_order_in_which_they_were_asked():
    one, two = found(), found()
    other = replace(two.hits[0].passage, id="fee#1", document="fee")
    two = replace(two, hits=(replace(two.hits[0], passage=other),))
    said = [passage.id for passage in _several(two, [one, two])]
    assert said == ["us#1", "fee#1"]
    assert [passage.id for passage in _several(two, [one])] == ["fee#1", "us#1"]
