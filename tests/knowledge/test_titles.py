"""Title, number, issuer and dates of an official document, from its own lines."""

from datetime import date

import pytest

from knowledge.loaders import load
from knowledge.loaders.titles import is_title, label_title

LAW = "第一条　为规范样例工作，制定本规定。\n第二条　期限为十日。\n"


@pytest.fixture
def meta(tmp_path):
    def read(text, name="下载.txt"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return load(path).meta

    return read


@pytest.mark.parametrize(
    ("line", "is_one"),
    [("样例法", True), ("样例市海外维权资助办法（试行）", True), ("关于印发《样例办法》的通知", True), ("样例规则（2026年修订）", True),
     ("样例市知识产权局", False), ("第一章 总则", False), ("异议要交什么材料", False), ("为规范样例，制定本办法。", False), ("附件1 申请表", False)],
)  # fmt: skip
def test_a_title_is_told_from_other_lines(line, is_one):
    assert is_title(line) is is_one


@pytest.mark.parametrize(
    ("label", "title"),
    [("样例市资助办法_政策文件_样例市知识产权局门户网站", "样例市资助办法"), ("Microsoft Word - 样例管理办法.docx", "样例管理办法"),
     ("样例市知识产权局", None), (None, None)],
)  # fmt: skip
def test_what_a_file_is_called_elsewhere_is_freed_of_sites_and_programs(label, title):
    assert label_title(label) == title


def test_a_notice_has_number_issuer_and_the_day_it_was_signed(meta):
    found = meta(
        "样例市知识产权局关于印发样例市资助办法的通知\n样知规〔2026〕3号\n各有关单位：\n现将《样例市资助办法》印发给你们。\n"
        "样例市知识产权局\n2026年2月10日\n样例市资助办法\n" + LAW + "第三条　本办法自印发之日起施行，有效期三年。"
    )  # fmt: skip
    assert (found.number, found.issuer) == ("样知规〔2026〕3号", "样例市知识产权局")
    assert found.issued_on == found.effective_from == date(2026, 2, 10)
    assert found.effective_to == date(2029, 2, 9)


def test_an_order_only_issues_what_it_names(meta):
    found = meta(
        "国家样例局令\n第75号\n《样例审查规定》现予公布，自2026年3月1日起施行。\n样例审查规定\n"
        + LAW
    )
    assert (found.title, found.number) == ("样例审查规定", "国家样例局令第75号")
    assert found.effective_from == date(2026, 3, 1)


def test_contents_in_plain_lines_and_the_repealed_law_say_nothing_of_the_document(meta, tmp_path):
    text = (
        "样例法\n（1982年8月23日通过　根据2019年4月23日《决定》第四次修正）\n目　录\n第一章　总则\n第二章　附则\n第一章　总则\n第一条　为了管理，制定本法。\n"
        "第二章　附则\n第二条　本法自1983年3月1日起施行。1963年4月10日国务院公布的《样例条例》同时废止。"
    )
    found = meta(text, "样例法.txt")
    assert (found.as_of, found.effective_from, found.issued_on) == (
        "2019-04-23",
        date(1983, 3, 1),
        None,
    )
    sections = load(tmp_path / "样例法.txt").sections
    assert [section.heading for section in sections if section.article] == [
        ("第一章 总则",),
        ("第二章 附则",),
    ]
    assert not any(section.text == "第一章 总则" for section in sections)


def test_a_draft_for_comments_is_told(tmp_path):
    path = tmp_path / "样例办法（征求意见稿）.txt"
    path.write_text("样例办法（征求意见稿）\n" + LAW, encoding="utf-8")
    assert "征求意见稿" in load(path).warnings[0]
