"""Structure of official texts: articles, items and headings."""

import pytest

from knowledge.articles import goes_on
from knowledge.sections import HISTORY, PREAMBLE, Block, Structure, article_number, build_sections

LINES = """序言文字。
第一章 总则
第一条 甲。
第二款文字，依照第三条规定办理。
第二条 乙：
（一）子项；
（二）子项。
第二条之一 补充。
第二章 附则
第三条 自公布之日起施行。"""


def blocks(text):
    return [Block(line) for line in text.split("\n")]


def test_every_article_is_one_section():
    sections = build_sections(blocks(LINES))
    assert [section.article for section in sections] == [
        None,
        "第一条",
        "第二条",
        "第二条之一",
        "第三条",
    ]
    assert sections[0].heading == (PREAMBLE,)
    assert sections[1].heading == ("第一章 总则",)
    assert sections[4].heading == ("第二章 附则",)


def test_items_and_later_paragraphs_stay_with_their_article():
    sections = build_sections(blocks(LINES))
    assert sections[1].text.endswith("依照第三条规定办理。")
    assert sections[2].text.count("\n") == 2


def test_a_paragraph_that_cites_an_article_starts_none():
    sections = build_sections(
        blocks("第一条 甲。\n第二条规定的情形除外。\n第三条所称乙，是指丙。\n第二条 丁。")
    )
    assert [section.article for section in sections] == ["第一条", "第二条"]


def test_articles_without_a_space_after_the_label_are_found():
    sections = build_sections(blocks("第一条为了保护权利。\n第二条本法适用于全国。\n第三条生效。"))
    assert [section.article for section in sections] == ["第一条", "第二条", "第三条"]


def test_an_annex_leaves_the_last_article():
    sections = build_sections(
        [*blocks("第一条 甲。\n第二条 乙。\n附件："), Block("一、清单", level=2), Block("某物项")]
    )
    assert sections[1].text == "第二条 乙。"
    assert sections[2].article is None
    assert sections[2].heading == ("附件：", "一、清单")


def test_an_annex_with_its_own_articles_counts_again():
    sections = build_sections(
        blocks("第一条 甲。\n第二条 乙。\n附件：细则\n第一条 子。\n第二条 丑。")
    )
    assert [section.article for section in sections] == ["第一条", "第二条", "第一条", "第二条"]
    assert sections[2].heading == ("附件：细则",)


def test_chapters_nest_and_follow_each_other():
    sections = build_sections(
        blocks(
            "第一编 总则\n第一章 甲章\n第一节 甲节\n第一条 一。\n第二章 乙章\n第二条 二。\n第二编 分则\n第三条 三。"
        )
    )
    assert [section.heading for section in sections] == [
        ("第一编 总则", "第一章 甲章", "第一节 甲节"),
        ("第一编 总则", "第二章 乙章"),
        ("第二编 分则",),
    ]


@pytest.mark.parametrize("brackets", ["（{}）", "({})"], ids=["full width", "half width"])
def test_policy_items_are_sections_under_their_part(brackets):
    item = brackets.format
    text = f"前言。\n一、简政放权\n{item('一')}扩大范围。内容甲。\n{item('二')}整合资金。内容乙。\n二、优化环境\n{item('三')}强化援助。内容丙。"
    sections = build_sections(blocks(text))
    assert [section.heading for section in sections] == [
        (PREAMBLE,),
        ("一、简政放权", f"{item('一')}扩大范围"),
        ("一、简政放权", f"{item('二')}整合资金"),
        ("二、优化环境", f"{item('三')}强化援助"),
    ]


def test_items_inside_a_quoted_article_are_no_items_of_the_decision():
    text = "一、修改《甲规定》\n1.将第一条修改为：\n“范围包括：\n（一）子；\n2.丑。”\n2.将第二条删除。\n二、修改《乙规定》\n1.全文废止。"
    sections = build_sections(blocks(text))
    assert [section.heading[-1] for section in sections] == [
        "1.将第一条修改为",
        "2.将第二条删除",
        "1.全文废止",
    ]


def test_headings_alone_divide_other_texts():
    sections = build_sections(
        [Block("甲", level=1), Block("正文一"), Block("乙", level=2), Block("正文二")]
    )
    assert [section.heading for section in sections] == [("甲",), ("甲", "乙")]


def test_curated_structure_leaves_items_alone():
    sections = build_sections(blocks("（一）甲\n（二）乙\n第一条 丙"), Structure.HEADINGS)
    assert len(sections) == 1


def test_nothing_gives_no_sections():
    assert build_sections([]) == ()
    assert build_sections([Block("   ")]) == ()


def test_article_numbers_are_read():
    assert article_number("第一百二十三条") == 123
    assert article_number("第13条之一") == 13
    assert article_number("总则") == 0
    assert HISTORY != PREAMBLE


def test_heading_with_nothing_under_it_is_kept_as_its_own_text():
    sections = build_sections(
        [
            Block("清单", level=1),
            Block("一、结构件", level=2),
            Block("二、涂料", level=2),
            Block("说明文字"),
        ]
    )
    assert [section.text for section in sections] == ["一、结构件", "说明文字"]
    assert [section.text for section in build_sections([Block("只有标题", level=1)])] == [
        "只有标题"
    ]


@pytest.mark.parametrize(
    ("before", "line", "goes"),
    [
        ("A motion pursuant to", "Rule 65 The court may grant relief.", True),
        ("The end.", "Rule 65 The court may grant relief.", False),
    ],
)
def test_an_english_rule_that_a_line_break_cut_off_is_no_rule(before, line, goes):
    assert goes_on(before, line) is goes
