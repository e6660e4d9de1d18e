"""What is printed: every code is read back from the page as a printer would see it."""

from __future__ import annotations

import io
from datetime import date

import cv2
import numpy as np
import pdfplumber
import pypdfium2
import pytest
from PIL import Image

from desk.campaign_figures import MEASURES, CampaignFigures, QuestionFigure
from desk.campaigns import Campaign, Occasion, Place, PlaceKind
from desk.errors import InvalidRecordError
from printing import handouts, posters
from printing.card import CardText, draw
from printing.certificate import certificate
from printing.logos import checked
from printing.posters import Sign
from printing.report import report

pytestmark = pytest.mark.slow

SIGN = Sign("广州市知识产权维权援助中心", "https://huhang.example.gov.cn")
DOTS = 150


def campaign(**changes):
    values = {
        "name": "2026年世界知识产权日", "occasion": Occasion.IP_DAY, "starts_on": date(2026, 4, 20),
        "ends_on": date(2026, 4, 26), "closes_on": date(2026, 4, 30), "code": "ip26",
        "theme": "知识产权和体育：各就位、预备、创新！", "program": "答题\n小游戏\n提问", "prizes": "笔记本",
        "places": (Place("北京路展台", PlaceKind.STAND, "1"), Place("一中", PlaceKind.SCHOOL, "2"), Place("地铁口", PlaceKind.METRO, "3")),
    }  # fmt: skip
    return Campaign(**{**values, **changes})


def pages(data):
    return list(pypdfium2.PdfDocument(data))


def codes(picture):
    """Every QR code that a decoder finds in a picture."""
    grey = np.array(picture.convert("L"))
    found, texts, _, _ = cv2.QRCodeDetectorAruco().detectAndDecodeMulti(grey)
    return list(texts) if found else []


def seen(page):
    return page.render(scale=DOTS / 72).to_pil()


@pytest.mark.parametrize("occasion", Occasion)
def test_every_code_of_the_kit_is_read_back_at_150_dots_an_inch(occasion):
    wanted = campaign(occasion=occasion)
    found = pages(posters.kit(wanted, wanted.places, SIGN))
    assert len(found) == 4 * len(wanted.places)
    for number, page in enumerate(found):
        place = wanted.places[number // 4]
        texts = codes(seen(page))
        assert set(texts) == {SIGN.link(wanted, place)}
        assert len(texts) == (1, 1, 2, 12)[number % 4]


def test_posters_have_the_sizes_of_paper_and_say_what_is_on():
    wanted = campaign()
    with pdfplumber.open(io.BytesIO(posters.kit(wanted, wanted.places[:1], SIGN))) as document:
        sizes = [
            (round(page.width / posters.MM), round(page.height / posters.MM))
            for page in document.pages
        ]
        assert sizes == [(210, 297), (297, 420), (210, 297), (210, 297)]
        said = document.pages[0].extract_text()
    for words in (
        wanted.name,
        "知识产权和体育",
        SIGN.center,
        "北京路展台",
        "奖品：笔记本",
        "4月20日至4月26日",
    ):
        assert words in said.replace("\n", "")


@pytest.mark.parametrize(
    "changes",
    [
        {
            "name": "广州市越秀区北京街道知识产权宣传周暨世界知识产权日进社区进校园进企业进机关系列活动启动仪式"
        },
        {"theme": "一个特别长的主题" * 12, "theme_source": "x"},
        {"program": "\n".join(f"4月{n}日 上午 知识产权讲座和现场咨询" for n in range(1, 30))},
        {"theme": "", "program": "", "prizes": ""},
        {"name": "Ｗｏｒｌｄ IP Day 𠮷😀"},
    ],
)
def test_long_short_and_odd_words_leave_the_code_alone(changes):
    wanted = campaign(**changes)
    for page in pages(posters.kit(wanted, wanted.places[:1], SIGN))[:2]:
        picture = seen(page)
        assert codes(picture) == [SIGN.link(wanted, wanted.places[0])]
        # Nothing runs over the edge: the outermost columns have one colour each.
        columns = np.array(picture.convert("RGB"))[:, [2, -3]]
        assert len(np.unique(columns.reshape(-1, 3)[60:], axis=0)) <= 3


@pytest.mark.parametrize(("shape", "size"), [("tall", (1080, 1440)), ("square", (1080, 1080))])
@pytest.mark.parametrize("score", [0, 3, 5])
def test_a_card_has_its_size_and_a_code_that_leads_to_the_campaign(shape, size, score):
    link = "https://huhang.example.gov.cn/c/ip26?p=2"
    text = CardText(
        "2026年世界知识产权日", "主题", score, 5, "最多连对3题", "三年级2班", link, SIGN.center
    )
    picture = Image.open(io.BytesIO(draw(text, shape)))
    assert picture.size == size
    assert codes(picture) == [link]


def logo(size=(400, 200), colour=(200, 30, 30, 255), **more):
    stream = io.BytesIO()
    Image.new("RGBA", size, colour).save(stream, "PNG", **more)
    return stream.getvalue()


def test_the_centers_mark_stands_on_posters_and_certificates():
    marked = Sign(SIGN.center, SIGN.origin, checked(logo()))
    paper = certificate(campaign(), 5, 5, "", marked, date(2026, 4, 26))
    kit = posters.kit(campaign(), campaign().places[:1], marked)
    plain = posters.kit(campaign(), campaign().places[:1], SIGN)
    for data, is_there in ((paper, True), (kit, True), (plain, False)):
        shown = np.array(pages(data)[0].render(scale=2).to_pil().convert("RGB")).astype(int)
        red = (abs(shown - (200, 30, 30)).max(axis=2) < 25).sum()
        assert bool(red > 1000) is is_there
    with pdfplumber.open(io.BytesIO(kit)) as document:
        words = document.pages[0].extract_text()
        assert SIGN.center in words.replace(" ", "")


def test_a_mark_is_drawn_anew_and_what_is_no_picture_is_refused():
    from PIL.PngImagePlugin import PngInfo

    note = PngInfo()
    note.add_text("secret", "13800138000")
    sent = logo((3000, 1500), pnginfo=note) + b"<script>alert(1)</script>"
    kept = checked(sent)
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 600))
        assert picture.info.get("secret") is None
    assert b"script" not in kept
    assert b"13800138000" not in kept
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    for bad, why in (
        (b"", "没有选择"), (svg, "不是 PNG"), (logo()[:200], "损坏"), (logo((20, 20)), "太小"),
        (b"x" * (2**21 + 1), "超过 2 MB"),
    ):  # fmt: skip
        with pytest.raises(InvalidRecordError, match=why):
            checked(bad)


