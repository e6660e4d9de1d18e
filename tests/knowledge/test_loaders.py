"""Loading: what is read, and what each bad file is told."""

import importlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.errors import SourceError
from knowledge.loaders import load, registry, supported_suffixes
from knowledge.types import Kind


def read_or_refused(path):
    """:return: the document, or the message of the refusal."""
    try:
        return load(path)
    except SourceError as error:
        return str(error)


ARTICLES = "第一条 为了测试，制定本办法。\n第二条 本办法适用于样例。\n"


def written(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    return path


# -- markdown --------------------------------------------------------------------------------------


def test_curated_sections_carry_their_directives(tmp_path, guide_text):
    document = load(written(tmp_path, "us-sample.md", guide_text), root=tmp_path)
    assert document.path == "us-sample.md"
    assert document.meta.id == "us-sample"
    first, second = document.sections
    assert first.heading == ("收到337立案通知，几天内要答辩",)
    assert first.facts == ("itc-20",)
    assert first.similar == ("337答辩期限是多久", "我们被ITC告了多久要回")
    assert first.negative == ("UPC答辩要多久",)
    assert "<!--" not in first.text
    assert second.similar == ()


def test_subheadings_keep_their_path_and_their_own_directives(tmp_path, guide_text):
    text = (
        guide_text
        + "\n## 选项对比\n### 应诉\n<!-- facts: a, b -->\n**可能**结果见[说明](us-other.md)。\n"
    )
    section = load(written(tmp_path, "us-sample.md", text)).sections[-1]
    assert section.heading == ("选项对比", "应诉")
    assert section.facts == ("a", "b")
    assert section.text == "可能结果见说明。"


def test_unknown_directive_is_refused_with_its_line(tmp_path, guide_text):
    text = guide_text.replace("<!-- similar:", "<!-- simlar:")
    line = text.split("<!-- simlar")[0].count("\n") + 1
    with pytest.raises(SourceError, match=rf"us-sample\.md 第{line}行.*simlar"):
        load(written(tmp_path, "us-sample.md", text))


def test_directive_without_a_heading_is_refused(tmp_path, guide_text):
    text = guide_text.replace("# 美国337答辩\n\n", "<!-- facts: itc-20 -->\n", 1)
    with pytest.raises(SourceError, match="小标题"):
        load(written(tmp_path, "us-sample.md", text))


def test_broken_header_names_file_and_line(tmp_path, guide_text):
    with pytest.raises(SourceError, match=r"us-sample\.md 第4行"):
        load(written(tmp_path, "us-sample.md", guide_text.replace("kind: guide", "kind: [guide")))


def test_official_markdown_gets_its_metadata(law_file):
    meta = load(law_file).meta
    assert meta.title == "中华人民共和国样例法"
    assert meta.id == "law-yang-li-fa-2019-01-01"
    assert (meta.kind, meta.jurisdiction, meta.as_of) == (Kind.LAW, ("CN",), "2019-01-01")
    assert str(meta.effective_from) == "2020-02-02"


def test_same_title_and_date_give_the_same_id_from_any_folder(tmp_path, law_file, law_text):
    other = tmp_path / "elsewhere"
    other.mkdir()
    assert load(written(other, law_file.name, law_text)).meta.id == load(law_file).meta.id


# -- text and encodings ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
@pytest.mark.parametrize("suffix", [".txt", ".md"])
def test_text_is_simply_read_in_any_usual_encoding(tmp_path, encoding, suffix):
    document = load(written(tmp_path, f"样例办法{suffix}", ARTICLES.encode(encoding)))
    assert [section.article for section in document.sections] == ["第一条", "第二条"]
    assert document.sections[1].text == "第二条 本办法适用于样例。"


def test_windows_and_old_mac_line_ends_are_lines(tmp_path):
    for ending in ("\r\n", "\r"):
        document = load(written(tmp_path, "样例办法.txt", ARTICLES.replace("\n", ending)))
        assert len(document.sections) == 2


def test_binary_under_a_text_suffix_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"图\.txt"):
        load(written(tmp_path, "图.txt", bytes(range(256)) * 40))


# -- html ------------------------------------------------------------------------------------------

PAGE = """<html><head><title>网站</title><meta charset="utf-8"></head><body><nav>首页 导航</nav>
<h1>样例办法</h1><div>颁布机关</div><script>alert("坏")</script><style>p{}</style><!-- 注释 -->
<p>第一条 为了<b>测试</b>，制定<span>本办法</span>。</p><p>第二条 表格如下：</p>
<table><tr><th>项目</th><th>期限</th></tr><tr><td>答辩</td><td>20天</td></tr><tr><td>上诉</td><td>30天</td></tr></table>
<p onclick="x()">第三条 完。</p><footer>版权所有</footer></body></html>"""


def test_page_keeps_headings_articles_and_table_rows_and_drops_what_runs(tmp_path):
    document = load(written(tmp_path, "page.html", PAGE))
    assert document.meta.title == "样例办法"
    texts = "\n".join(section.text for section in document.sections)
    assert [section.article for section in document.sections if section.article] == [
        "第一条",
        "第二条",
        "第三条",
    ]
    assert "为了测试，制定本办法。" in texts
    assert "项目：答辩；期限：20天\n项目：上诉；期限：30天" in texts
    for dropped in ("alert", "导航", "版权所有", "注释", "onclick", "p{}"):
        assert dropped not in texts


