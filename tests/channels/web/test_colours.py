"""The dark changes colours and nothing else, so that what is looked at in the dark are colours."""

from __future__ import annotations

import re

import pytest

from settings import ROOT

STATIC = ROOT / "channels" / "static"
TEMPLATES = ROOT / "channels" / "templates"
_COLOUR = re.compile(r"--[\w-]+: #[0-9a-f]{3,8}|color-scheme: dark")


def blocks(sheet: str) -> list[str]:
    """What stands in the rules of a style sheet for the dark."""
    found = []
    for start in re.finditer(r"@media[^{]*prefers-color-scheme[^{]*\{", sheet):
        depth, place = 1, start.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(sheet[place], 0)
            place += 1
        found.append(sheet[start.end() : place - 1])
    return found


def test_style_sheets_give_other_colours_in_the_dark_and_nothing_else():
    found = [block for path in STATIC.rglob("*.css") for block in blocks(path.read_text("utf-8"))]
    assert found
    for block in found:
        (inside,) = re.findall(r"^\s*:root \{([^{}]*)\}\s*$", block)
        wrong = [
            line
            for line in map(str.strip, inside.split(";"))
            if line and not _COLOUR.fullmatch(line)
        ]
        assert wrong == []


@pytest.mark.parametrize("pattern", ["*.js", "*.html"])
def test_no_script_and_no_page_asks_whether_it_is_dark(pattern: str):
    files = [path for folder in (STATIC, TEMPLATES) for path in folder.rglob(pattern)]
    assert files
    asking = [path.name for path in files if "prefers-color-scheme" in path.read_text("utf-8")]
    assert asking == []
