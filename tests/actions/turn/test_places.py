"""What the conversation holds of each country, told by its events."""

from __future__ import annotations

import pytest

from actions.turn.places import (
    goes_back,
    recent_places,
    returning,
    said_of_place,
    told_here,
    told_of_places,
    with_slots,
)
from tests.actions.turn.shelf import answering, services

GB_RULE, JP_RULE = "gb-tm-opposition-2-months", "jp-tm-opposition-2-months"


def said(text, *places, role="main"):
    rows = [{"entity": "country", "value": place, "role": role} for place in places]
    return {"event": "user", "text": text, "parse_data": {"entities": rows}}


def slots(**values):
    return [{"event": "slot", "name": name, "value": value} for name, value in values.items()]


ACTED = {"event": "action", "name": "action_day"}
BRITISH = [said("英国", "GB"), *slots(country="GB", right="trademark"), ACTED,
           *slots(last_rule=GB_RULE, last_day="2026-10-09")]  # fmt: skip
JAPANESE = [said("日本专利", "JP"), *slots(right="patent", country="JP"), ACTED,
            *slots(last_rule=JP_RULE, last_day="2026-11-06")]  # fmt: skip


@pytest.fixture
def conversation(make_tracker):
    """A conversation of these events, whose last message names a country."""

    def hold(text, place, *events, entities=()):
        tracker = make_tracker(text, entities=[("country", place), *entities] if place else [])
        tracker.events[:] = [*events, said(text, *([place] if place else []))]
        return tracker

    return hold


def test_each_country_keeps_what_held_when_it_was_spoken_of_last(conversation):
    tracker = conversation("英国呢", "GB", *BRITISH, *JAPANESE)
    kept = told_of_places(tracker)
    assert list(kept) == ["GB", "JP"]
    # What is heard of Japan before anything is done does not belong to Britain.
    assert (kept["GB"]["right"], kept["GB"]["last_day"]) == ("trademark", "2026-10-09")
    assert (kept["JP"]["right"], kept["JP"]["last_rule"]) == ("patent", JP_RULE)
    assert recent_places(tracker) == ["GB", "JP"]


def test_a_country_is_recent_until_six_messages_were_about_others(conversation):
    def recent(between, after):
        thanks = [said("谢谢"), ACTED]
        events = [*BRITISH, *thanks * between, *JAPANESE, *thanks * after]
        return recent_places(conversation("哪个能延", None, *events))

    assert recent(0, 0) == recent(9, 3) == ["GB", "JP"]  # thanks are still about the one before
    assert recent(0, 4) == recent(9, 9) == ["JP"]


def test_one_turn_may_speak_of_several_countries(conversation):
    both = [said("两国", "GB", "JP"), *slots(country="GB"), ACTED,
            *slots(country="JP", last_day="2026-11-06", last_rule=JP_RULE),
            *slots(country="GB", last_day="2026-10-09", last_rule=GB_RULE)]  # fmt: skip
    kept = told_of_places(conversation("哪个能延", None, *both))
    assert {place: state["last_day"] for place, state in kept.items()} == {
        "JP": "2026-11-06", "GB": "2026-10-09",
    }  # fmt: skip


def test_going_back_takes_up_what_held_for_the_country(conversation):
    back = returning(conversation("英国呢", "GB", *BRITISH, *JAPANESE))
    assert (back["last_rule"], back["right"]) == (GB_RULE, "trademark")
    named = conversation("英国专利", "GB", *BRITISH, *JAPANESE, entities=[("right", "patent")])
    assert returning(named)["last_rule"] == GB_RULE
    assert "right" not in returning(named)
    assert returning(conversation("日本呢", "JP", *BRITISH, *JAPANESE)) == {}  # spoken of now
    assert returning(conversation("法国呢", "FR", *BRITISH, *JAPANESE)) == {}
    assert returning(conversation("英国呢", "GB", *BRITISH, {"event": "restart"}, *JAPANESE)) == {}


def test_another_procedure_in_a_country_takes_up_nothing(conversation):
    opposed = [*BRITISH, *slots(procedure="opposition")]
    sued = conversation("英国起诉", "GB", *opposed, *JAPANESE, entities=[("procedure", "court")])
    assert returning(sued) == {}


def test_of_a_message_about_several_countries_the_part_of_one_is_told(conversation):
    words = "英国10月9日公告,日本11月6日公告"
    tracker = conversation("最晚哪天", None, said(words, "GB", "JP"), said("谢谢"))
    at_hand = services(answering({}))
    texts = [text for text, _ in said_of_place(at_hand, tracker, "JP")]
    assert texts == ["谢谢", "日本11月6日公告"]
    assert [text for text, _ in said_of_place(at_hand, tracker, None)] == ["谢谢", words]


def test_what_names_only_other_countries_is_not_told_here(conversation):
    before = [said("英国送来起诉书", "GB"), said("谢谢"), said("日本来信", "JP")]
    tracker = conversation("日本几天", "JP", *before)
    assert told_here(services(answering({})), tracker) == ["日本来信", "谢谢"]


def test_one_of_several_countries_is_gone_back_to(conversation):
    tracker = conversation("英国呢", "GB", *BRITISH)
    assert not goes_back(tracker)
    tracker.slots["plan"] = {"acts": ["action_each_place"]}
    assert goes_back(tracker)
    assert goes_back(conversation("英国呢", "GB", *BRITISH, *JAPANESE))


def test_a_view_of_the_conversation_leaves_it_as_it_is(make_tracker):
    tracker = make_tracker("x", slots={"country": "GB", "right": "patent"})
    seen = with_slots(tracker, {"country": "JP"})
    assert (seen.get_slot("country"), seen.get_slot("right")) == ("JP", "patent")
    assert tracker.get_slot("country") == "GB"
