"""From files to what a paper says, in whatever medium it comes."""

import io
from datetime import date
from email.message import EmailMessage

import docx
import pytest
from PIL import Image

from actions.paper_due import with_due
from knowledge.errors import SourceError
from knowledge.printed_dates import Meaning
from papers import contents
from papers.pdf import PdfPages
from papers.pictures import line_picture
from papers.reading import read_here
from papers.recognition import PageRead
from papers.types import Line
from papers.understanding import understand
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


def mail(path, *attached, text="Please see the attached order."):
    """A mail with files: name, media type, bytes, and whether it hangs on the mail or is drawn in."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.cn", "Order"
    message.set_content(text)
    for name, media, data, place in attached:
        main, sub = media.split("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name, disposition=place)
    path.write_bytes(message.as_bytes())
    return path


def test_pdfs_and_pictures_that_hang_on_a_mail_are_read_with_it(tmp_path):
    picture(ABMAHNUNG, tmp_path).save(tmp_path / "page.png")
    order = pdf(
        tmp_path / "order.pdf", [["Answer due", "on or before December 1, 2026, in writing."]]
    )
    path = mail(
        tmp_path / "a.eml",
        ("page.png", "image/png", (tmp_path / "page.png").read_bytes(), "inline"),
        ("order.bin", "application/octet-stream", order.read_bytes(), "attachment"),
        ("logo.gif", "image/gif", b"GIF89a", "inline"),
        ("terms.docx", "application/zip", b"PK", "attachment"),
    )  # fmt: skip
    reading = read_here([path], TODAY)
    assert {DUE, (date(2026, 12, 1), "due")} <= days(reading)
    assert (reading.pages, reading.ocr, [size.page for size in reading.sizes]) == (3, True, [2, 3])
    (gap,) = reading.gaps
    assert "附件 terms.docx 没有读" in gap
    line = next(line for line in reading.lines if "December 1" in line.text)
    assert line.page == 3
    assert line_picture([path], reading.sizes[1], line.box).startswith(b"\x89PNG")


def test_an_attachment_that_cannot_be_read_is_named_and_the_rest_is_read(tmp_path):
    picture(ABMAHNUNG, tmp_path).save(tmp_path / "page.jpg")
    whole = (tmp_path / "page.jpg").read_bytes()
    order = pdf(
        tmp_path / "order.pdf", [["Answer due", "on or before December 1, 2026, in writing."]]
    )
    path = mail(
        tmp_path / "a.eml",
        ("damaged.pdf", "application/pdf", b"%PDF-1.7", "attachment"),
        ("half.jpg", "image/jpeg", whole[:9000], "attachment"),
        ("order.pdf", "application/pdf", order.read_bytes(), "attachment"),
    )  # fmt: skip
    reading = read_here([path], TODAY)
    assert (date(2026, 12, 1), "due") in days(reading)
    assert any("附件 damaged.pdf、half.jpg 没有读" in gap for gap in reading.gaps)
    line = next(line for line in reading.lines if "December 1" in line.text)
    assert line_picture([path], reading.sizes[-1], line.box).startswith(b"\x89PNG")


def test_pages_keep_their_places_behind_an_attachment_with_a_damaged_page(tmp_path, monkeypatch):
    def lines(document, index):
        if document._name == "half.pdf" and index == 1:
            raise SourceError("half.pdf：第 2 页已损坏")
        return read_lines(document, index)

    read_lines = PdfPages.lines
    monkeypatch.setattr(PdfPages, "lines", lines)
    half = pdf(tmp_path / "half.pdf", [["Of this page there are words enough to read"]] * 3)
    order = pdf(tmp_path / "order.pdf", [DUE_WORDS])
    path = mail(
        tmp_path / "a.eml",
        ("half.pdf", "application/pdf", half.read_bytes(), "attachment"),
        ("order.pdf", "application/pdf", order.read_bytes(), "attachment"),
    )
    found = contents.contents_of([path])
    assert (found.pages, found.attached) == (5, ("half.pdf",))
    line = next(line for line in found.lines if "December 1" in line.text)
    assert line.page == 5
    assert line_picture([path], found.sizes[-1], line.box).startswith(b"\x89PNG")


def test_a_mail_that_keeps_to_no_rules_is_refused_in_words(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise AttributeError("'str' object has no attribute 'token_type'")

    monkeypatch.setattr("papers.mail.EmailMessage.get_body", refuse)
    with pytest.raises(SourceError, match="邮件的格式不合规范"):
        read_here([mail(tmp_path / "a.eml")], TODAY)


def recognised(_, page, *, photo):
    """What stands for the recognition of a page, so that many pages are quick."""
    del photo
    return PageRead([Line(f"Page {page} is read, dated November 12, 2026", page)], 10, 10, 0)


def scans(path, count, words=()):
    """A PDF of scanned pages, then one with words."""
    from reportlab.pdfgen import canvas

    Image.new("L", (40, 40), 200).save(path.with_suffix(".png"))
    sheet = canvas.Canvas(str(path))
    for _ in range(count):
        sheet.drawImage(str(path.with_suffix(".png")), 0, 0, 500, 800)
        sheet.showPage()
    if words:
        for number, line in enumerate(words):
            sheet.drawString(70, 700 - 20 * number, line)
        sheet.showPage()
    sheet.save()
    return path


DUE_WORDS = ["The answer is due", "on or before December 1, 2026, in writing."]


def test_of_many_scans_the_first_are_read_over_the_whole_paper(tmp_path, monkeypatch):
    monkeypatch.setattr(contents, "recognise", recognised)
    files = [scans(tmp_path / f"{n}.pdf", 40, DUE_WORDS) for n in range(2)]
    told = []
    found = contents.contents_of(files, lambda *page: told.append(page))
    assert (found.pages, len(found.sizes), found.ocr) == (82, 62, True)
    assert found.unread == tuple(range(62, 82))
    assert [line.page for line in found.lines if "December 1" in line.text] == [41, 82]
    assert told[-1] == (82, 82)
    (gap,) = understand(found, TODAY).gaps
    assert "共82页，第62至81页没有读" in gap


def test_of_a_long_paper_the_first_pages_are_read_and_that_is_said(tmp_path):
    pages = [
        [*DUE_WORDS, "Of this page there is much"],
        *([["More words of this long paper that nobody needs"]] * 499),
    ]
    reading = with_due(read_here([pdf(tmp_path / "x.pdf", pages)], TODAY), TODAY)
    assert ("due", date(2026, 12, 1)) in {(d.meaning.value, d.date) for d in reading.dates}
    assert (reading.pages, len(reading.sizes)) == (500, 200)
    assert "共500页，只读了前200页" in reading.questions[0]


def test_pages_of_a_picture_that_holds_many_count_like_others(tmp_path, monkeypatch):
    monkeypatch.setattr(contents, "recognise", recognised)
    frames = [Image.new("L", (60, 60), 200)] * 70
    frames[0].save(tmp_path / "fax.tif", save_all=True, append_images=frames[1:])
    found = contents.contents_of([tmp_path / "fax.tif"])
    assert (found.pages, len(found.sizes), found.unread) == (70, 60, tuple(range(61, 71)))


def test_what_a_phone_puts_behind_its_photo_is_no_page(tmp_path, monkeypatch):
    monkeypatch.setattr(contents, "recognise", recognised)
    photo, light = Image.new("RGB", (80, 120), "white"), Image.new("RGB", (20, 30))
    photo.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[light])
    assert contents.contents_of([tmp_path / "a.jpg"]).pages == 1


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
