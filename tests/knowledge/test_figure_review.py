"""The table of reviewed periods is what the deadline table says, and covers the riskiest."""

import importlib.util
from datetime import date
from pathlib import Path

import pytest

from knowledge.deadline_table import load_deadline_table

ROOT = Path(__file__).resolve().parents[2]
# What costs somebody a case when it is wrong: these must have been checked again.
RISKIEST = {
    "itc-337-response-20-days",
    "frcp-answer-21-days",
    "tro-duration-14-days",
    "ttab-answer-40-days",
    "ttab-opposition-30-days",
    "ptab-ipr-bar-1-year",
    "upc-defence-3-months",
    "upc-appeal-order-15-days",
    "eutm-opposition-3-months",
    "epo-opposition-9-months",
    "eu-customs-detention-10-days",
    "de-zpo-276-defence",
    "gb-defence-28",
    "jp-tm-opposition-2-months",
    "cu-07",
    "em-01",
}


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location(
        "write_figure_review", ROOT / "scripts" / "write_figure_review.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rules():
    return load_deadline_table(ROOT / "knowledge" / "tables").rules


def test_the_committed_table_is_what_the_deadlines_give(script, rules):
    written = (ROOT / "docs" / "figure-review.md").read_text(encoding="utf-8")
    assert written == script.render(rules.values()), "运行 python scripts/write_figure_review.py"


def test_a_row_says_the_period_with_its_alternatives_and_what_was_seen(script, rules):
    rule = rules["itc-337-teo-response"]
    (row,) = [line for line in script.render([rule]).splitlines() if rule.id in line]
    assert "10天（案件被认定为更复杂20天）" in row
    assert rule.review_note in row
    assert "共 1 条期限，已复核 1 条" in script.render([rule])


def test_forty_of_the_riskiest_periods_were_checked_again_on_one_day(rules):
    reviewed = [rule for rule in rules.values() if rule.reviewed == date(2026, 11, 25)]
    assert len(reviewed) >= 40
    assert all(rules[name].reviewed for name in RISKIEST)
