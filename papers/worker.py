"""Papers are read in a process of their own, with limits on time and memory.

A file that crashes, hangs or swells its reader costs that process and nothing else.  The process works
at low priority, so that people who chat do not wait for those who upload.
"""

from __future__ import annotations

import json
import logging
import os
import selectors
import subprocess
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from knowledge.child_process import ChildProcess
from knowledge.errors import SourceError
from knowledge.loaders.scans import SeenPage, page_from_json
from papers.contents import Progress
from papers.persistence import reading_from_json
from papers.types import Reading

logger = logging.getLogger(__name__)

MAX_RESIDENT_BYTES = 700 * 1024**2
PAGE_TIMEOUT_S = 90.0
TIMEOUT_S = 600.0
# Who has not worked for so long between two looks waits for nothing that will come.
_STUCK_S = 0.1
_USER = 11  # among the fields of /proc/…/stat behind the name
_CHUNK = 1 << 20
_MAX_ANSWER_BYTES = 64 * 1024**2
SWOLLEN = 3
MEMORY_REASON = "文件太大或太复杂，读它要的内存超过上限；请压缩图片、减少页数，或只传通知正文的几页"
FAULT_REASON = (
    "读这份文书时程序出了问题，请再传一次；还不行请换成 PDF 或逐页拍照，或转人工由工作人员看原件"
)
_DAMAGED = "文件已损坏或格式特殊，读不了；请重新导出或拍照上传"


class ReaderFaultError(SourceError):
    """The program that reads failed, not the paper as far as can be told; it has been logged."""


class PaperWorker(ChildProcess):
    """Reads papers in a child process, one after the other; the child is started when it is needed.

    :param page_timeout_s: seconds of work that one page may take; a page that waits for the processor of
        a busy machine is given the time again, one that does nothing is not.
    :param timeout_s: seconds that a whole paper may take.
    """

    def __init__(
        self, *, page_timeout_s: float = PAGE_TIMEOUT_S, timeout_s: float = TIMEOUT_S
    ) -> None:
        super().__init__("papers.child")
        self._page_timeout = page_timeout_s
        self._timeout = timeout_s

    def read(
        self, files: Sequence[Path | str], today: date, *, progress: Progress | None = None
    ) -> Reading:
        """Read one paper, as :func:`papers.read` does.

        :raises SourceError: a file cannot be read, or took too long or too much memory.
        """
        request = {
            "files": [str(Path(path).absolute()) for path in files],
            "today": today.isoformat(),
        }
        return reading_from_json(self._ask(request, progress)["reading"])

    def recognise(self, path: Path, pages: Sequence[int]) -> dict[int, SeenPage]:
        """Read some pages of a PDF as pictures, as :func:`papers.contents.scanned_pages` does.

        :raises SourceError: they cannot be read, or took too long or too much memory.
        """
        answer = self._ask({"scan": str(path.absolute()), "pages": list(pages)}, None)
        return {int(number): page_from_json(page) for number, page in answer["seen"].items()}

    def _ask(self, request: dict[str, Any], progress: Progress | None) -> dict[str, Any]:
        """:return: the child's answer to a request.

        :raises SourceError: it has none.
        """
        process = self._running()
        try:
            assert process.stdin is not None  # noqa: S101 (opened with a pipe)
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            answer = self._answer(process, progress)
        except BrokenPipeError as error:
            self._fail("读文件的程序没有起来，请稍后再试", error)
        except TimeoutError as error:
            self._fail("读得太久，已经停止；请减少页数，或把最要紧的几页拍清楚再传", error)
        if answer is None:
            self._ended(process)
        if "fault" in answer:
            logger.error("reading a paper failed: %s", answer["fault"])
            raise ReaderFaultError(answer["error"])
        if "error" in answer:
            raise SourceError(answer["error"])
        return answer

    def _ended(self, process: subprocess.Popen[bytes]) -> NoReturn:
        """Say why the child ended without an answer; what it was not told to do from here is logged."""
        is_given_up = self._process is not process
        code = process.wait()
        if code == SWOLLEN:
            self._fail(MEMORY_REASON)
        if not is_given_up:
            logger.error("the process that reads papers ended by itself (%d)", code)
        # A signal comes of what a library did with the file; an exit is our own, such as a part that is missing.
        if code < 0:
            self._fail(_DAMAGED)
        self.close()
        raise ReaderFaultError(FAULT_REASON)

    def _fail(self, reason: str, cause: Exception | None = None) -> NoReturn:
        self.close()
        raise SourceError(reason) from cause

    def _answer(
        self, process: subprocess.Popen[bytes], progress: Progress | None
    ) -> dict[str, Any] | None:
        """:return: the child's last word on a paper; None when it ended without one."""
        assert process.stdout is not None  # noqa: S101 (opened with a pipe)
        end = time.monotonic() + self._timeout
        page_end = time.monotonic() + self._page_timeout
        begun = seen = _worked(process)
        pending = b""
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while True:
                left = min(end, page_end) - time.monotonic()
                if left <= 0 or not selector.select(left):
                    worked = _worked(process)
                    is_busy = seen + _STUCK_S < worked < begun + self._page_timeout
                    if not is_busy or time.monotonic() >= end:
                        raise TimeoutError
                    seen, page_end = worked, time.monotonic() + self._page_timeout
                    continue
                chunk = process.stdout.read1(_CHUNK)  # type: ignore[attr-defined]  # a BufferedReader
                pending += chunk
                if not chunk or len(pending) > _MAX_ANSWER_BYTES:
                    return None
                *whole, pending = pending.split(b"\n")
                for line in whole:
                    answer: dict[str, Any] = json.loads(line)
                    if "page" not in answer:
                        return answer
                    page_end = time.monotonic() + self._page_timeout
                    begun = seen = _worked(process)
                    if progress is not None:
                        progress(*answer["page"])


def _worked(process: subprocess.Popen[bytes]) -> float:
    """:return: the seconds that a process has had of a processor; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[_USER]) + int(fields[_USER + 1])) / os.sysconf("SC_CLK_TCK")


def read(files: Sequence[Path | str], today: date, *, progress: Progress | None = None) -> Reading:
    """Read one paper; several pictures are its pages in order.

    :param today: lets a day without a year be read, and says which days lie ahead.
    :param progress: is told after each page how many of how many are read.
    :return: what the paper says; the day that it prints or that a rule gives is added by
        ``actions.paper_due.with_due``.
    :raises SourceError: a file cannot be read; the message is Chinese, names it and says what to do.
    """
    with PaperWorker() as worker:
        return worker.read(files, today, progress=progress)
