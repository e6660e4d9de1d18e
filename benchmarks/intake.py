"""How well papers are read: notices of our own, as PDF, scan and photo, beside the OCR library called plainly.

    python -m benchmarks.intake [--media pdf,scan150,scan100,photo] [--limit N] [--plain N] [--show]

Every notice of ``intake_notices`` is rendered twice with other names and days.  Each is read as a PDF and in
one picture medium (``--all`` for every medium).  Printed: kind right, decisive days right or asked, days
shown as certain that are wrong (must be 0), seconds a page, memory of the worker, and for ``--plain`` pages
the library's own pipeline with the same understanding.  Files are made in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2

from actions.paper_due import with_due
from benchmarks.intake_more import MORE
from benchmarks.intake_notices import NOTICES, Notice
from knowledge.errors import SourceError
from papers.contents import Contents
from papers.layout import Piece, lines_of
from papers.types import CERTAIN, Reading
from papers.understanding import understand
from papers.worker import PaperWorker

SETS = {"first": NOTICES, "more": MORE, "all": (*NOTICES, *MORE)}
PICTURES = ("scan150", "scan100", "photo")
MEDIA = ("pdf", *PICTURES)
AHEAD = ("due", "hearing", "expires")
_MONTHS = {
    "us": "January February March April May June July August September October November December",
    "gb": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}
_OWNERS = (
    "Northlake Optics LLC",
    "Calder & Finch Brands, Inc.",
    "Brightwater Robotics Corp.",
    "Tamsin Audio Inc.",
)
_US = ("Guangzhou Hengyue Electronics Co., Ltd.", "Shenzhen Lumintek Technology Co., Ltd.", "Dongguan Yifeng Leather Goods Co., Ltd.")  # fmt: skip
_CN = ("广州恒越电子有限公司", "深圳市光启科技有限公司", "东莞市怡丰皮具有限公司")
_BRANDS = ("VELTRIX", "NORDAVIA", "Kirolux", "SOMBRA")
_CSS = (
    "body{font-family:'Liberation Serif','Noto Serif CJK SC','DejaVu Serif';font-size:11.5pt;line-height:1.4;margin:0}"
    ".c{text-align:center;margin:10px 0}.s{font-size:8pt}td{padding:4px 10px;vertical-align:top}.cap .l{width:48%}.cap .m{width:4%}h3{margin:12px}"
)


@dataclass(frozen=True)
class Case:
    """A notice with its names and days filled in."""

    notice: Notice
    html: str
    days: dict[str, date]
    number: int


@dataclass
class Tally:
    """What came out for one medium."""

    papers: int = 0
    kinds: int = 0
    days: int = 0
    right: int = 0
    asked: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def written(day: date, style: str, variant: int) -> str:
    """:return: a day as the papers of a country write it; the second variant often in figures."""
    months = _MONTHS.get(style, "").split()
    name = months[day.month - 1] if months else ""
    if style == "us":
        return (
            f"{name} {day.day}, {day.year}"
            if variant == 0
            else f"{day.month:02}/{day.day:02}/{day.year}"
        )
    if style == "gb":
        return (
            f"{day.day} {name} {day.year}"
            if variant == 0
            else f"{day.day:02}/{day.month:02}/{day.year}"
        )
    if style == "de":
        return (
            f"{day.day}. {name} {day.year}"
            if variant == 0
            else f"{day.day:02}.{day.month:02}.{day.year}"
        )
    if style in ("fr", "it", "ru", "pl"):
        return (
            f"{day.day} {name} {day.year}"
            if variant == 0 or style in ("ru", "pl")
            else f"{day.day:02}/{day.month:02}/{day.year}"
        )
    if style in ("es", "pt"):
        return f"{day.day} de {name} de {day.year}"
    if style == "vi":
        return (
            f"ngày {day.day} tháng {day.month} năm {day.year}"
            if variant == 0
            else f"ngày {day.day:02}/{day.month:02}/{day.year}"
        )
    if style == "jp":
        return f"令和{day.year - 2018}年{day.month}月{day.day}日"
    if style == "kr":
        return (
            f"{day.year}. {day.month}. {day.day}."
            if variant == 0
            else f"{day.year}년 {day.month}월 {day.day}일"
        )
    return f"{day.year}年{day.month}月{day.day}日"


def cases(notices: Sequence[Notice]) -> Iterator[Case]:
    """Every notice twice; the second time with other names and days."""
    for variant in (0, 1):
        for number, notice in enumerate(notices):
            dice = random.Random(f"{notice.name}{variant}")
            first = date(2026, 10, 19) + timedelta(days=dice.randrange(38))
            days = {meaning: first + timedelta(days=after) for meaning, after in notice.days}
            brand = dice.choice(_BRANDS)
            values: dict[str, Any] = {
                meaning: written(day, notice.style, variant) for meaning, day in days.items()
            }
            values |= {
                "owner": dice.choice(_OWNERS).replace("&", "&amp;"), "us": dice.choice(_US), "cn": dice.choice(_CN), "brand": brand, "brand_l": brand.lower(),
                "owner_de": "Havelwerk Leuchten GmbH", "owner_fr": "Maison Corvane SAS", "owner_it": "Lumalto S.r.l.", "owner_es": "Juguetes Brisa S.L.",
                "owner_uk": "Penrose Bottles Limited", "mail": "kestrelbrands",
            }  # fmt: skip
            values |= {
                f"n{size}": f"{dice.randrange(10 ** (size - 1), 10**size)}" for size in range(2, 7)
            }
            yield Case(notice, notice.body.format(**values), days, variant * len(notices) + number)


def printed(found: Sequence[Case], folder: Path) -> dict[int, Path]:
    """:return: a PDF of every case, printed by Chromium."""
    from playwright.sync_api import sync_playwright

    paths: dict[int, Path] = {}
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        for case in found:
            page.set_content(f"<meta charset=utf-8><style>{_CSS}</style>{case.html}")
            paths[case.number] = folder / f"{case.number}.pdf"
            margin = {"top": "22mm", "bottom": "20mm", "left": "22mm", "right": "20mm"}
            page.pdf(path=paths[case.number], format="A4", margin=margin)
        browser.close()
    return paths


def medium_of(source: Path, medium: str, dice: random.Random) -> Path:
    """:return: the paper in another medium: a scan in a PDF, or a photo."""
    if medium == "pdf":
        return source
    dpi = 100 if medium == "scan100" else 150
    with pypdfium2.PdfDocument(source) as document:
        sheets = [
            np.ascontiguousarray(page.render(scale=dpi / 72).to_numpy()[:, :, :3])
            for page in document
        ]
    target = source.with_name(f"{source.stem}-{medium}")
    if medium == "photo":
        cv2.imwrite(f"{target}.jpg", photographed(sheets[0], dice), [cv2.IMWRITE_JPEG_QUALITY, 55])
        return Path(f"{target}.jpg")
    from PIL import Image

    pages = [Image.fromarray(scanned(sheet, dice)[:, :, ::-1]) for sheet in sheets]
    pages[0].save(
        f"{target}.pdf", save_all=True, append_images=pages[1:], resolution=dpi, quality=60
    )
    return Path(f"{target}.pdf")


def scanned(sheet: Any, dice: random.Random) -> Any:
    """A sheet a little askew, grey and noisy."""
    height, width = sheet.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), dice.uniform(-1.5, 1.5), 1.0)
    askew = cv2.warpAffine(sheet, turn, (width, height), borderValue=(255, 255, 255))
    noise = np.random.default_rng(dice.randrange(1000)).normal(0, 7, askew.shape)
    return np.clip(askew * 0.93 + 10 + noise, 0, 255).astype(np.uint8)


def photographed(sheet: Any, dice: random.Random) -> Any:
    """A sheet on a desk, seen aslant: a stamp, a fold, a shadow, noise."""
    sheet = sheet.copy()
    height, width = sheet.shape[:2]
    where = (int(width * dice.uniform(0.55, 0.8)), int(height * dice.uniform(0.6, 0.85)))
    stamp = sheet.copy()
    cv2.circle(stamp, where, 95, (40, 40, 210), 6)
    cv2.putText(
        stamp,
        "RECEIVED",
        (where[0] - 82, where[1] + 8),
        cv2.FONT_HERSHEY_SIMPLEX,
        1.1,
        (40, 40, 210),
        4,
    )
    sheet = cv2.addWeighted(stamp, 0.6, sheet, 0.4, 0)
    fold = int(height * dice.uniform(0.4, 0.6))
    sheet[fold - 3 : fold + 3] = (sheet[fold - 3 : fold + 3] * 0.82).astype(np.uint8)
    size = (int(width * 1.25), int(height * 1.18))
    slant = [dice.uniform(0, 0.06) for _ in range(8)]
    seen = np.array(
        [
            [size[0] * (0.06 + slant[0]), size[1] * (0.05 + slant[1])], [size[0] * (0.94 - slant[2]), size[1] * (0.05 + slant[3])],
            [size[0] * (0.95 - slant[4]), size[1] * (0.95 - slant[5])], [size[0] * (0.05 + slant[6]), size[1] * (0.95 - slant[7])],
        ], dtype=np.float32,
    )  # fmt: skip
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners, seen)
    mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size)
    desk = np.full((size[1], size[0], 3), (70, 84, 96), dtype=np.uint8)
    view = np.where(
        mask[..., None] > 127, cv2.warpPerspective(sheet, matrix, size, flags=cv2.INTER_AREA), desk
    )
    ramp = np.linspace(dice.uniform(0.55, 0.75), 1.0, size[0])[None, :, None]
    light = view * (ramp if dice.random() < 0.5 else ramp[:, ::-1])
    noise = np.random.default_rng(dice.randrange(1000)).normal(0, 6, view.shape)
    return np.clip(light + noise, 0, 255).astype(np.uint8)


def judged(case: Case, reading: Reading, tally: Tally) -> list[str]:
    """Count one reading. :return: what was not right, for ``--show``."""
    remarks = []
    tally.papers += 1
    tally.kinds += reading.kind == case.notice.kind
    if reading.kind != case.notice.kind:
        remarks.append(f"kind {reading.kind} ({reading.form})")
    for meaning, day in case.days.items():
        tally.days += 1
        found = [
            item for item in reading.dates if (item.date, item.meaning.value) == (day, meaning)
        ]
        if any(item.is_certain for item in found):
            tally.right += 1
        else:
            asked = (
                bool(found)
                or any(not item.is_certain for item in reading.dates)
                or bool(reading.questions)
            )
            tally.asked += asked
            remarks.append(f"{meaning} {day} {'asked' if asked else 'MISSED'}")
    for item in reading.dates:
        truth = {
            day
            for meaning, day in case.days.items()
            if item.meaning.value not in AHEAD or meaning == item.meaning.value
        }
        statute = item.date.year < 2020
        if item.confidence >= CERTAIN and item.date not in truth and not statute:
            tally.wrong.append(
                f"{case.notice.name}: {item.date} {item.meaning.value} “{item.text[:70]}”"
            )
    due = (reading.due or {}).get("due_date")
    if (
        due
        and (reading.due or {}).get("kind") == "printed"
        and due != case.days.get("due", date.min).isoformat()
    ):
        tally.wrong.append(f"{case.notice.name}: due {due}")
    return remarks


def plainly(engine: Any, path: Path, today: date) -> tuple[Reading, float]:
    """:return: a picture read by the library's own pipeline and understood by ours, and its seconds."""
    with pypdfium2.PdfDocument(path) as document:
        sheet = np.ascontiguousarray(document[0].render(scale=150 / 72).to_numpy()[:, :, :3])
    started = time.monotonic()
    output = engine(sheet)
    seconds = time.monotonic() - started
    pieces = [
        Piece(text, (float(box[:, 0].min()), float(box[:, 1].min()), float(box[:, 0].max()), float(box[:, 1].max())), float(score))
        for box, text, score in zip(output.boxes, output.txts, output.scores, strict=True)
    ]  # fmt: skip
    lines = lines_of(pieces, 1, sheet.shape[1])
    return with_due(understand(Contents(tuple(lines), (), 1, True), today), today), seconds


