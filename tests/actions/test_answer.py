"""The answer from a passage: what is said beside it."""

from dataclasses import replace
from datetime import date

import pytest

from actions.answer import in_order
from actions.answer_card import OVERDUE, answer_reply
from actions.lookup import Found
from actions.replies import FOLD
from actions.turn.readings import Reading
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


def test_counted_items_are_answered_in_the_order_in_which_they_were_asked():
    one, two, apart = found(), found(), found()
    passage = two.hits[0].passage
    two = replace(
        two,
        question="律师费多少",
        hits=(replace(two.hits[0], passage=replace(passage, id="fee#1")),),
    )
    apart = replace(apart, hits=(replace(apart.hits[0], passage=replace(passage, id="whole#1")),))
    first = in_order(Reading("part", "律师费多少", two), [one, two])
    assert (first.question, first.found) == (QUESTION, one)
    whole = Reading("alone", "两件事", apart)
    assert in_order(whole, [one, two]) is whole  # the whole has an answer of its own
