"""Web pages and tables as they are shown: what is folded is read, what is void or the site's is not."""

from datetime import date

import openpyxl
import pytest

from knowledge.errors import SourceError
from knowledge.loaders import load
from knowledge.loaders.sheets import shown
from knowledge.loaders.tables import row_lines


@pytest.fixture
def page(tmp_path):
    def make(body, name="样例.html", encoding="utf-8", head=""):
        path = tmp_path / name
        path.write_bytes(f"<html><head>{head}</head><body>{body}</body></html>".encode(encoding))
        return load(path)

    return make


@pytest.fixture
def table(tmp_path):
    def make(*rows, name="样例问答.xlsx", change=None):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        if change:
            change(book)
        path = tmp_path / name
        book.save(path)
        return load(path)

    return make


def said(document):
    return "\n".join(section.text for section in document.sections)


LAW = "<p>第一条 为规范样例，制定本办法。</p><p>第二条 期限为十五日。</p>"


@pytest.mark.parametrize(
    "body",
    [f"<form>{LAW}</form>", f"<table><tr><td>{LAW}</td></tr></table>", f"<div><nav>首页</nav></div><main>{LAW}</main>",
     "<textarea>第一条 为规范样例，制定本办法。\n第二条 期限为十五日。</textarea>"],
)  # fmt: skip
def test_the_body_is_read_whatever_holds_it(page, body):
    document = page(body)
    assert [section.article for section in document.sections] == ["第一条", "第二条"]
    assert document.sections[1].text == "第二条 期限为十五日。"


def test_what_is_void_is_left_out_and_told_and_what_is_folded_is_read(page):
    document = page(
        "<p>面积为10<sup>2</sup>平方，<s>十日</s>二十日。</p><p hidden>旧文</p><details><summary>答辩期限多久</summary><p>四十日。</p></details>"
    )
    assert said(document) == "面积为10^2平方，二十日。\n四十日。"
    assert document.sections[1].heading == ("答辩期限多久",)
    told = "".join(document.warnings)
    assert "删除线" in told
    assert "不显示" in told


def test_the_sites_own_lines_are_no_text_but_tell_date_and_source(page):
    document = page(
        "<div>您当前的位置：首页 > 政策</div><h1>样例市知识产权局</h1><h2>样例资助办法</h2><div>发布时间：2026-02-10 来源：样例市知识产权局</div>"
        + LAW + "<div>上一篇：样例奖励办法</div><div>版权所有：样例局 粤ICP备1号</div>"
    )  # fmt: skip
    assert document.meta.title == "样例资助办法"
    assert document.meta.issuer == "样例市知识产权局"
    assert str(document.meta.issued_on) == "2026-02-10"
    assert not any(word in said(document) for word in ("位置", "上一篇", "版权"))


def test_traditional_text_in_big5_without_a_mark_is_read(page):
    body = "<p>第一條　為規範樣例工作，制定本辦法。</p><p>第二條　申請人應當在十五日內提出。</p>"
    document = page(body, encoding="big5")
    assert [section.article for section in document.sections] == ["第一条", "第二条"]


def test_several_articles_of_a_page_are_all_read(page):
    document = page(
        "<article><h2>一、期限</h2><p>三个月。</p></article><article><h2>二、费用</h2><p>三百元。</p></article>"
    )
    assert said(document) == "三个月。\n三百元。"


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [(0.5, "0%", "50%"), (0.125, "0.0%", "12.5%"), (1234.5, "#,##0.00", "1,234.50"), (3, '0"天"', "3天"), (300, "General", "300"),
     (300, '"¥"#,##0', "¥300"), (300, "[$€-407]#,##0", "€300"), (2.5, "General", "2.5"), (True, "General", "TRUE"), ("20天", "@", "20天")],
)  # fmt: skip
def test_a_value_is_written_in_its_format(value, pattern, text):
    assert shown(value, pattern) == text


def test_merged_cells_errors_and_hidden_sheets(table):
    def change(book):
        book.active.merge_cells("B2:B3")
        book.create_sheet("旧版").sheet_state = "hidden"

    document = table(
        ("问题", "答案"),
        ("甲怎么办", "先取证。"),
        ("乙怎么办", None),
        ("丙怎么办", "#N/A"),
        ("丁怎么办", "=1+2"),
        change=change,
    )
    assert said(document) == "先取证。\n先取证。"
    reasons = [row.reason for row in document.rejected]
    assert "错误值" in reasons[0]
    assert "公式" in reasons[1]
    assert any("旧版" in warning for warning in document.warnings)


