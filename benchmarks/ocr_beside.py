"""Seconds a page of our reading beside the OCR library called plainly, page by page in turn.

    python -m benchmarks.ocr_beside [--pages N]

Both read the very same pictures (scans at 150 dpi) with two threads, one right after the other and the
first of them changing, so that whatever else the machine does hits both alike.  Prints every pair, the
medians, and the median of the pairs' ratios.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.intake import SETS, cases, medium_of, printed
from papers.ocr import Pixels
from papers.pdf import open_pdf
from papers.recognition import recognise


def seconds_of(work: Callable[[], Any]) -> tuple[float, float]:
    """:return: the seconds that a call takes, and those of all its threads on a processor."""
    started, worked = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - worked


def pages(limit: int) -> list[Pixels]:
    """:return: so many notices as a scanner at 150 dpi sees them."""
    chosen = list(cases(SETS["all"]))
    step = max(1, len(chosen) // limit)
    chosen = chosen[::step][:limit]
    found = []
    with tempfile.TemporaryDirectory() as name:
        sources = printed(chosen, Path(name))
        for case in chosen:
            path = medium_of(sources[case.number], "scan150", random.Random(case.number))
            with open_pdf(path.read_bytes(), path.name) as document:
                found.append(document.picture(0))
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table. :return: 0."""
    from rapidocr import RapidOCR

    parser = argparse.ArgumentParser(description="Our reading beside the library's.")
    parser.add_argument("--pages", type=int, default=12)
    options = parser.parse_args(argv)
    engine = RapidOCR(
        params={"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": 2}
    )
    pictures = pages(options.pages)
    readers = {
        "ours": lambda picture: recognise(picture, 1, photo=False),
        "library": engine,
    }
    for read in readers.values():  # models are loaded before anything is measured
        read(pictures[0])
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in readers}
    for number, picture in enumerate(pictures):
        order = list(readers) if number % 2 else list(reversed(readers))
        for name in order:
            taken[name].append(
                seconds_of(lambda name=name, picture=picture: readers[name](picture))
            )
        pair = "  ".join("{} {:6.2f} ({:5.2f})".format(name, *taken[name][-1]) for name in readers)
        print(f"{number:>3}  {pair}", flush=True)
    for kind, place in (("seconds", 0), ("of a processor", 1)):
        ours, theirs = ([pair[place] for pair in taken[name]] for name in ("ours", "library"))
        ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
        print(
            f"median {kind:<15} ours {statistics.median(ours):.2f}  library {statistics.median(theirs):.2f}"
            f"  ratio of the pairs {ratio:.2f}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
