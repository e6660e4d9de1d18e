"""What a sample of judged answers says of all answers, and how it is drawn."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timezone

import pytest

from curation import sampling
from desk.samples import Answered, Judgement, Sample, Verdict

NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)
RIGHT, PARTLY, WRONG = Verdict.RIGHT, Verdict.PARTLY, Verdict.WRONG


def answer(number, place="US", confidence=0.9):
    return Answered(number, f"问{number}", "答", (), "p", place, confidence)


def sample(*verdicts, weight=1.0, number=1, place="US"):
    judged = tuple(
        Judgement(f"j{place_}", verdict, "", NOW) for place_, verdict in enumerate(verdicts)
    )
    return Sample(number, "问", "答", (), "p", place, "", "high", weight, NOW, None, judged)


def test_rare_strata_are_drawn_too_and_weights_add_up_to_all_answers():
    found = [answer(n) for n in range(90)]
    found += [answer(100 + n, "DE", 0.5) for n in range(5)] + [answer(200, "JP", 0.7)]
    drawn = sampling.stratified(found, 10, lambda _: "", seed=1)
    assert Counter(item.place for item, _ in drawn) == {"US": 5, "DE": 4, "JP": 1}
    assert sum(weight for _, weight in drawn) == pytest.approx(96)
    weights = {item.place: weight for item, weight in drawn}
    assert weights == {"US": 18.0, "DE": 1.25, "JP": 1.0}
    assert len({item.message for item, _ in drawn}) == 10


def test_all_there_is_is_drawn_where_there_are_fewer():
    drawn = sampling.stratified([answer(1), answer(2, "DE")], 20, lambda _: "")
    assert sorted(item.message for item, _ in drawn) == [1, 2]
    assert sampling.stratified([], 20, lambda _: "") == []


def test_draws_differ():
    found = [answer(n) for n in range(200)]
    one = [item.message for item, _ in sampling.stratified(found, 10, lambda _: "", seed=1)]
    other = [item.message for item, _ in sampling.stratified(found, 10, lambda _: "", seed=2)]
    assert one != other


@pytest.mark.parametrize(
    ("value", "count", "low", "high"),
    [(0.8, 50, 0.6696, 0.8876), (0.0, 10, 0.0, 0.2775), (1.0, 10, 0.7225, 1.0)],
)
def test_interval_is_wilsons(value, count, low, high):
    assert sampling.wilson(value, count) == pytest.approx((low, high), abs=1e-4)


def test_share_counts_every_answer_for_those_it_stands_for():
    told = sampling.share([sample(RIGHT, weight=9.0), sample(WRONG, weight=1.0)], RIGHT)
    assert told.count == 2
    assert told.share == pytest.approx(0.9)
    plain = sampling.share([sample(RIGHT)] * 9 + [sample(WRONG)], RIGHT)
    assert plain.share == pytest.approx(0.9)
    assert told.high - told.low > plain.high - plain.low
    assert sampling.share([], RIGHT) is None


def test_agreement_leaves_out_what_chance_would_give():
    same = sampling.agreement([sample(RIGHT, RIGHT), sample(WRONG, WRONG)])
    assert (same.count, same.share, same.kappa) == (2, 1.0, 1.0)
    mixed = sampling.agreement(
        [sample(RIGHT, RIGHT), sample(RIGHT, WRONG), sample(WRONG, RIGHT), sample(WRONG, WRONG)]
    )
    assert mixed.share == 0.5
    assert mixed.kappa == pytest.approx(0.0)
    assert sampling.agreement([sample(RIGHT)]) is None
    assert sampling.agreement([sample(RIGHT, RIGHT)]).kappa is None


def test_figures_tell_counts_and_groups():
    found = [sample(RIGHT), sample(WRONG, place="DE"), sample(PARTLY), sample()]
    told = sampling.figures(found)
    assert (told.drawn, told.judged) == (4, 3)
    assert told.verdicts == {RIGHT: 1, PARTLY: 1, WRONG: 1}
    assert [(name, value.count) for name, value in told.by_place] == [("US", 2), ("DE", 1)]


def test_unjudged_answers_come_first_and_ones_own_never_again():
    fresh, once, twice = sample(number=3), sample(RIGHT, number=1), sample(RIGHT, WRONG, number=2)
    assert [item.id for item in sampling.queue([fresh, once, twice], "new")] == [3, 1]
    assert [item.id for item in sampling.queue([fresh, once, twice], "j0")] == [3]
    assert [item.id for item in sampling.second_looks([fresh, once, twice], "j0")] == [2]
