"""Glyphs that are not text: watermarks, what is drawn twice, raised numbers."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

_TWICE = (
    0.3  # of a character's size: the same character nearer than this is drawn again to look bold
)
_SLANT = 0.1
_SMALL = 0.8  # times the size beside: a raised figure
_MARK_SIZE = 2.5  # times the usual size: a character of a watermark


def marks(page: Any) -> dict[int, dict[str, Any]]:
    """:return: the characters of a watermark by identity: slanted ones, and single ones far too large."""
    chars = page.chars
    if not chars:
        return {}
    usual = statistics.median(char["size"] for char in chars)
    slanted = [char for char in chars if _is_slanted(char)]
    if 2 * len(slanted) > len(chars):
        return {}
    large = [char for char in slanted if char["size"] > usual] or slanted
    grey = [
        char for char in chars
        if char["size"] > _MARK_SIZE * usual and _is_pale(char) and char not in large
    ]  # fmt: skip
    return {id(char): char for char in [*large, *grey]}


def _is_slanted(char: dict[str, Any]) -> bool:
    a, b = abs(char["matrix"][0]), abs(char["matrix"][1])
    return bool(min(a, b) > _SLANT * max(a, b))


def _is_pale(char: dict[str, Any]) -> bool:
    color = char.get("non_stroking_color")
    parts = color if isinstance(color, list | tuple) else [color]
    numbers = [part for part in parts if isinstance(part, int | float)]
    if len(numbers) == 4:
        return max(numbers) < 0.4
    return bool(numbers) and min(numbers) > 0.6


def first_drawn(chars: list[dict[str, Any]]) -> Callable[[dict[str, Any]], bool]:
    """:return: whether to keep something: a character drawn again in its place to look bold is left out."""
    seen: dict[tuple[str, int, int], list[tuple[float, float]]] = {}
    again: set[int] = set()
    for char in chars:
        near = _TWICE * max(char["size"], 1.0)
        cell = (int(char["x0"] // 10), int(char["top"] // 10))
        places = [
            place
            for x in (-1, 0, 1)
            for y in (-1, 0, 1)
            for place in seen.get((char["text"], cell[0] + x, cell[1] + y), ())
        ]
        if any(abs(x - char["x0"]) < near and abs(y - char["top"]) < near for x, y in places):
            again.add(id(char))
        else:
            seen.setdefault((char["text"], *cell), []).append((char["x0"], char["top"]))
    return lambda item: id(item) not in again


def name_raised(chars: list[dict[str, Any]]) -> None:
    """Write small raised figures as what they mean: 10^2 after a figure, else the mark of a note (①)."""
    for number, char in enumerate(chars):
        if not (char["text"].isdigit() and char["text"] != "0"):
            continue
        before = chars[number - 1] if number else None
        after = chars[number + 1] if number + 1 < len(chars) else None
        if before is not None and _is_raised(char, before) and before["text"].isdigit():
            char["text"] = f"^{char['text']}"
        elif any(other is not None and _is_raised(char, other) for other in (before, after)):
            char["text"] = chr(0x2460 + int(char["text"]) - 1)


def _is_raised(char: dict[str, Any], beside: dict[str, Any]) -> bool:
    """Whether a character is a small one above the line of the one beside it."""
    size = beside["size"]
    near = min(abs(char["x0"] - beside["x1"]), abs(beside["x0"] - char["x1"])) < 0.6 * size
    return bool(
        near
        and char["size"] < _SMALL * size
        and beside["top"] - size < char["bottom"] < beside["bottom"] - 0.15 * size
    )
