"""Normal forms: one meaning, one spelling."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.figures import figures, uncarried_figures
from knowledge.text import fold_numerals, normalise, split_sentences

CHINESE = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.sampled_from(
            "一二三十百千两零〇年月日天条款项第个工作万亿元%0123456789 ，。；：（）()\n"
        ),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我們被ＩＴＣ告了", "我们被ITC告了"),
        ("幾天\u200b內　要 答辯", "几天内要答辩"),
        ("第一章 总 则", "第一章总则"),
        ("hello   world\t3 天", "hello world 3 天"),
        ("著作權", "著作权"),
        ("  \ufeff\x00 ", ""),
        ("③④", "34"),
    ],
)
def test_normalise_gives_the_indexed_form(text, expected):
    assert normalise(text) == expected


def test_normalise_keeps_case():
    assert normalise("Amazon APEX") == "Amazon APEX"


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_normalise_twice_changes_nothing(text):
    once = normalise(text)
    assert normalise(once) == once


@given(CHINESE)
@settings(max_examples=200, deadline=None)
def test_normalise_twice_changes_nothing_for_chinese(text):
    once = normalise(text)
    assert normalise(once) == once


def test_normalise_survives_a_very_long_traditional_text():
    assert normalise("我們" * 20_000) == "我们" * 20_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三十日", "30日"),
        ("第十三条", "第13条"),
        ("两年", "2年"),
        ("二十一天", "21天"),
        ("第一百二十三条之一", "第123条之1"),
        ("二〇二五年三月十三日", "2025年3月13日"),
        ("百分之五十", "50%"),
        ("十个工作日", "10个工作日"),
        ("第五十五条第二款第(三)项", "第55条第2款第(3)项"),
        ("一个月", "1个月"),
    ],
)
def test_fold_numerals_writes_digits_where_something_is_counted(text, expected):
    assert fold_numerals(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "一般",
        "一些",
        "统一日期",
        "万一",
        "三五天",
        "十几天",
        "一家公司",
        "每一日",
        "几十万元",
        "二十一世纪",
        "十分",
        "千万不要",
    ],
)
def test_fold_numerals_leaves_words_alone(text):
    assert fold_numerals(text) == text


@pytest.mark.parametrize(
    "spellings",
    [
        ("三个月", "3个月", "3 months", "3 个月"),
        ("20天", "二十日", "20 days", "20个日历日"),
        ("10个工作日", "十个工作日", "10 business days"),
        (
            "2025年3月13日",
            "2025-03-13",
            "March 13, 2025",
            "13 March 2025",
            "2025/3/13",
            "2025 年 3 月 13 日",
        ),
        ("5000美元", "$5,000", "USD 5,000", "5千美元"),
        ("30万元", "三十万元", "人民币300,000元"),
        ("第十三条", "第13条", "Art. 13", "Rule 13(a)", "§ 13", "R.13"),
        ("19 CFR § 210.13(a)", "19 CFR 210.13"),
        ("50%", "百分之五十", "50 percent"),
        ("1至3个月", "一个月到三个月", "1–3 months"),
    ],
    ids=lambda spellings: spellings[0],
)
def test_figures_agree_across_spellings(spellings):
    found = [figures(spelling) for spelling in spellings]
    assert found[0]
    assert all(one == found[0] for one in found)


def test_figures_keep_units_apart():
    assert not figures("3天") & figures("3个月")
    assert not figures("10天") & figures("10个工作日")
    assert not figures("5000元") & figures("5000美元")


def test_figures_skip_list_numbers_and_words():
    assert figures("1. 先保存证据\n2、联系律师\n（三）统一处理") == set()


@given(st.integers(1, 9999))
@settings(deadline=None)
def test_figures_of_digits_and_chinese_numerals_agree(number):
    units, name = "零一二三四五六七八九", ""
    pending_zero = False
    for scale, mark in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // scale % 10
        if digit:
            name += ("零" if pending_zero else "") + units[digit] + mark
            pending_zero = False
        elif name:
            pending_zero = True
    assert figures(f"满{number}天") == figures(f"满{name}天") == {f"{number}d"}


@given(CHINESE)
@settings(max_examples=200, deadline=None)
def test_figures_never_fail(text):
    assert all(isinstance(token, str) and token for token in figures(text))


def test_a_run_of_digits_too_long_for_an_amount_stays_as_it_is():
    assert figures("9" * 400) == {"9" * 400}
    assert figures("12345678901234万元") == {"123456789012340000CNY"}


def test_a_bare_number_is_carried_by_an_article_but_a_period_is_not():
    carriers = figures("19 U.S.C. § 1337，20天，2025-03-13")
    assert uncarried_figures("1337条款，2025年，20日", carriers) == set()
    assert uncarried_figures("30天", carriers) == {"30d"}
    assert uncarried_figures("20个月", carriers) == {"20m"}


def test_a_list_of_items_stays_with_its_introduction():
    text = "有下列情形之一的，不予办理：\n（一）没有材料；\n（二）超过期限的。\n前款期限为3天。"
    assert split_sentences(text) == [
        "有下列情形之一的，不予办理：\n（一）没有材料；\n（二）超过期限的。",
        "前款期限为3天。",
    ]


def test_a_list_within_a_line_stays_whole():
    assert split_sentences("情形：（一）甲。（二）乙；（三）丙。另外一句。") == [
        "情形：（一）甲。（二）乙；（三）丙。",
        "另外一句。",
    ]


def test_sentences_keep_closing_quotes_and_bracketed_sentences():
    assert split_sentences("他说：“好。”然后（见第5条。）走了。") == [
        "他说：“好。”",
        "然后（见第5条。）走了。",
    ]


def test_decimals_and_section_numbers_do_not_end_a_sentence():
    assert split_sentences("依据 19 CFR § 210.13(a)。费率2.5%。") == [
        "依据 19 CFR § 210.13(a)。",
        "费率2.5%。",
    ]


@given(CHINESE)
@settings(max_examples=200, deadline=None)
def test_sentences_lose_no_character(text):
    kept = "".join("".join(split_sentences(text)).split())
    assert kept == "".join(text.split())


def test_a_month_may_be_abbreviated():
    assert figures("Fed. Cir. Mar. 5, 2025") == figures("Fed. Cir. March 5, 2025")
    assert "5" not in figures("Fed. Cir. Mar. 5, 2025")
