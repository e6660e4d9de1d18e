"""Parsing apart: one bad file costs its own process and nothing else."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from knowledge.errors import SourceError
from knowledge.loaders import load
from knowledge.loaders.scans import SeenLine, SeenPage
from knowledge.worker import ParserWorker

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def test_worker_reads_what_the_loader_reads(law_file):
    with ParserWorker() as worker:
        assert worker.load(law_file) == load(law_file)


def test_refusal_reaches_the_caller_and_the_next_file_is_read(tmp_path, law_file):
    bad = tmp_path / "坏.pdf"
    bad.write_bytes(b"%PDF-1.4 garbage")
    with ParserWorker() as worker:
        with pytest.raises(SourceError, match=r"坏\.pdf"):
            worker.load(bad)
        assert worker.load(law_file).sections


def test_file_that_takes_too_long_is_stopped_and_the_next_is_read(law_file):
    with ParserWorker(timeout_s=30) as worker:
        assert worker.load(law_file).sections
        process = worker._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        worker._timeout = 0.3
        with pytest.raises(SourceError, match=r"超过 0\.3 秒"):
            worker.load(law_file)
        worker._timeout = 30
        assert worker.load(law_file).sections


def test_worker_that_dies_is_reported_and_replaced(law_file):
    with ParserWorker() as worker:
        assert worker.load(law_file).sections
        process = worker._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(SourceError, match="异常退出"):
            worker.load(law_file)
        assert worker.load(law_file).sections


def test_file_that_needs_too_much_memory_is_refused(tmp_path, law_file):
    big = tmp_path / "大.txt"
    big.write_text("第一条 文字。\n" * 2_000_000, encoding="utf-8")
    with ParserWorker(max_memory=220 * 1024 * 1024) as worker:
        with pytest.raises(SourceError, match=r"大\.txt.*(内存|过大)"):
            worker.load(big)
        assert worker.load(law_file).sections


def test_closing_ends_the_process(law_file):
    worker = ParserWorker()
    worker.load(law_file)
    process = worker._process
    assert process is not None
    worker.close()
    assert process.poll() is not None


def test_parser_ends_with_the_process_that_started_it(tmp_path):
    starts = (
        "import os, sys; from pathlib import Path; from knowledge.worker import ParserWorker; "
        "w = ParserWorker(); p = Path(sys.argv[1]); w.load(p); print(w._process.pid, flush=True); os._exit(0)"
    )
    path = tmp_path / "样例.txt"
    path.write_text("第一条 甲。\n第二条 乙。\n", encoding="utf-8")
    started = subprocess.run(
        [sys.executable, "-c", starts, str(path)],
        cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=60,
    )  # fmt: skip
    child = int(started.stdout)
    for _ in range(100):
        if not psutil.pid_exists(child):
            break
        time.sleep(0.1)
    assert not psutil.pid_exists(child)


@pytest.fixture
def scan(tmp_path):
    """A PDF of two pages: one of text, one that is a picture of a page."""
    sheet = canvas.Canvas(str(tmp_path / "样例.pdf"), pagesize=A4)
    for number in range(3):
        sheet.drawString(60, 700 - 20 * number, "Article 1 An opposition must be filed in time.")
    sheet.showPage()
    sheet.drawInlineImage(Image.new("L", (100, 140), 255), 0, 0, *A4)
    sheet.showPage()
    sheet.save()
    return tmp_path / "样例.pdf"


def test_pages_that_are_pictures_are_recognised_by_who_is_given(scan):
    asked = []

    def recognise(path, pages):
        asked.append((path, list(pages)))
        lines = (("Article 2 A reply is due in two months.", 0.97), ("Article 3 Fees are 300 euro.", 0.61))  # fmt: skip
        rows = [SeenLine(text, sure, 60, 80 + 20 * n, 400, 92 + 20 * n) for n, (text, sure) in enumerate(lines)]  # fmt: skip
        return {2: SeenPage(842.0, tuple(rows))}

    with ParserWorker(recognise=recognise) as worker:
        document = worker.load(scan)
        assert worker.load(scan) == document
    assert asked == [(scan, [2]), (scan, [2])]
    found = {s.article: s.page for s in document.sections if s.article}
    assert (found["Article 2"], found["Article 3"]) == (2, 2)
    told = "；".join(document.warnings)
    assert "第 2 页是扫描图片" in told
    assert "平均把握 79%" in told
    assert "“Article 3 Fees are 300 e”61%" in told


def test_a_refusal_of_recognition_is_the_refusal_of_the_file(scan, law_file):
    def recognise(path, pages):
        raise SourceError("扫描的页太多")

    with ParserWorker(recognise=recognise) as worker:
        with pytest.raises(SourceError, match="扫描的页太多"):
            worker.load(scan)
        assert worker.load(law_file).sections


def test_without_recognition_pictures_are_named_and_left_out(scan):
    with ParserWorker() as worker:
        document = worker.load(scan)
    assert any("第 2 页是扫描图片" in text and "未导入" in text for text in document.warnings)
