"""Papers drawn for tests: pages with a text layer, pictures of them, and what happens to pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

ABMAHNUNG = (
    "Rechtsanwälte Weiß & Möller",
    "Düsseldorf, den 12. November 2026",
    "",
    "Abmahnung wegen Verletzung des Designs DE 40 2023 101 234",
    "Sehr geehrte Damen und Herren,",
    "wir zeigen an, dass wir die Leuchtenwerk Größe GmbH anwaltlich vertreten.",
    "Wir fordern Sie auf, die beigefügte strafbewehrte Unterlassungserklärung",
    "bis spätestens Donnerstag, den 26. November 2026, 12:00 Uhr",
    "unterzeichnet zurückzusenden. Die Kosten von 2.305,40 EUR sind zu erstatten.",
    "Rechtsanwalt Dr. Möller",
)


def pdf(path: Path, pages: Sequence[Sequence[str]]) -> Path:
    """Draw a PDF with a text layer."""
    sheet = canvas.Canvas(str(path), pagesize=A4, invariant=1)
    for lines in pages:
        sheet.setFont("Times-Roman", 12)
        for number, line in enumerate(lines):
            sheet.drawString(70, 770 - 22 * number, line)
        sheet.showPage()
    sheet.save()
    return path


def picture(lines: Sequence[str], folder: Path, *, dpi: int = 150) -> Image.Image:
    """A page as a scanner of a resolution sees it."""
    source = pdf(folder / "source.pdf", [lines])
    with pypdfium2.PdfDocument(source) as document:
        return document[0].render(scale=dpi / 72).to_pil().convert("RGB")


def scanned(page: Image.Image) -> bytes:
    """A PDF that holds a picture alone."""
    buffer = io.BytesIO()
    page.save(buffer, "PDF", resolution=150)
    return buffer.getvalue()


def photographed(page: Image.Image) -> Image.Image:
    """A sheet on a dark desk, seen aslant, with a shadow over one side."""
    import cv2

    sheet = np.asarray(page)
    height, width = sheet.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    seen = np.array(
        [[150, 130], [width + 60, 90], [width + 140, height + 60], [70, height + 130]],
        dtype=np.float32,
    )
    matrix = cv2.getPerspectiveTransform(corners, seen)
    size = (width + 240, height + 220)
    desk = np.full((size[1], size[0], 3), (62, 70, 78), dtype=np.uint8)
    mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size)
    found = np.where(mask[..., None] > 0, cv2.warpPerspective(sheet, matrix, size), desk)
    shadow = np.linspace(0.55, 1.0, size[0])[None, :, None]
    return Image.fromarray((found * shadow).astype(np.uint8))
