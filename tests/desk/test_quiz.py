"""Counting quiz answers without knowing whose they are."""

import threading
from datetime import date, timedelta

import sqlalchemy as sa

from desk import quiz
from desk.engine import reading, writing
from desk.workbench_tables import quiz_tallies

TODAY = date(2026, 4, 26)


def answer(engine, question, choice, is_right, day=TODAY):
    with writing(engine) as conn:
        quiz.record(conn, question, choice, is_right, day)


def test_questions_are_listed_by_how_often_they_are_missed(fresh_db):
    for choice in "AABBB":
        answer(fresh_db, "q1", choice, choice == "A")
    answer(fresh_db, "q2", "C", True)
    with reading(fresh_db) as conn:
        first, second = quiz.statistics(conn)
    assert (first.question, first.times, first.wrong, first.choices) == (
        "q1", 5, 3, {"A": 2, "B": 3},
    )  # fmt: skip
    assert (first.wrong_share, second.wrong_share) == (0.6, 0.0)


def test_a_period_leaves_older_answers_out(fresh_db):
    answer(fresh_db, "q1", "B", False, TODAY - timedelta(days=40))
    answer(fresh_db, "q1", "A", True)
    with reading(fresh_db) as conn:
        (recent,) = quiz.statistics(conn, since=TODAY - timedelta(days=30))
    assert (recent.times, recent.wrong) == (1, 0)


def test_answers_at_once_are_all_counted_and_nothing_but_counts_is_kept(fresh_db):
    people = [threading.Thread(target=answer, args=(fresh_db, "q1", "A", True)) for _ in range(12)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    with reading(fresh_db) as conn:
        rows = conn.execute(sa.select(quiz_tallies)).mappings().all()
    assert [dict(row) for row in rows] == [
        {"question": "q1", "choice": "A", "day": TODAY, "is_right": True, "times": 12}
    ]
