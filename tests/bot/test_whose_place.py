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
    (["喀麦隆商标公告以后，异议有几个月"], r"3个月", r"没有.{0,4}喀麦隆的规定"),
    (["日本商标异议有几个月", "打错字，不是日本是意大利"], r"3个月", r"日本|刚才答过"),
    (["首尔的律师讲商标11月2日公告，对方是日本企业，异议最后一天"], r"2026年12月2日", r"日本商标"),
    (["德国律师转来法院起诉状，11月9日收到，原告是家法国企业，多久声明应诉"], r"2026年12月9日", r"法国"),
    ([UPC_PERIOD, "德国商标的异议期有多长"], r"3个月", r"UPC（统一专利法院）是什么"),
    (["11月16日收到欧盟海关通知，我们的备案是去年的，几号前要回"], r"2026年11月30日", r"2025年"),
    (["德国法院诉状最后二十号才签收，声明应诉最后一天是哪天"], r"2026年12月21日", r"12月10日"),
    (["昨晚看到加拿大公告了抄我们的商标，公告日期10月7号，反对最后一天"], r"2026年12月7日", r"2027年"),
    (["昨天收到WIPO的信，.com域名的程序11月13日启动了，最晚哪天交答辩"], r"2026年12月3日", r"12月12日"),
    (["英国有人拿TM7反对我们的商标申请，11月5号收到的通知，哪天前要回"], r"2027年1月5日", r"是哪一天？"),
    (["澳门注册的商标能用多少年", "那香港商标异议几个月，可以延吗"], r"3个月", r"没有查到"),
]  # fmt: skip


@pytest.fixture(scope="module")
def last_replies(bot_settings):
    """What is said at the end of each conversation."""
    return last_said(bot_settings, "2026-11-23", [turns for turns, _, _ in CASES])


@pytest.mark.parametrize("number", range(len(CASES)))
def test_the_place_that_is_meant_is_answered_for(last_replies, number):
    assert_said(last_replies[number], *CASES[number][1:])
