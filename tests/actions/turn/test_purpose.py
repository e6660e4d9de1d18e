"""What a message is for, by the trees that ship: each witness moves the chances its own way."""

from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from actions.lookup import Found
from actions.turn.purpose import (
    CLASSES,
    FEATURES,
    Purpose,
    Weighing,
    begins,
    features,
    judged,
    odds,
    purpose_of,
    trained,
)
from indexer.confidence import band_of
from indexer.types import QueryInfo
from knowledge.errors import EncoderError

HITS: Any = (SimpleNamespace(),)


def found(
    confidence: float, right: float | None = None, band: str = "answer", hits: Any = HITS
) -> Found:
    info = QueryInfo.__new__(QueryInfo)
    share = confidence if right is None else right
    return Found("问", info, hits, band, confidence, "s1", right=share)


@pytest.fixture
def weighed(make_tracker):
    """The purpose of a message, by the classifier's ranking, what the shelf says and the conversation."""

    def weigh(text: str, ranking: dict[str, float], confidence: float, **more: Any) -> Purpose:
        tracker = make_tracker(text, **more)
        rows = [{"name": name, "confidence": chance} for name, chance in ranking.items()]
        tracker.latest_message["intent_ranking"] = rows
        given = purpose_of(tracker, text, [found(confidence)])
        assert given is not None
        return given

    return weigh


def test_the_chances_are_those_of_one_choice(weighed):
    given = weighed("商标异议要几天？", {"ask": 0.9}, 0.8)
    assert given.shelf + given.decline + given.other == pytest.approx(1.0)
    assert given.answerable == pytest.approx(given.shelf / (given.shelf + given.decline))


def test_a_question_that_the_shelf_knows_is_the_shelfs_and_one_that_it_does_not_is_declined(
    weighed,
):
    question = "美国商标异议要几天？"
    known, unknown = (weighed(question, {"ask": 0.9}, chance) for chance in (0.97, 0.05))
    assert known.shelf > 0.8
    assert known.answerable > unknown.answerable + 0.2
    assert unknown.decline > known.decline


def test_what_the_classifier_knows_to_be_strange_is_declined_the_sooner(weighed):
    text = "这个法官家住哪里？"
    strange = weighed(text, {"out_of_scope": 0.95, "ask": 0.03}, 0.6)
    asked = weighed(text, {"ask": 0.95, "out_of_scope": 0.03}, 0.6)
    assert strange.decline > 0.5 > asked.decline


def test_thanks_are_for_no_shelf(weighed):
    given = weighed("多谢啦，帮了大忙", {"thanks": 0.97, "praise": 0.02}, 0.1)
    assert given.other > 0.6


def test_a_wrong_answer_to_the_first_message_costs_more():
    even = Purpose(0.4, 0.4, 0.2)
    careful = even.declining(2.0)
    assert careful.answerable == pytest.approx(1 / 3)
    assert careful.shelf + careful.decline + careful.other == pytest.approx(1.0)


def test_the_first_message_is_declined_the_sooner_and_a_later_one_as_it_is_weighed(make_tracker):
    text, hits = "越南商标异议几天", [found(0.6)]
    first = make_tracker(text)
    later = make_tracker(text)
    later.events = [{"event": "user", "text": "你好"}, {"event": "user", "text": text}]
    for tracker, is_first in ((first, True), (later, False)):
        tracker.latest_message["intent_ranking"] = [{"name": "ask", "confidence": 0.9}]
        weighed = trained().of(features(tracker, text, hits))
        given = purpose_of(tracker, text, hits)
        assert (given.answerable < weighed.answerable) is is_first
        assert (given == weighed) is not is_first


def test_a_message_begins_a_conversation_or_does_not(make_tracker):
    tracker = make_tracker("那泰国呢")
    assert begins(tracker)
    tracker.events = [
        {"event": "user", "text": "越南商标异议几天"},
        {"event": "user", "text": "那泰国呢"},
    ]
    assert not begins(tracker)
    # The words of the beginning said again are no beginning.
    tracker.events = [{"event": "user", "text": text} for text in ("那泰国呢", "谢谢", "那泰国呢")]
    assert not begins(tracker)


def test_without_a_classifier_nothing_is_weighed(make_tracker):
    assert purpose_of(make_tracker("商标"), "商标", [found(0.9)]) is None
    assert judged(found(0.9), found(0.9), None).confidence == 0.9


