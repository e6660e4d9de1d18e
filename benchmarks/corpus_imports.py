"""Import a folder of official documents in several orders, also twice; nothing may depend on the order.

    python benchmarks/corpus_imports.py FOLDER [--orders 3]

Prints the title, issuer, number, dates and articles found in each document, then what differs between the
orders and which documents retire another.  Exits with 1 when the order makes a difference.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from datetime import date
from pathlib import Path

from knowledge.draft import DraftStore, Outcome, files_under
from knowledge.loaders import load
from knowledge.types import Document
from knowledge.versions import successions

LIMIT = 50 * 1024 * 1024
Row = tuple[str, ...]


def imported(paths: list[Path]) -> dict[str, Document]:
    """:return: file name → document as the draft keeps it after two imports of all files."""
    with tempfile.TemporaryDirectory() as folder:
        store = DraftStore(Path(folder))
        for turn in range(2):
            for path in paths:
                verdict = store.add(path, load, by="benchmark", max_bytes=LIMIT)
                if verdict.outcome is Outcome.FAILED:
                    print(f"{path.name}: {verdict.message}", file=sys.stderr)
                elif turn and verdict.outcome is not Outcome.UNCHANGED:
                    print(f"{path.name}: {verdict.outcome.value} the second time", file=sys.stderr)
        names = {entry.document: entry.file_name for entry in store.entries()}
        return {names[document.meta.id]: document for document in store.documents()}


def row(document: Document) -> Row:
    """:return: what was found in a document, as the columns of the table."""
    meta = document.meta
    articles = [section.article for section in document.sections if section.article]
    return (
        meta.title,
        meta.issuer or "",
        meta.number or "",
        meta.as_of or "",
        str(meta.effective_from or ""),
        str(meta.effective_to or ""),
        f"{len(articles)}" + (f"（{articles[0]}–{articles[-1]}）" if articles else ""),
        str(len(document.warnings)),
    )


def main() -> int:
    """:return: 1 when the order of import makes a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--orders", type=int, default=3)
    options = parser.parse_args()
    paths = files_under([options.folder])
    first = imported(paths)
    print(
        "| 标题 | 机关 | 文号 | 版本 | 施行 | 失效 | 条 | 提醒 |\n|---|---|---|---|---|---|---|---|"
    )
    for name in sorted(first):
        print("| " + " | ".join(row(first[name])) + " |")
    retired = {
        name: found.successor_title
        for name, document in first.items()
        if (found := successions(list(first.values()), date.today()).get(document.meta.id))
    }
    for name, successor in retired.items():
        print(f"{name}: retired by {successor}")
    differ = 0
    for seed in range(1, options.orders):
        shuffled = random.Random(seed).sample(paths, len(paths))
        other = imported(shuffled)
        for name in sorted(set(first) | set(other)):
            one, two = first.get(name), other.get(name)
            if one is None or two is None or (row(one), one.sections) != (row(two), two.sections):
                print(f"order {seed}: {name} differs")
                differ += 1
    print(
        f"{len(paths)} files, {len(first)} documents, {options.orders} orders, {differ} differences"
    )
    return 1 if differ or len(first) != len(paths) else 0


if __name__ == "__main__":
    raise SystemExit(main())
