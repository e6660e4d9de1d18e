"""What the styles of a Word document give to its paragraphs and runs, down their chain of bases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from knowledge.loaders.office import W, is_on, value_of

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录)\s*(?:\d|heading|标题)", re.IGNORECASE)
_CHAIN = 10  # styles based on one another, at most


class Styles:
    """The style sheet of a document.

    :param root: the styles part, or None.
    """

    def __init__(self, root: Any) -> None:
        items = [] if root is None else root.findall(f"{W}style")
        self._styles = {str(item.get(f"{W}styleId", "")): item for item in items}
        self._default = next(
            (
                str(item.get(f"{W}styleId", ""))
                for item in items
                if item.get(f"{W}type") == "paragraph" and is_default(item)
            ),
            "",
        )
        self._levels: dict[str, int] = {}
        self._switches: dict[tuple[str, str], bool | None] = {}

    def _chain(self, style: str) -> Iterator[Any]:
        for _ in range(_CHAIN):
            item = self._styles.get(style or self._default)
            if item is None:
                return
            yield item
            style = value_of(item, f"{W}basedOn")
            if not style:
                return

    def level(self, style: str) -> int:
        """:return: 1 to 6 for the style of a title or heading, 0 for body text."""
        if style not in self._levels:
            self._levels[style] = self._find_level(style)
        return self._levels[style]

    def _find_level(self, style: str) -> int:
        for item in self._chain(style):
            name = value_of(item, f"{W}name")
            if name.lower() in {"title", "标题"}:
                return 1
            match = _HEADING.match(name)
            if match:
                return min(int(match[1]), 6)
        return 0

    def is_contents(self, style: str) -> bool:
        """Whether paragraphs of a style are lines of a table of contents."""
        return any(_CONTENTS.match(value_of(item, f"{W}name")) for item in self._chain(style))

    def numbering(self, style: str) -> tuple[str, int]:
        """:return: the list (``w:numId``; empty: none) and level that a paragraph style puts its text in."""
        number, level = "", None
        for item in self._chain(style):
            properties = item.find(f"{W}pPr/{W}numPr")
            if properties is None:
                continue
            if level is None and (own := value_of(properties, f"{W}ilvl")):
                level = int(own)
            if number := value_of(properties, f"{W}numId"):
                break
        return number, level or 0

    def switch(self, style: str, tag: str) -> bool | None:
        """:return: whether a style turns a run property (``vanish``, ``strike``) on; None: says nothing."""
        if (style, tag) not in self._switches:
            told = (is_on(item.find(f"{W}rPr"), tag) for item in self._chain(style))
            self._switches[style, tag] = next((on for on in told if on is not None), None)
        return self._switches[style, tag]


def is_default(item: Any) -> bool:
    """Whether a style is what paragraphs have that name none."""
    return str(item.get(f"{W}default", "0")).lower() in {"1", "true", "on"}
