"""HTML: headings, paragraphs and table rows of the main content, nothing that runs."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from knowledge.errors import SourceError
from knowledge.loaders.encoding import decode
from knowledge.loaders.page_marks import is_page_mark, is_published_line
from knowledge.loaders.registry import Parsed, register
from knowledge.loaders.tables import row_lines
from knowledge.loaders.word_text import raised
from knowledge.sections import Block

_DROPPED = [
    "script", "style", "noscript", "template", "iframe", "object", "svg", "select", "input", "head", "rt", "rp",
]  # fmt: skip
# Around the content they are the site's; inside it they belong to the text.
_AROUND = ["nav", "footer", "header", "aside"]
_BLOCKS = {
    "p", "div", "section", "article", "main", "li", "ul", "ol", "dl", "dt", "dd", "blockquote", "pre", "center", "td", "th",
    "tr", "table", "figure", "figcaption", "address", "body", "html", "br", "hr", "form", "header", "footer", "aside",
    "details", "textarea", "fieldset",
}  # fmt: skip
_VOID = ["del", "s", "strike"]
_INNER = ["p", "div", "li", "table", "h1", "h2", "h3", "h4", "h5", "h6", "br"]
_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?\s*([\w-]+)", re.IGNORECASE)
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LABEL = re.compile(
    r"[\u4e00-\u9fff].*[\u4e00-\u9fff].*[\u4e00-\u9fff].*[\u4e00-\u9fff]|[A-Za-z]{3,} .*\?"
)
_COMMAND = re.compile(
    r"(?:提交|查询|打印|关闭|返回|登录|注册|搜索|下载|展开|收起|分享|复制|更多|点击|上一|下一|查看)"
)
_LAYOUT_CHARS = 200
_HOLDERS = ["div", "ul", "ol", "p", "span", "dl", "td", "center"]
_MENU_CHARS = 8  # of a link in a menu
_MENU_DEPTH = 4  # elements around a link
_MENU_NODES = 300  # elements and texts of a menu, at most


@register(".html", ".htm")
def parse_html(data: bytes, name: str) -> Parsed:
    """Read a web page."""
    declared = _CHARSET.search(data[:4096])
    text = decode(data, name, declared=declared[1].decode("ascii") if declared else None)
    left_out: Counter[str] = Counter()
    try:
        soup = BeautifulSoup(text, "lxml")
        label = " ".join(soup.title.get_text().split()) if isinstance(soup.title, Tag) else None
        for tag in soup.find_all(_DROPPED):
            tag.decompose()
        root = _root(soup)
        _leave_out(root, left_out)
        plain = "\n".join(
            line for line in root.get_text("\n").splitlines() if not is_page_mark(line)
        )
        blocks = _blocks(root)
    except RecursionError as error:
        raise SourceError(f"{name}：网页标签嵌套过深，请另存为正文后再导入") from error
    published = tuple(block.text for block in blocks if is_published_line(block.text))
    blocks = [block for block in blocks if not is_page_mark(block.text)]
    if not blocks:
        raise SourceError(f"{name}：网页里没有可用的正文")
    title = next((block.text for block in blocks if block.level == 1), None)
    told = {
        "struck": "有 {n} 处带删除线的文字，按已作废处理，未导入",
        "hidden": "有 {n} 处不显示的文字，未导入",
    }
    warnings = tuple(said.format(n=left_out[key]) for key, said in told.items() if left_out[key])
    return Parsed(
        tuple(blocks), title=title, label=label, plain=plain, history=published, warnings=warnings
    )


def _root(soup: BeautifulSoup) -> Tag:
    """:return: the element with the content: the one article, the main part, or the whole page."""
    articles = soup.find_all("article")
    found = articles[0] if len(articles) == 1 else soup.find("main") or soup.body
    root: Tag = found if isinstance(found, Tag) else soup
    for tag in root.find_all(_AROUND):
        if tag.find_parent(["article", "main"]) is None:
            tag.decompose()
    for tag in _around_links(root):
        if not _is_gone(tag) and _is_menu(tag):
            tag.decompose()
    return root


def _is_gone(tag: Tag) -> bool:
    """Whether a tag was taken out: ``Tag.decomposed`` searches the whole tag below one that was not."""
    return "_decomposed" in vars(tag)


def _around_links(root: Tag) -> list[Tag]:
    """:return: the elements close around links, the outer ones first: the only ones that can be menus."""
    found: dict[int, tuple[int, Tag]] = {}
    for link in root.find_all("a"):
        near = islice((p for p in link.parents if p is not root), _MENU_DEPTH)
        for depth, parent in enumerate(near):
            if parent.name in _HOLDERS:
                found[id(parent)] = (max(depth, found.get(id(parent), (0, parent))[0]), parent)
    return [tag for _, tag in sorted(found.values(), key=lambda item: -item[0])]


def _is_menu(tag: Tag) -> bool:
    """Whether an element holds nothing but short links to elsewhere, two or more, side by side."""
    if len(list(islice(tag.descendants, _MENU_NODES + 1))) > _MENU_NODES:
        return False
    links = [link for link in tag.find_all("a") if link.get_text().strip()]
    said = "".join(tag.get_text().split())
    linked = "".join("".join(link.get_text().split()) for link in links)
    is_apart = re.sub(r"[|｜>»›/·\-—]", "", said) == re.sub(r"[|｜>»›/·\-—]", "", linked)
    return len(links) > 1 and is_apart and all(_is_menu_entry(link) for link in links)


def _is_menu_entry(link: Tag) -> bool:
    address = str(link.get("href", ""))
    return len(link.get_text().strip()) <= _MENU_CHARS and not address.startswith("#")


def _leave_out(root: Tag, left_out: Counter[str]) -> None:
    for tag in root.find_all(True):
        if _is_gone(tag):
            continue
        unseen = tag.has_attr("hidden") or _UNSEEN.search(str(tag.get("style", "")))
        if unseen or tag.name in _VOID:
            left_out["hidden" if unseen else "struck"] += bool(tag.get_text().strip())
            tag.decompose()


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
    stack = [(root, iter(list(root.children)))]
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
    if node.name == "table" and not _is_layout(node):
        lines.flush()
        lines.blocks.extend(Block(line, row=True) for line in row_lines(_cells(node)))
    elif re.fullmatch(r"h[1-6]", node.name):
        lines.flush()
        for button in node.find_all("button"):
            button.decompose()
        lines.pending.append(node.get_text())
        lines.flush(int(node.name[1]))
    elif node.name in {"summary", "button"}:
        _fold(node, lines)
    elif node.name in {"sup", "textarea"}:
        _leaf(node, lines)
    else:
        if node.name in _BLOCKS:
            lines.flush()
        stack.append((node, iter(list(node.children))))


def _fold(node: Tag, lines: _Lines) -> None:
    """The line that opens a folded answer is its heading; a button that does something is none."""
    text = " ".join(node.get_text().split())
    if _LABEL.search(text) and (node.name == "summary" or not _COMMAND.match(text)):
        lines.flush()
        lines.pending.append(text)
        lines.flush(next((block.level for block in reversed(lines.blocks) if block.level > 1), 3))


def _leaf(node: Tag, lines: _Lines) -> None:
    if node.name == "sup":
        lines.pending.append(raised(node.get_text(), "".join(lines.pending)[-1:]))
        return
    lines.flush()
    for line in node.get_text().splitlines():
        lines.pending.append(line)
        lines.flush()


def _is_layout(table: Tag) -> bool:
    """Whether a table only places text on the page: it holds tables, whole paragraphs or one column."""
    if table.find("table") is not None:
        return True
    rows = [row.find_all(["td", "th"]) for row in table.find_all("tr")]
    if all(len(row) <= 1 for row in rows):
        return True
    if table.find("th") is not None:
        return False
    cells = [cell for row in rows for cell in row]
    return any(
        len(cell.find_all(_INNER)) > 2 and len(cell.get_text()) > _LAYOUT_CHARS for cell in cells
    )


def _cells(table: Tag) -> list[list[str]]:
    """:return: the cells' texts; one that spans columns stands in the first, one that spans rows in each."""
    found: list[list[str]] = []
    above: dict[int, tuple[int, str]] = {}
    for row in table.find_all("tr"):
        cells: list[str] = []
        for cell in row.find_all(["td", "th"]):
            _fill(cells, above)
            text = " ".join(_said(cell).split())
            rows, columns = (_span(cell, name) for name in ("rowspan", "colspan"))
            if rows > 1:
                above[len(cells)] = (rows - 1, text)
            cells += [text] + [""] * (columns - 1)
        _fill(cells, above)
        found.append(cells)
    return found


def _fill(cells: list[str], above: dict[int, tuple[int, str]]) -> None:
    while len(cells) in above:
        left, text = above[len(cells)]
        if left == 1:
            del above[len(cells)]
        else:
            above[len(cells)] = (left - 1, text)
        cells.append(text)


def _said(cell: Tag) -> str:
    for mark in cell.find_all("sup"):
        before = mark.previous_sibling
        mark.replace_with(raised(mark.get_text(), str(before or "")[-1:]))
    return cell.get_text(" ") if cell.find(_INNER) else cell.get_text()


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name, "1"))
    return min(int(value), 60) if value.isdigit() and int(value) > 0 else 1
