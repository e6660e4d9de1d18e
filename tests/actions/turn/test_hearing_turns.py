"""Turns to learn from, made of a small shelf: what each kind asks, after which answers, and what is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.turn.hearing_turns import (
    FOLD,
    Turn,
    conversation,
    empty_turns,
    made_turns,
    written_turns,
)
from indexer.training.order import fold_of
from knowledge.followups import FollowUp
from knowledge.types import Kind, Passage
from tests.actions.turn.shelf import answering, passage

SHELF = answering({})
WORDINGS = [
    text
    for n in range(400)
    if fold_of(text := f"德国商标异议第{n}步怎么走") == FOLD or fold_of(text) == FOLD + 1
]


def section(document: str, name: str, *similar: str, **more: object) -> Passage:
    made = passage(document, facts=(name,))
    return replace(made, id=f"{document}#{name}", heading=(document, name), similar=similar, **more)


@pytest.fixture(scope="module")
def shelf() -> list[Passage]:
    """Three guides of two sections, with many wordings each."""
    each = len(WORDINGS) // 6
    parts = [WORDINGS[n * each : (n + 1) * each] for n in range(6)]
    names = [(document, name) for document in ("de", "us", "jp") for name in ("几天", "费用")]
    return [section(*name, *part) for name, part in zip(names, parts, strict=True)]


@pytest.fixture(scope="module")
def turns(shelf: list[Passage]) -> list[Turn]:
    return list(made_turns(SHELF, shelf))  # type: ignore[arg-type]


def test_only_wordings_that_the_index_has_not_seen_are_asked(shelf, turns):
    unseen = {text for one in shelf for text in one.similar if fold_of(text) == FOLD}
    named = [turn.text for turn in turns if turn.kind in ("named", "switch")]
    assert named
    assert set(named) <= unseen
    assert 0 < len(turns) <= len(unseen)
    assert [t.text for t in made_turns(SHELF, shelf)] == [
        t.text for t in turns
    ]  # the same in every run


def test_statutes_courses_and_option_cards_are_neither_asked_for_nor_answered(shelf):
    left_out = [
        section("law", "条", *WORDINGS, kind=Kind.LAW),
        section("course", "课", *WORDINGS, kind=Kind.TRAINING),
        replace(section("de", "x", *WORDINGS), heading=("选项对比", "x")),
        section("de", "bare"),
    ]
    made = list(made_turns(SHELF, [*shelf, *left_out]))
    assert made
    ids = {one.id for one in left_out}
    for turn in made:
        assert turn.answer.id not in ids
        assert not ids & {one.id for one in turn.said.answered}


def test_a_follow_up_leaves_out_the_names_and_one_that_names_keeps_them(turns):
    of_kind = {
        kind: [t for t in turns if t.kind == kind]
        for kind in ("follow", "named", "return", "switch")
    }
    assert all(of_kind.values())
    assert all("德国" in turn.text for turn in of_kind["named"] + of_kind["switch"])
    assert not any("德国" in turn.text for turn in of_kind["follow"] + of_kind["return"])
    # Now and then the procedure is still named.
    kept = [turn for turn in of_kind["follow"] if "异议" in turn.text]
    assert 0 < len(kept) < len(of_kind["follow"])


def test_how_often_each_kind_is_made_is_about_its_share(turns):
    share = {kind: sum(t.kind == kind for t in turns) / len(turns) for kind in ("follow", "named")}
    assert 0.4 < share["follow"] < 0.75
    assert 0.03 < share["named"] < 0.25
    unanswered = sum(turn.said.passage is None for turn in turns) / len(turns)
    assert 0.03 < unanswered < 0.25
    assert {len(turn.said.earlier) for turn in turns} == {0, 1, 2, 3}


def test_what_holds_too_few_signs_without_its_names_is_not_asked():
    signs = "能会要可该拖等签回交改付退换停撤"

    def follow_ups(end: str) -> list[Turn]:
        wordings = [f"德国{one}{other}{end}" for one in signs for other in signs]
        rows = [section("de", name, *wordings) for name in ("几天", "费用")]
        return [turn for turn in made_turns(SHELF, rows) if turn.kind == "follow"]

    assert follow_ups("吗") == []
    assert {len(turn.text) for turn in follow_ups("了吗")} == {4}


def test_what_was_answered_before_lies_where_the_kind_says(turns):
    for turn in turns:
        before, earlier = turn.said.passage, turn.said.earlier
        if before is not None:
            is_same = before.document == turn.answer.document
            assert is_same is (turn.kind in ("follow", "named"))
            assert before.id != turn.answer.id
        if turn.kind == "return":
            assert earlier[-1].document == turn.answer.document
            assert earlier[-1].id != turn.answer.id
            assert len(earlier) <= 2
        assert (turn.part, turn.weight) == (turn.answer.document, 1.0)


def test_a_question_is_remembered_by_its_end_and_only_where_it_was_answered(shelf):
    question = "德国商标异议" + "很长" * 50
    said = conversation(SHELF, question, shelf[0], (shelf[2],))
    assert said.question == question[-80:]
    assert (said.country, said.procedure, said.passage, said.earlier) == (
        "DE", "opposition", shelf[0], (shelf[2],)
    )  # fmt: skip
    nothing = conversation(SHELF, question, None)
    assert (nothing.question, nothing.country, nothing.earlier) == (None, "DE", ())
    assert conversation(SHELF, "亚马逊怎么办", None).platform == "amazon"


def test_a_follow_up_that_a_person_wrote_counts_more_and_stands_after_its_section(shelf):
    rows = [
        FollowUp("de", "de / 几天", "那要多少钱", "de / 费用", "de"),
        FollowUp("de", "de / 几天", "美国呢", "us / 费用", "us"),
        FollowUp("de", "de / 没有", "那要多少钱", "de / 费用", "de"),
        FollowUp("de", "de / 几天", "那要多少钱", "de / 没有", "de"),
        FollowUp("de", "de / 几天", "怎么选", "选项对比 / x", "de"),
        FollowUp("de", "de / 几天", "律师收多少", None, "de"),
    ]
    card = replace(section("de", "x"), heading=("选项对比", "x"))
    law = section("law", "条", kind=Kind.LAW)
    stays, leaves, empty = written_turns(SHELF, [*shelf, card, law], rows)
    assert (empty.text, empty.is_answered, empty.kind, empty.part, empty.weight) == (
        "律师收多少", False, "written none", "de", 1.0
    )  # fmt: skip
    assert (stays.text, stays.answer.id, stays.kind, stays.weight) == (
        "那要多少钱", "de#费用", "written", 3.0
    )  # fmt: skip
    assert stays.said.passage.id == "de#几天"
    assert stays.said.question in ("几天", *shelf[0].similar)
    assert (leaves.answer.id, leaves.kind, leaves.part) == ("us#费用", "written switch", "us")


def test_what_nothing_answers_is_said_after_something_that_was_answered(shelf):
    law = section("law", "条", "法条", kind=Kind.LAW)
    texts = [f"第{n}件与我们无关的事" for n in range(30)]
    made = list(empty_turns(SHELF, [*shelf, law, section("de", "bare")], texts))
    assert [turn.text for turn in made] == texts
    for turn in made:
        assert (turn.answer, turn.wanted, turn.kind, turn.part) == (
            None,
            None,
            "none",
            turn.text[:2],
        )
        assert turn.said.question[-80:] in {q[-80:] for q in turn.said.passage.similar}
        assert turn.said.passage.document in ("de", "us", "jp")
