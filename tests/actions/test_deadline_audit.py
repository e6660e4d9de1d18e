"""The page that every rule and calendar is checked by, and the warnings about what it rests on."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from actions.deadline_audit import page, warnings
from actions.deadline_rules import default_table
from knowledge.deadline_types import RollRule

ROOT = Path(__file__).resolve().parents[2]
TABLE = default_table()


def test_the_page_in_the_docs_is_the_tables():
    assert (ROOT / "docs" / "deadlines.md").read_text(encoding="utf-8") == page(TABLE)


@pytest.mark.parametrize("rule", TABLE.rules.values(), ids=lambda rule: rule.id)
def test_every_rule_says_whether_it_rolls_and_why(rule):
    line = next(line for line in page(TABLE).splitlines() if f"`{rule.id}`" in line)
    assert rule.roll_basis in line
    assert re.search(r"\| (?:不用日历|视国家而定|每年固定|\d{4}年) \|", line)
    if rule.roll_rule is RollRule.NEXT_BUSINESS_DAY:
        assert rule.calendar
        assert "没有" not in rule.roll_basis.split("；")[-1]
    else:
        assert len(rule.roll_basis) >= 8


@pytest.mark.parametrize(
    "rule",
    [
        "frcp-waiver-return-60-days", "frcp-62-automatic-stay",
        "paris-priority-12m", "paris-priority-6m", "em-01",
    ],
)  # fmt: skip
def test_a_forum_whose_own_rule_rolls_is_rolled(rule):
    assert TABLE.rules[rule].roll_rule is RollRule.NEXT_BUSINESS_DAY


@pytest.mark.parametrize(
    "rule",
    [
        "itc-337-preinstitution-comments", "udrp-response-20-days", "udrp-response-20d",
        "itc-337-bond-return-or-forfeiture",
    ],
)  # fmt: skip
def test_calendar_days_of_which_no_rule_says_that_they_roll_are_not_rolled(rule):
    assert TABLE.rules[rule].roll_rule in (RollRule.NONE, RollRule.UNKNOWN)


def test_a_package_older_than_six_months_is_warned_of():
    released = TABLE.libraries["holidays"].released
    fresh = [item for item in warnings(TABLE, released) if item.startswith("holidays ")]
    old = [item for item in warnings(TABLE, date(2027, 6, 1)) if item.startswith("holidays ")]
    assert (len(fresh), len(old)) == (0, 1)
    assert "2026-10-19" in old[0]


def test_rules_that_count_beyond_the_years_known_are_named():
    def china(today):
        return [item for item in warnings(TABLE, today) if item.startswith("中国工作日")]

    (warning,) = china(date(2026, 11, 28))
    assert "2026年" in warning
    assert "cu-11" in warning
    assert "cu-07" not in warning
    assert not any("cu-11" in item for item in china(date(2026, 3, 1)))


def test_a_calendar_fixed_by_law_is_never_warned_of():
    only = replace(TABLE, rules={"frcp": TABLE.rules["frcp-answer-21-days"]})
    assert warnings(only, date(2026, 11, 28)) == [
        item for item in warnings(only, date(2026, 11, 28)) if item.startswith("chinesecalendar")
    ]
