"""What a command shows while it works: its own lines on the screen, everything else in the log file."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from desk.masking import MaskingFilter
from settings import Settings

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_MOST_BYTES = 10 * 1024 * 1024
_KEPT = 4


def log_file(settings: Settings) -> Path:
    """Where the log lies; its folder is made."""
    folder = settings.data_dir / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "huhang.log"


class Screen:
    """Lines of ours: what is done, how long it takes usually, how long it took."""

    def __init__(self, out: TextIO) -> None:
        """Write to a stream; a step that runs has an open line."""
        self._out = out
        self._begun: float | None = None

    def step(self, what: str, usual: str) -> None:
        """A step begins; the one before has ended."""
        self.done()
        self._begun = time.monotonic()
        self._write(f"[护航] {what}（通常{usual}）……")

    def done(self) -> None:
        """The step has ended."""
        if self._begun is not None:
            self._write(f"用了 {time.monotonic() - self._begun:.0f} 秒\n")
        self._begun = None

    def say(self, line: str) -> None:
        """A line by itself, after the one that is open."""
        if self._begun is not None:
            self._write("\n")
            self._begun = None
        self._write(f"[护航] {line}\n")

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


@contextlib.contextmanager
def only_ours(log: Path) -> Iterator[Screen]:
    """Our lines on standard output; what is logged, warned of or printed by others goes to the log file.

    What libraries in C write goes there, too.
    """
    root = logging.getLogger()
    before = root.handlers[:]
    handler = RotatingFileHandler(
        log, maxBytes=_MOST_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter(FORMAT))
    handler.addFilter(MaskingFilter())
    root.handlers[:] = [handler]
    logging.captureWarnings(capture=True)
    try:
        with _printed_to(log) as out:
            yield Screen(out)
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:] = before
        handler.close()


@contextlib.contextmanager
def _printed_to(log: Path) -> Iterator[TextIO]:
    """Send standard output and error to a file; what they were is given for our own lines."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    with log.open("ab") as sink, open(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(sink.fileno(), 1)
        os.dup2(sink.fileno(), 2)
        try:
            yield out
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, before in enumerate(kept, start=1):
                os.dup2(before, number)
                os.close(before)
