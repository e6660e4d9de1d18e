"""The small files that trainers' systems falsify, each with the right reading; skipped where they are absent."""

import itertools
from datetime import date
from pathlib import Path

import pytest

from knowledge.errors import SourceError
from knowledge.loaders import load
from knowledge.versions import identity_notes, successions

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="样例文件不在这台机器上，跳过")


def read(name):
    return load(CASES / name)


def said(document):
    return "\n".join(section.text for section in document.sections)


def articles(document):
    return [section.article for section in document.sections if section.article]


READ = {
    # file: (articles, what the text holds, what it does not hold, a word of a warning)
    "docx-tracked.docx": (["第一条", "第二条", "第三条"], ["二十日内报告", "时限：二十日"], ["十日二十日"], "修订"),
    "docx-controls.docx": (["第一条", "第二条", "第三条", "第四条"], ["十五日", "样例市知识产权局", "三百元"], [], None),
    "num-restart0.docx": (["第一条", "第二条", "第三条", "第四条"], ["（一） 申请表", "1. 纸质"], [], None),
    "num-formats.docx": (["第一条", "第十条", "第十一条"], ["(a) 情形甲", "(b) 情形乙", "甲、 细项", "① 圈码", "i. 罗马"], [], "缺第"),
    "footnote.docx": ([], ["二十日（注：外国主体的答辩期限为四十日，不是二十日），自送达起算"], [], None),
    "pdf-footnote.pdf": ([], ["六十日（注：一般企业为三十日），自送达之日起计算，逾期不答辩的，法院可以缺席判决"], [], None),
    "strike-hidden.docx": (["第一条", "第二条"], ["期限为二十日。"], ["批注", "十日二十日"], "删除线"),
    "sup.html": ([], ["10^2日", "第二十条之一", "隐藏里的正文三十日", "现为二十日", "漢"], ["不显示的旧文", "原为十日", "かん"], "不显示"),
    "ruby.docx": (["第一条", "第二条"], ["期限为三日"], ["qī"], None),
    "chrome-printed.pdf": (["第一条", "第二条", "第八条"], ["期限为二十日，长期有效", "见附页"], ["⼆", "⻓"], "缺第"),
    "fakebold.pdf": (["第一条", "第二条", "第三条"], ["第二条 申请应当在三十日内提出。"], ["第第"], None),
    "headfoot.pdf": (["第一条", "第二条", "第三条", "第四条", "第五条", "第六条", "第七条", "第八条", "第九条", "第十条"], [], ["file:", "11/28/26"], None),
    "watermark.pdf": (["第一条", "第三条", "第四条"], ["材料不全的，中心应当在三日内一次告知。"], ["料料", "严禁"], "水印"),
    "toc.pdf": (["第一条", "第二条", "第三条"], ["异议期限为三个月"], ["....."], "目录"),
    "aspx-form.html": (["第一条", "第二条"], ["十五日内"], [], None),
    "multi-article.html": ([], ["三个月", "320欧元"], [], None),
    "layout-table.html": (["第一条", "第二条"], ["十二日"], [], None),
    "big5.html": (["第一条", "第二条"], ["十五日"], [], None),
    "big5-meta.html": (["第一条", "第二条"], ["十五日"], [], None),
    "english-rules.docx": (["Rule 1", "Rule 2", "Article 3"], ["two months"], [], "外文"),
    "uk-rules.docx": (["Rule 17", "第二条"], ["two months"], [], "英国"),
    "amendment.docx": ([], ["“企业应当在三十日内提出申请。"], [], None),
    "articles-zhi.docx": (["第一百二十条", "第一百二十条之一", "第一百二十条之二", "第一百二十一条", "第一百二十二条", "第一百二十三条", "第一百二十四条"],
                          ["第一百二十二条修改为"], [], None),
    "docx-textbox.docx": (["第一条", "第二条"], ["当日十七时前"], [], None),
    "spaced.pdf": (["第一条", "第二条"], ["三十日内"], [], None),
    "b/articles/样例全角规定.txt": (["第1条", "第2条", "第10条"], [], [], "缺第"),
    "b/articles/样例加粗规定.md": (["第一条", "第二条", "第三条", "第四条"], [], [], None),
    "b/articles/样例引条.pdf": (["第一条", "第二条", "第三条", "第四条"], ["依照第三条处理；再次逾期的，由样例市知识产权局依照第四条处理"], [], None),
    "b/articles/样例折行规定.txt": (["第一条", "第二条", "第三条", "第四条"], ["依照本规定第三条处理", "依照第四条处罚"], [], None),
    "b/articles/样例散字.pdf": (["第一条", "第二条", "第三条"], ["期限为十五日。"], [], None),
    "b/articles/样例方括号规定.txt": (["第一条", "第二条", "第三条"], [], [], None),
    "b/articles/样例识别规定.txt": (["第一条", "第二条", "第三条", "第四条", "第五条"], [], ["笫", "第—条"], None),
    "b/docx/altchunk.docx": (["第一条", "第二条"], ["二十日"], [], None),
    "b/docx/document2.docx": (["第一条", "第二条", "第三条"], ["十五日"], [], None),
    "b/docx/docx-toc.docx": (["第一条", "第二条", "第三条"], ["申请期限为十五日。"], [], "目录"),
    "b/docx/gridbefore.docx": ([], ["程序：答辩；期限：40日"], ["国家：答辩"], None),
    "b/docx/omath.docx": (["第一条", "第二条"], ["赔偿额=销量×单价×30%"], [], "公式"),
    "b/docx/strict.docx": (["第一条", "第二条", "第三条"], ["十五日"], [], None),
    "b/html/header-in-article.html": (["第一条", "第二条", "第三条"], ["2026年1月5日样例局公布", "所称日为工作日", "逾期不再受理"], [], None),
    "b/html/select.html": ([], ["交异议书。", "四十日。"], ["+"], None),
    "b/html/textarea.html": (["第一条", "第二条"], ["三百元"], [], None),
    "b/pdf/borderless.pdf": ([], ["国家：样例国甲；程序：异议；期限：2个月"], [], None),
    "b/pdf/fakebold-run.pdf": (["第一条", "第二条", "第三条"], ["收到文书之日起十五日内"], ["第第"], None),
    "b/pdf/b-scan-mixed.pdf": (["第一条", "第二条"], ["期限为十五日。"], ["公报"], "第 2 页是扫描"),
    "b/dates/样例附件规定.txt": (["第一条", "第二条", "第三条"], ["六类"], [], None),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_a_file_is_read_as_it_stands(name):
    labels, held, absent, word = READ[name]
    document = read(name)
    assert articles(document) == labels
    text = said(document)
    assert [part for part in held if part not in text] == []
    assert [part for part in absent if part in text] == []
    told = "；".join(document.warnings)
    assert word in told if word else "逐字" not in told
    assert "逐字" not in told


@pytest.mark.parametrize(
    ("name", "reason"),
    [("cid.pdf", "乱码"), ("b/pdf/b-no-tounicode.pdf", "乱码"), ("b/pdf/b-scan-ecf-stamp.pdf", "扫描件"),
     ("b/pdf/b-scan-stamp-single.pdf", "扫描件")],
)  # fmt: skip
def test_a_file_without_readable_text_is_refused_with_the_reason(name, reason):
    with pytest.raises(SourceError, match=reason):
        read(name)


@pytest.mark.slow
def test_columns_are_read_one_after_the_other():
    text = said(read("b/pdf/three-col.pdf"))
    places = [text.index(f"Column {number} line 1 ") for number in (1, 2, 3)]
    assert places == sorted(places)
    assert text.index("Column 1 line 20") < places[1]


TITLES = {
    "b/title/site-h1-a.html": "样例甲资助办法",
    "b/title/site-h1-b.html": "样例乙资助办法",
    "b/title/site-suffix.html": "样例市海外维权资助办法",
    "b/title/样例甲办法.docx": "样例甲办法",
    "b/title/样例乙办法.docx": "样例乙办法",
    "b/title/样例甲条例.pdf": "样例甲条例",
    "b/title/样例乙条例.pdf": "样例乙条例",
    "b/title/样例知发12号.docx": "关于印发《样例市海外知识产权纠纷应对资助实施细则》的通知",
    "b/html/same-title-a.html": "样例丙资助办法",
    "b/html/header-in-article.html": "样例庚办法",
    "b/pdf/b-scan-mixed.pdf": "样例混合办法",
    "spaced.pdf": "样例间距办法",
    "fakebold.pdf": "样例加粗办法",
    "headfoot.pdf": "样例长文办法",
    "toc.pdf": "样例手册",
    "watermark.pdf": "样例水印办法",
}


@pytest.mark.parametrize("name", TITLES)
def test_the_title_is_the_documents_own_line(name):
    assert read(name).meta.title == TITLES[name]


FROM = date(2026, 3, 1)
DATES = {
    "样例中文数字规定.txt": (FROM, None, "2026-03-01"),
    "样例带空格规定.txt": (FROM, None, "2026-03-01"),
    "样例旧法废止规定.txt": (None, None, None),
    "样例有效期规定.txt": (FROM, date(2026, 10, 31), "2026-03-01"),
    "样例起实施规定.txt": (FROM, None, "2026-03-01"),
    "样例起执行规定.txt": (FROM, None, "2026-03-01"),
    "样例附件规定.txt": (FROM, None, "2026-03-01"),
    "样例市出口促进条例.docx": (date(2004, 7, 1), None, "2022-12-30"),
    "样例市出口促进条例(2016-11-07).md": (date(2004, 7, 1), None, "2016-11-07"),
    "new/样例资助规定（2026年修订）.txt": (None, None, "2026"),
    "old/样例资助规定.txt": (date(2022, 1, 1), None, "2022-01-01"),
}


@pytest.mark.parametrize("name", DATES)
def test_the_dates_are_those_of_the_document_itself(name):
    meta = read(f"b/dates/{name}").meta
    assert (meta.effective_from, meta.effective_to, meta.as_of) == DATES[name]


def test_number_issuer_and_validity_stand_in_the_metadata():
    meta = read("b/title/样例知发12号.docx").meta
    assert (meta.number, meta.issuer) == ("样例知发〔2026〕12号", "样例市知识产权局")
    assert meta.issued_on == date(2026, 2, 10)
    assert (meta.effective_from, meta.effective_to) == (FROM, date(2029, 2, 28))


@pytest.mark.parametrize(
    ("older", "newer"),
    [("b/dates/样例市出口促进条例(2016-11-07).md", "b/dates/样例市出口促进条例.docx"),
     ("b/dates/old/样例资助规定.txt", "b/dates/new/样例资助规定（2026年修订）.txt")],
)  # fmt: skip
def test_the_newer_version_retires_the_older_whatever_comes_first(older, newer, today):
    old, new = read(older), read(newer)
    for documents in itertools.permutations((old, new)):
        (found,) = successions(documents, today).values()
        assert (found.document, found.successor) == (old.meta.id, new.meta.id)
    assert "转为历史" in "".join(identity_notes(new, [old], today))


def test_no_two_other_cases_retire_each_other(today):
    same = "b/docx/strict.docx"  # the text of document2.docx
    names = [name for name in (*TITLES, *READ) if not name.startswith("b/dates") and name != same]
    documents = [read(name) for name in dict.fromkeys(names)]
    assert successions(documents, today) == {}


def test_tables_of_questions_are_read_as_excel_shows_them():
    merged = read("faq-merged.xlsx")
    answers = {section.heading[-1]: section.text for section in merged.sections}
    assert answers["样例国商标续展多久"] == answers["样例国商标异议期多久"] == "公告之日起2个月内。"
    assert answers["样例截止日是哪天"] == "2026-12-14 17:00"
    assert answers["样例比例多少"] == "50%"
    assert any("15 位" in warning for warning in merged.warnings)
    hidden = read("faq-formula-hidden.xlsx")
    assert "作废" not in said(hidden)
    assert any("隐藏旧版" in warning for warning in hidden.warnings)
    assert "公式" in hidden.rejected[0].reason
    assert said(read("badstyle.xlsx")) == "样例答案。"


def test_questions_and_answers_of_a_text_are_pairs():
    found = {section.heading: section.text for section in read("qa-pairs.docx").sections}
    assert found == {
        ("样例国异议期多久？",): "样例国异议期为两个月。",
        ("样例国官费多少？",): "样例官费为三百元。",
    }
