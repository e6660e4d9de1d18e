"""What the locks install, read as pip reads them."""

from __future__ import annotations

import re
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.M)


def canonical(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(file: str) -> dict[str, str]:
    """Canonical name -> version of a lock."""
    found = _PINNED.findall((ROOT / file).read_text("utf-8"))
    return {canonical(name): version for name, version in found}


def providers() -> dict[str, set[str]]:
    """Top-level module -> the installed distributions that have it, canonical."""
    found: dict[str, set[str]] = {}
    for installed in distributions():
        tops = {path.parts[0] for path in installed.files or () if path.suffix in {".py", ".so"}}
        for top in tops:
            module = top.partition(".")[0]
            if module.isidentifier():
                found.setdefault(module, set()).add(canonical(installed.metadata["Name"]))
    return found


def not_in_running_lock() -> set[str]:
    """The installed top-level modules that an installation for running does not have."""
    lock = {*pins("requirements.lock"), "huhang", "pip"}
    return {module for module, names in providers().items() if not names & lock}
