"""What imports what, read from the code: for the picture of the architecture and the layout tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Left may import right, never the other way round.
LAYERS = (
    "channels", "office", "server", "curation", "bot", "actions", "papers", "printing", "desk",
    "indexer", "knowledge",
)  # fmt: skip


def modules(root: Path = ROOT) -> list[Path]:
    """Every module of ours, those beneath the packages last."""
    found = [path for layer in LAYERS for path in sorted((root / layer).rglob("*.py"))]
    return [*found, root / "settings.py", root / "environment.py"]


@cache
def tree_of(path: Path) -> ast.Module:
    """A module as Python reads it."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Everything that stands in a module, at any depth."""
    return tuple(ast.walk(tree_of(path)))


def name_of(path: Path, root: Path = ROOT) -> str:
    """The dotted name of a module."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path, root: Path = ROOT) -> Iterator[tuple[int, str]]:
    """Line and full name of everything that a file imports, at the top or inside a function."""
    package = path.relative_to(root).with_suffix("").parts[:-1]
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _is_import_call(node):
            argument = node.args[0]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield node.lineno, argument.value


def _is_import_call(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return bool(node.args) and name in {"import_module", "__import__"}


def graph() -> dict[str, set[str]]:
    """Every module with those of ours that it imports, wherever it does so."""
    names = {name_of(path): path for path in modules()}
    found = {}
    for name, path in names.items():
        others = {_module(text, names) for _, text in imported(path)}
        found[name] = others - {"", name}
    return found


def _module(text: str, names: Mapping[str, Path]) -> str:
    """The module that an imported name means: itself, or the one that it is a name of."""
    owner = text.rpartition(".")[0]
    return text if text in names else owner if owner in names else ""


def room(name: str) -> str:
    """The folder of a module below its layer; empty for a module beside the folders."""
    layer, *rest = name.split(".")
    is_folder = rest and (ROOT / layer / rest[0] / "__init__.py").is_file()
    return rest[0] if is_folder else ""


def circles(imports: Mapping[str, set[str]]) -> list[list[str]]:
    """Groups of modules that reach each other (Tarjan's strongly connected components)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    waiting: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        waiting.append(name)
        for other in imports.get(name, ()):
            if other not in order:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in waiting:
                low[name] = min(low[name], order[other])
        if low[name] == order[name]:
            at = waiting.index(name)
            group, waiting[at:] = sorted(waiting[at:]), []
            if len(group) > 1:
                found.append(group)

    for name in imports:
        if name not in order:
            visit(name)
    return found