EXPORTS = {
    "WeKnora": (("分类(必填)", "问题(必填)", "相似问题(选填-多个用##分隔)", "反例问题(选填-多个用##分隔)", "机器人回答(必填-多个用##分隔)", "是否停用(选填-默认FALSE)"),
                ("类", "甲怎么办", "甲咋办##甲如何办", "乙怎么办", "先取证。", "FALSE")),
    "MaxKB": (("分段标题（选填）", "分段内容（必填，问题描述，最长不超过4096个字符）", "问题（选填，单元格内一行一个）"), ("标题", "先取证。", "甲怎么办\n甲咋办呢\n甲如何办")),
    "Dify": (("question", "answer"), ("甲怎么办", "先取证。")),
    "FastGPT": (("q", "a", "indexes"), ("甲怎么办", "先取证。", "甲咋办##甲如何办")),
}  # fmt: skip


@pytest.mark.parametrize("program", EXPORTS)
def test_the_export_of_another_program_is_read(table, program):
    (section,) = table(*EXPORTS[program]).sections
    assert (section.heading, section.text) == (("甲怎么办",), "先取证。")
    assert program == "Dify" or len(section.similar) == 2


@pytest.mark.parametrize(
    ("title", "value"), [("是否停用", "是"), ("是否启用", "否"), ("状态", "已停用")]
)
def test_a_row_out_of_use_is_left_out_with_the_reason(table, title, value):
    document = table(
        ("问题", "答案", title), ("甲怎么办", "先取证。", value), ("乙怎么办", "再取证。", "")
    )
    assert said(document) == "再取证。"
    assert "停用" in document.rejected[0].reason


def test_the_columns_seen_are_named_where_none_fits(table):
    with pytest.raises(SourceError, match="看到的列是：编号、主题、备注"):
        table(("编号", "主题", "备注"), ("1", "x", "y"))


def test_a_table_of_names_and_values_is_no_table_with_a_header():
    form = [["受理机关", "样例局"], ["办理时限", "二十个工作日"], ["收费标准", "不收费"]]
    assert row_lines(form) == ["受理机关：样例局", "办理时限：二十个工作日", "收费标准：不收费"]
    assert row_lines([["国家", "期限"], ["德国", "3个月"]]) == [
        "国家｜期限",
        "国家：德国；期限：3个月",
    ]
    assert row_lines([["事项", "办理时限"], ["受理条件", "见附件"]])[0] == "事项｜办理时限"


@pytest.mark.parametrize(
    "form",
    [
        [["发文日期", "2026年11月3日"], ["答辩截止日", "2026年12月1日"], ["案号", "样例123"]],
        [["Notice date", "November 3, 2026"], ["Response due", "December 1, 2026"]],
        [["Plaintiff", "Acme LLC"], ["Response due", "December 1, 2026"]],
        [["Amount", "$1,500.00"], ["Damages", "$20,000"]],
    ],
)
def test_what_stands_beside_a_value_is_its_name_whatever_it_is_called(form):
    assert row_lines(form) == ["：".join(row) for row in form]


@pytest.mark.parametrize(
    "head",
    [
        ["国家", "2025年"],
        ["国家", "12月"],
        ["Country", "Due date"],
        ["年度", "2025"],
        ["样例", "金额（元）"],
    ],
)
def test_a_first_row_of_names_heads_its_columns(head):
    first, *_ = rows = [head, ["德国", "30"], ["法国", "40"]]
    assert row_lines(rows)[1] == f"{first[0]}：德国；{first[1]}：30"


@pytest.mark.parametrize(
    ("number_format", "text"),
    [
        ('yyyy"年"m"月"d"日"', "2026年12月1日"),
        ('yyyy"年"m"月"', "2026年12月"),
        ("yyyy-mm-dd", "2026-12-01"),
    ],
)
def test_a_day_is_written_with_the_words_of_its_format(number_format, text):
    assert shown(date(2026, 12, 1), number_format) == text


def test_names_that_end_with_a_colon_are_the_fields_of_a_form():
    rows = [["索引号：", "12", "分类：", "商务"], ["标题：", "样例通知", "", ""]]
    assert row_lines(rows) == ["索引号：12；分类：商务", "标题：样例通知"]


def test_menus_of_a_page_are_left_out_and_links_of_the_text_stay(page):
    menu = '<div class="x"><a href="/">首页</a> | <a href="/a">政务公开</a></div>'
    text = '<p>第一条 见<a href="/r">样例规则</a>。</p><p>第二条 <a href="/1">附件一</a>和<a href="/2">附件二</a>。</p>'
    document = page(f"{menu}<h1>样例办法</h1>{text}<div>网站标识码：000</div>")
    whole = said(document)
    assert "政务公开" not in whole
    assert "标识码" not in whole
    assert "附件一和附件二" in whole


def test_struck_markdown_is_left_out(tmp_path):
    path = tmp_path / "样例.md"
    path.write_text(
        "# 样例办法\n\n第一条 期限为~~十日~~二十日。\n\n第二条 费用 5~10 元。\n", encoding="utf-8"
    )
    document = load(path)
    assert said(document) == "第一条 期限为二十日。\n第二条 费用 5~10 元。"
    assert any("删除线" in text for text in document.warnings)
