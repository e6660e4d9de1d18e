"""How long a right lasts is told by what speaks of its end, and by the law of the country asked about."""

from dataclasses import replace

import pytest

from actions.lookup import Found
from actions.turn.other_rights import of_rights_named, of_term_asked
from indexer.types import ScoredPassage
from tests.actions.turn.shelf import Shelf, hit, services


def told(name, text, country, place=None):
    passage = replace(hit(name, country=country).passage, text=text, place=place)
    return ScoredPassage(passage, 1.0)


HITS = (
    told("home", "外观设计15年，自申请日起，就是它的保护期。", "CN", place="CN"),
    told("there", "外观最长25年，每期5年。", "EU"),
    told("attack", "收到请求后2个月内答辩。", "EU"),
    told("works", "财产权保护到作者去世后第50年。", "CN"),
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("奥地利外观保护期多久", ["there"]),
        ("国内外观保护期多久", ["home", "works"]),
        ("著作权保护期多久", ["home", "there", "works"]),
        ("奥地利外观被人请求无效，几个月内答辩", ["home", "there", "attack", "works"]),
    ],
)
def test_an_end_is_told_by_what_speaks_of_it_there(make_tracker, text, left):
    shelf = Shelf(lambda question: ("answer", 0.9, HITS))
    info = shelf.understand(text)
    found = Found(text, info, HITS, "answer", 0.9, "s")
    kept = of_term_asked(services(shelf), make_tracker(text, "ask"), found)
    assert [hit.passage.document for hit in kept.hits] == left


@pytest.mark.parametrize(
    ("text", "slots", "left"),
    [
        ("appeal 有几天", {"platform": "tiktok"}, ["shop", "words"]),
        ("appeal 有几天", {}, ["court", "shop", "words"]),
        ("appeal 怎么写", {"platform": "tiktok"}, ["court", "shop", "words"]),
    ],
)
def test_what_courts_count_is_no_answer_of_a_platform(make_tracker, text, slots, left):
    hits = (
        hit("court", facts=["ptab-appeal-63-days"]), hit("shop", facts=["tiktok-shop-appeal"]),
        hit("words"),
    )  # fmt: skip
    shelf = Shelf(lambda question: ("answer", 0.9, hits))
    found = Found(text, shelf.understand(text), hits, "answer", 0.9, "s")
    kept = of_rights_named(services(shelf), make_tracker(text, "ask", slots=slots), found)
    assert [one.passage.document for one in kept.hits] == left
