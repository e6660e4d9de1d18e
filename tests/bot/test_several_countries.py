"""Messages about several countries and conversations that go back and forth: each has its own rule and day."""

import pytest

from tests.bot.last_said import REFUSED, assert_said, replies_to

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]

TWO_SIDES = "英国的标10月9日公告，我们想去异议；印度是别人来异议我们的申请，11月9日收到通知要答。两件各到哪天"
PERIODS = "泰国、日本两国商标异议期各多长"
TWO_DAYS = "瑞士10月20日公布一个，新西兰10月21日公告一个，都想异议，截止日分别哪天"
ASIAN = ["新加坡收到异议通知，11月12日，最晚哪天答", "印度那边也收到异议通知，11月11日，最晚哪天答"]
NONE = REFUSED

# What is said, what the last reply says, and what it must not say.
CASES = [
    (
        [TWO_SIDES],
        r"英国商标：提出异议：截止日是2026年12月9日[\s\S]*印度商标异议：申请人反陈述：截止日是2027年1月11日",
        NONE,
    ),
    (
        [TWO_SIDES, "英国那件到哪天"],
        r"英国商标：提出异议：截止日是2026年12月9日",
        r"印度|2027年1月9日",
    ),
    (
        [TWO_SIDES, "印度的呢"],
        r"申请人反陈述：截止日是2027年1月11日",
        r"提出异议：截止日|2026年12月9日",
    ),
    (
        [TWO_SIDES, "更正，英国是10月13日公告的，重新算"],
        r"英国商标：提出异议：截止日是2026年12月14日",
        r"印度",
    ),
    (
        [TWO_DAYS],
        r"瑞士[\s\S]*2027年1月20日[\s\S]*新西兰[\s\S]*2027年1月21日",
        NONE,
    ),
    (
        [TWO_DAYS, "哪个国家可以延期"],
        r"瑞士[\s\S]*不能延长[\s\S]*新西兰[\s\S]*可以申请延长|新西兰[\s\S]*可以申请延长[\s\S]*瑞士[\s\S]*不能延长",
        r"截止日是",
    ),
    ([PERIODS], r"泰国[\s\S]*60[日天][\s\S]*日本[\s\S]*2个月", NONE),
    (
        [PERIODS, "都是11月6日公告的"],
        r"(?=[\s\S]*泰国商标：提出异议：截止日是2027年1月5日)(?=[\s\S]*日本商标：提出异议：截止日是2027年1月6日)",
        NONE,
    ),
    ([*ASIAN, "新加坡是哪天来着"], r"截止日是2027年1月12日", r"2027年1月11日"),
    (
        ["墨西哥11月9日公告，异议到哪天", "搞错了，是阿根廷不是墨西哥，公告日还是11月9日"],
        r"阿根廷商标：提出异议：截止日是2026年12月9日",
        r"墨西哥",
    ),
    (
        ["土耳其11月10日公告，异议到哪天", "不是土耳其，是肯尼亚，公告日还是11月10日"],
        r"肯尼亚商标：提出异议：截止日是2027年1月9日",
        r"土耳其",
    ),
]

last_replies = replies_to("2026-11-23", [turns for turns, _, _ in CASES])


@pytest.mark.parametrize("number", range(len(CASES)))
def test_each_country_has_its_own_rule_and_day(last_replies, number):
    assert_said(last_replies[number], *CASES[number][1:])
