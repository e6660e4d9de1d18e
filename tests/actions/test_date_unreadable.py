"""Dates that cannot be read are named, with the reason, and asked for."""

from datetime import date

import pytest

from actions.date_unreadable import unreadable
from actions.dates import parse_date

TODAY = date(2026, 11, 28)
UNREADABLE = {
    "农历十月初十收到337立案通知书，最晚哪天答辩": ("农历10月初十", "农历"),
    "十月初八": ("10月初八", "农历"),
    "腊月廿三收到的": ("腊月23", "农历"),
    "民国115年11月20日": ("民国115年11月20日", "2026年"),
    "令和8年11月20日": ("令和8年11月20日", "2026年"),
    "佛历2569年11月20日": ("佛历2569年11月20日", "2026年"),
    "2569年11月20日收到": ("2569年11月20日", "2026年"),
    "回历六月": ("回历6月", "不是公历"),
    "农历10月8日收到": ("农历10月8日", "农历"),
    "2月30日收到337立案通知书": ("2月30日", "2月没有30日"),
    "13月5日": ("13月5日", "没有13月"),
    "2026年11月31日": ("2026年11月31日", "11月没有31日"),
    "2026年2月29日": ("2026年2月29日", "2026年2月没有29日"),
    "2026-13-01": ("2026-13-01", "没有13月"),
    "31/31/2026": ("31/31/2026", "怎么排都不成立"),
}
READABLE = [
    "", "你好", "337调查", "19 CFR 210.13(a)", "10月8日收到", "31/10/2026", "03/11/2026", "上个月底", "第10.8条",
    "农历十月初十（公历2026年11月18日）", "比例是10.5%", "2024年2月29日", "花了40月租金", "D2026-1234",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), UNREADABLE.items())
def test_a_date_that_cannot_be_read_is_named_with_the_reason(text, expected):
    found = unreadable(text, TODAY)
    assert found is not None
    assert found.text == expected[0]
    assert expected[1] in found.reason
    assert found.text in found.sentence()
    assert "公历" in found.sentence()
    assert parse_date(text, TODAY) is None


@pytest.mark.parametrize("text", READABLE)
def test_what_is_readable_or_no_date_is_not_complained_about(text):
    assert unreadable(text, TODAY) is None
