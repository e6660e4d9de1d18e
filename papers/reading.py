"""From files to a reading, in this process; ``papers.read`` does the same in one of its own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from papers.contents import Progress, contents_of
from papers.types import Reading
from papers.understanding import understand


def read_here(
    files: Sequence[Path | str], today: date, *, progress: Progress | None = None
) -> Reading:
    """Read one paper without a process of its own.

    :raises SourceError: a file cannot be read; the message is Chinese, names it and says what to do.
    """
    started = time.monotonic()
    contents = contents_of([Path(path) for path in files], progress)
    reading = understand(contents, today)
    return replace(reading, seconds=time.monotonic() - started)
