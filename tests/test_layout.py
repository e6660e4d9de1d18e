"""Imports point one way, in no circle, and no way in knows another.

channels → office → server → curation → bot → actions → papers → printing → desk → indexer → knowledge
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

import pytest

from scripts.imports import LAYERS, ROOT, circles, graph, imported, modules, nodes_of, room
from scripts.sizes import large, lines_of

# settings.py is beneath everything, but reports what is wrong with the project's own errors.
SETTINGS_MAY_IMPORT = {"knowledge.errors"}
# Layers whose folders are ways in of their own: none imports another, nor do the modules beside them.
APART = ("channels", "office")
# What two ways in need, and what people are told, lies further down; a way in only takes and shows it.
MOST_LINES_OF_THE_WAYS_IN = 9000
# What puts the ways in together or examines them from the command line.
WIRING = {"channels.app": None, "channels.cli.wechat": "channels.wechat"}


def wrong_way(layer: str, name: str) -> bool:
    """Whether a module of a layer may not import a name."""
    target = name.split(".")[0]
    if target == "environment":
        return layer != "settings"
    if layer in ("settings", "environment"):
        return target in LAYERS and not any(name.startswith(item) for item in SETTINGS_MAY_IMPORT)
    if target == "settings":
        return layer == "knowledge"
    return target in LAYERS and LAYERS.index(target) < LAYERS.index(layer)


def strangers(imports: Mapping[str, set[str]]) -> list[str]:
    """Imports from one way in to another."""
    wrong = []
    for name, others in imports.items():
        for other in others:
            layer = name.split(".")[0]
            if layer not in APART or other.split(".")[0] != layer or WIRING.get(name, "") is None:
                continue
            mine, theirs = room(name), room(other)
            allowed = other == WIRING.get(name) or other.startswith(f"{WIRING.get(name, '-')}.")
            if theirs and mine != theirs and not allowed:
                wrong.append(f"{name} imports {other}")
    return wrong


def test_imports_point_right_only():
    broken = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules()
        for line, name in imported(path)
        if wrong_way(path.relative_to(ROOT).with_suffix("").parts[0], name)
    ]
    assert not broken, "\n".join(broken)


def test_no_imports_go_in_a_circle():
    assert circles(graph()) == []


def test_a_circle_is_noticed():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_no_way_in_imports_another():
    assert strangers(graph()) == []


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("channels.web.page", "channels.rest.matters"),
        ("channels.cli.wechat", "channels.web.page"),
        ("office.workbench.ask", "office.console.inbox"),
        ("office.pages", "office.console.inbox"),
    ],
)
def test_a_way_in_that_imports_another_is_noticed(name, other):
    assert strangers({name: {other}})
    assert not strangers({name: {"server.keys"}, "channels.app": {other}})


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        ("knowledge", "indexer.types"),
        ("desk", "bot.runtime"),
        ("actions", "server.dispatch"),
        ("curation", "server.keys"),
        ("office", "channels.app"),
        ("knowledge", "settings.load_settings"),
        ("settings", "desk.engine"),
        ("environment", "desk.engine"),
        ("desk", "environment.ENVIRONMENT"),
    ],
)
def test_wrong_direction_is_noticed(layer, name):
    assert wrong_way(layer, name)


def test_the_ways_in_stay_thin():
    assert 0 < lines_of(ROOT / "channels") <= MOST_LINES_OF_THE_WAYS_IN


def test_lines_of_a_folder_are_counted_at_any_depth(tmp_path):
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "page.py").write_text("a = 1\n\nb = 2\n")
    (tmp_path / "app.py").write_text("c = 3\n")
    (tmp_path / "page.js").write_text("let a = 1\n")
    assert lines_of(tmp_path) == 4


def test_every_folder_with_code_of_ours_has_its_layer():
    folders = {
        path.parts[-2] for path in ROOT.glob("*/__init__.py") if not path.parts[-2].startswith(".")
    }
    assert folders - set(LAYERS) == set()


def test_every_way_of_importing_is_seen(tmp_path):
    module = tmp_path / "knowledge" / "bad.py"
    module.parent.mkdir()
    module.write_text(
        "import desk.engine\nfrom channels import app\nfrom .text import x\n"
        "def f():\n    import importlib\n    importlib.import_module('bot.runtime')\n"
    )
    names = {name for _, name in imported(module, tmp_path)}
    assert {"desk.engine", "channels.app", "knowledge.text.x", "bot.runtime"} <= names


def test_only_settings_reads_the_environment():
    readers = []
    for path in modules():
        if path.name == "settings.py" and path.parent == ROOT:
            continue
        for node in nodes_of(path):
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
        for node in nodes_of(path)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]
    assert not printing, printing


def test_nothing_is_larger_than_it_should_be():
    assert list(large()) == []
