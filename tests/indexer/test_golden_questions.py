"""The shipped judged questions: enough of them, over the whole shelf, in nobody's words but people's."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from indexer.golden import judge_golden, read_golden
from indexer.golden_wording import bare, copied, likeness, lines
from knowledge.ledger import load_ledger
from knowledge.library import load_library
from tests.indexer.conftest import make_passage

ROOT = Path(__file__).resolve().parents[2]
KNOWLEDGE = ROOT / "knowledge"
GOLDEN = ROOT / "tests" / "golden"
QUESTIONS = GOLDEN / "questions.jsonl"
HELD_OUT = GOLDEN / "heldout" / "questions.jsonl"
OBLIQUE = GOLDEN / "oblique" / "questions.jsonl"
# The countries and offices that the shelf holds a guide for.
COUNTRIES = frozenset(
    [
        "US",
        "CN",
        "EU",
        "DE",
        "UPC",
        "JP",
        "GB",
        "KR",
        "VN",
        "IN",
        "ID",
        "RU",
        "EAEU",
        "BR",
        "CA",
        "AU",
        "HK",
        "FR",
        "IT",
        "ES",
        "NL",
        "CH",
        "TH",
        "PH",
        "SG",
        "MX",
        "SA",
        "TR",
        "MO",
        "TW",
        "MY",
        "AR",
        "CL",
        "NZ",
        "AE",
        "ZA",
        "NG",
        "KE",
        "OAPI",
        "ARIPO",
        "EG",
    ]
)
SITUATIONS = frozenset(
    [
        "warning",
        "frozen",
        "platform",
        "customs",
        "fair",
        "squatting",
        "secret",
        "papers",
        "respond",
        "evidence",
        "lawyer",
        "export",
        "insurance",
        "help",
    ]
)


@pytest.fixture(scope="module")
def questions():
    return read_golden(QUESTIONS)


@pytest.fixture(scope="module")
def shelf():
    library = load_library(KNOWLEDGE / "sources", KNOWLEDGE / "tables", today=date.today())
    return library.passages


def test_a_question_is_compared_without_punctuation_width_and_case():
    assert bare("收到ＩＴＣ的信，几天内回？") == bare("收到itc的信 几天内回")


def test_a_question_that_stands_in_the_shelf_is_named():
    shelf = [make_passage("a", "答。", heading=("几天内答辩",), similar=("337多久要回",))]
    asked = {"a": "几天内答辩？", "b": "337，多久要回", "c": "ITC告了我怎么办"}
    assert copied(asked, shelf) == ["a", "b"]


def test_likeness_is_that_of_the_nearest_line():
    shelf = [
        make_passage("a", "答。", heading=("美国法院传票几天答辩",)),
        make_passage("b", "答。", heading=("337几天答辩",)),
    ]
    same, other = likeness(["337几天答辩", "早茶哪家好"], shelf)
    assert same == 100
    assert other < 30
    assert likeness(["任何问题"], []) == [0.0]


def test_there_are_six_hundred_to_answer_and_a_hundred_and_fifty_to_refuse(questions):
    assert sum(not question.refuse for question in questions) >= 600
    assert sum(question.refuse for question in questions) >= 150
    assert len({question.id for question in questions}) == len(questions)
    assert len({bare(question.question) for question in questions}) == len(questions)


def test_every_country_has_five_and_every_situation_ten(questions):
    asked = [question for question in questions if not question.refuse]
    countries = Counter(question.country for question in asked if question.country)
    assert {code for code, count in countries.items() if count >= 5} == COUNTRIES
    situations = Counter(question.situation for question in asked if question.situation)
    assert set(situations) == SITUATIONS
    assert min(situations.values()) >= 10


def test_every_expected_fact_is_in_the_ledger(questions):
    ledger = load_ledger(KNOWLEDGE / "tables")
    unknown = {fact for question in questions for fact in question.facts} - set(ledger)
    assert not unknown


@pytest.mark.slow  # reads every source
def test_no_question_stands_in_a_document(questions, shelf):
    assert len(set(map(bare, lines(shelf)))) > 3000
    for kept in (questions, read_golden(HELD_OUT), read_golden(OBLIQUE)):
        asked = {question.id: question.question for question in kept if not question.refuse}
        assert copied(asked, shelf) == []


def test_the_held_out_questions_are_none_of_the_judged_ones(questions):
    judged = {bare(question.question) for question in questions}
    held_out = {bare(question.question) for question in read_golden(HELD_OUT)}
    assert len(held_out) >= 60
    assert not held_out & judged


def test_the_first_passage_of_another_country_is_counted_where_the_question_names_its_own(
    index, tmp_path
):
    path = tmp_path / "questions.jsonl"
    records = [
        {"id": "own", "question": "德国展会被查抄怎么办", "country": "DE", "expect": ["de-fair"]},
        {
            "id": "both",
            "question": "美国公司在德国展会被查抄",
            "country": "US",
            "expect": ["us-337"],
        },
        {"id": "unnamed", "question": "展会被查抄怎么办", "country": "US", "expect": ["us-337"]},
    ]
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in records), "utf-8")
    report = judge_golden(index, path)
    assert report["wrong_country"] == ["both"]
    assert report["copied_wording"] == []


def test_situations_are_reported_each_by_itself(index, tmp_path):
    path = tmp_path / "questions.jsonl"
    records = [
        {"id": "a", "question": "德国展会被查抄", "situation": "fair", "expect": ["de-fair"]},
        {"id": "b", "question": "德国展会被查抄了", "situation": "fair", "expect": ["nowhere"]},
        {"id": "c", "question": "被查抄怎么办", "situation": "papers", "expect": ["de-fair"]},
    ]
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in records), "utf-8")
    report = judge_golden(index, path)
    assert report["situations"] == {"fair": 0.5, "papers": 1.0}
    assert report["copied_wording"] == ["c"]
