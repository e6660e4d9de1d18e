"""Messages that are no more than a name: what they go on with, and when nothing was said before."""

from __future__ import annotations

import pytest

from actions.turn.bare import asked_before, names_alone
from tests.actions.turn.shelf import answering, services


@pytest.mark.parametrize(
    ("text", "expected"),
    [("法国呢", True), ("法国", False), ("法国律师费呢", False), ("那怎么办呢", False)],
)
def test_a_place_named_to_go_on_with_names_it_alone_at_the_beginning(make_tracker, text, expected):
    at_hand = services(answering({}))
    assert names_alone(at_hand, make_tracker(text), text) is expected
    later = make_tracker(text, events=[{"event": "user", "text": "德国商标异议期多久"}])
    assert not names_alone(at_hand, later, text)


def test_a_bare_name_goes_on_with_the_questions_before_the_last_one_first(make_tracker):
    events = [
        {"event": "slot", "name": "last_question", "value": "德国异议期多久"},
        {"event": "slot", "name": "country", "value": "DE"},
        {"event": "action", "name": "action_answer"},
        {"event": "slot", "name": "last_question", "value": "法国异议期多久"},
    ]
    tracker = make_tracker("英国呢", slots={"last_question": "法国异议期多久"}, events=events)
    assert asked_before(tracker) == ["法国异议期多久", "德国异议期多久"]
    assert asked_before(make_tracker("英国呢")) == []
