"""The search and the classifier weighed together: each moves the chance its own way, within bounds."""

import math
from types import SimpleNamespace
from typing import Any

import pytest

from actions.lookup import Found
from actions.turn.scope import combined, odds, strangeness, weighed
from indexer.confidence import band_of
from indexer.types import QueryInfo


def test_odds_are_even_at_a_half_and_end_near_nothing_and_all():
    assert odds(0.5) == 0.0
    assert odds(0.9) == pytest.approx(math.log(9))
    assert odds(0.1) == pytest.approx(-math.log(9))
    assert odds(0.0) == odds(0.002) == pytest.approx(-odds(1.0))


def test_the_answer_is_likelier_the_surer_the_search_and_the_less_strange_the_question():
    assert combined(0.9, 0.1, 10) > combined(0.6, 0.1, 10) > combined(0.6, 0.5, 10)
    # A sure answer to what is hardly strange stays one, a weak one to what is strange is none.
    assert combined(0.95, 0.02, 10) > 0.6
    assert combined(0.3, 0.9, 10) < 0.1


def test_of_a_long_story_the_classifier_says_less():
    short, edge, long = (strangeness(0.9, length) for length in (10, 40, 200))
    assert short == edge > long > strangeness(0.0, 200)
    assert strangeness(0.9, 0) == short
    # A fifth of what stands between nothing and it.
    assert long - odds(0.0) == pytest.approx((edge - odds(0.0)) / 5)


HITS: Any = (SimpleNamespace(),)


def found(band: str, confidence: float, *, hits: Any = HITS) -> Found:
    info = QueryInfo.__new__(QueryInfo)
    return Found("问", info, hits, band, confidence, "s1")


def test_the_band_is_that_of_the_chance_but_a_question_for_the_country_stays_one():
    sure = weighed(found("answer", 0.95), 0.02, 10)
    assert (sure.band, sure.confidence) == (band_of(sure.confidence), combined(0.95, 0.02, 10))
    assert sure.band == "answer"
    assert weighed(found("country", 0.95), 0.02, 10).band == "country"
    assert weighed(found("country", 0.2), 0.95, 10).band == "refuse"
    assert weighed(found("answer", 0.2), 0.95, 10).band == "refuse"


def test_where_nothing_was_found_nothing_is_weighed():
    nothing = found("refuse", 0.4, hits=())
    assert weighed(nothing, 0.0, 10) is nothing
