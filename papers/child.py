"""The process that reads papers: a line of files in, lines of progress and one reading or error out."""

from __future__ import annotations

import json
import os
import resource
import sys
import traceback
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.child_process import end_with_parent
from knowledge.errors import SourceError
from knowledge.heaps import few_heaps
from knowledge.loaders.scans import page_to_json
from papers.contents import Progress, scanned_pages
from papers.persistence import reading_to_json
from papers.reading import read_here
from papers.worker import FAULT_REASON, MAX_RESIDENT_BYTES, MEMORY_REASON, SWOLLEN

_ADDRESS_SPACE = 6 * 1024**3
_PRIORITY = 10
_PROJECT = Path(__file__).resolve().parent.parent
_WATCH_S = 0.05


def _end_if_swollen() -> None:
    """End this process when it grows beyond its limit."""
    if _resident_pages() * os.sysconf("SC_PAGE_SIZE") > MAX_RESIDENT_BYTES:
        os._exit(SWOLLEN)


def _resident_pages() -> int:
    """:return: pages of memory in use; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0


def _answer(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """:return: a paper's reading, or what some pages of a PDF say as pictures."""
    if "scan" in request:
        seen = scanned_pages(Path(request["scan"]), request["pages"], progress)
        return {"seen": {str(number): page_to_json(page) for number, page in seen.items()}}
    today = date.fromisoformat(request["today"])
    return {"reading": reading_to_json(read_here(request["files"], today, progress=progress))}


def _place(error: Exception) -> str:
    """:return: the kind of an error and where in our code it came up; nothing of a paper's text."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_ours(frame)]
    where = f"{Path(ours[-1].filename).relative_to(_PROJECT)}:{ours[-1].lineno}" if ours else "?"
    return f"{type(error).__name__} at {where}"


def _is_ours(frame: traceback.FrameSummary) -> bool:
    path = Path(frame.filename)
    return path.is_relative_to(_PROJECT) and "site-packages" not in path.parts


def main() -> int:
    """Answer each line of files with lines of progress and one reading or error."""
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # nothing is ever written
    os.nice(_PRIORITY)
    end_with_parent(_WATCH_S, _end_if_swollen)
    few_heaps()

    def say(answer: dict[str, Any]) -> None:
        sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=True).encode() + b"\n")
        sys.stdout.buffer.flush()

    for line in sys.stdin.buffer:
        try:
            say(_answer(json.loads(line), lambda done, total: say({"page": [done, total]})))
        except SourceError as error:
            say({"error": str(error)})
        except MemoryError:
            say({"error": MEMORY_REASON})
        except Exception as error:  # one of ours, or a library's that the file was too much for
            say({"error": FAULT_REASON, "fault": _place(error)})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