def test_page_in_gbk_that_says_so_is_read(tmp_path):
    document = load(
        written(tmp_path, "page.htm", PAGE.replace("utf-8", "gb2312").encode("gb18030"))
    )
    assert document.meta.title == "样例办法"


def test_page_without_text_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"page\.html.*正文"):
        load(written(tmp_path, "page.html", "<html><script>var a = 1</script></html>"))


def test_deeply_nested_page_neither_crashes_nor_hangs(tmp_path):
    page = "<div>" * 20_000 + "正文内容" + "</div>" * 20_000
    found = read_or_refused(written(tmp_path, "deep.html", page))
    if isinstance(found, str):
        assert "deep.html" in found
    else:
        assert "正文内容" in found.sections[0].text


# -- what every file must pass ---------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".md", ".txt", ".docx", ".pdf", ".html"])
def test_empty_file_is_refused(tmp_path, suffix):
    with pytest.raises(SourceError, match="文件是空的"):
        load(written(tmp_path, f"空{suffix}", b"\n \n"))


def test_unknown_suffix_lists_the_good_ones(tmp_path):
    with pytest.raises(SourceError, match=r"a\.exe.*docx"):
        load(written(tmp_path, "a.exe", b"x"))
    assert {".md", ".txt", ".docx", ".pdf", ".html", ".htm"} <= set(supported_suffixes())


def test_every_suffix_leads_to_the_loader_that_was_registered_for_it():
    for suffix in supported_suffixes():
        assert callable(registry.parser_of(Path(f"a{suffix}")))
    for module in set(registry._MODULES.values()):
        importlib.import_module(f"knowledge.loaders.{module}")
    assert set(registry._PARSERS) == set(supported_suffixes())
    folder = Path(registry.__file__).parent
    with_loader = {path.stem for path in folder.glob("*.py") if "@register(" in path.read_text()}
    assert with_loader == set(registry._MODULES.values())


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"没有\.md.*无法打开"):
        load(tmp_path / "没有.md")


def test_symbolic_link_is_refused(tmp_path):
    target = written(tmp_path, "secret.txt", ARTICLES)
    link = tmp_path / "link.txt"
    link.symlink_to(target)
    with pytest.raises(SourceError, match=r"link\.txt.*符号链接"):
        load(link)


def test_pipe_is_refused_without_waiting(tmp_path):
    path = tmp_path / "pipe.txt"
    os.mkfifo(path)
    with pytest.raises(SourceError, match="不是普通文件"):
        load(path)


def test_file_over_the_size_limit_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"大\.txt.*上限 1 MB"):
        load(written(tmp_path, "大.txt", b"a" * (2 << 20)), max_bytes=1 << 20)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", b"%PDF-1.7 ..."),
        ("a.pdf", b"PK\x03\x04aaaa"),
        ("a.txt", b"%PDF-1.7 ..."),
        ("a.md", b"PK\x03\x04aaaa"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.docx", b"plain text"),
        ("a.pdf", b"plain text"),
        ("a.html", b"\x89PNG\r\n"),
    ],
)
def test_wrong_suffix_is_recognised(tmp_path, name, data):
    with pytest.raises(SourceError, match=r"a\.\w+：内容.*后缀"):
        load(written(tmp_path, name, data))


# -- hostile bytes ---------------------------------------------------------------------------------


@pytest.mark.slow
@given(
    data=st.one_of(
        st.binary(max_size=400),
        st.binary(max_size=300).map(lambda tail: b"%PDF-1.4\n" + tail),
        st.binary(max_size=300).map(lambda tail: b"PK\x03\x04" + tail),
        st.text(max_size=200).map(
            lambda text: ("---\n" + text + "\n---\n正文").encode("utf-8", "ignore")
        ),
        st.text(alphabet="第一二三条章节（）、。#-|<>!\n 文", max_size=300).map(str.encode),
        st.text(max_size=200).map(
            lambda text: f"<html><table><tr>{text}".encode("utf-8", "ignore")
        ),
    ),
    suffix=st.sampled_from([".md", ".txt", ".docx", ".pdf", ".html"]),
)
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_malformed_bytes_are_refused_or_read_but_never_crash(tmp_path, data, suffix):
    path = written(tmp_path, f"随机{suffix}", data)
    found = read_or_refused(path)
    if isinstance(found, str):
        assert f"随机{suffix}" in found
    else:
        assert any(section.text.strip() for section in found.sections)


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("越南商标抢注应对要点", "VN"),
        ("德国展会维权指引", "DE"),
        ("欧盟外观设计改革说明", "EU"),
        ("美国和欧盟平台规则比较", "CN"),
        ("广州市企业赴美国参展补贴办法", "CN"),
        ("中国德国地理标志合作说明", "CN"),
        ("展会维权指引", "CN"),
    ],
)
def test_a_document_whose_title_names_one_country_abroad_belongs_to_it(tmp_path, title, code):
    document = load(
        written(tmp_path, f"{title}.txt", "一、先做什么\n拍照留证，再联系主办方。\n".encode())
    )
    assert document.meta.jurisdiction == (code,)
    assert bool(document.warnings) == (code != "CN")
