"""What staff hand out and say: leaflets from the shelf, a script for the stand, slides."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desk.campaigns import Campaign, Place
from indexer.hybrid import HybridIndex
from knowledge.types import Kind, Passage
from printing.card import qr_modules
from printing.outlines import Paper, fitting, lines
from printing.posters import A4, Sign

# For whom a leaflet is, the document of the shelf it is made from, and which of its sections.
LEAFLETS = (
    ("给市民：身边的知识产权", "citizen-questions", ""),
    ("给企业：出海前先做的事", "course-1-before-export", "要点"),
)
_NAVY, _INK, _SOFT = "#12365e", "#17222e", "#4a5968"
_MARGIN = 48.0
_DISCLAIMER = "内容由知识库整理，不构成法律意见；以官方现行文本为准。"


@dataclass(frozen=True)
class Leaflet:
    """A heading and the sections under it."""

    title: str
    sections: tuple[tuple[str, str, str], ...]


def leaflets(index: HybridIndex) -> list[Leaflet]:
    """What the published shelf has for each leaflet; (heading, text, basis) of its sections."""
    found = []
    for title, document, start in LEAFLETS:
        sections = tuple(
            (passage.heading[-1].split("：", 1)[-1], passage.text, passage.basis or passage.title)
            for passage in _sections(index, document)
            if passage.heading and passage.heading[-1].startswith(start)
        )
        if sections:
            found.append(Leaflet(title, sections))
    return found


def _sections(index: HybridIndex, document: str) -> Iterator[Passage]:
    for number in range(len(index)):
        passage = index.passages[number]
        if passage.document == document and passage.kind is not Kind.LAW:
            yield passage


def handouts(campaign: Campaign, place: Place, sign: Sign, found: Sequence[Leaflet]) -> bytes:
    """The leaflets, each on pages of its own with the place's QR code.

    :raises FontError: no Chinese typeface is installed.
    """
    stream = io.BytesIO()
    paper = Paper(stream, A4, f"{campaign.name}宣传页")
    writer = _Writer(paper, campaign, sign, qr_modules(sign.link(campaign, place)))
    for leaflet in found:
        writer.begin(leaflet.title)
        for heading, text, basis in leaflet.sections:
            writer.section(heading, text, basis)
        writer.end()
    paper.canvas.save()
    return stream.getvalue()


def script(campaign: Campaign, places: Sequence[Place], sign: Sign, day: tuple[str, str]) -> bytes:
    """What the people at the stand say and do, on one page or two.

    :param day: heading and text of the shelf's section about the day.
    """
    stream = io.BytesIO()
    paper = Paper(stream, A4, f"{campaign.name}展台讲解词")
    writer = _Writer(paper, campaign, sign, qr_modules(sign.link(campaign, places[0])))
    writer.begin("展台讲解词")
    theme = f"今年的主题是“{campaign.theme}”。" if campaign.theme else ""
    parts = (
        ("第一句话", f"您好，{campaign.name}。{theme}扫这个码，答五道小题，两分钟，答一题讲一题，不用填姓名电话。"),
        ("有人问这是什么日子", day[1]),
        ("带孩子的", "请选“小朋友”。答完一起看成绩卡，再玩“这件东西靠什么权利保护”，挑一双跑鞋、一首歌，请孩子先猜。"),
        ("企业来的", "请选“企业”。有具体的事，点“我想问问题”，先问是哪个国家、收到了什么、哪天收到；要人帮就说“转人工”。"),
        ("有人要我们当场给意见", "不下结论，不说一定会赢、一定能拿到钱。把问题打进对话，一起看有出处的回答；回答不了就转人工。"),
        ("大屏没有网", "小游戏还能玩，答题要联网；请对方用自己的手机扫码。"),
        ("收摊", f"到工作台“活动”里看数据；人数少于三的格子不显示，这是为了不认出人。{_prizes(campaign)}"),
    )  # fmt: skip
    for heading, text in parts:
        writer.section(heading, text, "")
    if campaign.program:
        writer.section("活动安排", campaign.program, "")
    writer.end()
    paper.canvas.save()
    return stream.getvalue()


def _prizes(campaign: Campaign) -> str:
    return f"奖品：{campaign.prizes}。" if campaign.prizes else ""


class _Writer:
    """Writes sections down a page, and on to the next one."""

    def __init__(
        self, paper: Paper, campaign: Campaign, sign: Sign, modules: list[list[bool]]
    ) -> None:
        self._paper, self._campaign, self._sign, self._modules = paper, campaign, sign, modules
        self._title, self._top = "", 0.0

    def begin(self, title: str) -> None:
        """A page with its head."""
        paper = self._paper
        self._title = title
        paper.box(0, 0, paper.width, 96, _NAVY)
        room = paper.width - 2 * _MARGIN - 90
        paper.text(_MARGIN, 22, title, fitting(title, 26, room, bold=True), "#ffffff", bold=True)
        line = f"{self._campaign.name} · {self._sign.center}"
        paper.text(_MARGIN, 62, line, fitting(line, 13, room), "#ffd166")
        paper.code(paper.width - _MARGIN - 78, 9, 78, self._modules)
        self._top = 118

    def section(self, heading: str, text: str, basis: str) -> None:
        """A heading, its text and what it rests on."""
        room = self._paper.width - 2 * _MARGIN
        self._line(heading, 15, _NAVY, bold=True, keep=60)
        for line in lines(text.replace("\n- ", "\n· ").removeprefix("- "), 11.5, room):
            self._line(line, 11.5, _INK)
        if basis:
            for line in lines(f"依据：{basis}", 8.5, room):
                self._line(line, 8.5, _SOFT)
        self._top += 9

    def end(self) -> None:
        """The foot of the last page."""
        self._foot()
        self._paper.canvas.showPage()

    def _line(
        self, words: str, size: float, colour: str, *, bold: bool = False, keep: float = 0
    ) -> None:
        if self._top + max(size * 1.5, keep) > self._paper.height - 56:
            self.end()
            self.begin(self._title)
        self._paper.text(_MARGIN, self._top, words, size, colour, bold=bold)
        self._top += size * 1.5

    def _foot(self) -> None:
        self._paper.text(_MARGIN, self._paper.height - 40, _DISCLAIMER, 9, _SOFT)


def slides(
    campaign: Campaign, place: Place, sign: Sign, sections: Sequence[tuple[str, str, str]]
) -> bytes:
    """Slides for a talk: the title, a section of the shelf each, and the QR code.

    :param sections: (heading, text, basis) of each slide between the first and the last.
    """
    from pptx import Presentation
    from pptx.util import Inches, Pt

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    first = deck.slides.add_slide(deck.slide_layouts[6])
    _write(first, campaign.name, 1.8, 54, bold=True)
    _write(first, campaign.theme or campaign.greeting, 3.4, 30)
    _write(first, sign.center, 6.2, 22)
    for heading, text, basis in sections:
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        _write(slide, heading, 0.5, 34, bold=True)
        _write(slide, text, 1.8, 24)
        _write(slide, f"依据：{basis}" if basis else "", 6.7, 14)
    last = deck.slides.add_slide(deck.slide_layouts[6])
    _write(last, "扫一扫，答五道小题", 0.5, 44, bold=True)
    picture = io.BytesIO(_code_png(qr_modules(sign.link(campaign, place))))
    last.shapes.add_picture(picture, Inches(4.4), Inches(1.7), height=Inches(4.5))
    _write(last, sign.link(campaign, place), 6.4, 18)
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                for paragraph in shape.text_frame.paragraphs:
                    paragraph.space_after = Pt(6)
    stream = io.BytesIO()
    deck.save(stream)
    return stream.getvalue()


def _write(slide: object, words: str, top: float, size: int, *, bold: bool = False) -> None:
    from pptx.util import Inches, Pt

    box = slide.shapes.add_textbox(Inches(0.8), Inches(top), Inches(11.7), Inches(1))  # type: ignore[attr-defined]
    box.text_frame.word_wrap = True
    box.text_frame.text = words
    for paragraph in box.text_frame.paragraphs:
        paragraph.font.size, paragraph.font.bold = Pt(size), bold


def _code_png(modules: list[list[bool]]) -> bytes:
    from PIL import Image

    size = len(modules)
    picture = Image.new("L", (size, size), 255)
    picture.putdata([0 if dark else 255 for row in modules for dark in row])
    packed = io.BytesIO()
    picture.resize((size * 12, size * 12), Image.Resampling.NEAREST).save(packed, "PNG")
    return packed.getvalue()
