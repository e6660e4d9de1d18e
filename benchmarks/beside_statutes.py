"""Whether official texts imported beside the curated shelf push its answers down.

Builds two snapshots in a temporary folder, of the curated documents alone and of these with a folder of
official texts (``--corpus``, by default ``../shared/corpus``), and asks both the judged questions.  An
exporter's question is one about a dispute outside China; for those a guide or an answer must not stand
below a statute.  Without the folder it says so and ends well.

Usage: ``python benchmarks/beside_statutes.py [--corpus FOLDER] [--json]``
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curation import importing, publishing
from indexer.golden import GoldenQuestion, Outcome, outcomes, read_golden, refusals
from indexer.hybrid import HybridIndex
from indexer.jurisdictions import scope
from indexer.live import LiveIndex
from indexer.types import SearchFilters
from knowledge.types import Kind
from settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[1]
CHINA = "CN"
DEPTH = 10


@dataclass(frozen=True)
class Pushed:
    """An exporter's question whose expected passage stands below a statute."""

    id: str
    question: str
    statute: str


def is_exporters(question: GoldenQuestion) -> bool:
    """Whether a question is about a dispute abroad."""
    return not question.refuse and question.country not in {None, CHINA}


def pushed_down(index: HybridIndex, questions: Sequence[GoldenQuestion]) -> list[Pushed]:
    """:return: the exporters' questions where a statute comes before everything that answers."""
    found = []
    for question in filter(is_exporters, questions):
        countries = scope(index.understand(question.question).countries)
        hits = index.search(question.question, DEPTH, SearchFilters(jurisdictions=countries))
        for hit in hits:
            if question.is_answered_by(hit.passage):
                break
            if hit.passage.kind is Kind.LAW:
                where = f"《{hit.passage.title}》{hit.passage.article or ''}"
                found.append(Pushed(question.id, question.question, where))
                break
    return found


def shares(found: Sequence[Outcome], exporters: bool) -> dict[str, float]:
    """Hit rates of the exporters' questions or of all answerable ones."""
    asked = [
        item
        for item in found
        if not item.question.refuse and (not exporters or is_exporters(item.question))
    ]
    count = max(len(asked), 1)
    return {
        "questions": len(asked),
        "hit@1": round(sum(item.place == 1 for item in asked) / count, 4),
        "hit@3": round(sum(1 <= item.place <= 3 for item in asked) / count, 4),
    }


def measured(index: HybridIndex, questions: Sequence[GoldenQuestion]) -> dict[str, Any]:
    """Everything reported of one index."""
    found = outcomes(index, questions)
    return {
        "passages": len(index),
        "all": shares(found, exporters=False),
        "exporters": shares(found, exporters=True),
        **refusals(found),
        "wrong_country": [item.question.id for item in found if item.is_wrong_country],
        "below_a_statute": [pushed.__dict__ for pushed in pushed_down(index, questions)],
    }


def published(settings: Settings) -> HybridIndex:
    """Build and publish what the data folder of the settings holds, and open it."""
    publishing.build(settings, by="benchmark", note="beside statutes")
    publishing.publish(settings, by="benchmark", golden=False)
    return LiveIndex(settings).current()


def main() -> int:
    """Print both measurements; 1 when a statute stands above an exporter's answer only because it was imported."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    parser.add_argument(
        "--queries", type=Path, default=ROOT / "tests" / "golden" / "questions.jsonl"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not options.corpus.is_dir():
        print(f"没有官方文本文件夹 {options.corpus}，跳过", file=sys.stderr)
        return 0
    questions = read_golden(options.queries)
    with tempfile.TemporaryDirectory(prefix="huhang-beside-") as folder:
        settings = load_settings({**os.environ, "HUHANG_DATA_DIR": folder})
        alone = measured(published(settings), questions)
        importing.import_files(settings, [options.corpus], by="benchmark")
        beside = measured(published(settings), questions)
    report = {"shelf": alone, "shelf_and_statutes": beside}
    if options.json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        for name, values in report.items():
            print(name)
            for key, value in values.items():
                print(f"  {key:<18}{value}")
    return 1 if len(beside["below_a_statute"]) > len(alone["below_a_statute"]) else 0


if __name__ == "__main__":
    raise SystemExit(main())
