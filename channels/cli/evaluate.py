"""``huhang evaluate``: build an index in memory's reach and judge it, or judge the knowledge base."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from indexer.build import build_index
from indexer.encoder import load_encoder
from indexer.evaluation import DEPTH, mean, measures
from indexer.golden import judge_golden
from indexer.hybrid import HybridIndex
from indexer.live import LiveIndex
from indexer.passages_file import read_passages_file, read_queries_file
from knowledge.errors import SettingsError
from settings import ROOT, Settings

# Committed beside the questions; a measure below its figure fails the run, and so does a longer list
# of faults than the figure allows.
FIGURES = "figures.json"
GOLDEN = ROOT / "tests" / "golden" / "questions.jsonl"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--passages", type=Path, help="段落文件，每行一个 JSON（可为 .gz）")
    parser.add_argument(
        "--queries", type=Path, help="问题文件，每行 id、query、relevant（可为 .gz）"
    )
    parser.add_argument(
        "--golden",
        nargs="?",
        type=Path,
        const=GOLDEN,
        help="用判定问题集评测已发布的知识库，默认 tests/golden/questions.jsonl",
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print the measures."""
    if options.golden is not None:
        report: dict[str, Any] = judge_golden(LiveIndex(settings).current(), options.golden)
        fallen = below(report, options.golden.with_name(FIGURES))
    elif options.passages and options.queries:
        report, fallen = judge(options.passages, options.queries, settings), []
    else:
        raise SettingsError("请给出 --passages 和 --queries 两个文件，或使用 --golden")
    if options.json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        for name, value in report.items():
            shown = f"{value:.4f}" if isinstance(value, float) else str(value)
            print(f"{name:<24}{shown}")
    for line in fallen:
        print(line, file=sys.stderr)
    return 1 if fallen else 0


def below(report: Mapping[str, Any], path: Path) -> list[str]:
    """:return: what to say of each measure worse than the committed figure; none without a file.

    A list names faults, so the figure is how many it may hold at most.
    """
    if not path.is_file():
        return []
    figures: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
    fallen = []
    for name, figure in figures.items():
        value = report[name]
        if isinstance(value, list):
            if len(value) > figure:
                faults = "、".join(map(str, value))
                fallen.append(f"{name} 有 {len(value)} 个，多于允许的 {figure:g} 个：{faults}")
        elif value < figure:
            fallen.append(f"{name} 为 {value:.4f}，低于已提交的 {figure:.4f}")
    return fallen


def judge(passages_path: Path, queries_path: Path, settings: Settings) -> dict[str, Any]:
    """Build an index of the passages in a temporary folder and rank every question."""
    passages = read_passages_file(passages_path)
    queries = read_queries_file(queries_path)
    encoder = load_encoder(settings.indexer.encoder)
    with tempfile.TemporaryDirectory(prefix="huhang-evaluate-") as folder:
        started = time.perf_counter()
        build_index(passages, encoder, out_dir=Path(folder), show_progress=sys.stderr.isatty())
        index = HybridIndex.load(Path(folder), encoder)
        build_seconds = time.perf_counter() - started
        total = len(passages)
        del passages
        rows, times = [], []
        for query in queries:
            started = time.perf_counter()
            ranking = index.ids(query.query, DEPTH)
            times.append((time.perf_counter() - started) * 1000)
            rows.append(measures(ranking, query.relevant))
    scores = {name: round(value, 4) for name, value in mean(rows).items()}
    return {
        **scores,
        "ms_per_query_p50": round(float(np.percentile(times, 50)), 2) if times else 0.0,
        "ms_per_query_p95": round(float(np.percentile(times, 95)), 2) if times else 0.0,
        "build_seconds": round(build_seconds, 2),
        "passages": total,
        "queries": len(queries),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
