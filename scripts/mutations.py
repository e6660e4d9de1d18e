"""The small changes that scripts/mutants.py makes to a module, each on its syntax tree.

A change swaps a comparison, an operator or a truth value, turns a condition round, drops a ``not``, moves a
number by one, leaves a statement out, or returns nothing.  Decorators and annotations stay: whether a
dataclass is frozen is no behaviour.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
}  # fmt: skip
_BLOCKS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.If, ast.For, ast.With, ast.While)
_Edit = Callable[[Any], None]


@dataclass(frozen=True)
class Change:
    """One small change of a module.

    ``function`` is the outermost function whose body holds it (``Class.method``), None where it is what the
    module does on import.  ``key`` names it independently of line numbers.
    """

    module: str
    line: int
    function: str | None
    what: str
    key: str
    _place: int
    _edit: _Edit

    def compiled(self) -> CodeType:
        """:return: the module's code with the change."""
        tree = _tree(self.module, fresh=True)
        self._edit(next(item for at, item in enumerate(ast.walk(tree)) if at == self._place))
        return compile(ast.fix_missing_locations(tree), str(ROOT / self.module), "exec")

    def function_code(self) -> CodeType | None:
        """:return: the changed code of ``function`` alone."""
        code: CodeType | None = self.compiled()
        for name in (self.function or "").split("."):
            inner = [item for item in code.co_consts if isinstance(item, CodeType)] if code else []
            code = next((item for item in inner if item.co_name == name), None)
        return code


def changes(module: str) -> Iterator[Change]:
    """Every change of a module, or of a function of it (``module.py:function``)."""
    module, _, only = module.partition(":")
    tree, text = _tree(module), (ROOT / module).read_text(encoding="utf-8").splitlines()
    owners = dict(_owners(tree, None))
    seen: Counter[str] = Counter()
    for place, node in enumerate(ast.walk(tree)):
        if id(node) not in owners:
            continue
        function = owners[id(node)]
        if only and function != only:
            continue
        for what, edit in _edits(node):
            line = getattr(node, "lineno", 0)
            key = f"{module}:{function or '-'} {what}: {text[line - 1].strip()}"
            seen[key] += 1
            numbered = key if seen[key] == 1 else f"{key} #{seen[key]}"
            yield Change(module, line, function, what, numbered, place, edit)


def _tree(module: str, *, fresh: bool = False) -> ast.Module:
    return _parsed.__wrapped__(module) if fresh else _parsed(module)


@cache
def _parsed(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


def _owners(node: ast.AST, owner: str | None, path: str = "") -> Iterator[tuple[int, str | None]]:
    """Every node that may be changed, with the function in whose body it stands."""
    for name, value in ast.iter_fields(node):
        if name in ("decorator_list", "annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST):
                continue
            is_body = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and name == "body"
            own = path.strip(".") if is_body and owner is None else owner
            inner = path
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = f"{path}.{child.name}"
            yield id(child), own
            yield from _owners(child, own, inner)


def _edits(node: ast.AST) -> Iterator[tuple[str, _Edit]]:
    """What may be done to a node, with a word for it."""
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            yield f"{_name(operator)} swapped", partial(_swap_comparison, at)
    elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in _SWAPS:
        yield f"{_name(node.op)} swapped", _swap
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield "condition turned round", _turn
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not dropped", _drop_not
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        yield f"{node.value} changed", _move
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield "returns nothing", _empty
    if isinstance(node, _BLOCKS):
        yield from _left_out(node)


def _left_out(node: Any) -> Iterator[tuple[str, _Edit]]:
    for at, statement in enumerate(node.body):
        if isinstance(statement, ast.Expr | ast.AugAssign) and not _is_text(statement):
            said = ast.unparse(statement).splitlines()[0]
            yield f"left out: {said}", partial(_leave_out, at)


def _name(operator: ast.AST) -> str:
    return type(operator).__name__


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _swap_comparison(at: int, node: Any) -> None:
    node.ops[at] = _SWAPS[type(node.ops[at])]()


def _swap(node: Any) -> None:
    node.op = _SWAPS[type(node.op)]()


def _turn(node: Any) -> None:
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _drop_not(node: Any) -> None:
    node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)


def _move(node: Any) -> None:
    node.value = not node.value if isinstance(node.value, bool) else node.value + 1


def _empty(node: Any) -> None:
    node.value = None


def _leave_out(at: int, node: Any) -> None:
    node.body[at] = ast.Pass()