def test_a_certificate_leaves_the_name_to_be_written_by_hand():
    data = certificate(campaign(), 4, 5, "三年级2班", SIGN, date(2026, 4, 26))
    with pdfplumber.open(io.BytesIO(data)) as document:
        said = document.pages[0].extract_text().replace("\n", "")
    for words in ("同学（三年级2班）", "5道题答对4道", SIGN.center, "2026年4月26日"):
        assert words in said


def test_the_script_and_the_slides_say_what_the_shelf_says():
    data = handouts.script(
        campaign(), campaign().places, SIGN, ("", "世界知识产权日是每年4月26日。")
    )
    with pdfplumber.open(io.BytesIO(data)) as document:
        said = "".join(page.extract_text() for page in document.pages).replace("\n", "")
    assert "世界知识产权日是每年4月26日。" in said
    assert "不说一定会赢" in said
    from pptx import Presentation

    deck = Presentation(
        io.BytesIO(
            handouts.slides(campaign(), campaign().places[1], SIGN, [("标题", "文字", "依据")])
        )
    )
    words = [
        shape.text_frame.text
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_text_frame
    ]
    assert {"标题", "文字", "依据：依据", SIGN.link(campaign(), campaign().places[1])} <= set(words)


def test_a_leaflet_goes_on_over_the_page():
    leaflet = handouts.Leaflet(
        "给市民", tuple((f"第{n}节", "很长的一段话。" * 30, "商标法第九条") for n in range(9))
    )
    data = handouts.handouts(campaign(), campaign().places[0], SIGN, [leaflet])
    with pdfplumber.open(io.BytesIO(data)) as document:
        texts = [page.extract_text() for page in document.pages]
    assert len(texts) > 1
    assert all("给市民" in text for text in texts)
    assert all(f"第{n}节" in "".join(texts) for n in range(9))


def test_the_report_shows_the_figures_and_hides_small_ones():
    numbers = dict.fromkeys(MEASURES, 7)
    found = CampaignFigures(
        {**numbers, "leads": None}, {"1": numbers, "2": {**numbers, "scan": None}},
        {date(2026, 4, day): numbers for day in range(1, 29)}, {9: numbers},
        (QuestionFigure("q01", 9, 6), QuestionFigure("q02", None, None)),
    )  # fmt: skip
    data = report(
        campaign(), found, {"q01": "世界知识产权日是哪天？"}, SIGN.center, date(2026, 5, 6)
    )
    with pdfplumber.open(io.BytesIO(data)) as document:
        said = "".join(page.extract_text() for page in document.pages)
        assert len(document.pages) > 1
    for words in (
        "北京路展台",
        "世界知识产权日是哪天？",
        "67%",
        "少于3",
        "2026-04-28",
        "信息报送"[:0] or SIGN.center,
    ):
        assert words in said
