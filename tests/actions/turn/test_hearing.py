"""What a message asks for within a conversation, by the trees that are shipped and the shelf that is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from actions.turn import hearing
from actions.turn.hearing import FEATURES, SIGNALS, Conversation, Hearing, context, trained
from actions.turn.hearing_turns import Turn, Wanted, conversation, made_turns
from actions.vocabulary import Vocabulary
from indexer.build import is_orienting
from indexer.hybrid import MODEL_DIR
from indexer.live import LiveIndex
from knowledge.errors import EncoderError
from tests.actions.turn.shelf import TABLES, answering, hit, passage

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]

TODAY = date(2026, 11, 23)
WORDS = Vocabulary.load(TABLES)


@pytest.fixture(scope="module")
def shelf_index(bot_settings):
    """The shelf as it is published."""
    return LiveIndex(bot_settings).current()


def section(index, document, heading):
    """A passage of the shelf by its document and a part of its heading."""
    passages = (index.passages[n] for n in range(len(index)))
    return next(p for p in passages if p.document == document and heading in p.heading[-1])


def ask(index, before, document, heading, text, earlier=()):
    """What is answered from when ``text`` follows a question that was answered."""
    said = conversation(index, before, section(index, document, heading), earlier)
    named = context(index, WORDS, said, index.understand(text))
    found = trained().hear(index, text, said, named, TODAY)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("before", "document", "heading", "text", "country"),
    [
        (
            "337立案通知收到后几天答辩",
            "us-337-response",
            "几天内要答辩",
            "不交会有什么下场",
            "US",
        ),
        ("日本海关认定程序通知几天内要回", "jp-customs", "几天", "不回的话货会怎么处理", "JP"),
        ("越南商标异议期多久", "vn-trademark", "异议", "可以延长吗", "VN"),
    ],
)
def test_a_question_that_names_nothing_stays_with_the_matter(
    shelf_index, before, document, heading, text, country
):
    found = ask(shelf_index, before, document, heading, text)
    assert found.band != "refuse"
    assert country in found.hits[0].passage.jurisdiction


def test_what_is_heard_is_scored_in_its_order(shelf_index):
    found = ask(
        shelf_index, "337立案通知收到后几天答辩", "us-337-response", "几天内要答辩", "不交会有什么下场"
    )  # fmt: skip
    scores = [hit.score for hit in found.hits if not is_orienting(hit.passage)]
    assert len(scores) > 2
    assert scores == sorted(scores, reverse=True)


def test_conversations_are_made_of_the_kinds_that_people_hold(shelf_index):
    documents = {"us-337-response", "jp-customs", "vn-trademark"}
    passages = [p for p in shelf_index.passages if p.document in documents]
    turns = list(made_turns(shelf_index, passages))
    assert {turn.kind for turn in turns} == {"follow", "named", "return", "switch"}
    for turn in turns:
        before, earlier = turn.said.passage, turn.said.earlier
        if before is not None:
            assert (before.document == turn.answer.document) == (turn.kind in ("follow", "named"))
            assert before.id != turn.answer.id
        if turn.kind in ("named", "switch"):
            assert turn.text in turn.answer.similar
        if turn.kind == "return":  # the matter that is returned to was spoken of
            assert earlier[-1].document == turn.answer.document
    assert all(turn.mark(turn.answer) == 2 for turn in turns)
    (one,) = {p.document: p for p in passages if p.document == "jp-customs"}.values()
    alone = list(
        made_turns(shelf_index, [one, *(p for p in passages if p.document == "us-337-response")])
    )
    assert {turn.kind for turn in alone if turn.answer is one} <= {"switch"}


def test_a_new_question_with_its_own_names_is_not_pulled_back(shelf_index):
    found = ask(
        shelf_index, "337立案通知收到后几天答辩", "us-337-response", "几天内要答辩",
        "对了，日本海关扣了货，进口人几天内要表态",
    )  # fmt: skip
    assert "JP" in found.hits[0].passage.jurisdiction


def test_a_matter_of_some_answers_ago_can_be_returned_to(shelf_index):
    letter = section(shelf_index, "upc-provisional-measures", "保护函")
    found = ask(
        shelf_index, "广州有没有海外维权资助", "funding-rules", "资助",
        "回到前面保护函那件事，递交要多少钱", (letter,),
    )  # fmt: skip
    assert "UPC" in found.hits[0].passage.jurisdiction


def test_the_place_of_the_answer_is_the_place_of_the_matter(shelf_index):
    found = ask(shelf_index, "店铺被冻了怎么回事", "us-tro-faq", "法院命令", "那要是一直不理呢")
    assert found.band != "refuse"
    places = [set(hit.passage.jurisdiction) for hit in found.hits]
    assert all(place & {"US", "GENERAL"} for place in places[:5])
    # What holds at home may stand further down, another country's law nowhere.
    assert all(place & {"US", "GENERAL", "CN"} for place in places)


def test_a_bare_question_does_not_wander_to_another_country(shelf_index):
    before = (section(shelf_index, "jp-customs", "几天"),)
    found = ask(
        shelf_index, "韩国商标异议期多长", "kr-trademark-patent", "异议期", "早先是不是两个月", before
    )  # fmt: skip
    assert not any("JP" in h.passage.jurisdiction for h in found.hits)


def test_how_a_passage_lies_to_the_one_answered_from():
    one = passage("a", country="US", facts=("f", "g"))
    other = passage("b", country="JP", facts=("g",))
    assert hearing._beside(one, None) == (0.0,) * 6
    assert hearing._beside(one, one) == (True, True, True, True, False, False)
    assert hearing._beside(other, one) == (False, False, False, False, True, False)
    assert hearing._beside(passage("c", country="GENERAL", facts=("f",)), one) == (
        False, False, True, False, False, False,
    )  # fmt: skip
    assert not hearing._beside(passage("c"), passage("d"))[2]  # neither rests on a fact


def test_whose_company_is_spoken_of_does_not_move_the_dispute():
    shelf = answering({})
    said = Conversation(country="CA", question="加拿大联邦法院几天答辩")
    assert "加拿大" in context(shelf, WORDS, said, shelf.understand("送到美国分公司的呢"))
    assert "加拿大" not in context(shelf, WORDS, said, shelf.understand("美国法院的呢"))


def test_what_was_said_before_is_named_unless_the_message_names_it_itself():
    shelf = answering({})
    said = Conversation(country="DE", procedure="opposition", question="德国商标异议期多久")
    assert context(shelf, WORDS, said, shelf.understand("要花多少钱")).startswith("德国")
    assert "德国" not in context(shelf, WORDS, said, shelf.understand("法国要花多少钱"))
    assert context(shelf, WORDS, Conversation(), shelf.understand("要花多少钱")) == ""


def test_every_reading_leaves_its_mark_in_the_line_of_a_passage():
    first, second = hit("us-337", "答辩"), hit("de-letter", country="DE")
    shelf = answering({"延期": (0.9, first), "德国": (0.4, second)})
    said = Conversation(question="337多久答辩", passage=first.passage)
    named = context(shelf, WORDS, said, shelf.understand("能延期吗"))
    found = hearing.readings_of(shelf, "能延期吗", said, named, TODAY)
    hits, table = hearing.features(shelf, "能延期吗", said, found)
    line = dict(zip(FEATURES, table[0], strict=True))
    assert [h.passage.id for h in hits] == [first.passage.id]
    assert line["rank_alone"] == line["rank_joined"] == 1
    assert line["same_passage"] == 1
    assert table.dtype == np.float32


def test_trees_of_other_features_are_refused(tmp_path):
    trained().save(tmp_path)
    assert Hearing.load(tmp_path).there is not None
    with np.load(tmp_path / hearing.FILE_NAME) as arrays:
        kept = {name: arrays[name] for name in arrays}
    np.savez_compressed(tmp_path / hearing.FILE_NAME, **{**kept, "signals": np.array(SIGNALS[:-1])})
    with pytest.raises(EncoderError, match="huhang train hearing"):
        Hearing.load(tmp_path)
    assert (MODEL_DIR / hearing.FILE_NAME).is_file()


EXPECTED = {"must": [[r"2\s*个月", "两个月"], []], "must_not": ["3个月"], "cite_country": ["JP"]}


def test_what_an_answer_must_say_marks_every_passage_that_says_it():
    wanted = Wanted.of(EXPECTED)
    turn = Turn(Conversation(), "多久", None, "part", "heard", wanted=wanted)
    says = replace(hit("jp").passage, text="公告后两个月内。", jurisdiction=("JP",))
    assert turn.is_answered
    assert turn.mark(says) == 2
    for other in (
        replace(says, text="公告后六个月内。"),
        replace(says, text="公告后两个月内，可延到3个月。"),
        replace(says, jurisdiction=("KR",)),
    ):
        assert turn.mark(other) == 0


def test_a_named_passage_is_right_and_one_on_its_first_fact_half_as_right():
    answer = replace(hit("jp").passage, id="a", facts=("jp-1", "jp-2"))
    turn = Turn(Conversation(), "多久", answer, "part", "follow")
    assert turn.mark(answer) == 2
    assert turn.mark(replace(answer, id="b")) == 1
    assert turn.mark(replace(answer, id="b", facts=("jp-2",))) == 0
    nothing = Turn(Conversation(), "今晚吃什么", None, "part", "none")
    assert not nothing.is_answered
    assert nothing.mark(answer) == 0
