"""Count the hand-written patterns that decide what a message is, beside another checkout.

Counted in ``actions``, ``bot`` and ``indexer``: regular expressions and their alternatives, Chinese entries
of module-level word lists, lookup lines, and Rasa's rules.  Examples and wordings are data to learn from and
are not counted; neither are patterns of dates, names and numbers (readers of values, not deciders), nor the
forms of papers.

Usage: ``python benchmarks/deciding_rules.py [DIR…]``, each DIR a checkout; this one when none is named.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("actions", "bot", "indexer")
# Modules that read values out of a text whatever it is, or know the forms of papers.
READERS = re.compile(
    r"date|deadline_(?:search|table|rules|fit)|paper|notice|printed|numbers|company|phone|region|typos|tokeniz|training|figures"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def main() -> int:
    """Count each checkout and print what was found."""
    folders = [Path(name).resolve() for name in sys.argv[1:]] or [ROOT]
    totals = [count(folder) for folder in folders]
    names = sorted({name for total in totals for name in total})
    print(f"{'':34}" + "".join(f"{folder.name:>14}" for folder in folders))
    for name in names:
        print(f"{name:34}" + "".join(f"{total[name]:>14}" for total in totals))
    print(f"{'all':34}" + "".join(f"{sum(total.values()):>14}" for total in totals))
    if len(totals) == 2 and sum(totals[1].values()):
        print(f"ratio {sum(totals[0].values()) / sum(totals[1].values()):.2f}")
    return 0


def count(root: Path) -> Counter[str]:
    """What a checkout holds, by kind."""
    found: Counter[str] = Counter()
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            if READERS.search(path.stem):
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for pattern in _patterns(tree):
                if _CHINESE.search(pattern):
                    found["regular expressions"] += 1
                    found["alternatives in them"] += pattern.count("|")
            found["entries of word lists"] += sum(_entries(tree))
    for path in sorted((root / "bot" / "data").rglob("*.yml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        found["Rasa rules and stories"] += len(data.get("rules") or ()) + len(
            data.get("stories") or ()
        )
    return found


def _patterns(tree: ast.AST) -> Iterator[str]:
    """The literals given to ``re``."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.args
        ):
            yield "".join(
                part.value
                for part in ast.walk(node.args[0])
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )


def _entries(tree: ast.Module) -> Iterator[int]:
    """Chinese strings in each module-level collection."""
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            if any(
                isinstance(part, ast.Attribute) and part.attr == "compile"
                for part in ast.walk(node.value)
            ):
                continue
            yield sum(
                isinstance(part, ast.Constant)
                and isinstance(part.value, str)
                and _CHINESE.search(part.value) is not None
                and len(part.value) <= 12
                for part in ast.walk(node.value)
            )


if __name__ == "__main__":
    raise SystemExit(main())
