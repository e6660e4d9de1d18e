"""Latency of the assistant beside the stock Rasa arrangement, in one run.

Both get the same domain, rules, training data and actions, and the same 200 messages over HTTP:

* **ours**: ``huhang serve`` (one process, the project's pipeline);
* **stock**: ``rasa run`` and ``rasa run actions`` as two processes, with the pipeline that
  ``rasa init`` gives a Chinese assistant (Jieba, count vectors, DIET, response selector; trained for few
  epochs, which changes neither speed nor memory) and the rule policy.

Prints p50, p95, messages per second, start-up time and memory of both and their ratios.  Machines
are noisy, so read the ratios.  Where the time of our messages goes is shown below (``turn.py``).  The stock model is trained once and kept under ``var/benchmarks``.

Usage: ``python benchmarks/latency.py [--messages 200] [--json FILE]``
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))
from turn import report, show
from typical import PER_SENDER, messages

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
CACHE = ROOT / "var" / "benchmarks"

# `rasa init` trains a hundred; speed and memory do not depend on it, and how well it classifies is not
# measured here.
STOCK_EPOCHS = 5
STOCK_CONFIG = {
    "recipe": "default.v1",
    "assistant_id": "stock-benchmark",
    "language": "zh",
    "pipeline": [
        {"name": "JiebaTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": STOCK_EPOCHS, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "ResponseSelector", "epochs": STOCK_EPOCHS, "constrain_similarities": True},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    # The same rules decide both; a TED policy beside them would only make the stock side slower.
    "policies": [{"name": "RulePolicy"}],
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# The token of each conversation, which our interface gives with its first reply.
_tokens: dict[str, str] = {}


def post(url: str, body: dict[str, str]) -> list[dict[str, object]]:
    conversation = url + body["sender"]
    shown = {"X-Sender-Token": _tokens[conversation]} if conversation in _tokens else {}
    request = urllib.request.Request(
        url,
        data=json.dumps(body, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json", **shown},
    )
    with urllib.request.urlopen(request, timeout=120) as response:
        answer = json.loads(response.read())
        if "X-Sender-Token" in response.headers:
            _tokens[conversation] = response.headers["X-Sender-Token"]
    return answer if isinstance(answer, list) else answer["messages"]


def wait_for(url: str, processes: list[psutil.Popen], seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for process in processes:
            if process.poll() is not None:
                raise SystemExit(f"进程提前退出（{process.returncode}）：{process.args}")
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                if response.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise SystemExit(f"等不到 {url}")


@contextmanager
def running(
    commands: list[list[str]], env: dict[str, str], log: Path
) -> Iterator[list[psutil.Popen]]:
    with log.open("wb") as sink:
        processes = [
            psutil.Popen(command, cwd=ROOT, env=env, stdout=sink, stderr=sink)
            for command in commands
        ]
        try:
            yield processes
        finally:
            for process in processes:
                family = [*process.children(recursive=True), process]
                for member in family:
                    if member.is_running():
                        member.terminate()
                psutil.wait_procs(family, timeout=15)


def resident_mb(processes: list[psutil.Popen]) -> float:
    total = 0
    for process in processes:
        for member in [process, *process.children(recursive=True)]:
            total += member.memory_info().rss
    return total / 2**20


def measure(
    url: str, key: str, texts: list[str], processes: list[psutil.Popen], started: float
) -> dict[str, float]:
    """Send every text, ten to a conversation, and time each."""
    post(url, {"sender": "warm-up", key: "你好"})
    first_answer = time.monotonic() - started
    for text in texts[:20]:
        post(url, {"sender": "warm-up", key: text})
    times: list[float] = []
    silent = 0
    begun = time.monotonic()
    for number, text in enumerate(texts):
        before = time.perf_counter()
        answer = post(url, {"sender": f"bench-{number // PER_SENDER}", key: text})
        times.append((time.perf_counter() - before) * 1000)
        silent += not answer
    elapsed = time.monotonic() - begun
    times.sort()
    return {
        "p50_ms": statistics.median(times),
        "p95_ms": times[int(len(times) * 0.95) - 1],
        "messages_per_s": len(texts) / elapsed,
        "first_answer_s": first_answer,
        "memory_mb": resident_mb(processes),
        "unanswered": float(silent),
    }


def environment(data_dir: Path, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "HUHANG_DATA_DIR": str(data_dir),
        "HUHANG_PORT": str(port),
        "HUHANG_RATE_PER_MINUTE": "1000000",
        "HUHANG_LOG_LEVEL": "WARNING",
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def prepared_data_dir(folder: Path) -> Path:
    """A data folder of its own that shares the published snapshot and the trained model."""
    for name in ("snapshots", "models"):
        source = ROOT / "var" / name
        if not source.is_dir():
            raise SystemExit("先运行 make index 和 make train，再测延迟")
        (folder / name).symlink_to(source)
    return folder


def run_ours(texts: list[str], folder: Path) -> dict[str, float]:
    port = free_port()
    env = environment(prepared_data_dir(folder), port)
    started = time.monotonic()
    with running([[str(BIN / "huhang"), "serve"]], env, folder / "ours.log") as processes:
        base = f"http://127.0.0.1:{port}"
        wait_for(f"{base}/readyz", processes)
        return measure(f"{base}/api/v1/messages", "text", texts, processes, started)


def stock_model() -> Path:
    """Train the stock pipeline on the project's own data once; the cache key is the data."""
    digest = hashlib.sha256(json.dumps(STOCK_CONFIG, sort_keys=True).encode())
    for path in sorted(
        [*(ROOT / "bot/domain").rglob("*.yml"), *(ROOT / "bot/data").rglob("*.yml")]
    ):
        digest.update(path.read_bytes())
    folder = CACHE / f"stock-{digest.hexdigest()[:16]}"
    models = sorted(folder.glob("*.tar.gz"))
    if models:
        return models[-1]
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.yml"
    config.write_text(yaml.safe_dump(STOCK_CONFIG, allow_unicode=True), encoding="utf-8")
    print("正在训练对照组的默认流水线（只需一次，约数分钟）……", file=sys.stderr)
    subprocess.run(
        [
            str(BIN / "rasa"),
            "train",
            "--config",
            str(config),
            "--domain",
            "bot/domain",
            "--data",
            "bot/data",
            "--out",
            str(folder),
            "--quiet",
        ],
        cwd=ROOT,
        env=environment(ROOT / "var", 0),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return sorted(folder.glob("*.tar.gz"))[-1]


def run_stock(texts: list[str], folder: Path, model: Path) -> dict[str, float]:
    rasa_port, action_port = free_port(), free_port()
    endpoints = folder / "endpoints.yml"
    endpoints.write_text(
        yaml.safe_dump(
            {
                "action_endpoint": {"url": f"http://127.0.0.1:{action_port}/webhook"},
                "tracker_store": {
                    "type": "SQL",
                    "dialect": "sqlite",
                    "db": str(folder / "stock.sqlite"),
                },
            }
        ),
        encoding="utf-8",
    )
    credentials = folder / "credentials.yml"
    credentials.write_text("rest:\n", encoding="utf-8")
    env = environment(prepared_data_dir(folder), 0)
    started = time.monotonic()
    commands = [
        [str(BIN / "rasa"), "run", "actions", "--actions", "actions", "--port", str(action_port)],
        [
            str(BIN / "rasa"),
            "run",
            "--model",
            str(model),
            "--endpoints",
            str(endpoints),
            "--credentials",
            str(credentials),
            "--port",
            str(rasa_port),
            "--interface",
            "127.0.0.1",
        ],
    ]
    with running(commands, env, folder / "stock.log") as processes:
        wait_for(f"http://127.0.0.1:{action_port}/health", processes)
        wait_for(f"http://127.0.0.1:{rasa_port}/", processes)
        return measure(
            f"http://127.0.0.1:{rasa_port}/webhooks/rest/webhook",
            "message",
            texts,
            processes,
            started,
        )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--json", type=Path, help="也把结果写入这个文件")
    options = parser.parse_args()
    texts = messages(options.messages)
    model = stock_model()
    with tempfile.TemporaryDirectory() as ours_dir, tempfile.TemporaryDirectory() as stock_dir:
        ours = run_ours(texts, Path(ours_dir))
        stock = run_stock(texts, Path(stock_dir), model)
    print(f"{len(texts)} 条消息，每 {PER_SENDER} 条一个会话")
    print(f"{'':16}{'本项目':>12}{'默认 Rasa':>12}{'本项目/默认':>12}")
    for key in ours:
        ratio = ours[key] / stock[key] if stock[key] else float("nan")
        print(f"{key:16}{ours[key]:12.1f}{stock[key]:12.1f}{ratio:12.2f}")
    parts = report(texts)
    show(parts)
    if options.json:
        kept = {"messages": len(texts), "ours": ours, "stock": stock, "breakdown": parts}
        options.json.write_text(json.dumps(kept, indent=2), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
