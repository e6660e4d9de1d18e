"""Word files as a reader sees them once all changes are accepted; what is left out is told."""

import io
import re
import zipfile

import docx
import pytest

from knowledge.loaders import load
from knowledge.loaders.word_numbers import written

NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def run(text, properties=""):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def changed(kind, text):
    tag = "delText" if kind == "del" else "t"
    return f'<w:{kind} w:id="1" w:author="a"><w:r><w:{tag}>{text}</w:{tag}></w:r></w:{kind}>'


def para(content, properties=""):
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


@pytest.fixture
def read(tmp_path):
    """Read a Word file whose body is given as XML; other parts are replaced or added by name."""

    def make(body, parts=None, name="样例办法.docx"):
        stream = io.BytesIO()
        docx.Document().save(stream)
        source = zipfile.ZipFile(io.BytesIO(stream.getvalue()))
        files = {item: source.read(item) for item in source.namelist()}
        files["word/document.xml"] = (
            f"<w:document {NS}><w:body>{body}</w:body></w:document>".encode()
        )
        for part, content in (parts or {}).items():
            files[part] = content(files[part]) if callable(content) else content.encode()
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for item, content in files.items():
                archive.writestr(item, content)
        return load(path)

    return make


def texts(document):
    return [section.text for section in document.sections]


def related(kind, target):
    """:return: a change of the main part's relations that adds one."""

    def change(data):
        start = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
        row = f'<Relationship Id="rIdX" Type="{start}{kind}" Target="{target}"/>'
        return data.replace(b"</Relationships>", row.encode() + b"</Relationships>")

    return {"word/_rels/document.xml.rels": change}


def test_open_changes_read_as_accepted_and_are_told(read):
    document = read(
        para(run("第一条 期限为") + changed("del", "十日") + changed("ins", "二十日") + run("。"))
        + para(changed("ins", "第二条 新增的一条。"))
        + para(changed("moveFrom", "第三条 搬走的。"), '<w:rPr><w:moveFrom w:id="3"/></w:rPr>')
        + para(changed("moveTo", "第三条 搬来的。"))
    )
    assert texts(document) == ["第一条 期限为二十日。", "第二条 新增的一条。", "第三条 搬来的。"]
    assert any("修订" in warning for warning in document.warnings)


def test_a_deleted_paragraph_end_joins_the_two_and_counts_no_number(read):
    document = read(
        para(run("第一条 前半句"), '<w:rPr><w:del w:id="1"/></w:rPr>') + para(run("后半句。"))
        + para(run("第二条 其他。"))
    )  # fmt: skip
    assert texts(document) == ["第一条 前半句后半句。", "第二条 其他。"]


def test_a_deleted_row_is_gone_and_cells_read_like_paragraphs(read):
    def cell(content):
        return f"<w:tc>{para(content)}</w:tc>"

    rows = (
        f"<w:tr>{cell(run('事项'))}{cell(run('时限'))}</w:tr>"
        f"<w:tr>{cell(run('报告'))}{cell(changed('del', '十日') + changed('ins', '五日'))}</w:tr>"
        f'<w:tr><w:trPr><w:del w:id="9"/></w:trPr>{cell(run("旧事项"))}{cell(run("九日"))}</w:tr>'
    )
    said = "\n".join(texts(read(para(run("说明文字")) + f"<w:tbl>{rows}</w:tbl>")))
    assert "事项：报告；时限：五日" in said
    assert "十日" not in said
    assert "旧事项" not in said


def test_controls_tags_fields_and_pinyin_keep_their_text(read):
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> REF fee </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' + run("三百元")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )  # fmt: skip
    ruby = "<w:r><w:ruby><w:rt><w:r><w:t>qī</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>期</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    document = read(
        para(run("第一条 费用为") + field + run("。"))
        + para(run("第二条 ") + ruby + run("限为") + f"<w:sdt><w:sdtContent>{run('三日')}</w:sdtContent></w:sdt>")
        + para(run("第三条 机关为") + f"<w:smartTag>{run('样例局')}</w:smartTag>")
    )  # fmt: skip
    assert texts(document) == ["第一条 费用为三百元。", "第二条 期限为三日", "第三条 机关为样例局"]
    assert document.warnings == ()


@pytest.mark.parametrize(
    ("properties", "word"),
    [("<w:strike/>", "删除线"), ("<w:vanish/>", "隐藏"), ("<w:dstrike/>", "删除线")],
)
def test_what_is_struck_or_hidden_is_left_out_and_told(read, properties, word):
    document = read(para(run("期限为") + run("十日", properties) + run("二十日。")))
    assert texts(document) == ["期限为二十日。"]
    assert any(word in warning for warning in document.warnings)
    kept = read(para(run("期限为") + run("十日", properties.replace("/>", ' w:val="0"/>'))))
    assert texts(kept) == ["期限为十日"]


def test_a_footnote_stays_in_its_sentence(read):
    notes = f'<w:footnotes {NS}><w:footnote w:id="0" w:type="separator"><w:p/></w:footnote><w:footnote w:id="2">{para(run("外国主体为四十日。不是二十日。"))}</w:footnote></w:footnotes>'
    document = read(
        para(
            run("期限为二十日")
            + '<w:r><w:footnoteReference w:id="2"/></w:r>'
            + run("，自送达起算。")
        ),
        {**related("footnotes", "footnotes.xml"), "word/footnotes.xml": notes},
    )
    assert texts(document) == ["期限为二十日（注：外国主体为四十日；不是二十日），自送达起算。"]


