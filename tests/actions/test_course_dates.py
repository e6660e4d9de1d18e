"""The dates in the answers of the courses are those that the rules give."""

from datetime import date
from pathlib import Path

import pytest

from actions.deadline_rules import compute
from knowledge.loaders import load

SOURCES = Path(__file__).resolve().parents[2] / "knowledge" / "sources"


@pytest.mark.parametrize(
    ("course", "rule", "trigger", "printed"),
    [
        ("course-1-before-export", "paris-priority-6m", date(2026, 3, 10), "9月10日"),
        ("course-2-us-337-court", "itc-337-response-20-days", date(2026, 9, 1), "2026年9月21日"),
        ("course-2-us-337-court", "frcp-answer-21-days", date(2026, 9, 1), "2026年9月22日"),
        ("course-4-trademark", "vn-tm-opposition-3-months", date(2026, 8, 10), "2026年11月10日"),
        ("course-4-trademark", "jp-tm-opposition-2-months", date(2026, 7, 15), "2026年9月15日"),
        ("course-5-customs-fair", "eu-customs-detention-10-days", date(2026, 9, 1), "2026年9月15日"),
        ("course-6-europe", "upc-defence-3-months", date(2026, 9, 1), "2026年12月1日"),
        ("course-6-europe", "upc-preliminary-objection-1-month", date(2026, 9, 1), "2026年10月1日"),
        ("course-6-europe", "eutm-opposition-3-months", date(2026, 8, 3), "2026年11月3日"),
        ("course-8-staff-desk", "itc-337-response-20-days", date(2026, 9, 1), "2026年9月21日"),
    ],
)  # fmt: skip
def test_answer_gives_the_date_of_the_rule(course, rule, trigger, printed):
    document = load(SOURCES / "training" / f"{course}.md", root=SOURCES)
    answers = next(s.text for s in document.sections if s.heading[-1] == "参考答案")
    due = compute(rule, trigger, today=trigger).due_date
    assert due is not None
    assert printed in answers
    assert f"{due.year}年{due.month}月{due.day}日".endswith(printed)
