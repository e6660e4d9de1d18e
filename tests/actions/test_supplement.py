"""What an answer says besides its passage, where a question asks for more than the passage begins with."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from actions import supplement as extra
from actions.answer_card import answer_reply
from actions.lookup import look_up
from actions.passages import guarded
from actions.supplement_training import train_supplement
from indexer.build import build_index
from indexer.encoder import load_encoder
from indexer.hybrid import MODEL_DIR, HybridIndex
from settings import ROOT
from tests.indexer.conftest import make_passage

TODAY = date(2026, 11, 23)
QUESTION = "火星商标公告后几个月内可以异议？官费多少钱？"
PERIOD = "公告后4个月内可以向火星商标局提出异议。"
FEE = "异议的官费是每类550元。"


@pytest.fixture(scope="module")
def encoder():
    return load_encoder(MODEL_DIR)


@pytest.fixture(scope="module")
def index(encoder, tmp_path_factory):
    rows = (
        ("mars#1", "火星商标异议期多长", f"{PERIOD}但是要先委托代理人。", ("mars-opposition",), ("JP",)),
        ("mars#2", "火星商标异议怎么收费", f"准备好申请号。{FEE}不过小企业减半。", ("mars-opposition",), ("JP",)),
        ("venus#1", "金星商标异议怎么收费", "金星异议的官费是每类990元。", ("mars-opposition",), ("KR",)),
    )  # fmt: skip
    passages = [
        make_passage(
            key, text, heading=(heading,), facts=facts, jurisdiction=places, basis="火星商标法第7条；火星局诉甲公司案"
        )
        for key, heading, text, facts, places in rows
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("index")
    build_index(passages, encoder, out_dir=folder)
    return HybridIndex.load(folder, encoder)


@pytest.fixture
def found(index):
    found = look_up(index, QUESTION, TODAY, country="JP")
    return replace(found, hits=tuple(sorted(found.hits, key=lambda hit: hit.passage.id)))


def test_candidates_are_of_the_same_places_and_not_said_yet(index, found):
    seen = [one.text for one in extra.candidates(index, found, PERIOD)]
    assert f"{FEE}不过小企业减半。" in seen  # what leans on a sentence stays with it
    assert not any("990" in text for text in seen)
    assert PERIOD not in seen


def test_what_answers_the_second_question_is_the_likeliest(index, found):
    sentences = [*extra.candidates(index, found, PERIOD)]
    table = extra.features(index, found, PERIOD, sentences)
    assert table.shape == (len(sentences), len(extra.FEATURES))
    assert FEE in sentences[int(np.argmax(extra.trained().answers.raw(table)))].text


def test_reply_says_it_and_cites_where_it_stands(index, found):
    reply = answer_reply(found, TODAY, index)
    assert FEE in reply.fields["body"]
    assert [citation.passage for citation in reply.citations] == ["mars#1", "mars#2"]
    assert guarded(reply.fields["body"], reply.citations)


def test_nothing_is_added_without_room_or_without_an_index(index, found):
    assert extra.supplement(index, found, PERIOD, 0) == []
    assert [c.passage for c in answer_reply(found, TODAY).citations] == ["mars#1"]


@pytest.mark.parametrize("room", [20, 60, 400])
def test_what_cannot_be_said_is_not_read_and_changes_nothing(index, found, room):
    every = [*extra.candidates(index, found, PERIOD)]
    odds = extra.trained().answers.raw(extra.features(index, found, PERIOD, every))
    assert extra.supplement(index, found, PERIOD, room) == extra.chosen(every, odds, PERIOD, room)


def test_what_was_said_in_other_words_is_not_said_twice(index, found):
    sentences = [*extra.candidates(index, found, PERIOD)]
    alike = [extra.Sentence(sentences[0].passage, 0, text, "fact") for text in (PERIOD, FEE, FEE)]
    assert [one.text for one in extra.chosen(alike, np.ones(3), PERIOD, 200)] == [FEE]


def test_few_passages_are_said_from_beside_the_first(index, found):
    passage = next(extra.candidates(index, found, PERIOD)).passage
    texts = ("甲乙丙丁戊己", "子丑寅卯辰巳", "天地玄黄宇宙", "金木水火土日")
    apart = [
        extra.Sentence(replace(passage, id=text), 0, text, "own" if text == texts[0] else "hit")
        for text in texts
    ]
    kept = extra.chosen(apart, np.array([1.0, 4.0, 3.0, 2.0]), PERIOD, 200)
    assert [one.text for one in kept] == [*texts[:3]]


def test_unlikely_sentences_are_left_out(index, found):
    sentences = [*extra.candidates(index, found, PERIOD)]
    odds = np.full(len(sentences), extra.LEAST - 0.1)
    assert extra.chosen(sentences, odds, PERIOD, 200) == []


@pytest.mark.parametrize(
    ("question", "is_whole"),
    [
        ("火星商标异议期多长，依据第几条", True),
        ("火星商标异议期多长，是哪个案子定的", True),
        ("火星商标异议期多长", False),
    ],
)
def test_whole_basis_is_quoted_where_it_is_asked_for(index, question, is_whole):
    reply = answer_reply(look_up(index, question, TODAY, country="JP"), TODAY, index)
    assert ("火星局诉甲公司案" in reply.fields["body"]) is is_whole
    assert ("依据：火星商标法第7条" in reply.citations[0].quote) is is_whole


@pytest.mark.slow  # builds an index
def test_training_learns_from_checks_and_says_how_well(index, encoder, tmp_path):
    passages = [index.passages[number] for number in range(len(index))]
    asked = (
        "几个月内能反对，收多少钱",
        "多久内异议，费用多少",
        "异议期多长，要交多少钱",
        "异议几个月，官费呢",
    )
    rows = [
        {"text": f"日本火星商标{text}{'？' * n}", "fact_ids": ["mars-opposition"], "must": [["4个月"], ["550"]]}
        for text in asked
        for n in range(5)
    ]  # fmt: skip
    rows.append({"turns": ["火星"], "rule": ""})  # what has no checks is left out
    line = train_supplement(
        passages,
        encoder,
        rows,
        tables_dir=ROOT / "knowledge" / "tables",
        out=tmp_path,
        today=TODAY,
    )
    assert "20 问" in line
    assert extra.Supplement.load(tmp_path).answers is not None