def row(name: str, tally: Tally) -> str:
    """:return: a line of the table."""
    papers, days = max(tally.papers, 1), max(tally.days, 1)
    middle = statistics.median(tally.seconds) if tally.seconds else 0.0
    return (
        f"{name:<14}{tally.papers:>7}{tally.kinds / papers:>8.1%}{tally.right / days:>10.1%}{tally.asked:>7}"
        f"{tally.days - tally.right - tally.asked:>8}{len(tally.wrong):>14}{middle:>11.2f}"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table. :return: 1 where a wrong day was shown as certain."""
    parser = argparse.ArgumentParser(description="Read our own notices in every medium.")
    parser.add_argument("--set", choices=sorted(SETS), default="all", help="which notices")
    parser.add_argument("--media", default=",".join(MEDIA))
    parser.add_argument("--limit", type=int, default=None, help="only so many notices")
    parser.add_argument("--plain", type=int, default=0, help="so many scans by the library alone")
    parser.add_argument("--all", action="store_true", help="every notice in every medium")
    parser.add_argument("--show", action="store_true", help="name what was not right")
    options = parser.parse_args(argv)
    today = date(2026, 12, 1)
    notices = SETS[options.set]
    chosen = list(cases(notices))[: options.limit]
    tallies = {medium: Tally() for medium in options.media.split(",")}
    plain, peak = Tally(), 0
    with tempfile.TemporaryDirectory() as name, PaperWorker() as worker:
        sources = printed(chosen, Path(name))
        for case in chosen:
            own = PICTURES[(case.number + case.number // len(notices)) % 3]
            for medium, tally in tallies.items():
                if medium != "pdf" and medium != own and not options.all:
                    continue
                path = medium_of(sources[case.number], medium, random.Random(case.number))
                started = time.monotonic()
                try:
                    reading = with_due(worker.read([path], today), today)
                except SourceError as error:  # of a machine that is busy with other things, too
                    tally.unread.append(f"{medium} {case.notice.name}: {error}")
                    continue
                tally.seconds.append((time.monotonic() - started) / reading.pages)
                remarks = judged(case, reading, tally)
                peak = max(peak, _peak(worker))
                if options.show and remarks:
                    print(
                        f"{medium:<8} {case.number:>3} {case.notice.name:<14} {'; '.join(remarks)}",
                        file=sys.stderr,
                    )
        if options.plain:
            from rapidocr import RapidOCR

            os.nice(10)  # as low as the worker

            engine = RapidOCR(
                params={
                    "Global.log_level": "error",
                    "EngineConfig.onnxruntime.intra_op_num_threads": 2,
                }
            )
            for case in chosen[: options.plain]:
                path = medium_of(sources[case.number], "scan150", random.Random(case.number))
                reading, seconds = plainly(engine, path, today)
                plain.seconds.append(seconds)
                judged(case, reading, plain)
    print(
        f"{'medium':<14}{'papers':>7}{'kind':>8}{'days':>10}{'asked':>7}{'missed':>8}{'wrong certain':>14}{'s a page':>11}"
    )
    for medium, tally in tallies.items():
        print(row(medium, tally))
    if options.plain:
        print(row("plain rapidocr", plain))
    print(f"memory of the worker at most {peak / 2**20:.0f} MB")
    print("\n".join(text for tally in tallies.values() for text in tally.unread))
    wrong = [text for tally in tallies.values() for text in tally.wrong]
    print("\n".join(wrong))
    return 1 if wrong or any(tally.unread for tally in tallies.values()) else 0


def _peak(worker: PaperWorker) -> int:
    process = worker._process
    if process is None:
        return 0
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


if __name__ == "__main__":
    raise SystemExit(main())
