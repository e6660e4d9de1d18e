"""The locks fit together and hold what the code imports."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from scripts.imports import nodes_of
from tests.locks import ROOT, canonical, pins, providers

RUNNING, DEV, ENCODERS = "requirements.lock", "requirements-dev.lock", "requirements-encoders.lock"
LAYERS = (
    "channels",
    "office",
    "server",
    "printing",
    "curation",
    "bot",
    "actions",
    "papers",
    "desk",
    "indexer",
    "knowledge",
)
# Installed by an extra, and asked for only there.
EXTRAS = {
    "indexer/encoder.py": {"sentence_transformers"},
    "indexer/sentence_module.py": {"torch"},
    "indexer/training/material.py": {"torch"},
    "indexer/milvus.py": {"pymilvus"},
}


def left_out() -> set[str]:
    lines = (ROOT / "scripts" / "left-out.txt").read_text("utf-8").splitlines()
    return {canonical(line) for line in lines if line and not line.startswith("#")}


def test_what_is_left_out_is_not_installed_for_running():
    assert not left_out() & set(pins(RUNNING))
    assert left_out() <= set(pins(DEV))  # else the list names what Rasa does not ask for


def test_a_package_has_one_version_in_all_locks():
    dev = pins(DEV)
    for lock in (RUNNING, ENCODERS):
        differing = {n: v for n, v in pins(lock).items() if dev.get(n, v) != v}
        assert not differing, lock
    assert set(pins(RUNNING)) <= set(dev)
    assert set(pins(RUNNING)) <= set(pins(ENCODERS))


@pytest.mark.parametrize("lock", [RUNNING, DEV, ENCODERS])
def test_a_lock_has_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text("utf-8")
    assert text.count("\n    --hash=sha256:") >= len(pins(lock))
    assert not re.search(r"^(--|-f|-i)|https?:|file:", text, re.M)


def test_running_installs_no_torch_tensorflow_or_test_tool():
    for name in ("torch", "tensorflow", "jax", "triton", "playwright", "pytest", "mypy", "boto3"):
        assert name not in pins(RUNNING), name
    assert "torch" in pins(ENCODERS)
    assert "pytest" in pins(DEV)


def test_everything_imported_is_installed_for_running():
    lock, provided = {*pins(RUNNING), "huhang"}, providers()
    missing = []
    for path in (p for layer in LAYERS for p in sorted((ROOT / layer).rglob("*.py"))):
        where = str(path.relative_to(ROOT))
        for name in imported(path) - EXTRAS.get(where, set()):
            if not provided.get(name, set()) & lock and not is_ours(name):
                missing.append(f"{where} imports {name}")
    assert not missing


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names)


def is_ours(name: str) -> bool:
    return (ROOT / name).is_dir() or (ROOT / f"{name}.py").is_file()
