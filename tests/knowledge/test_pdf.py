"""PDF files: paragraphs put together again, scans and passwords recognised."""

import io

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from knowledge.errors import SourceError
from knowledge.loaders import load


def read_or_refused(path):
    """:return: the document, or the message of the refusal."""
    try:
        return load(path)
    except SourceError as error:
        return str(error)


pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
WIDTH, HEIGHT = A4
STYLE = ParagraphStyle("plain", fontName="STSong-Light", fontSize=11, leading=20)


def drawn(pages, **options):
    """A PDF of pages, each a list of (x, y, text)."""
    stream = io.BytesIO()
    sheet = canvas.Canvas(stream, pagesize=A4, **options)
    for page in pages:
        sheet.setFont("STSong-Light", 12)
        for x, y, text in page:
            sheet.drawString(x, y, text)
        sheet.showPage()
    sheet.save()
    return stream.getvalue()


def lines(*texts, x=60.0):
    return [(x, HEIGHT - 80 - 20 * number, text) for number, text in enumerate(texts)]


def written(tmp_path, data, name="办法.pdf"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


PAGES = [
    lines(
        "样例管理办法",
        "第一章 总则",
        "第一条 为了规范样例的申请、审查和管理，保护申请人的合法权益，促进样",
        "例工作健康发展，制定本办法。",
        "第二条 有下列情形之一的，应当在三十日内办理：",
        "（一）第一种情形；",
        "（二）第二种情形。",
        "- 1 -",
    ),
    lines("第三条 本办法自公布之日起施行。", "- 2 -"),
]


def test_broken_lines_become_paragraphs_and_pages_are_kept(tmp_path):
    document = load(written(tmp_path, drawn(PAGES)))
    assert [section.article for section in document.sections if section.article] == [
        "第一条",
        "第二条",
        "第三条",
    ]
    first = next(section for section in document.sections if section.article == "第一条")
    assert "促进样例工作健康发展" in first.text
    second = next(section for section in document.sections if section.article == "第二条")
    assert second.text.split("\n")[1:] == ["（一）第一种情形；", "（二）第二种情形。"]
    assert [section.page for section in document.sections if section.article] == [1, 1, 2]
    assert not any("- 1 -" in section.text for section in document.sections)


def test_two_columns_are_read_one_after_the_other(tmp_path):
    left = lines(
        "第一条 左栏第一行文字，",
        "左栏第二行文字，",
        *["左栏继续的文字，"] * 14,
        "左栏结束。",
        x=50,
    )
    right = lines(
        "第二条 右栏第一行文字，",
        "右栏第二行文字，",
        *["右栏继续的文字，"] * 14,
        "右栏结束。",
        x=330,
    )
    document = load(written(tmp_path, drawn([left + right])))
    assert [section.article for section in document.sections] == ["第一条", "第二条"]
    assert "右栏" not in document.sections[0].text
    assert document.sections[0].text.endswith("左栏结束。")


def picture_page(sheet):
    from PIL import Image

    sheet.drawImage(ImageReader(Image.new("RGB", (60, 60), "grey")), 0, 0, WIDTH, HEIGHT)
    sheet.showPage()


def test_two_columns_under_a_title_over_both_are_read_in_order_without_running_heads(tmp_path):
    def page(number, left, right, title=""):
        head = [(60, HEIGHT - 30, f"海外应对参考2026年第{number}期"), (500, 30, f"第{number}页")]
        over = [(230, HEIGHT - 60, title)] if title else []
        return [*head, *over, *lines(*left), *lines(*right, x=310.0)]

    sheet = drawn(
        [
            page(
                1,
                [
                    "一、先查抢注情况",
                    "到官网查询商标状态，记下申请日和公告",
                    "日，五个月内提出异议。",
                ],
                ["二、收集证据", "准备销售合同、报关单、展会照片和广告", "，证明对方知道商标。"],
                title="越南商标抢注应对要点",
            ),
            page(
                2,
                ["三、提出异议", "异议书用越南语写，委托代理人递交，并", "附证据和译文。"],
                ["四、提出无效", "已经注册的，以恶意为由请求宣告无效，", "费用先向代理人核实。"],
            ),
        ]
    )
    read = [
        (section.heading[-1] if section.heading else "", section.text)
        for section in load(written(tmp_path, sheet)).sections
    ]
    assert read[-4:] == [
        ("一、先查抢注情况", "到官网查询商标状态，记下申请日和公告日，五个月内提出异议。"),
        ("二、收集证据", "准备销售合同、报关单、展会照片和广告，证明对方知道商标。"),
        ("三、提出异议", "异议书用越南语写，委托代理人递交，并附证据和译文。"),
        ("四、提出无效", "已经注册的，以恶意为由请求宣告无效，费用先向代理人核实。"),
    ]
    assert "海外应对参考" not in str(read)


def test_ruled_table_is_read_row_by_row_and_goes_on_over_a_page(tmp_path):
    def table(sheet, rows, top):
        tops = [top - 40 * number for number in range(len(rows) + 1)]
        for y in tops:
            sheet.line(60, y, 500, y)
        for x in (60, 160, 260, 500):
            sheet.line(x, tops[0], x, tops[-1])
        for y, row in zip(tops, rows, strict=False):
            for x, cell in zip((65, 165, 265), row, strict=True):
                for number, line in enumerate(cell.split("\n")):
                    sheet.drawString(x, y - 15 - 15 * number, line)

    stream = io.BytesIO()
    sheet = canvas.Canvas(stream, pagesize=A4)
    head = ("国家", "异议期", "说明")
    pages = [
        ("各国异议期如下：", [head, ("德国", "3个月", "自公告之日起算，向专利商标局\n提出"), ("欧盟", "3个月", "不能延期")]),
        ("", [("越南", "5个月", "旧法如此，\n请核实"), ("法国", "2个月", "自公布起算")]),
    ]  # fmt: skip
    for number, (said, rows) in enumerate(pages, start=1):
        sheet.setFont("STSong-Light", 12)
        sheet.drawString(60, HEIGHT - 30, f"海外应对参考第{number}期")
        sheet.drawString(60, HEIGHT - 70, said)
        table(sheet, rows, HEIGHT - 90)
        if number == 2:
            sheet.drawString(60, HEIGHT - 300, "以上以官方公布为准。")
        sheet.showPage()
    sheet.save()
    document = load(written(tmp_path, stream.getvalue()))
    text = "\n".join(section.text for section in document.sections)
    assert text.split("\n") == [
        "各国异议期如下：",
        "国家｜异议期｜说明",
        "国家：德国；异议期：3个月；说明：自公告之日起算，向专利商标局提出",
        "国家：欧盟；异议期：3个月；说明：不能延期",
        "国家：越南；异议期：5个月；说明：旧法如此，请核实",
        "国家：法国；异议期：2个月；说明：自公布起算",
        "以上以官方公布为准。",
    ]


def test_no_row_or_line_that_pages_have_alike_but_for_numbers_is_lost(tmp_path):
    story = [Paragraph("各年费用标准如下，逐年执行，以公告为准。", STYLE)]
    grid = [["年份", "金额", "说明"], *([str(1900 + n), f"{n}元", "按年"] for n in range(150))]
    table = Table(grid, colWidths=[80, 80, 200])
    table.setStyle(
        TableStyle([("GRID", (0, 0), (-1, -1), 0.5, black), ("FONT", (0, 0), (-1, -1), "STSong-Light")])
    )  # fmt: skip
    items = [Paragraph(f"第{n}项费用按第{n}号公告执行。", STYLE) for n in range(100, 220)]
    stream = io.BytesIO()
    SimpleDocTemplate(stream, pagesize=A4).build([*story, table, *items])
    document = load(written(tmp_path, stream.getvalue()))
    text = "\n".join(section.text for section in document.sections)
    rows = [line for line in text.split("\n") if line.startswith("年份：")]
    assert rows == [f"年份：{1900 + n}；金额：{n}元；说明：按年" for n in range(150)]
    assert [n for n in range(100, 220) if f"第{n}项费用按第{n}号公告执行。" not in text] == []


def test_scan_is_recognised(tmp_path):
    stream = io.BytesIO()
    sheet = canvas.Canvas(stream, pagesize=A4)
    picture_page(sheet)
    sheet.save()
    with pytest.raises(SourceError, match=r"扫描\.pdf.*扫描件"):
        load(written(tmp_path, stream.getvalue(), "扫描.pdf"))


def test_scanned_page_among_others_is_reported(tmp_path):
    stream = io.BytesIO()
    sheet = canvas.Canvas(stream, pagesize=A4)
    sheet.setFont("STSong-Light", 12)
    sheet.drawString(60, 700, "第一条 有文字的一页，内容在这里写明。")
    sheet.showPage()
    picture_page(sheet)
    sheet.save()
    document = load(written(tmp_path, stream.getvalue()))
    assert len(document.warnings) == 1
    assert "第 2 页" in document.warnings[0]


def test_encrypted_file_is_refused(tmp_path):
    data = drawn(PAGES, encrypt=StandardEncryption("secret", ownerPassword="owner"))
    with pytest.raises(SourceError, match=r"密\.pdf.*已加密"):
        load(written(tmp_path, data, "密.pdf"))


def test_truncated_file_is_refused_or_read(tmp_path):
    whole = drawn(PAGES)
    with pytest.raises(SourceError, match=r"断\.pdf"):
        load(written(tmp_path, whole[:200], "断.pdf"))


WHOLE = drawn(PAGES)


@pytest.mark.slow
@given(st.integers(5, len(WHOLE) - 1), st.binary(min_size=1, max_size=8))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damaged_pdf_is_refused_or_read(tmp_path, place, noise):
    path = written(tmp_path, WHOLE[:place] + noise + WHOLE[place + len(noise) :], "坏.pdf")
    found = read_or_refused(path)
    assert "坏.pdf" in found if isinstance(found, str) else found.sections


def test_fake_bold_reads_once_and_a_line_of_figures_stays(tmp_path):
    bold = [(60 + offset, HEIGHT - 120, "第二条 期限为二十日。") for offset in (0, 0.3, 0.6)]
    page = [*lines("样例办法", "第一条 为规范样例，制定本办法。"), *bold, (60, HEIGHT - 140, "20")]
    document = load(written(tmp_path, drawn([page])))
    assert document.sections[-1].text == "第二条 期限为二十日。\n20" or (
        document.sections[-1].text == "第二条 期限为二十日。20"
    )


def test_a_slanted_watermark_is_left_out_and_told(tmp_path):
    stream = io.BytesIO()
    sheet = canvas.Canvas(stream, pagesize=A4)
    for texts in (["样例办法", "第一条 期限为二十日。"], ["第二条 费用为三百元。"]):
        sheet.saveState()
        sheet.translate(150, 500)
        sheet.rotate(45)
        sheet.setFont("STSong-Light", 50)
        sheet.drawString(0, 0, "内部资料")
        sheet.restoreState()
        sheet.setFont("STSong-Light", 12)
        for x, y, text in lines(*texts):
            sheet.drawString(x, y, text)
        sheet.showPage()
    sheet.save()
    document = load(written(tmp_path, stream.getvalue()))
    assert "内部" not in "".join(section.text for section in document.sections)
    assert "内部资料" in "".join(document.warnings)


def test_a_scan_with_a_stamp_at_its_edge_is_a_scan(tmp_path):
    stream = io.BytesIO()
    sheet = canvas.Canvas(stream, pagesize=A4)
    for number in (1, 2):
        sheet.setFont("STSong-Light", 9)
        sheet.drawString(
            60, HEIGHT - 20, f"Case 1:26-cv-01234 Document 21 Filed 11/09/26 Page {number} of 2"
        )
        picture_page(sheet)
    sheet.save()
    with pytest.raises(SourceError, match="扫描件"):
        load(written(tmp_path, stream.getvalue()))


def test_a_title_over_two_lines_is_one(tmp_path):
    first = "样例最高法院关于适用《中华人民共和国样例保险合同纠纷法》若干问题的规"
    page = lines(first, "定（二）", "第一条 为了正确审理样例案件，制定本规定。", "第二条 其他。")
    assert load(written(tmp_path, drawn([page]), "x.pdf")).meta.title == first + "定（二）"


def test_small_raised_figures_are_powers_or_notes(tmp_path):
    stream = io.BytesIO()
    sheet = canvas.Canvas(stream, pagesize=A4)

    def line(y, *parts, x=60):
        for text, size, rise in parts:
            sheet.setFont("STSong-Light", size)
            sheet.drawString(x, y + rise, text)
            x += pdfmetrics.stringWidth(text, "STSong-Light", size)

    line(
        700,
        ("第一条 答辩期限为二十日", 12, 0),
        ("1", 7, 5),
        ("，面积为10", 12, 0),
        ("2", 7, 5),
        ("平方。", 12, 0),
    )
    line(680, ("第二条 其他。", 12, 0))
    line(60, ("1", 6, 4), ("外国主体为四十日。", 9, 0))
    sheet.showPage()
    sheet.save()
    document = load(written(tmp_path, stream.getvalue()))
    assert [section.text for section in document.sections] == [
        "第一条 答辩期限为二十日（注：外国主体为四十日），面积为10^2平方。",
        "第二条 其他。",
    ]


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_pages_that_lie_on_their_side_are_read(tmp_path, turned):
    stream = io.BytesIO()
    with pypdfium2.PdfDocument(
        drawn([lines("第一条 为样例，制定本办法。", "第二条 期限为十日。")])
    ) as document:
        document[0].set_rotation(turned)
        document.save(stream)
    path = tmp_path / "样例.pdf"
    path.write_bytes(stream.getvalue())
    assert [section.article for section in load(path).sections] == ["第一条", "第二条"]
