"""Break the code that may not be wrong, one small change at a time, and see whether its tests notice.

python scripts/mutants.py                       # every group, 40 changes a group
python scripts/mutants.py deadlines --count 80 --seed 3

A change swaps a comparison, an operator or a truth value, turns a condition round, moves a number by one,
leaves a statement out, or returns nothing.  Each runs against the tests of its group in a copy of the
working tree, in a process that has the libraries loaded already.  What no test notices is printed with its
place: a test is missing there, or the change means the same.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Group:
    """Modules that are broken, and the tests that should notice."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


GROUPS = {
    "turn": Group(
        ("actions/turn/decision.py", "actions/turn/plan.py", "bot/deciding.py"),
        ("tests/actions/turn/test_decision.py", "tests/bot/test_deciding.py"),
    ),
    "deadlines": Group(
        ("actions/deadline_rules.py", "actions/deadline_count.py"),
        ("tests/actions/test_deadline_rules.py", "tests/actions/test_calendars.py"),
    ),
    "figures": Group(
        ("knowledge/figures.py", "knowledge/edit_checks.py", "actions/passages.py:guarded"),
        (
            "tests/knowledge/test_text.py",
            "tests/knowledge/test_figures.py",
            "tests/knowledge/test_edit_checks.py",
            "tests/actions/test_passages.py",
        ),
    ),
}
_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
}  # fmt: skip
_LONGEST_S = 600
Edit = Callable[[Any], None]


@dataclass(frozen=True)
class Change:
    """One small change: the module, its line, what it does, and the module's text with it."""

    module: str
    line: int
    what: str
    text: str


def changes(module: str) -> Iterator[Change]:
    """Every change of a module, or of a function of it (``module.py:function``)."""
    module, _, function = module.partition(":")
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    functions = [item for item in tree.body if getattr(item, "name", None) == function]
    within: ast.AST = functions[0] if functions else tree
    chosen = {id(item) for item in ast.walk(within)}
    for number, node in enumerate(ast.walk(tree)):
        if id(node) not in chosen:
            continue
        for what, edit in _edits(node):
            broken = copy.deepcopy(tree)
            target = next(item for at, item in enumerate(ast.walk(broken)) if at == number)
            edit(target)
            text = ast.unparse(ast.fix_missing_locations(broken))
            yield Change(module, getattr(node, "lineno", 0), what, text)


def _edits(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """What may be done to a node, with a word for it."""
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            yield f"{_name(operator)} swapped", partial(_swap_comparison, at)
    elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in _SWAPS:
        yield f"{_name(node.op)} swapped", _swap
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield "condition turned round", _turn
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int):
        yield f"{node.value} changed", _move
    elif isinstance(node, ast.Return) and node.value is not None:
        yield "returns nothing", _empty
    elif isinstance(node, ast.FunctionDef):
        yield from _left_out(node)


def _left_out(node: ast.FunctionDef) -> Iterator[tuple[str, Edit]]:
    for at, statement in enumerate(node.body):
        if isinstance(statement, ast.Expr | ast.AugAssign) and not _is_text(statement):
            yield f"statement of line {statement.lineno} left out", partial(_leave_out, at)


def _name(operator: ast.AST) -> str:
    return type(operator).__name__


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _swap_comparison(at: int, node: Any) -> None:
    node.ops[at] = _SWAPS[type(node.ops[at])]()


def _swap(node: Any) -> None:
    node.op = _SWAPS[type(node.op)]()


def _turn(node: Any) -> None:
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _move(node: Any) -> None:
    node.value = not node.value if isinstance(node.value, bool) else node.value + 1


def _empty(node: Any) -> None:
    node.value = None


def _leave_out(at: int, node: Any) -> None:
    node.body[at] = ast.Pass()


def _copied_tree(folder: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if name.endswith((".lock", ".sh")) or not (ROOT / name).is_file():
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)


def notices(folder: Path, tests: tuple[str, ...], log: Path) -> bool:
    """Whether the tests fail in the copy; those that hang notice too."""
    child = os.fork()
    if child == 0:
        os.setsid()
        try:
            code = _run(folder, tests, log)
        except BaseException:
            traceback.print_exc()
            code = 70
        os._exit(code)
    until = time.monotonic() + _LONGEST_S
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) != 0
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _run(folder: Path, tests: tuple[str, ...], log: Path) -> int:
    import pytest

    os.chdir(folder)
    sys.path[:] = [str(folder), *(item for item in sys.path if Path(item or ".").resolve() != ROOT)]
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]))


def judge(name: str, group: Group, count: int, chance: random.Random) -> tuple[int, int]:
    """Try a sample of the group's changes.

    :return: how many the tests noticed, of how many.
    :raises SystemExit: the tests fail without any change.
    """
    found = [change for module in group.modules for change in changes(module)]
    sample = sorted(
        chance.sample(found, min(count, len(found))), key=lambda item: (item.module, item.line)
    )
    noticed = 0
    with tempfile.TemporaryDirectory(prefix="huhang-mutants-") as place:
        folder, log = Path(place) / "tree", Path(place) / "log"
        _copied_tree(folder)
        if notices(folder, group.tests, log):
            raise SystemExit(f"{name}: the tests fail without a change:\n{log.read_text()[-3000:]}")
        for change in sample:
            path = folder / change.module
            path.write_text(change.text, encoding="utf-8")
            is_noticed = notices(folder, group.tests, log)
            noticed += is_noticed
            shutil.copyfile(ROOT / change.module, path)
            if not is_noticed:
                print(f"not noticed: {change.module}:{change.line} {change.what}", flush=True)
    print(f"{name}: {noticed} of {len(sample)} noticed ({len(found)} possible)", flush=True)
    return noticed, len(sample)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []], metavar="GROUP")
    parser.add_argument("--count", type=int, default=40, help="changes a group")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sys.dont_write_bytecode = True  # else a change within one second would not be read
    for library in (
        "numpy",
        "yaml",
        "sqlalchemy",
        "rasa_sdk.executor",
        "jieba",
        "holidays",
    ):
        with contextlib.suppress(ImportError):
            __import__(library)
    for name in asked.groups or GROUPS:
        judge(name, GROUPS[name], asked.count, random.Random(asked.seed))


if __name__ == "__main__":
    main()
