"""Messages that are no more than a name: what they go on with, and when nothing was said before."""

from __future__ import annotations

import pytest

from actions.turn.bare import asked_before, is_bare, names_alone, unknown_name
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("法国呢", True),
        ("法国", True),
        ("那亚马逊呢", True),
        ("法国要多久", False),  # a question of its own
        ("法国商标异议呢", False),  # it names a procedure
        ("那异议呢", False),  # a procedure and no place
        ("那TRO呢", True),  # a procedure of one country alone
        ("法国的呢", True),
        ("法国的店呢", False),
        ("哪里呢", False),
    ],
)
def test_a_bare_message_names_a_place_and_nothing_else(text, expected):
    assert is_bare(services(answering({})), text) is expected


def test_so_many_questions_are_gone_back_to_and_no_more(make_tracker):
    said = [f"{place}异议期多久" for place in ("德国", "法国", "英国", "日本")]
    events = [{"event": "slot", "name": "last_question", "value": question} for question in said]
    events.append({"event": "slot", "name": "country", "value": "JP"})
    tracker = make_tracker("韩国呢", slots={"last_question": said[-1]}, events=events)
    assert asked_before(tracker) == said[:0:-1]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("火星呢", "火星"),
        ("火星", None),  # it joins nothing
        ("火呢", None),  # one sign is no name
        ("火星上的居民呢", None),  # more than a name
        ("日本呢", None),
        ("亚马逊呢", None),
        ("那要是火星呢", "火星"),
        ("不火星呢", None),
    ],
)
def test_what_stands_nowhere_on_the_shelf_is_an_unknown_name(text, name):
    assert unknown_name(answering({}), text) == name
