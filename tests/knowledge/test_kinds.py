"""Files of other programs: .doc, .wps, .rtf, .odt, .pptx and .ofd keep their articles and say what is missing."""

import io
import struct
import zipfile

import docx
import pptx
import pytest

from knowledge.errors import SourceError
from knowledge.loaders import load

LINES = ("样例援助办法", "第一条 为规范样例工作，制定本办法。", "第二条 期限为十五日。", "第三条 本办法自2026年3月1日起施行。")  # fmt: skip
LABELS = ["第一条", "第二条", "第三条"]


@pytest.fixture
def read(tmp_path):
    def make(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        return load(path)

    return make


def articles(document):
    return [section.article for section in document.sections if section.article]


def said(document):
    return "\n".join(section.text for section in document.sections)


def compound(streams):
    """A compound file (MS-CFB) of streams, each padded to whole sectors of at least 4,096 bytes."""
    padded = {
        name: data.ljust(-(-max(len(data), 4096) // 512) * 512, b"\0")
        for name, data in streams.items()
    }
    fat, body, starts = [0xFFFFFFFD, 0xFFFFFFFE], b"", {}
    for name, data in padded.items():
        count = len(data) // 512
        starts[name] = len(fat)
        fat += [*range(len(fat) + 1, len(fat) + count), 0xFFFFFFFE]
        body += data
    names = sorted(padded, key=lambda name: (len(name), name.upper()))

    def entry(name, kind, right=0xFFFFFFFF, child=0xFFFFFFFF, start=0xFFFFFFFE, size=0):
        wide = (name + "\0").encode("utf-16-le")
        head = wide.ljust(64, b"\0") + struct.pack(
            "<HBBIII", len(wide), kind, 1, 0xFFFFFFFF, right, child
        )
        return head.ljust(116, b"\0") + struct.pack("<IQ", start, size)

    folder = entry("Root Entry", 5, child=1)
    for number, name in enumerate(names, start=1):
        after = number + 1 if number < len(names) else 0xFFFFFFFF
        folder += entry(name, 2, after, start=starts[name], size=len(padded[name]))
    folder = folder.ljust(512, b"\0")
    header = (
        bytes.fromhex("D0CF11E0A1B11AE1")
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
    )
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * 4 * 108
    table = struct.pack(f"<{len(fat)}I", *fat)
    return header + table.ljust(512, b"\xff") + folder + body


def word97(text):
    """The smallest Word 97 document (MS-DOC): one Unicode piece, no formatting."""
    content = text.encode("utf-16-le")
    fib = struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0x804, 0, 0x1200).ljust(32, b"\0")
    fib += struct.pack("<H", 14) + bytes(28)
    longs = [0] * 22
    longs[0], longs[3] = 1536 + len(content), len(text)
    fib += struct.pack("<H22I", 22, *longs)
    piece = struct.pack("<II", 0, len(text)) + struct.pack("<HIH", 0, 1536, 0)
    clx = b"\x02" + struct.pack("<I", len(piece)) + piece
    places = [0] * (2 * 93)
    places[2 * 33], places[2 * 33 + 1] = 0, len(clx)
    fib += struct.pack("<H186I", 93, *places) + struct.pack("<H", 0)
    return compound({"WordDocument": fib.ljust(1536, b"\0") + content, "1Table": clx})


@pytest.mark.parametrize("name", ["样例援助办法.doc", "样例援助办法.wps"])
def test_an_old_word_file_is_converted_and_read(read, name):
    document = read(name, word97("\r".join(LINES) + "\r"))
    assert articles(document) == LABELS
    assert document.meta.title == LINES[0]
    assert "转换" in document.warnings[0]


def test_a_doc_that_is_something_else_is_read_as_what_it_is(read):
    stream = io.BytesIO()
    word = docx.Document()
    for line in LINES:
        word.add_paragraph(line)
    word.save(stream)
    page = "<html><head><meta charset='utf-8'></head><body>" + "".join(
        f"<p>{line}</p>" for line in LINES
    )
    rich = r"{\rtf1\ansi\ansicpg936 " + "".join(escaped(line) + r"\par " for line in LINES) + "}"
    for data in (stream.getvalue(), page.encode(), rich.encode()):
        assert articles(read("样例.doc", data)) == LABELS


def test_an_old_word_file_that_is_damaged_is_refused(read):
    whole = word97("\r".join(LINES) + "\r")
    for data in (whole[:600], whole[:1024] + b"\xff" * 3000, whole[:-6000]):
        with pytest.raises(SourceError, match=r"坏\.doc"):
            read("坏.doc", data)


def escaped(text):
    return "".join(char if char.isascii() else f"\\u{ord(char)}?" for char in text)


def rtf(*paragraphs):
    head = r"{\rtf1\ansi\ansicpg936\uc1{\fonttbl{\f0\fnil\fcharset134 \'cb\'ce\'cc\'e5;}}{\info{\title x}}"
    return (head + "".join(f"\\pard {text}\\par\n" for text in paragraphs) + "}").encode("ascii")


def test_rtf_keeps_list_labels_and_leaves_out_what_is_deleted(read):
    listed = (
        r"{\listtext "
        + escaped("第一条")
        + r"\tab}"
        + escaped("期限为")
        + r"{\deleted "
        + escaped("十日")
        + "}"
    )
    listed += (
        r"{\revised " + escaped("二十日") + "}" + r"{\v " + escaped("待定") + "}" + escaped("。")
    )
    bytes_of = "".join(f"\\'{byte:02x}" for byte in "第二条 费用为三百元。".encode("gb18030"))
    document = read("样例.rtf", rtf(listed, bytes_of))
    assert [section.text for section in document.sections] == [
        "第一条\t期限为二十日。",
        "第二条 费用为三百元。",
    ]
    told = "".join(document.warnings)
    assert "修订删除" in told
    assert "隐藏" in told
    assert "宋体" not in said(document)


def test_rtf_pairs_are_characters_and_a_lone_half_costs_only_itself(read):
    pair, half = r"\u-10179?\u-8704?", r"\u-10179?"
    document = read("样例.rtf", rtf(escaped("第一条 甲") + pair, escaped("第二条 乙") + half))
    assert [section.text[-1] for section in document.sections] == ["\U0001f600", "\ufffd"]


def test_rtf_tables_are_rows(read):
    def row(*cells):
        return (
            r"\trowd\pard\intbl " + "".join(escaped(cell) + r"\cell " for cell in cells) + r"\row "
        )

    data = (
        rtf(escaped("说明文字"))[:-1].decode()
        + row("事项", "期限")
        + row("答辩", "20天")
        + r"\pard "
        + escaped("表后")
        + r"\par}"
    )
    assert said(read("样例.rtf", data.encode())).split("\n") == [
        "说明文字",
        "事项｜期限",
        "事项：答辩；期限：20天",
        "表后",
    ]


def odt(body, styles=""):
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "style")
    )
    content = f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
    return stream.getvalue()


