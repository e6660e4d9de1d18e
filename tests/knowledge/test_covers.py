"""What stands before a text: the notice or order that issues it, its contents, what is only a draft."""

from datetime import date

import pytest

from knowledge.loaders import load
from knowledge.loaders.dates import validity
from knowledge.versions import identity_notes, successions

ARTICLES = (
    "第一条　为支持出口，制定本办法。\n第二条　资助最高十万元。\n第三条　申请应当在三十日内提出。\n"
)
LABELS = ["第一条", "第二条", "第三条"]


@pytest.fixture
def read(tmp_path):
    def make(text, name="样例.txt"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return load(path)

    return make


def articles(document):
    return [section.article for section in document.sections if section.article]


def notice(sentence, *, colophon="", number="样商规〔2026〕3号"):
    return (
        f"样例市商务局文件\n{number}\n样例市商务局关于印发《样例市参展应对办法》的通知\n各有关单位：\n"
        f"现将《样例市参展应对办法》印发给你们，请遵照执行。{sentence}\n附件：样例市参展应对办法\n"
        f"样例市商务局\n2026年4月15日\n（联系人：样例，电话：000）\n附件\n样例市参展应对办法\n{ARTICLES}{colophon}"
    )


@pytest.mark.parametrize(
    ("sentence", "start", "end"),
    [
        ("本办法自印发之日起施行，有效期3年。", date(2026, 4, 15), date(2029, 4, 14)),
        ("自本通知印发之日起施行，有效期为五年。", date(2026, 4, 15), date(2031, 4, 14)),
        ("本通知自发文之日起执行，试行期18个月。", date(2026, 4, 15), date(2027, 10, 14)),
        ("自2026年5月1日起施行，有效期至2028年12月31日。", date(2026, 5, 1), date(2028, 12, 31)),
        ("自印发之日起30日后施行。", None, None),
        ("依照本办法取得的证书有效期3年。", None, None),
    ],
)
def test_a_notice_tells_from_when_and_for_how_long(read, sentence, start, end):
    document = read(notice(sentence))
    meta = document.meta
    assert (meta.effective_from, meta.effective_to, meta.issued_on) == (
        start,
        end,
        date(2026, 4, 15),
    )
    assert (meta.number, meta.issuer) == ("样商规〔2026〕3号", "样例市商务局")
    assert articles(document) == LABELS


def test_the_day_under_the_signature_counts_and_the_printing_day_is_told(read):
    printed = "抄送：市政府办公室。\n样例市商务局办公室　　2026年4月18日印发\n"
    document = read(notice("本办法自印发之日起施行。", colophon=printed))
    assert document.meta.effective_from == date(2026, 4, 15)
    assert any("2026-04-15" in text and "2026-04-18" in text for text in document.warnings)


def test_a_beginning_that_must_be_counted_is_asked_for(read):
    assert any("施行日期" in text for text in read(notice("自发布之日起30日后施行。")).warnings)


@pytest.mark.parametrize(
    ("head", "signed", "number", "issuer"),
    [
        ("样例市人民政府令\n第88号\n", "市长　张某某\n2026年5月20日\n", "样例市人民政府令第88号", "样例市人民政府"),
        ("样例国主席令（第九十二号）\n", "样例国主席　王某\n2026年5月20日\n", "样例国主席令第九十二号", "样例国主席"),
        ("样例商务部\n样例海关总署\n令\n2026年第3号\n", "部长　李某\n署长　赵某\n2026年5月20日\n", "样例商务部、样例海关总署令2026年第3号", "样例商务部、样例海关总署"),
        ("样例市知识产权局公告\n2026年第5号\n", "样例市知识产权局\n2026年5月20日\n", "样例市知识产权局公告2026年第5号", "样例市知识产权局"),
    ],
)  # fmt: skip
def test_an_order_gives_its_number_issuer_and_day_to_the_text_that_it_issues(
    read, head, signed, number, issuer
):
    said = "《样例海外权益保护办法》已经2026年5月6日会议通过，现予公布，自2026年7月1日起施行。\n"
    document = read(f"{head}{said}{signed}样例海外权益保护办法\n{ARTICLES}", name="文件.txt")
    meta = document.meta
    assert (meta.title, meta.number, meta.issuer) == ("样例海外权益保护办法", number, issuer)
    assert (meta.issued_on, meta.effective_from) == (date(2026, 5, 20), date(2026, 7, 1))
    assert meta.sources[0].basis == f"《样例海外权益保护办法》（{number}）"
    assert articles(document) == LABELS


def test_a_sites_table_of_data_tells_number_issuer_and_day(read):
    rows = (("索引号：", "000/2026-1", "主题分类：", "商务"), ("发文机关：", "样例市商务局", "成文日期：", "2026年02月11日"),
            ("发文字号：", "样商〔2026〕21号", "发布日期：", "2026年02月15日"))  # fmt: skip
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    body = "".join(f"<p>{line}</p>" for line in ("样例市跨境电商支持措施", *ARTICLES.splitlines()))
    document = read(f"<html><body><table>{table}</table>{body}</body></html>", name="页.html")
    meta = document.meta
    assert (meta.number, meta.issuer, meta.issued_on) == (
        "样商〔2026〕21号",
        "样例市商务局",
        date(2026, 2, 11),
    )


def test_a_title_broken_over_two_lines_is_one(read):
    document = read(
        f"样例省海外知识产权纠纷\n应对指导工作规程\n（2026年3月5日印发）\n{ARTICLES}", name="f1.txt"
    )
    assert document.meta.title == "样例省海外知识产权纠纷应对指导工作规程"
    other = read(f"样例省知识产权公报\n应对指导工作规程\n{ARTICLES}", name="f2.txt")
    assert other.meta.title == "应对指导工作规程"


DRAFTS = {
    "line": f"样例市出口支持办法\n（征求意见稿）\n{ARTICLES.replace('十万', '二十万')}",
    "notice": f"关于公开征求《样例市出口支持办法（修订草案）》意见的公告\n意见反馈截止日期为2026年6月30日。\n样例市司法局\n2026年5月30日\n样例市出口支持办法\n{ARTICLES}",
}


@pytest.mark.parametrize("name", DRAFTS)
def test_a_draft_is_told_and_never_retires_the_law_in_force(read, today, name):
    law = read(
        f"样例市出口支持办法\n{ARTICLES}第四条　本办法自2024年1月1日起施行。\n", name="law.txt"
    )
    draft = read(DRAFTS[name] + "第四条　本办法自2026年9月1日起施行。\n", name="draft.txt")
    assert any("征求意见" in text for text in draft.warnings)
    assert not any("征求意见" in text for text in law.warnings)
    for documents in ([law, draft], [draft, law]):
        assert successions(documents, today) == {}
    assert identity_notes(draft, [law], today) == ()


def test_a_draft_does_not_answer(read, today):
    from indexer.facets import Facet
    from indexer.types import SearchFilters
    from knowledge.chunking import passages

    draft = read(DRAFTS["line"])
    assert articles(draft) == LABELS
    for passage in passages(draft, {}):
        assert not passage.is_current(today)
        assert not Facet.of(passage).allows(SearchFilters(), today)


def test_an_english_draft_is_told(read):
    document = read(
        "Sample Office Practice Direction\nDRAFT FOR PUBLIC COMMENT\nArticle 1 An opposition must be filed within three months.\nArticle 2 A reply is due within two months.\n"
    )
    assert articles(document) == ["Article 1", "Article 2"]
    assert any("征求意见" in text for text in document.warnings)


CONTENTS = {
    "headed": "目　录\n第一章　总则\n第二章　投诉\n",
    "pages": "目录\n第一章　总则 ...... 1\n第二章　投诉 —— 3\n",
    "articles": "目录\n第一章　总则（第一条至第二条）\n第二章　投诉（第三条）\n",
    "bare": "第一章　总则\n第二章　投诉\n",
    "one line": "目录\n第一章 总则 第二章 投诉\n第一章　总则\n第二章　投诉\n",
}


@pytest.mark.parametrize("name", CONTENTS)
def test_a_table_of_contents_in_plain_lines_makes_no_sections(read, name):
    first, second, third = ARTICLES.splitlines()
    text = f"样例展会规则\n{CONTENTS[name]}第一章　总则\n{first}\n{second}\n第二章　投诉\n{third}\n"
    document = read(text)
    assert [(s.heading, s.article) for s in document.sections if s.article] == [
        (("第一章 总则",), "第一条"), (("第一章 总则",), "第二条"), (("第二章 投诉",), "第三条"),
    ]  # fmt: skip
    assert not any("投诉" in section.text for section in document.sections[:2])
    assert any("目录" in text for text in document.warnings)


def test_chapters_without_a_table_of_contents_stay(read):
    document = read(
        f"样例规则\n第一章　总则\n{ARTICLES}第二章　附则\n第四条　本规则自2026年9月1日起施行。\n"
    )
    assert document.sections[-1].heading == ("第二章 附则",)
    assert not any("目录" in text for text in document.warnings)


def test_the_period_of_a_certificate_is_not_the_documents():
    text = ["本办法自2026年3月1日起施行。依照本办法取得的资质证书有效期三年。"]
    assert validity((), text, ()).end is None
    assert validity((), ["本办法自2026年3月1日起施行，有效期三年。"], ()).end == date(2029, 2, 28)


def test_the_notice_that_issues_a_text_anew_retires_its_older_version(read, today):
    old = read(
        f"样例市参展应对办法\n{ARTICLES}第四条　本办法自2022年1月1日起施行。\n", name="old.txt"
    )
    new = read(notice("自2026年5月1日起施行。"), name="new.txt")
    for documents in ([old, new], [new, old]):
        (found,) = successions(documents, today).values()
        assert (found.document, found.successor) == (old.meta.id, new.meta.id)


@pytest.mark.parametrize(
    ("text", "start", "end", "title"),
    [
        (f"样例市保险办法\n{ARTICLES}第四条　本办法自发布之日起施行。\n样例市知识产权局\n二〇二六年三月一日\n", date(2026, 3, 1), None, "样例市保险办法"),
        (f"附件1\n样例市名录管理办法\n{ARTICLES}第四条　本办法自2026年4月1日起施行，试行一年。\n", date(2026, 4, 1), date(2027, 3, 31), "样例市名录管理办法"),
        ("样例市人民政府令\n（第90号）\n《样例市人民政府关于修改〈样例市展会办法〉的决定》已经会议通过，现予公布，自公布之日起施行。\n市长　赵某\n2026年8月9日\n样例市人民政府关于修改《样例市展会办法》的决定\n一、第三条修改为：“每年资助二十万元。”\n二、删去第五条。\n", date(2026, 8, 9), None, "样例市人民政府关于修改《样例市展会办法》的决定"),
    ],
)  # fmt: skip
def test_signatures_and_covers_of_other_shapes(read, text, start, end, title):
    meta = read(text, name="f.txt").meta
    assert (meta.effective_from, meta.effective_to, meta.title) == (start, end, title)


def test_a_number_in_brackets_loses_the_brackets_around_it_alone(read):
    meta = read(f"样例市应诉指引\n（样知发〔2026〕8号，2026年2月3日印发）\n{ARTICLES}").meta
    assert (meta.number, meta.issued_on) == ("样知发〔2026〕8号", date(2026, 2, 3))


def test_a_list_of_articles_before_the_articles_is_left_out(read):
    names = "第一条 目的\n第二条 期限\n第三条 费用\n"
    text = "第一条 目的\n为支持，制定本办法。\n第二条 期限\n十日。\n第三条 费用\n百元。\n"
    assert articles(read(f"样例市专利办法\n目 录\n{names}{text}")) == LABELS
