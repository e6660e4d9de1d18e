"""What the operators' pages tell people to type does what the pages say, and nothing worse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# What operators and integrators read, and what runs without anybody reading it.
PAGES = ["README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
RUNS = ["Makefile", "Dockerfile", "compose.yml"]
# Who follows it works on a branch, with a data folder of their own.
_FOR_DEVELOPERS = {"docs/extending.md"}


@pytest.mark.parametrize("name", [*PAGES, *RUNS])
def test_no_command_publishes_what_nobody_approved(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    told = re.findall(r"kb build[^`\n&|]*--publish[^`\n&|]*", text)
    if name in _FOR_DEVELOPERS:
        return
    assert [line for line in told if "--without-drafts" not in line] == []
