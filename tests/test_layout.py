"""Imports point one way: channels → bot → actions → papers → desk → indexer → knowledge → settings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Left may import right, never the other way round.
LAYERS = ("channels", "bot", "actions", "papers", "desk", "indexer", "knowledge")
# settings.py is beneath everything, but reports what is wrong with the project's own errors.
SETTINGS_MAY_IMPORT = {"knowledge.errors"}


def modules() -> list[Path]:
    found = [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]
    return [*found, ROOT / "settings.py"]


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of every module that a file imports, at the top or inside a function."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
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


def wrong_way(layer: str, name: str) -> bool:
    """Whether a module of a layer may not import a name."""
    target = name.split(".")[0]
    if layer == "settings":
        return target in LAYERS and not any(name.startswith(item) for item in SETTINGS_MAY_IMPORT)
    if target == "settings":
        return layer == "knowledge"
    return target in LAYERS and LAYERS.index(target) < LAYERS.index(layer)


def test_imports_point_right_only():
    broken = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules()
        for line, name in imported(path)
        if wrong_way(path.relative_to(ROOT).with_suffix("").parts[0], name)
    ]
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        ("knowledge", "indexer.types"),
        ("desk", "bot.runtime"),
        ("actions", "channels.messages"),
        ("knowledge", "settings.load_settings"),
        ("settings", "desk.engine"),
    ],
)
def test_wrong_direction_is_noticed(layer, name):
    assert wrong_way(layer, name)


def test_every_way_of_importing_is_seen(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    module = tmp_path / "knowledge" / "bad.py"
    module.parent.mkdir()
    module.write_text(
        "import desk.engine\nfrom channels import app\nfrom .text import x\n"
        "def f():\n    import importlib\n    importlib.import_module('bot.runtime')\n"
    )
    names = {name for _, name in imported(module)}
    assert {"desk.engine", "channels.app", "knowledge.text.x", "bot.runtime"} <= names


def test_only_settings_reads_the_environment():
    readers = []
    for path in modules():
        if path.name == "settings.py" and path.parent == ROOT:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
            pulled = isinstance(node, ast.ImportFrom) and node.module == "os"
            if named or (pulled and {a.name for a in node.names} & {"environ", "getenv"}):
                readers.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not readers, f"only settings.py may read the environment: {readers}"


def test_only_the_command_line_prints():
    printing = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        if path.relative_to(ROOT).parts[:2] != ("channels", "cli")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]
    assert not printing, printing
