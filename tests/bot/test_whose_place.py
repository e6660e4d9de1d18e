"""Whose company is meant, which country is denied and whose union a country is in: the right day and the right law."""

import pytest

from tests.bot.last_said import assert_said, last_said

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]
GERMAN = "德国专利商标局2026年10月20日公告了别人抢注我们的商标，异议最晚哪一天"
PHILIPPINES = "菲律宾11月12日公告了一件抄我们的商标，想异议，最晚哪天"
UPC = "统一专利法院的起诉状11月10日正式送达，答辩最晚哪天"
UPC_PERIOD = "在UPC被告专利侵权，答辩有多长时间"

# What is said, what the last reply says, and what it must not say.
CASES = [
    (["我们新加坡公司被UPC告了，起诉状11月10日正式送达，答辩最晚哪天"], r"2027年2月10日", r"新加坡"),
    ([UPC, "那初步异议呢，也从那天算吧"], r"初步异议[\s\S]*2026年12月10日", r"2027年2月10日"),
    ([GERMAN, "对不起记错国家了，不是德国是法国，日期一样"], r"法国[\s\S]*2026年12月20日|法国[\s\S]*2026年12月21日", r"记下了"),
    ([PHILIPPINES, "不延的话最后一日是？"], r"2026年12月12日|2026年12月14日", r"12月1日"),
    (["国内2月9日交的发明专利申请，今年的，出国要优先权最后一天？"], r"2027年2月9日", r"是指"),
    ([UPC_PERIOD, "西班牙算不算在它里面"], r"西班牙", r"商标公告|保护函"),
    (["货在哈萨克斯坦海关被扣，会停几天"], r"10个工作日", r"没有.{0,4}哈萨克斯坦的规定"),
    (["喀麦隆商标公告以后，异议有几个月"], r"3个月", r"没有.{0,4}喀麦隆的规定"),
    (["澳门注册的商标能用多少年", "那香港商标异议几个月，可以延吗"], r"3个月", r"没有查到"),
]  # fmt: skip


@pytest.fixture(scope="module")
def last_replies(bot_settings):
    """What is said at the end of each conversation."""
    return last_said(bot_settings, "2026-11-23", [turns for turns, _, _ in CASES])


@pytest.mark.parametrize("number", range(len(CASES)))
def test_the_place_that_is_meant_is_answered_for(last_replies, number):
    assert_said(last_replies[number], *CASES[number][1:])
