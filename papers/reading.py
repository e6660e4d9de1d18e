"""``read``: from files to a reading."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from papers.contents import Progress, contents_of
from papers.types import Reading
from papers.understanding import understand


def read(files: Sequence[Path | str], today: date, *, progress: Progress | None = None) -> Reading:
    """Read one paper; several pictures are its pages in order.

    :param today: lets a day without a year be read, and says which days lie ahead.
    :param progress: is told after each page how many of how many are read.
    :return: what the paper says; its ``due`` is the day it prints, a rule's day is added by
        ``actions.paper_due``.
    :raises SourceError: a file cannot be read; the message is Chinese, names it and says what to do.
    """
    started = time.monotonic()
    contents = contents_of([Path(path) for path in files], progress)
    return understand(contents, today, seconds=time.monotonic() - started)
