"""Which of several listed matters a later message points to."""

from __future__ import annotations

import pytest

from actions.turn.listed_matters import pointed_at
from tests.actions.turn.shelf import answering, services
from tests.actions.turn.test_places import said, slots

AT_HAND = services(answering({}))
LIST = "有两单事，美国那边被337，欧盟海关扣住一批水壶"


@pytest.fixture
def holds(make_tracker):
    """The slots that a message after the list holds; the list was heard as one of the United States."""

    def hold(text, *events, entities=(), listing=LIST):
        named = make_tracker(text, entities=entities, slots={"country": "US", "procedure": "337"})
        named.events[:] = [
            said(listing, "US", "EU"), *slots(country="US"), *events, {"event": "user", "text": text},
        ]  # fmt: skip
        return pointed_at(AT_HAND, named)

    return hold


@pytest.mark.parametrize(
    "text",
    [
        "第二件要几天内表态",
        "水壶那批几天内要回",
        "扣住那单，可以先放行吗",
        "先不说打官司，讲讲第2单",
    ],
    ids=["by its number", "by its goods", "by what happened", "by a figure"],
)
def test_a_part_is_found_by_its_number_or_by_a_word_of_its_own(holds, text):
    held = holds(text)
    assert held["country"] == "EU"
    assert held["last_rule"] is None  # what was said of the other one is not said of this


@pytest.mark.parametrize(
    "text",
    ["第一件怎么答", "那边怎么说", "第二天要做什么", "第三件呢", "要几天内表态"],
    ids=["the one spoken of", "no word", "a day", "not listed", "no pointer"],
)
def test_what_points_to_none_or_to_the_one_spoken_of_changes_nothing(holds, text):
    assert holds(text) == {}


def test_who_names_a_country_means_that(holds):
    assert holds("第二件是日本的", entities=[("country", "JP")]) == {}


def test_one_matter_is_no_list(holds):
    assert holds("扣住那单呢", listing="美国海关扣住一批水壶") == {}


def test_what_was_told_of_the_part_since_is_held_again(holds):
    since = [said("欧盟那批11月9日通知", "EU"), *slots(country="EU", last_day="2026-11-09")]
    held = holds("第二单呢", *since, said("美国", "US"), *slots(country="US"))
    assert (held["country"], held["last_day"]) == ("EU", "2026-11-09")


COUNTED = "两单：第一单是美国商标异议，第二单是专利的联邦法院案"


def test_of_matters_counted_up_in_one_country_the_number_names_one(holds):
    held = holds("第二单几天", listing=COUNTED)
    assert (held["procedure"], held["right"]) == ("court", "patent")
    assert held["last_rule"] is None
    assert holds("第一单几天", listing=COUNTED)["procedure"] == "opposition"
