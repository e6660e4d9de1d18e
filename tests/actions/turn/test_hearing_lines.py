"""What the trees of a conversation read of a message, and what is made of what they say; no trained tree here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from actions.turn import hearing
from actions.turn.hearing import FEATURES, SIGNALS, Conversation, Hearing, context
from actions.vocabulary import Vocabulary
from knowledge.types import GENERAL
from tests.actions.turn.shelf import TABLES, TODAY, Shelf, answering, hit, passage

WORDS = Vocabulary.load(TABLES)


def shelf_of(**hits: Any) -> Shelf:
    """A shelf that finds these for a question in which the word stands."""

    def judge(question: str) -> tuple[str, float, list[Any]]:
        found = next((rows for word, rows in hits.items() if word in question), [])
        return ("answer", 0.8, found) if found else ("refuse", 0.1, [])

    shelf = Shelf(judge)
    assess = shelf.assess
    shelf.assess = lambda *args: replace(assess(*args), right=0.6)  # type: ignore[method-assign]
    return shelf


def lines(shelf: Shelf, text: str, said: Conversation, named: str = "") -> list[dict[str, float]]:
    """The numbers of every passage of the pool by their names."""
    found = hearing.readings_of(shelf, text, said, named, TODAY)
    _, table = hearing.features(shelf, text, said, found)
    return [dict(zip(FEATURES, map(float, row), strict=True)) for row in table]


# --- what the conversation is about ---


def test_the_matter_that_was_told_names_what_no_question_named():
    shelf = answering({})
    info = shelf.understand("要花多少钱")
    told = Conversation(country="DE", platform="amazon", procedure="opposition", right="trademark")
    named = context(shelf, WORDS, told, info).split(" ")
    assert [word for word in ("德国", "亚马逊", "商标") if word in named] == [
        "德国",
        "亚马逊",
        "商标",
    ]
    assert len(named) == 4
    # The question before goes before the matter.
    asked = replace(told, question="法国商标异议期多久")
    assert context(shelf, WORDS, asked, info).startswith("法国")


def test_the_answer_before_names_its_place_and_procedure_where_each_is_one():
    shelf = answering({})
    info = shelf.understand("要花多少钱")

    def named(*places: str, procedures: tuple[str, ...] = (), **known: str) -> str:
        before = replace(passage("a"), jurisdiction=places, procedures=procedures)
        return context(shelf, WORDS, Conversation(passage=before, **known), info)

    assert named("DE") == "德国"
    assert named("DE", country="FR") == "法国"  # what the person told goes first
    assert named("DE", "FR") == ""
    assert named(GENERAL) == ""
    assert named(GENERAL, procedures=("opposition",)) != ""
    assert named(GENERAL, procedures=("opposition", "customs")) == ""
    assert named("DE", procedures=("opposition",)).startswith("德国 ")


# --- the readings ---


def test_a_message_is_read_in_every_way_that_the_conversation_allows():
    found = hit("x")
    shelf = shelf_of(延期=[found])

    def read(text: str, said: Conversation, named: str = "") -> set[str]:
        return set(hearing.readings_of(shelf, text, said, named, TODAY))

    about = replace(passage("a"), procedures=("opposition",))
    assert read("能延期吗", Conversation()) == {"alone"}
    assert read("能延期吗", Conversation(), "德国") == {"alone", "whole"}
    assert read("能延期吗", Conversation(question="异议多久")) == {"alone", "joined"}
    assert read("能延期吗", Conversation(passage=about)) == {"alone", "beside"}
    assert read("能延期吗", Conversation(earlier=(about,))) == {"alone", "beside"}
    # Who names a place speaks of another matter.
    assert read("德国能延期吗", Conversation(passage=about)) == {"alone"}
    shelf.searched.clear()
    hearing.readings_of(shelf, "能延吗", Conversation(question="异议多久"), "德国", TODAY)
    assert {"德国 能延吗", "异议多久 能延吗"} <= set(shelf.searched)


def test_the_pool_holds_a_passage_once_in_the_order_of_the_readings():
    one, two = hit("one"), hit("two")
    shelf = shelf_of(多久=[two, one], 延期=[one])
    found = hearing.readings_of(shelf, "能延期吗", Conversation(question="要几天"), "多久", TODAY)
    assert [row.passage.document for row in hearing.pool(found)] == ["one", "two"]


# --- the numbers of a passage ---


def test_what_each_reading_says_to_a_passage_stands_in_its_place():
    line = tuple(float(n) for n in range(len(hearing.LINE)))
    first = replace(hit("one"), score=3.0, verdict=2.0, dense_score=0.5, line=line)
    second = hit("two")
    shelf = shelf_of(多久=[second, first], 延期=[first])
    one, two = lines(shelf, "能延期吗", Conversation(question="要多久"))
    assert (one["score_alone"], one["verdict_alone"], one["near_alone"]) == (3.0, 2.0, 0.5)
    assert (one["asked_alone"], one["coverage_alone"]) == (
        hearing.LINE.index("asked"), hearing.LINE.index("coverage_any"),
    )  # fmt: skip
    assert (one["rank_alone"], one["rank_joined"], two["rank_joined"]) == (1.0, 0.5, 1.0)
    # A reading that does not find it says so; how sure it is stands all the same.
    assert (two["rank_alone"], two["verdict_alone"]) == (0.0, hearing._MISSING)
    assert (two["there_alone"], two["right_alone"]) == (pytest.approx(0.8), pytest.approx(0.6))
    # A reading that was not made says nothing.
    assert (one["verdict_whole"], one["there_whole"], one["right_whole"]) == (
        hearing._MISSING,
        0,
        0,
    )
    assert (two["asked_joined"], two["coverage_joined"]) == (0.0, 0.0)  # it was not read so closely
    assert (one["firsts"], two["firsts"]) == (1.0, 1.0)
    assert (one["mean_rank"], two["mean_rank"]) == (1.5, 1.0)


def test_the_words_of_the_message_that_a_reading_matched_are_counted_once():
    shelf = shelf_of(延期=[hit("one", "延期"), hit("two")])
    one, two = lines(shelf, "申请延期", Conversation())
    assert 0 < one["own_words"] < 1
    assert two["own_words"] == 0
    (both,) = lines(shelf_of(延期=[hit("one", "延期", "申请")]), "申请延期", Conversation())
    assert both["own_words"] == 1


def test_what_the_message_is_like_is_the_same_for_every_passage():
    shelf = shelf_of(延期=[hit("one"), hit("two")])
    for line in lines(shelf, "德国商标异议延期吗", Conversation()):
        assert line["length"] == pytest.approx(np.log1p(len("德国商标异议延期吗")))
        assert (line["names_country"], line["names_topic"], line["asks"]) == (1, 1, 1)
        assert line["known"] == 1
        assert line["new_words"] > 1
    (line, _) = lines(shelf, "亚马逊延期", Conversation())
    assert (line["names_country"], line["names_topic"], line["asks"]) == (0, 1, 0)
    (line, _) = lines(shelf, "火星延期", Conversation())
    assert 0 < line["known"] < 1  # what stands nowhere on the shelf is not known


def test_a_document_of_an_answer_before_the_last_is_marked():
    shelf = shelf_of(延期=[hit("one"), hit("two")])
    said = Conversation(passage=passage("two"), earlier=(passage("one"),))
    one, two = lines(shelf, "能延期吗", said)
    assert (one["same_before"], two["same_before"]) == (1, 0)
    assert (one["same_document"], two["same_document"]) == (0, 1)


# --- of the whole pool ---


def test_the_signals_tell_how_far_the_first_leads_and_what_it_is_like():
    shelf = shelf_of(
        延期=[hit("one"), hit("two"), hit("three"), hit("four"), hit("five"), hit("six")]
    )
    said = Conversation(passage=passage("two"))
    found = hearing.readings_of(shelf, "德国商标异议能延期吗", said, "", TODAY)
    _, table = hearing.features(shelf, "德国商标异议能延期吗", said, found)
    verdicts = np.array([1.0, 5.0, 2.0, 4.0, 0.0, -3.0], dtype=np.float32)
    values = dict(zip(SIGNALS, map(float, hearing.signals(found, table, verdicts)), strict=True))
    assert (values["first"], values["lead"]) == (5.0, 1.0)
    assert values["spread"] == pytest.approx(5.0 - (4.0 + 2.0 + 1.0 + 0.0) / 4)
    assert (values["confidence_alone"], values["confidence_joined"]) == (pytest.approx(0.8), 0.0)
    assert (values["same_document"], values["names"], values["asks"]) == (1, 2, 1)
    assert values["right"] == pytest.approx(0.6)
    assert (values["agree"], values["known"]) == (0.0, 1.0)  # no reading has it first


def test_what_is_found_alone_leads_by_far():
    shelf = shelf_of(延期=[hit("one")])
    found = hearing.readings_of(shelf, "能延期吗", Conversation(), "", TODAY)
    _, table = hearing.features(shelf, "能延期吗", Conversation(), found)
    alone = dict(
        zip(SIGNALS, hearing.signals(found, table, np.array([2.0], dtype=np.float32)), strict=True)
    )
    assert (alone["first"], alone["lead"], alone["spread"]) == (2.0, 6.0, 6.0)


# --- what is heard ---


class Trees:
    """Says one number for each line."""

    def __init__(self, *says: float) -> None:
        self._says = says

    def raw(self, table: Any) -> Any:
        return np.array(self._says[: len(table)], dtype=np.float32)


def heard(shelf: Shelf, text: str, said: Conversation, *verdicts: float, there: float = 2.0) -> Any:
    trees = Hearing(Trees(*verdicts), Trees(there), Trees(1.0))  # type: ignore[arg-type]
    return trees.hear(shelf, text, said, "", TODAY)


def documents(found: Any) -> list[str]:
    return [row.passage.document for row in found.hits]


def test_what_is_heard_is_ordered_by_the_trees_and_keeps_their_distance():
    shelf = shelf_of(延期=[replace(hit("one"), score=4.0), replace(hit("two"), score=1.0)])
    found = heard(shelf, "能延期吗", Conversation(), 1.0, 3.0)
    assert documents(found) == ["two", "one"]
    assert [row.score for row in found.hits] == [4.0, 4.0 - 0.25 * 2.0]
    assert found.band == "answer"
    assert found.confidence == pytest.approx(1 / (1 + np.exp(-2.0)))
    assert found.right == pytest.approx(1 / (1 + np.exp(-1.0)))
    assert (found.each, found.countries) == ((), ())
    assert heard(shelf, "能延期吗", Conversation(), 1.0, 3.0, there=-4.0).band == "refuse"
    assert heard(shelf_of(), "能延期吗", Conversation()) is None


def test_what_only_points_the_way_comes_last():
    card = hit("card")
    card = replace(card, passage=replace(card.passage, heading=("选项对比",)))
    found = heard(shelf_of(延期=[card, hit("one")]), "能延期吗", Conversation(), 9.0, 1.0)
    assert documents(found) == ["one", "card"]


def test_a_place_that_is_named_is_kept_to_and_the_rest_is_left_out():
    hits = [hit("jp", country="JP"), hit("de", country="DE"), hit("eu", country="EU"), hit("any", country=GENERAL)]  # fmt: skip
    found = heard(shelf_of(延期=hits), "德国能延期吗", Conversation(), 9.0, 3.0, 2.0, 1.0)
    assert documents(found) == ["de", "eu", "any"]
    assert heard(shelf_of(延期=hits[:1]), "德国能延期吗", Conversation(), 9.0) is None


def test_without_a_place_what_is_heard_stays_with_the_matter_unless_an_earlier_one_is_returned_to():
    hits = [hit("jp", country="JP"), hit("kr", country="KR")]
    hits[0] = replace(hits[0], passage=replace(hits[0].passage, procedures=("customs",)))
    earlier = replace(passage("before", country="JP"), procedures=("customs",))
    said = Conversation(passage=passage("kr", country="KR"), earlier=(earlier,))
    shelf = shelf_of(延期=hits)
    assert documents(heard(shelf, "能延期吗", said, 9.0, 1.0)) == ["kr"]
    assert documents(heard(shelf, "回到前面那件，能延期吗", said, 9.0, 1.0)) == ["jp", "kr"]


@pytest.mark.parametrize(
    ("country", "last", "theirs", "is_of_it"),
    [
        (None, None, "JP", True),  # nothing is known of where
        ("KR", None, "JP", False),
        ("KR", None, "KR", True),
        ("KR", None, GENERAL, True),
        ("KR", None, "CN", True),
        (None, "KR", "JP", False),
        ("DE", "KR", "KR", True),
        ("DE", None, "EU", True),
        ("CN", None, "JP", True),  # home is no place that a dispute is locked to
        (None, GENERAL, "JP", True),
    ],
)
def test_whoever_means_another_country_names_it(country, last, theirs, is_of_it):
    said = Conversation(country=country, passage=passage("a", country=last) if last else None)
    assert hearing.is_of_the_matter(passage("b", country=theirs), said) is is_of_it


def test_a_passage_without_a_place_is_of_any_matter():
    said = Conversation(country="KR")
    assert hearing.is_of_the_matter(replace(passage("b"), jurisdiction=()), said)


def test_the_country_of_a_company_is_no_place_and_that_of_a_court_is():
    shelf = answering({})

    def places(text: str) -> tuple[str, ...]:
        return hearing._places(shelf, shelf.understand(text))

    assert places("美国公司的呢") == ()
    assert places("美国的呢") == ("US",)
    assert places("要几天") == ()
    assert places("美国公司在德国的呢") == ("US", "DE")  # one of them is a place


def test_in_force_is_what_is_in_force_today():
    asked: list[date] = []
    shelf = shelf_of(延期=[hit("one")])
    search = shelf.search
    shelf.search = lambda *args: (asked.append(args[3]), search(*args))[1]  # type: ignore[method-assign]
    hearing.readings_of(shelf, "能延期吗", Conversation(question="异议多久"), "德国", TODAY)
    assert set(asked) == {TODAY}