def test_the_band_is_that_of_the_chance_and_a_question_for_the_country_stays_one():
    sure, doubtful = Purpose(0.9, 0.05, 0.05), Purpose(0.1, 0.8, 0.1)
    best = found(0.7)
    assert judged(best, best, sure).confidence == pytest.approx(sure.answerable)
    assert judged(best, best, sure).band == band_of(sure.answerable) == "answer"
    assert judged(best, best, doubtful).band == "refuse"
    assert judged(found(0.7, band="country"), best, sure).band == "country"
    assert judged(found(0.7, band="country"), best, doubtful).band == "refuse"
    # What stood behind the best stays behind it.
    assert judged(found(0.3), best, sure).confidence < judged(best, best, sure).confidence
    nothing = found(0.0, hits=())
    assert judged(nothing, best, sure) is nothing


def test_odds_are_even_at_a_half_and_end_near_nothing_and_all():
    assert odds(0.5) == 0.0
    assert odds(0.0) == odds(0.001) == pytest.approx(-odds(1.0))


def test_trees_of_other_features_are_refused(tmp_path, monkeypatch):
    trained().save(tmp_path)
    line = np.zeros(len(FEATURES), dtype=np.float32)
    assert Weighing.load(tmp_path).of(line) == trained().of(line)
    monkeypatch.setattr(Weighing, "features", (*FEATURES, "more"))
    with pytest.raises(EncoderError, match="train purpose"):
        Weighing.load(tmp_path)
    assert {field.name for field in fields(trained())} == set(CLASSES)


def test_what_the_trees_read_of_a_message_stands_in_its_place(make_tracker):
    tracker = make_tracker(
        "德国商标异议要几天？", "ask", entities=[("country", "DE"), ("right", "trademark")],
        slots={"last_topic": "center", "last_answer": "a", "last_day": "2026-11-16"}, loop="lead_form",
    )  # fmt: skip
    tracker.events = [
        {"event": "user", "text": "你好"},
        {"event": "user", "text": "德国商标异议要几天？"},
    ]
    chances = {
        "ask": 0.5,
        "follow_up": 0.25,
        "deadline": 0.1,
        "out_of_scope": 0.08,
        "bye": 0.04,
        "help": 0.03,
    }
    tracker.latest_message["intent_ranking"] = [
        {"name": name, "confidence": chance} for name, chance in chances.items()
    ]
    text = "德国商标异议要几天？"
    shelf = [found(0.4, 0.3), found(0.7, 0.2), found(0.5, 0.6)]
    line = dict(zip(FEATURES, map(float, features(tracker, text, shelf)), strict=True))
    for name, chance in chances.items():
        assert line[f"intent_{name}"] == pytest.approx(odds(chance), abs=1e-4)
    assert line["intent_greet"] == pytest.approx(odds(0.0), abs=1e-4)
    assert line["questions"] == pytest.approx(odds(0.75), abs=1e-4)
    assert line["acts"] == pytest.approx(odds(0.04), abs=1e-4)
    assert (line["asks"], line["ends"], line["length"]) == (1, 1, len(text))
    assert (line["names_country"], line["names_right"], line["names_date"]) == (1, 1, 0)
    assert (line["topic_center"], line["topic_deadline"]) == (1, 0)
    assert (line["begins"], line["answered"], line["computed"], line["form"]) == (0, 1, 1, 1)
    for name, chance in (
        ("there", 0.7), ("right", 0.6), ("there_alone", 0.4), ("right_alone", 0.3), ("right_best", 0.6)
    ):  # fmt: skip
        assert line[name] == pytest.approx(odds(chance), abs=1e-4), name
    assert (line["is_alone"], line["readings"]) == (0, 3)


def test_where_nothing_is_known_the_line_says_so(make_tracker):
    text = "嗯" * 130
    line = dict(zip(FEATURES, features(make_tracker(text), text, [found(0.4)]), strict=True))
    assert line["acts"] == line["intent_ask"] == pytest.approx(odds(0.0), abs=1e-4)
    assert (line["asks"], line["ends"], line["length"]) == (0, 0, 120)
    assert (line["begins"], line["answered"], line["computed"], line["form"]) == (1, 0, 0, 0)
    assert (line["is_alone"], line["readings"]) == (1, 1)


def test_what_is_hardly_anything_is_divided_by_no_nothing():
    assert Purpose(0.0, 0.0, 1.0).answerable == 0.0
    assert Purpose(0.001, 0.0, 0.999).answerable == 0.5
