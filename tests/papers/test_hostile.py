"""Files that cannot be read: a reason in Chinese, nothing left behind, the next file is read."""

import itertools
import re
import time
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from knowledge.errors import SourceError
from papers import worker
from papers.worker import PaperWorker
from tests.papers.papers import ABMAHNUNG, pdf, picture, scanned

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 20)


def _truncated_pdf(folder: Path) -> Path:
    whole = pdf(folder / "w.pdf", [ABMAHNUNG] * 4).read_bytes()
    (folder / "x.pdf").write_bytes(whole[: len(whole) // 2])
    return folder / "x.pdf"


def _truncated_jpeg(folder: Path) -> Path:
    picture(ABMAHNUNG, folder).save(folder / "w.jpg")
    (folder / "x.jpg").write_bytes((folder / "w.jpg").read_bytes()[:9000])
    return folder / "x.jpg"


def _encrypted(folder: Path) -> Path:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen import canvas

    sheet = canvas.Canvas(str(folder / "x.pdf"), encrypt=StandardEncryption("geheim"))
    sheet.drawString(70, 700, "secret")
    sheet.save()
    return folder / "x.pdf"


def _pdf_as_picture(folder: Path) -> Path:
    return pdf(folder / "x.pdf", [ABMAHNUNG]).rename(folder / "x.jpg")


def _picture_as_pdf(folder: Path) -> Path:
    picture(ABMAHNUNG, folder).save(folder / "x.png")
    return (folder / "x.png").rename(folder / "x.pdf")


def _noise_as_picture(folder: Path) -> Path:
    (folder / "x.png").write_bytes(bytes(range(256)) * 40)
    return folder / "x.png"


def _huge_picture(folder: Path) -> Path:
    Image.new("1", (10_000, 10_000)).save(folder / "x.png")
    return folder / "x.png"


def _empty(folder: Path) -> Path:
    (folder / "x.pdf").write_bytes(b"")
    return folder / "x.pdf"


def _missing(folder: Path) -> Path:
    return folder / "x.jpg"


def _program(folder: Path) -> Path:
    (folder / "x.exe").write_bytes(b"MZ" + bytes(300))
    return folder / "x.exe"


def _blank(folder: Path) -> Path:
    Image.new("RGB", (800, 1000), "white").save(folder / "x.png")
    return folder / "x.png"


HOSTILE = {
    _truncated_pdf: "不完整",
    _truncated_jpeg: "不完整",
    _encrypted: "密码",
    _pdf_as_picture: "PDF",
    _picture_as_pdf: "图片",
    _noise_as_picture: "不是图片",
    _huge_picture: "100 百万像素",
    _empty: "空的",
    _missing: "找不到",
    _program: "读不了",
    _blank: "没有读到文字",
}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="module")
def reader(scratch):
    with pytest.MonkeyPatch.context() as patch, PaperWorker() as running:
        patch.setenv("TMPDIR", str(scratch))
        yield running


@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__.strip("_"))
def test_a_file_that_cannot_be_read_says_why(make, reader, scratch, tmp_path):
    path = make(tmp_path)
    before = set(tmp_path.iterdir())
    with pytest.raises(SourceError, match=re.escape(HOSTILE[make])):
        reader.read([path], TODAY)
    assert set(tmp_path.iterdir()) == before
    assert not list(scratch.iterdir())


def test_a_page_that_waits_for_a_busy_processor_is_not_given_up(tmp_path, monkeypatch):
    plain = pdf(tmp_path / "a.pdf", [ABMAHNUNG])
    had = itertools.count()
    monkeypatch.setattr(worker, "_STUCK_S", 0.0001)
    monkeypatch.setattr(worker, "_worked", lambda _: 0.0002 * next(had))
    with PaperWorker(page_timeout_s=0.2, timeout_s=120) as reader:
        assert reader.read([plain], TODAY).kind == "de-abmahnung"
    monkeypatch.setattr(worker, "_worked", lambda _: 0.0)  # stuck, not waiting
    with PaperWorker(page_timeout_s=0.2) as reader, pytest.raises(SourceError, match="读得太久"):
        reader.read([plain], TODAY)


def test_the_next_paper_is_read_after_one_that_took_too_long(tmp_path):
    (tmp_path / "s.pdf").write_bytes(scanned(picture(ABMAHNUNG, tmp_path)))
    plain = pdf(tmp_path / "a.pdf", [ABMAHNUNG])
    with PaperWorker(page_timeout_s=0.3) as reader, pytest.raises(SourceError, match="读得太久"):
        reader.read([tmp_path / "s.pdf"], TODAY)
    with PaperWorker() as reader:
        assert reader.read([plain], TODAY).kind == "de-abmahnung"
        process = reader._process
    assert process is not None
    assert process.poll() is not None


def test_a_child_stays_within_its_limit_and_ends_with_its_worker(tmp_path):
    plain = pdf(tmp_path / "a.pdf", [ABMAHNUNG])
    with PaperWorker() as reader:
        reader.read([plain], TODAY)
        process = reader._process
        assert process is not None
        pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
        assert pages * 4096 < worker.MAX_RESIDENT_BYTES
    end = time.monotonic() + 5
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    assert process.poll() is not None


def test_an_error_of_our_own_is_logged_and_called_no_damage(tmp_path, monkeypatch, caplog):
    # A place of a program of ours that fails, as one does whose model is missing.
    program = tmp_path / "failing.py"
    program.write_text(
        "from papers import child\n"
        "def fail(*_, **__): return {}['Geheim GmbH']\n"
        "child.read_here = fail\n"
        "raise SystemExit(child.main())\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path.cwd()}")
    plain = pdf(tmp_path / "a.pdf", [ABMAHNUNG])
    with PaperWorker() as reader:
        reader._command = ("failing",)
        with pytest.raises(SourceError, match="程序出了问题"):
            reader.read([plain], TODAY)
        first = reader._process
        with pytest.raises(SourceError, match="程序出了问题"):
            reader.read([plain], TODAY)
        assert reader._process is first  # it goes on
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert re.search(r"KeyError at papers/child\.py:\d+", caplog.messages[0])
    assert "Geheim" not in caplog.text


def test_a_reader_that_cannot_start_is_logged_unless_it_was_ended_on_purpose(
    tmp_path, monkeypatch, caplog
):
    plain = pdf(tmp_path / "a.pdf", [ABMAHNUNG])
    with PaperWorker() as reader:
        reader._command = ("papers.there_is_no_such_module",)
        with pytest.raises(SourceError, match="程序出了问题"):
            reader.read([plain], TODAY)
    assert "ended by itself (1)" in caplog.text
    caplog.clear()
    with PaperWorker() as reader:
        monkeypatch.setattr(reader, "_answer", lambda *_: reader.close())
        with pytest.raises(SourceError):
            reader.read([plain], TODAY)
    assert not caplog.records


def test_too_many_files_are_refused(reader, tmp_path):
    plain = pdf(tmp_path / "a.pdf", [ABMAHNUNG])
    with pytest.raises(SourceError, match="一次最多"):
        reader.read([plain] * 21, TODAY)
