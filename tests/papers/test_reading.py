"""From files to what a paper says, in whatever medium it comes."""

import io
from datetime import date
from email.message import EmailMessage

import docx
import pytest
from PIL import Image

from knowledge.printed_dates import Meaning
from papers.reading import read_here
from papers.worker import read
from tests.papers.papers import ABMAHNUNG, pdf, photographed, picture, scanned

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 20)
DUE = (date(2026, 11, 26), "due")


def days(reading):
    return {(item.date, item.meaning.value) for item in reading.dates}


def test_a_text_layer_is_read_with_its_places(tmp_path):
    reading = read([pdf(tmp_path / "a.pdf", [ABMAHNUNG])], TODAY)
    assert (reading.kind, reading.country, reading.ocr, reading.pages) == (
        "de-abmahnung",
        "DE",
        False,
        1,
    )
    assert DUE in days(reading)
    line = next(line for line in reading.lines if "26. November" in line.text)
    left, top, right, bottom = line.box
    assert 60 < left < right < 560
    assert 0 < top < bottom < 842


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_picture_is_read_whichever_way_it_lies(tmp_path, quarters):
    page = picture(ABMAHNUNG, tmp_path).rotate(90 * quarters, expand=True)
    page.save(tmp_path / "p.jpg", quality=70)
    reading = read_here([tmp_path / "p.jpg"], TODAY)
    assert reading.ocr
    assert (reading.kind, DUE in days(reading)) == ("de-abmahnung", True)


def test_a_photo_aslant_with_a_shadow_is_read(tmp_path):
    photographed(picture(ABMAHNUNG, tmp_path)).save(tmp_path / "p.jpg", quality=60)
    reading = read_here([tmp_path / "p.jpg"], TODAY)
    assert (reading.kind, DUE in days(reading)) == ("de-abmahnung", True)


def test_a_scan_in_a_pdf_is_recognised(tmp_path):
    (tmp_path / "s.pdf").write_bytes(scanned(picture(ABMAHNUNG, tmp_path)))
    reading = read_here([tmp_path / "s.pdf"], TODAY)
    assert (reading.ocr, DUE in days(reading)) == (True, True)


def test_a_picture_turned_by_the_camera_is_turned_back(tmp_path):
    page = picture(ABMAHNUNG, tmp_path).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise to see it upright
    page.save(tmp_path / "p.jpg", exif=exif)
    assert DUE in days(read_here([tmp_path / "p.jpg"], TODAY))


def test_several_pictures_are_pages_of_one_paper(tmp_path):
    for number, part in enumerate((ABMAHNUNG[:6], ABMAHNUNG[6:])):
        picture(part, tmp_path).save(tmp_path / f"{number}.webp")
    told = []
    reading = read(
        [tmp_path / "0.webp", tmp_path / "1.webp"], TODAY, progress=lambda *page: told.append(page)
    )
    assert reading.pages == 2
    assert {line.page for line in reading.lines if "26. November" in line.text} == {2}
    assert told == [(1, 2), (2, 2)]


def test_an_iphone_picture_is_read(tmp_path):
    import pillow_heif

    buffer = io.BytesIO()
    pillow_heif.from_pillow(picture(ABMAHNUNG, tmp_path)).save(buffer, quality=60)
    (tmp_path / "p.heic").write_bytes(buffer.getvalue())
    assert DUE in days(read_here([tmp_path / "p.heic"], TODAY))


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.eml"])
def test_files_of_words_are_read(tmp_path, name):
    text = "\n".join(ABMAHNUNG)
    if name == "a.html":
        text = "<html><body>" + "".join(f"<p>{line}</p>" for line in ABMAHNUNG) + "</body></html>"
    if name == "a.eml":
        head = "From: kanzlei@example.de\nTo: a@example.cn\nSubject: Abmahnung\nMIME-Version: 1.0\n"
        text = f"{head}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}"
    (tmp_path / name).write_text(text, encoding="utf-8")
    reading = read_here([tmp_path / name], TODAY)
    assert (reading.kind, DUE in days(reading), reading.ocr) == ("de-abmahnung", True, False)


@pytest.mark.parametrize("ending", ["docx", "html"])
@pytest.mark.parametrize(
    "rows",
    [
        [("发文日期", "2026年11月3日"), ("答辩截止日", "2026年12月1日"), ("开庭日期", "2026年12月20日")],
        [("Plaintiff", "Acme LLC"), ("Notice date", "November 3, 2026"), ("Response due", "December 1, 2026")],
    ],
)  # fmt: skip
def test_last_day_of_a_table_of_names_and_values_is_read(tmp_path, ending, rows):
    path = tmp_path / f"notice.{ending}"
    if ending == "docx":
        document = docx.Document()
        table = document.add_table(len(rows), 2)
        for row, values in zip(table.rows, rows, strict=True):
            for cell, value in zip(row.cells, values, strict=True):
                cell.text = value
        document.save(str(path))
    else:
        cells = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in rows)
        path.write_text(f"<html><body><table>{cells}</table></body></html>", encoding="utf-8")
    assert (Meaning.DUE, date(2026, 12, 1)) in [
        (item.meaning, item.date) for item in read_here([path], TODAY).dates if item.is_certain
    ]


def test_what_hangs_on_a_mail_is_named(tmp_path):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.com", "b@example.cn", "Order"
    mail.set_content("Please see the attached order.")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="order.pdf")
    mail.add_attachment(
        b"GIF89a", maintype="image", subtype="gif", filename="logo.gif", disposition="inline"
    )
    (tmp_path / "a.eml").write_bytes(mail.as_bytes())
    first, *_ = read_here([tmp_path / "a.eml"], TODAY).questions
    assert "附件 order.pdf，附件没有读" in first


def test_what_a_scanner_believed_to_read_is_read_again(tmp_path):
    from reportlab.pdfgen import canvas

    picture(ABMAHNUNG, tmp_path).save(tmp_path / "scan.png")
    sheet = canvas.Canvas(str(tmp_path / "s.pdf"), pagesize=(595, 842))
    sheet.drawImage(str(tmp_path / "scan.png"), 0, 0, 595, 842)
    hidden = sheet.beginText(70, 600)
    hidden.setTextRenderMode(3)
    hidden.textLine(
        "bis spatestens Donnerstag, den 28. November 2026, 12:00 Uhr, Frist und Abmahnung"
    )
    sheet.drawText(hidden)
    sheet.save()
    reading = read_here([tmp_path / "s.pdf"], TODAY)
    assert (reading.ocr, DUE in days(reading)) == (True, True)
    assert date(2026, 11, 28) not in {item.date for item in reading.dates}
