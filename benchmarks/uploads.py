"""Chat while papers are read: the same messages with nobody uploading and with five people uploading.

Starts ``huhang serve`` on a folder of its own, sends the messages of ``typical.py`` one after the other and
times each, first alone, then while five people hand in a scan of two pages again and again (the reader
works on one paper at a time, at low priority).  Prints the median and the 95th percentile of both in
milliseconds, their ratio, and how many papers were read meanwhile.

Usage: ``python benchmarks/uploads.py [--messages 150] [--json FILE]``
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import requests
from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(Path(__file__).resolve().parent))
from latency import BIN, environment, free_port, post, prepared_data_dir, running, wait_for
from typical import PER_SENDER, messages

from desk.paper_terms import VERSION

PEOPLE = 5
LINES = (
    "UNITED STATES DISTRICT COURT", "NORTHERN DISTRICT OF ILLINOIS", "SUMMONS IN A CIVIL ACTION",
    "A lawsuit has been filed against you. Within 21 days after service of this summons on you,",
    "you must serve on the plaintiff an answer to the attached complaint.",
)  # fmt: skip


def scan(number: int) -> bytes:
    """A fictitious scan of two pages as a PDF without a text layer; another number, another file."""
    font = ImageFont.load_default(size=34)
    pages = []
    for page in range(2):
        image = Image.new("L", (1240, 1754), 250)
        draw = ImageDraw.Draw(image)
        for place, line in enumerate(
            (*LINES, f"Case No. 1:26-cv-{10000 + number}", f"Page {page + 1}") * 3
        ):
            draw.text((90, 90 + 72 * place), line, fill=20, font=font)
        pages.append(image)
    stream = io.BytesIO()
    pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:], resolution=150)
    return stream.getvalue()


def timed(url: str, texts: list[str], prefix: str) -> list[float]:
    """Milliseconds of each message, ten to a conversation."""
    times = []
    for number, text in enumerate(texts):
        started = time.perf_counter()
        post(url, {"sender": f"{prefix}-{number // PER_SENDER}", "text": text})
        times.append((time.perf_counter() - started) * 1000)
    return times


def upload(base: str, person: int, over: threading.Event, read: list[int]) -> None:
    """Hand in one paper after the other until told to stop; each is waited for."""
    session, token, number = requests.Session(), "", 0
    while not over.is_set():
        number += 1
        answer = session.post(
            f"{base}/api/v1/papers",
            data={"sender": f"paper-{person}", "consent": VERSION},
            files={"file": ("scan.pdf", scan(person * 1000 + number), "application/pdf")},
            headers={"X-Sender-Token": token} if token else {},
            timeout=60,
        )
        token = answer.headers.get("X-Sender-Token", token)
        if answer.status_code != 202:
            over.wait(float(answer.headers.get("Retry-After", 1)))
            continue
        poll = base + answer.json()["poll"]
        while not over.is_set():
            state = session.get(poll, headers={"X-Sender-Token": token}, timeout=60).json()
            if state["status"] != "pending":
                read.append(person)
                break
            over.wait(0.3)


def measure(count: int) -> dict[str, float]:
    """Both rounds on one server."""
    port, texts = free_port(), messages(count)
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = environment(prepared_data_dir(folder), port)
        with running([[str(BIN / "huhang"), "serve"]], env, folder / "serve.log") as processes:
            wait_for(f"{base}/readyz", processes)
            url = f"{base}/api/v1/messages"
            timed(url, texts[:20], "warm")
            alone = timed(url, texts, "alone")
            over, read = threading.Event(), list[int]()
            people = [
                threading.Thread(target=upload, args=(base, person, over, read))
                for person in range(PEOPLE)
            ]
            for thread in people:
                thread.start()
            time.sleep(2)
            beside = timed(url, texts, "beside")
            over.set()
            for thread in people:
                thread.join()
    figures = {
        f"{name}_p{share}_ms": round(float(np.percentile(times, share)), 1)
        for name, times in (("alone", alone), ("beside", beside))
        for share in (50, 95)
    }
    figures["p95_ratio"] = round(figures["beside_p95_ms"] / figures["alone_p95_ms"], 2)
    return figures | {"papers_read": len(read)}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=150)
    parser.add_argument("--json", type=Path, help="也把结果写入这个文件")
    options = parser.parse_args()
    figures = measure(options.messages)
    for name, value in figures.items():
        print(f"{name:16}{value:9}")
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
