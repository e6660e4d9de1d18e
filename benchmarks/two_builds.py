"""One message in two builds of the assistant, in turn, by processor time.

Each build runs the embedded assistant in a process of its own, from its own checkout with its published
snapshot and trained model; every message goes to one and then to the other, so that whatever else the
machine does falls on both.  Processor time does not count waiting for a busy machine.

Usage: ``python benchmarks/two_builds.py CHECKOUT [--messages 200] [--json FILE]`` compares CHECKOUT with
this one.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
_WARM = 20  # messages before the first that counts


async def answer() -> None:
    """Answer each message of standard input by what it took: processor and wall time in milliseconds."""
    from bot.runtime import EmbeddedRasa
    from settings import load_settings

    own = load_settings()
    with tempfile.TemporaryDirectory() as folder:
        settings = dataclasses.replace(
            load_settings({"HUHANG_DATA_DIR": folder}), knowledge=own.knowledge
        )
        settings = dataclasses.replace(
            settings, bot=dataclasses.replace(settings.bot, models_dir=own.bot.models_dir)
        )
        rasa = EmbeddedRasa(settings)
        await rasa.start()
        for line in sys.stdin:
            sender, text = json.loads(line)
            began, processor = time.perf_counter(), time.process_time()
            await rasa.handle(sender, text, {})
            took = time.process_time() - processor, time.perf_counter() - began
            print("took", *(f"{1000 * seconds:.3f}" for seconds in took), flush=True)
        await rasa.close()


class Build:
    """A checkout whose assistant answers."""

    def __init__(self, checkout: Path) -> None:
        """Start it.

        :raises SystemExit: it has no virtual environment.
        """
        python = checkout / ".venv" / "bin" / "python"
        if not python.exists():
            raise SystemExit(f"{checkout} 没有 .venv；先在那里运行 make index 和 make train")
        self._process = subprocess.Popen(
            [str(python), str(Path(__file__).resolve()), "--answer"],
            cwd=checkout,
            env={
                **os.environ, "PYTHONPATH": str(checkout), "HUHANG_DATA_DIR": str(checkout / "var"),
                "OPENBLAS_NUM_THREADS": "1",  # as the server has it
            },
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip

    def take(self, sender: str, text: str) -> tuple[float, float]:
        """What a message takes, in milliseconds of processor and of wall time."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([sender, text]) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("took "):
                processor, wall = line.split()[1:]
                return float(processor), float(wall)
        raise SystemExit("对照的助手提前退出了：那里发布过知识、训练过模型吗？")

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def main() -> int:
    """Compare and print."""
    if sys.argv[1:] == ["--answer"]:
        asyncio.run(answer())
        return 0
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--json", type=Path, help="也把结果写入这个文件")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT / "benchmarks"))
    from typical import PER_SENDER, messages

    texts = messages(options.messages)
    builds = [Build(options.checkout.resolve()), Build(ROOT)]
    taken = np.array([
        [build.take(f"both-{number // PER_SENDER}", text) for build in builds]
        for number, text in enumerate([*texts[:_WARM], *texts])
    ])[_WARM:]  # fmt: skip
    for build in builds:
        build.close()
    found = {}
    print(f"{'毫秒':14}{'对照':>8}{'现在':>8}{'现在/对照':>10}")
    for place, kind in enumerate(("processor", "wall")):
        for share in (50, 95):
            before, now = np.percentile(taken[:, :, place], share, axis=0)
            found[f"{kind}_p{share}_ms"] = [round(before, 2), round(now, 2)]
            print(f"{kind} p{share:<6}{before:9.1f}{now:9.1f}{now / before:10.2f}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
