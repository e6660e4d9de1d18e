"""Whose law above countries answers, and what is said of other members and of platforms."""

import pytest

from actions.lookup import is_of_another_member
from actions.turn.forum import of_platform
from indexer.jurisdictions import of_another_member
from tests.actions.turn.shelf import answering, hit, passage, services


@pytest.mark.parametrize(
    ("country", "asked", "is_other"),
    [("NL", "PL", True), ("NL", "NL", False), ("EU", "PL", False), ("US", "PL", False), ("NL", None, False)],
)  # fmt: skip
def test_what_another_member_does_is_no_answer(country, asked, is_other):
    assert is_of_another_member(passage("g", country=country), asked) is is_other


@pytest.mark.parametrize(
    ("told", "asked", "is_other"),
    [(("NL", "EU"), {"FR", "EU"}, True), (("NL", "EU"), {"NL", "EU"}, False), (("NL", "EU"), {"EU"}, False),
     (("EU",), {"FR", "EU"}, False), (("UPC", "DE"), {"FR", "UPC"}, False)],
)  # fmt: skip
def test_how_one_member_applies_the_law_of_its_union_answers_for_no_other(told, asked, is_other):
    assert of_another_member(told, asked) is is_other


def platform(make_tracker, text):
    shelf = answering({"Etsy": (0.9, hit("Etsy"))})
    tracker = make_tracker(text, "triage")
    tracker.latest_message["intent_ranking"] = [{"name": "triage", "confidence": 0.9}]
    return of_platform(services(shelf), tracker, text, shelf.understand(text))


def test_a_story_of_a_platform_is_put_as_the_question_for_it(make_tracker):
    question, found = platform(make_tracker, "Etsy说我图片侵权把商品下架了，怎么办")
    assert "Etsy" in question
    assert found.hits[0].passage.title == "Etsy"


@pytest.mark.parametrize(
    "text", ["Etsy说我图片侵权把商品下架了", "德国Etsy说我图片侵权下架了，怎么办", "说我图片侵权下架了，怎么办"]
)  # fmt: skip
def test_what_asks_nothing_or_names_a_country_or_no_platform_is_read_as_it_stands(
    make_tracker, text
):
    assert platform(make_tracker, text) is None
