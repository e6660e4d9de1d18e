"""A message about several countries, cut into what it says of each."""

from __future__ import annotations

import pytest

from actions.dates import find_dates
from actions.turn.parts import Part, is_of_each, parts, places_in
from tests.actions.turn.shelf import TODAY, answering

UNDERSTANDING = answering({}).understanding


def cut(text: str, *denied: str) -> list[Part]:
    """The parts of a message, with its days as its entities."""
    rows = [
        {"entity": "date", "value": text[d.start : d.end], "start": d.start, "end": d.end, "role": "main"}
        for d in find_dates(text, TODAY)
    ]  # fmt: skip
    rows += [
        {"entity": "country", "value": "XX", "start": text.index(name), "end": 0, "role": "denied"}
        for name in denied
    ]
    return parts(UNDERSTANDING, text, rows)


def says(text: str) -> list[tuple[str, str]]:
    return [(part.place, part.text) for part in cut(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "挪威客户的事先放着。瑞士有个标10月6日公布,奥地利10月8日公布,两件最晚哪天",
            [("CH", "瑞士有个标10月6日公布,最晚哪天"), ("AT", "奥地利10月8日公布,最晚哪天")],
        ),
        (
            "肯尼亚那件我们去异议,11月3日公告;沙特的是别人异议我们,11月5日收到通知。各有几天?",
            [
                ("KE", "肯尼亚那件我们去异议,11月3日公告;有几天?"),
                ("SA", "沙特的是别人异议我们,11月5日收到通知。有几天?"),
            ],
        ),
        ("秘鲁和智利异议期多久", [("PE", "秘鲁异议期多久"), ("CL", "智利异议期多久")]),
        (
            "10月9日英国登的10月12日法国登的分别几天",
            [("GB", "10月9日英国登的，几天"), ("FR", "10月12日法国登的，几天")],
        ),
        ("泰国异议要几天,越南呢?", [("TH", "泰国异议要几天,"), ("VN", "越南异议要几天")]),
        ("泰国和越南的异议期一样吗", [("TH", "泰国的异议期多久"), ("VN", "越南的异议期多久")]),
    ],
    ids=["days", "sides", "in a row", "day before", "elliptic", "alike"],
)  # fmt: skip
def test_each_country_gets_its_own_clauses_and_what_is_asked_of_all(text, expected):
    assert says(text) == expected


def test_a_day_stands_with_its_country():
    first, second = cut("肯尼亚11月3日公告,沙特11月5日收到异议,各到哪天")
    day = {part.place: [r["value"] for r in part.rows if r["entity"] == "date"] for part in (first, second)}  # fmt: skip
    assert day == {"KE": ["11月3日"], "SA": ["11月5日"]}
    assert [row["role"] for row in second.rows if row["entity"] == "procedure"] == ["main"]
    assert not any(row["entity"] == "procedure" for row in first.rows)
    start = second.rows[-1]["start"]
    assert second.text[start : second.rows[-1]["end"]] == "11月5日"


def test_a_country_that_tells_whose_company_is_meant_is_no_place():
    assert cut("日本客户问韩国商标异议几天") == []
    assert cut("韩国商标异议几天") == []
    denied = [{"entity": "country", "value": "JP", "start": 2, "end": 4, "role": "denied"}]
    assert [place for place, _, _ in places_in(UNDERSTANDING, "不是日本,是韩国", denied)] == ["KR"]


def test_a_message_is_of_each_where_each_has_a_day_or_one_question_is_asked_of_all():
    def is_each(text):
        return is_of_each(cut(text), text)

    assert is_each("英国10月9日公告,德国10月12日公告")
    assert is_each("英国公告了,德国也公告了,各几天")
    assert not is_each("英国公告了,德国10月12日公告")
    assert not is_each("我们在英国卖货,德国那边谁都没通知我们,怎么办")
    # A court of several countries acts in one of them.
    assert not is_each("米兰的展位上执行统一专利法院的禁令,几天内复核")


def test_countries_of_two_disputes_are_not_in_a_row_though_only_a_comma_is_between_two_names():
    assert says("有两件事，美国那边被337，欧盟那边货被海关扣了") == [
        ("US", "美国那边被337，"), ("EU", "欧盟那边货被海关扣了"),
    ]  # fmt: skip


def test_a_story_is_not_cut():
    assert cut("英国10月9日公告,德国10月12日公告," + "我们很着急" * 60) == []