def test_exponents_and_formulas_keep_their_meaning(read):
    up = '<w:vertAlign w:val="superscript"/>'
    fraction = "<m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f></m:oMath>"
    document = read(para(run("面积为10") + run("2", up) + run("平方，比例为") + fraction))
    assert texts(document) == ["面积为10^2平方，比例为(a)/(b)"]
    assert any("公式" in warning for warning in document.warnings)


def test_a_table_of_contents_is_no_second_text(read):
    contents = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o "1-3" </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' + run("第一条 目的\t1") + "</w:p>"
        + para(run("第二条 期限\t2")) + '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )  # fmt: skip
    document = read(contents + para(run("第一条 目的。")) + para(run("第二条 期限为五日。")))
    assert texts(document) == ["第一条 目的。", "第二条 期限为五日。"]
    assert any("目录" in warning for warning in document.warnings)


def listed(text, number=1, level=0):
    return para(
        run(text), f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    )


def lvl(level, kind, pattern, more=""):
    return f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{more}<w:lvlText w:val="{pattern}"/></w:lvl>'


def numbering(levels, nums='<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>'):
    content = f'<w:numbering {NS}><w:abstractNum w:abstractNumId="5">{levels}</w:abstractNum>{nums}</w:numbering>'
    return {"word/numbering.xml": content}


def test_articles_run_on_through_the_chapters_where_the_file_says_so(read):
    levels = lvl(0, "chineseCounting", "第%1章") + lvl(
        1, "chineseCounting", "第%2条", '<w:lvlRestart w:val="0"/>'
    )
    body = "".join(
        [listed("总则"), listed("甲。", level=1), listed("乙。", level=1), listed("附则"), listed("丙。", level=1)]
    )  # fmt: skip
    document = read(body, numbering(levels))
    assert [section.article for section in document.sections] == ["第一条", "第二条", "第三条"]
    again = read(body, numbering(levels.replace('<w:lvlRestart w:val="0"/>', "")))
    assert [section.article for section in again.sections] == ["第一条", "第二条", "第一条"]


def test_a_list_that_begins_at_ten_does(read):
    levels = lvl(0, "chineseCounting", "第%1条")
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="5"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="10"/></w:lvlOverride></w:num>'
    )
    document = read(listed("甲。") + listed("乙。", 2) + listed("丙。", 2), numbering(levels, nums))
    assert [section.article for section in document.sections] == ["第一条", "第十条", "第十一条"]


def test_a_style_based_on_a_numbered_style_is_numbered(read):
    def styles(data):
        base = '<w:style w:type="paragraph" w:styleId="Tiao"><w:name w:val="条"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        own = '<w:style w:type="paragraph" w:styleId="Tiao2"><w:name w:val="条2"/><w:basedOn w:val="Tiao"/></w:style>'
        return data.replace(b"</w:styles>", (base + own).encode() + b"</w:styles>")

    levels = lvl(0, "chineseCounting", "第%1条")
    body = para(run("甲。"), '<w:pStyle w:val="Tiao2"/>') + para(
        run("乙。"), '<w:pStyle w:val="Tiao2"/>'
    )
    document = read(body, {**numbering(levels), "word/styles.xml": styles})
    assert [section.article for section in document.sections] == ["第一条", "第二条"]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [("lowerLetter", 2, "b"), ("lowerLetter", 28, "bb"), ("upperRoman", 14, "XIV"), ("ideographTraditional", 3, "丙"),
     ("decimalEnclosedCircle", 7, "⑦"), ("decimalEnclosedParen", 2, "⑵"), ("chineseLegalSimplified", 12, "壹拾贰"),
     ("taiwaneseCountingThousand", 21, "二十一"), ("decimalZero", 5, "05"), ("ideographDigital", 10, "一〇"), ("custom:001, 002", 7, "007"), ("ordinal", 22, "22nd"), ("x", 1, None)],
)  # fmt: skip
def test_numbers_are_written_as_word_draws_them(kind, value, text):
    assert written(value, kind) == text


def test_a_strict_file_and_one_with_another_main_part_are_read(read):
    def strict(data):
        return data.replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        )

    body = para(run("第一条 甲。")) + para(run("第二条 乙。"))
    document = read(body, {"word/document.xml": strict})
    assert [section.article for section in document.sections] == ["第一条", "第二条"]


def test_a_page_put_into_the_document_is_read_in_its_place(read):
    document = read(
        para(run("第一条 甲。")) + '<w:altChunk r:id="rIdX"/>' + para(run("第三条 丙。")),
        {
            **related("aFChunk", "part.htm"),
            "word/part.htm": "<html><body><p>第二条 乙。</p></body></html>",
        },
    )
    assert texts(document) == ["第一条 甲。", "第二条 乙。", "第三条 丙。"]


def test_a_picture_and_a_comment_are_told(read):
    drawing = '<w:r><w:drawing><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" r:embed="rId9"/></w:drawing></w:r>'
    document = read(para(run("正文") + drawing + '<w:r><w:commentReference w:id="1"/></w:r>'))
    told = "".join(document.warnings)
    assert re.search("1 张图片.*1 条批注", told)


def test_paragraphs_of_a_hidden_style_are_left_out(read):
    style = b'<w:style w:type="paragraph" w:styleId="yin"><w:name w:val="yin"/><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
    body = para(run("第一条 期限为三日。")) + para(
        run("内部口径九十日。"), '<w:pStyle w:val="yin"/>'
    )
    shown = para(run("第二条 费用十元。", '<w:vanish w:val="0"/>'), '<w:pStyle w:val="yin"/>')
    document = read(
        body + shown, {"word/styles.xml": lambda content: content.replace(b"</w:styles>", style)}
    )
    assert texts(document) == ["第一条 期限为三日。", "第二条 费用十元。"]
    assert any("隐藏" in text for text in document.warnings)
