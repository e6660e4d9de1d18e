"""Small real files of every kind, for tests of what is taken and what is refused."""

from __future__ import annotations

import io
import struct
import zipfile

from docx import Document
from openpyxl import Workbook
from reportlab.pdfgen.canvas import Canvas

PNG_HEAD = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 40, 30) + b"\x08\x02\0\0\0"
JPEG_HEAD = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 30, 40) + b"\x03\x01\x11\0\x02\x11\x01\x03\x11\x01"
)


def pdf(text: str = "evidence") -> bytes:
    content = io.BytesIO()
    canvas = Canvas(content, invariant=1)
    canvas.drawString(72, 700, text)
    canvas.save()
    return content.getvalue()


def docx() -> bytes:
    content = io.BytesIO()
    document = Document()
    document.add_paragraph("情况说明")
    document.save(content)
    return content.getvalue()


def xlsx() -> bytes:
    content = io.BytesIO()
    Workbook().save(content)
    return content.getvalue()


def with_entry(office: bytes, name: str, body: bytes = b"x") -> bytes:
    content = io.BytesIO(office)
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return content.getvalue()


def plain_zip(name: str, body: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return content.getvalue()