def test_odt_keeps_automatic_numbers_notes_and_tables_and_drops_deleted_text(read):
    styles = (
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..." '
        'style:num-prefix="第" style:num-suffix="条"/></text:list-style>'
        '<style:style style:name="S"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    )
    items = "".join(
        f"<text:list-item><text:p>{text}</text:p></text:list-item>"
        for text in (
            '期限为<text:span text:style-name="S">十日</text:span>二十日<text:note><text:note-body><text:p>自送达起。</text:p></text:note-body></text:note>。',
            "费用为三百元。",
        )
    )
    table = (
        "<table:table>"
        + "".join(
            "<table:table-row>"
            + "".join(
                f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row
            )
            + "</table:table-row>"
            for row in (("事项", "期限"), ("答辩", "20天"))
        )
        + "</table:table>"
    )
    changes = "<text:tracked-changes><text:changed-region><text:deletion><text:p>作废的话</text:p></text:deletion></text:changed-region></text:tracked-changes>"
    body = (
        changes
        + f'<text:h text:outline-level="1">样例办法</text:h><text:list text:style-name="L">{items}</text:list>'
        + table
    )
    document = read("样例.odt", odt(body, styles))
    assert document.meta.title == "样例办法"
    assert articles(document) == ["第一条", "第二条"]
    assert document.sections[0].text == "第一条 期限为二十日（注：自送达起）。"
    assert "事项：答辩；期限：20天" in said(document)
    assert "作废" not in said(document)
    assert any("修订" in warning for warning in document.warnings)


def test_slides_are_sections_under_their_titles(read):
    deck = pptx.Presentation()
    for title, text, hidden in (
        ("送达以后", "二十日内答辩。", False),
        ("旧的一页", "十日内答辩。", True),
    ):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = title, text
        slide.notes_slide.notes_text_frame.text = "备注：以原件为准。"
        if hidden:
            slide.element.set("show", "0")
    stream = io.BytesIO()
    deck.save(stream)
    document = read("样例讲义.pptx", stream.getvalue())
    (section,) = document.sections
    assert section.heading == ("送达以后",)
    assert section.text == "二十日内答辩。\n备注：以原件为准。"
    assert any("隐藏" in warning for warning in document.warnings)


def ofd(pages):
    """An OFD package of pages, each a list of (x, y, text) in millimetres."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    files = {
        "OFD.xml": f'<ofd:OFD {space} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>',
        "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>"
        + "".join(
            f'<ofd:Page ID="{n + 1}" BaseLoc="Pages/Page_{n}/Content.xml"/>'
            for n in range(len(pages))
        )
        + "</ofd:Pages></ofd:Document>",
    }
    for number, texts in enumerate(pages):
        objects = "".join(
            f'<ofd:TextObject ID="{n + 10}" Boundary="{x} {y} 150 8" Font="1" Size="4"><ofd:TextCode X="0" Y="4">{text}</ofd:TextCode></ofd:TextObject>'
            for n, (x, y, text) in enumerate(texts)
        )
        files[f"Doc_0/Pages/Page_{number}/Content.xml"] = (
            f'<ofd:Page {space}><ofd:Content><ofd:Layer ID="2">{objects}</ofd:Layer></ofd:Content></ofd:Page>'
        )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_ofd_is_read_line_by_line_without_page_numbers(read):
    first = [(30, 20 + 10 * n, line) for n, line in enumerate(LINES[:3])] + [(100, 280, "- 1 -")]
    document = read("样例.ofd", ofd([first, [(30, 20, LINES[3]), (100, 280, "- 2 -")]]))
    assert articles(document) == LABELS
    assert document.meta.title == LINES[0]
    assert "- 1 -" not in said(document)


def test_an_ofd_of_pictures_is_refused(read):
    with pytest.raises(SourceError, match="没有文字"):
        read("图.ofd", ofd([[]]))


@pytest.mark.parametrize("suffix", [".odt", ".ofd", ".pptx"])
def test_another_archive_under_the_suffix_is_refused(read, suffix):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x.txt", "x")
    with pytest.raises(SourceError, match=f"别的\\{suffix}"):
        read(f"别的{suffix}", stream.getvalue())
