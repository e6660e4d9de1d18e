"""Figures in one notation: amounts, days, periods and rules however they are written."""

from __future__ import annotations

import pytest

from knowledge.edit_checks import unfounded_figures
from knowledge.figures import figures, readable_figure, uncarried_figures


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("罚款3百元", {"300CNY"}),
        ("罚款3千元", {"3000CNY"}),
        ("资助30万元", {"300000CNY"}),
        ("资助2百万元", {"2000000CNY"}),
        ("资助2千万元", {"20000000CNY"}),
        ("规模3亿元", {"300000000CNY"}),
        ("规模1亿2000万元", {"120000000CNY"}),
        ("规模1亿2000万3", {"120000000", "3"}),
        ("资助30万余元", {"300000CNY"}),
        ("fined $2 million", {"2000000USD"}),
        ("fined USD 3 billion", {"3000000000USD"}),
        ("fined $5k", {"5000USD"}),
        ("fee 1,350.50 euros", {"1350.5EUR"}),
        ("约2.5万", {"25000"}),
        ("下降15%", {"15%"}),
        ("下降15个百分点", {"15%"}),
    ],
)
def test_amounts_are_written_out_with_their_currency(text, found):
    assert figures(text) == found


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("123456789012345", "123456789012345d"),  # fifteen digits are exact as a number
        ("000000000000012", "12d"),
        ("0000000000000012", "0000000000000012d"),  # sixteen are kept as they are written
        ("9007199254740993", "9007199254740993d"),
    ],
)
def test_a_number_too_long_to_be_exact_is_kept_as_written(number, found):
    assert figures(f"{number}天") == {found}


def test_an_amount_too_long_to_be_exact_is_kept_as_written():
    assert figures("9007199254740993元") == {"9007199254740993CNY"}
    assert figures("000000000000012元") == {"12CNY"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("January 2, 2025", "2025-01-02"),
        ("Feb. 3, 2025", "2025-02-03"),
        ("September 4, 2025", "2025-09-04"),
        ("Sept. 4, 2025", "2025-09-04"),
        ("5 December 2025", "2025-12-05"),
        ("5 Nov. 2025", "2025-11-05"),
        ("March 13", "03-13"),
        ("3月13日", "03-13"),
        ("2025年3月", "2025-03"),
        ("2025年3月13日", "2025-03-13"),
        ("2025/3/13", "2025-03-13"),
        ("2025年", "2025"),
    ],
)
def test_days_are_written_year_month_day(text, found):
    assert figures(text) == {found}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("第13条", "第13条"),
        ("第13条之2", "第13条之2"),
        ("Art. 13", "第13条"),
        ("§ 210.13(a)", "第210.13条"),
        ("第(2)款", "第2款"),
        ("半年", "6m"),
        ("3 working days", "3wd"),
        ("3个小时", "3h"),
        ("3 weeks", "3w"),
        ("3周年", "3y"),
    ],
)
def test_rules_and_periods_have_one_name(text, found):
    assert figures(text) == {found}


def test_both_ends_of_a_range_carry_the_unit():
    assert figures("1至3个月") == {"1m", "3m"}
    assert figures("20-30 days") == {"20d", "30d"}


@pytest.mark.parametrize(
    ("text", "carriers", "missing"),
    [
        ("337条款", {"第337条"}, set()),
        ("第13条", {"13"}, set()),
        ("第13条", {"13d"}, {"第13条"}),
        ("2025年", {"2025-03-13"}, set()),
        ("20天", {"20m"}, {"20d"}),
        ("20天", {"第20条"}, {"20d"}),
        ("20.5万", {"205000CNY"}, set()),
    ],
)
def test_only_a_bare_number_is_carried_by_another_unit(text, carriers, missing):
    assert uncarried_figures(text, carriers) == missing


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("分3步", set()),
        ("分12步", set()),
        ("分13步", {"13"}),
        ("337调查", set()),
        ("338调查", {"338"}),
        ("3天", {"3d"}),
    ],
)
def test_small_counts_and_names_need_no_source(text, missing):
    assert unfounded_figures(text, set()) == missing


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("45d", "45日"),
        ("50000CNY", "50000元"),
        ("2.5USD", "2.5美元"),
        ("3wd", "3个工作日"),
        ("第13条", "第13条"),
        ("337", "337"),
    ],
)
def test_a_figure_is_read_out_in_words(token, words):
    assert readable_figure(token) == words
