"""List modules, functions and signatures that are larger than they should be.

python scripts/sizes.py
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.imports import ROOT, modules, nodes_of

MODULE_LINES = 350
FUNCTION_LINES = 45
PARAMETERS = 6


def large() -> Iterator[tuple[str, int, int]]:
    """What is too large, as ``path`` or ``path:function``, its size, and what it may be."""
    for path in modules():
        where = path.relative_to(ROOT).as_posix()
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MODULE_LINES:
            yield where, lines, MODULE_LINES
        yield from _functions(nodes_of(path), where)


def lines_of(folder: Path) -> int:
    """How many lines of Python a folder holds, at any depth."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in folder.rglob("*.py"))


def _functions(nodes: Sequence[ast.AST], where: str) -> Iterator[tuple[str, int, int]]:
    for node in nodes:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring(node)
        if length > FUNCTION_LINES:
            yield f"{where}:{node.name}", length, FUNCTION_LINES
        arguments = [*node.args.posonlyargs, *node.args.args]
        positional = [item for item in arguments if item.arg not in ("self", "cls")]
        if len(positional) > PARAMETERS:
            yield f"{where}:{node.name}()", len(positional), PARAMETERS


def _docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines a docstring takes: what is said of a function does not make it long."""
    first = node.body[0]
    text = ast.get_docstring(node) is not None and isinstance(first, ast.Expr)
    return (first.end_lineno or first.lineno) - first.lineno + 1 if text else 0


if __name__ == "__main__":
    for where, size, most in sorted(large()):
        print(f"{size:>4} > {most:<3} {where}")
