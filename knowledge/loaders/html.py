"""HTML: headings, paragraphs and table rows of the main content, nothing that runs."""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from knowledge.errors import SourceError
from knowledge.loaders.encoding import decode
from knowledge.loaders.registry import Parsed, register
from knowledge.loaders.tables import row_lines
from knowledge.sections import Block

_DROPPED = [
    "script", "style", "noscript", "template", "nav", "footer", "header", "aside", "form", "iframe", "object", "svg",
    "button", "select", "input", "textarea", "head",
]  # fmt: skip
_BLOCKS = {
    "p", "div", "section", "article", "main", "li", "ul", "ol", "dl", "dt", "dd", "blockquote", "pre", "center",
    "td", "th", "tr", "figure", "figcaption", "address", "body", "html", "br", "hr",
}  # fmt: skip
_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?\s*([\w-]+)", re.IGNORECASE)


@register(".html", ".htm")
def parse_html(data: bytes, name: str) -> Parsed:
    """Read a web page."""
    declared = _CHARSET.search(data[:4096])
    text = decode(data, name, declared=declared[1].decode("ascii") if declared else None)
    try:
        soup = BeautifulSoup(text, "lxml")
        title = _title(soup)
        for tag in soup.find_all(_DROPPED):
            tag.decompose()
        root = soup.find("article") or soup.find("main") or soup.body or soup
        blocks = _blocks(root)
    except RecursionError as error:
        raise SourceError(f"{name}：网页标签嵌套过深，请另存为正文后再导入") from error
    if not blocks:
        raise SourceError(f"{name}：网页里没有可用的正文")
    if title and blocks[0].level and blocks[0].text == title:
        blocks = blocks[1:]
    return Parsed(blocks=tuple(blocks), title=title)


def _title(soup: BeautifulSoup) -> str | None:
    for found in (soup.find("h1"), soup.title):
        if isinstance(found, Tag):
            text = " ".join(found.get_text().split())
            if text:
                return text
    return None


class _Lines:
    """Inline text gathered until a block element begins or ends."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.pending: list[str] = []

    def flush(self, level: int = 0) -> None:
        line = " ".join("".join(self.pending).split())
        self.pending.clear()
        if line:
            self.blocks.append(Block(line, level=level))


def _blocks(root: Tag) -> list[Block]:
    """Walk the page in document order with a stack of its own, however deep the page is."""
    lines = _Lines()
    stack = [(root, iter(root.children))]
    while stack:
        parent, children = stack[-1]
        node = next(children, None)
        if node is None:
            stack.pop()
            if parent.name in _BLOCKS:
                lines.flush()
        elif isinstance(node, Tag):
            _enter(node, lines, stack)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            lines.pending.append(str(node))
    lines.flush()
    return lines.blocks


def _enter(node: Tag, lines: _Lines, stack: list[Any]) -> None:
    if node.name == "table" and not node.find("table"):
        lines.flush()
        lines.blocks.extend(Block(line, row=True) for line in row_lines(_cells(node)))
    elif re.fullmatch(r"h[1-6]", node.name):
        lines.flush()
        lines.pending.append(node.get_text())
        lines.flush(int(node.name[1]))
    else:
        if node.name in _BLOCKS:
            lines.flush()
        stack.append((node, iter(node.children)))


def _cells(table: Tag) -> list[list[str]]:
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["td", "th"])]
        for row in table.find_all("tr")
    ]
