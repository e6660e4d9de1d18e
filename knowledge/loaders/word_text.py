"""The text of a Word paragraph as a reader sees it once all open changes are accepted.

One walk serves paragraphs, table cells, notes and text boxes.  What it leaves out or cannot say in
plain text it counts, so that whoever imports the file is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from knowledge.loaders.office import M, W, is_on, value_of
from knowledge.loaders.word_styles import Styles

# Elements whose content is read as if they were not there.
_THROUGH = {
    f"{W}{tag}" for tag in ("ins", "moveTo", "smartTag", "customXml", "hyperlink", "dir", "bdo", "sdtContent", "rubyBase")
}  # fmt: skip
_REVISED = {f"{W}{tag}" for tag in ("ins", "del", "moveTo", "moveFrom")}
_SKIPPED = {
    f"{W}{tag}" for tag in ("del", "moveFrom", "delText", "delInstrText", "instrText", "rt", "rubyPr", "pPr", "rPr", "sdtPr",
                            "sdtEndPr", "smartTagPr", "customXmlPr", "softHyphen", "proofErr", "fldData")
}  # fmt: skip
_SIGNS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
# Signs of the fonts Symbol and Wingdings that forms use.
_SYMBOLS = {
    "a8": "□", "6f": "□", "71": "□", "fe": "☑", "52": "☑", "fc": "√", "fd": "☒", "fb": "×", "6c": "●", "6e": "■", "b7": "·",
    "b3": "≥", "a3": "≤", "b4": "×", "b1": "±", "b0": "°", "a5": "∞", "b9": "≠", "d7": "×", "bb": "≈",
}  # fmt: skip
_PICTURES = ("blip", "imagedata")
_OTHER_OBJECTS = {"object": "嵌入的对象", "chart": "图表", "relIds": "SmartArt 图形"}


@dataclass
class Told:
    """How often each thing was met that the text does not say."""

    counts: Counter[str] = field(default_factory=Counter)

    def warnings(self) -> tuple[str, ...]:
        """:return: Chinese sentences for whoever imports the file."""
        said = {
            "revised": "文件里有 {n} 处尚未接受的修订，已按全部接受后的文字读取，请核对",
            "struck": "有 {n} 处带删除线的文字，按已作废处理，未导入",
            "hidden": "有 {n} 处隐藏文字，未导入",
            "picture": "有 {n} 张图片，图里的文字未导入",
            "comment": "有 {n} 条批注，未导入",
            "symbol": "有 {n} 个特殊符号无法转成文字，请核对",
            "formula": "有 {n} 处公式改写成了一行文字，请与原件核对",
            "nested": "有 {n} 个嵌套表格，按一格里的文字导入，请核对",
        }
        found = [text.format(n=self.counts[key]) for key, text in said.items() if self.counts[key]]
        for name in _OTHER_OBJECTS.values():
            if self.counts[name]:
                found.append(f"有 {self.counts[name]} 个{name}，里面的文字未导入")
        return tuple(found)


class TextWalk:
    """Reads paragraphs.

    :param notes: footnotes and endnotes, (kind, id) → their paragraphs.
    """

    def __init__(self, styles: Styles, notes: dict[tuple[str, str], list[Any]]) -> None:
        self.told = Told()
        self.boxes: list[Any] = []  # paragraphs of text boxes met, to be read after their host
        self._styles = styles
        self._notes = notes
        self._noting = False
        self._style = ""  # of the paragraph being read
        # Fields that are open: whether each is still in its instruction, and whether it is a table of contents.
        self._fields: list[list[bool]] = []

    @property
    def in_contents(self) -> bool:
        """Whether the place is inside a field that draws a table of contents."""
        return any(contents for _, contents in self._fields)

    def text(self, paragraph: Any) -> str:
        """:return: what a paragraph says, with tabs and line breaks."""
        parts: list[str] = []
        outer, self._style = self._style, value_of(paragraph, f"{W}pPr/{W}pStyle")
        self._children(paragraph, parts)
        self._style = outer
        for entry in self._fields:
            entry[0] = False  # an instruction ends with its paragraph at the latest
        return "".join(parts)

    def _children(self, element: Any, parts: list[str]) -> None:
        for child in element:
            if isinstance(child.tag, str):
                self._enter(child, parts)

    def _enter(self, node: Any, parts: list[str]) -> None:
        if node.tag in _REVISED:
            self.told.counts["revised"] += 1
        if node.tag in _SKIPPED:
            return
        reader = _READERS.get(node.tag)
        if reader is not None:
            reader(self, node, parts)
        elif node.tag in _THROUGH:
            self._children(node, parts)
        elif node.tag in _SIGNS:
            self._add(_SIGNS[node.tag], parts)
        elif str(node.tag).startswith(M):
            self._formula(node, parts)
        else:
            self._other(node, parts)

    def _add(self, text: str, parts: list[str]) -> None:
        if not any(instruction for instruction, _ in self._fields):
            parts.append(text)

    # -- runs ------------------------------------------------------------------------------------

    def _run(self, run: Any, parts: list[str]) -> None:
        properties = run.find(f"{W}rPr")
        style = value_of(properties, f"{W}rStyle")
        own: list[str] = []
        self._children(run, own)
        text = "".join(own)
        if not text:
            return
        for tag, name in (("vanish", "hidden"), ("strike", "struck"), ("dstrike", "struck")):
            on = is_on(properties, tag)
            for named in (style, self._style):
                if on is None and named:
                    on = self._styles.switch(named, tag)
            if on:
                self.told.counts[name] += bool(text.strip())
                return
        if value_of(properties, f"{W}vertAlign") == "superscript":
            text = raised(text, "".join(parts)[-1:])
        parts.append(text)

    def _text(self, node: Any, parts: list[str]) -> None:
        self._add(node.text or "", parts)

    def _symbol(self, node: Any, parts: list[str]) -> None:
        code = str(node.get(f"{W}char", ""))
        sign = _SYMBOLS.get(code[-2:].lower()) if code[:2].lower() in {"f0", "00"} else None
        self.told.counts["symbol"] += sign is None
        self._add(sign or "□", parts)

    def _field_mark(self, node: Any, parts: list[str]) -> None:
        kind = node.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.append([True, _opens_contents(node)])
        elif kind == "separate" and self._fields:
            self._fields[-1][0] = False
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _control(self, node: Any, parts: list[str]) -> None:
        content = node.find(f"{W}sdtContent")
        if content is not None and not is_contents_control(node):
            self._children(content, parts)

    def _note(self, node: Any, parts: list[str]) -> None:
        kind = "endnote" if "endnote" in str(node.tag) else "footnote"
        paragraphs = self._notes.get((kind, str(node.get(f"{W}id", ""))), [])
        if self._noting or not paragraphs:
            return
        self._noting = True
        said = (" ".join(self.text(item).split()) for item in paragraphs)
        note = re.sub(r"[。；;]\s*", "；", "；".join(text for text in said if text)).strip("； ")
        self._noting = False
        if note:
            self._add(f"（注：{note}）", parts)

    def _comment(self, node: Any, parts: list[str]) -> None:
        self.told.counts["comment"] += 1

    # -- what is drawn ---------------------------------------------------------------------------

    def _drawn(self, node: Any, parts: list[str]) -> None:
        """A drawing, or the choice between two ways to draw it."""
        if node.tag.endswith("}AlternateContent"):
            ways = [child for child in node if isinstance(child.tag, str)]
            node = next(
                (way for way in ways if _boxes(way) or _plain(way)), ways[0] if ways else node
            )
        boxes = _boxes(node)
        self.boxes.extend(paragraph for box in boxes for paragraph in box.iter(f"{W}p"))
        names = Counter(_local(item) for item in node.iter() if isinstance(item.tag, str))
        self.told.counts["picture"] += sum(names[name] for name in _PICTURES)
        for name, told in _OTHER_OBJECTS.items():
            self.told.counts[told] += names[name]
        if not boxes and _plain(node) and not any(names[name] for name in _OTHER_OBJECTS):
            self._children(node, parts)

    def _other(self, node: Any, parts: list[str]) -> None:
        """An element this walk does not know: its text counts, for losing it would go unseen."""
        if _plain(node):
            self._children(node, parts)

    # -- formulas --------------------------------------------------------------------------------

    def _formula(self, node: Any, parts: list[str]) -> None:
        if node.tag == f"{M}oMath":
            self.told.counts["formula"] += 1
        self._add(formula(node), parts)


_READERS: dict[str, Callable[[TextWalk, Any, list[str]], None]] = {
    f"{W}r": TextWalk._run,
    f"{W}t": TextWalk._text,
    f"{W}sym": TextWalk._symbol,
    f"{W}fldChar": TextWalk._field_mark,
    f"{W}sdt": TextWalk._control,
    f"{W}footnoteReference": TextWalk._note,
    f"{W}endnoteReference": TextWalk._note,
    f"{W}commentReference": TextWalk._comment,
    f"{W}drawing": TextWalk._drawn,
    f"{W}pict": TextWalk._drawn,
    f"{W}object": TextWalk._drawn,
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent": TextWalk._drawn,
}


def raised(text: str, before: str) -> str:
    """:return: superscript text on the line: an exponent after a digit (10^2), else as it is."""
    if text.strip().isdigit() and before.isdigit():
        return f"^{text.strip()}"
    return f"[{text.strip()}]" if text.strip().isdigit() else text


def formula(node: Any) -> str:
    """:return: an Office formula in one line of text: (a)/(b), a^b, √(a)."""
    name = _local(node)
    if name == "t":
        return str(node.text or "")
    if name.endswith("Pr"):
        return ""
    inside = {_local(child): formula(child) for child in node if isinstance(child.tag, str)}
    if name == "f":
        return f"({inside.get('num', '')})/({inside.get('den', '')})"
    if name in {"sSup", "sSub"}:
        mark, key = ("^", "sup") if name == "sSup" else ("_", "sub")
        return f"{inside.get('e', '')}{mark}{inside.get(key, '')}"
    if name == "rad":
        return f"√({inside.get('e', '')})"
    if name == "d":
        return "(" + "，".join(formula(child) for child in node if _local(child) == "e") + ")"
    return "".join(formula(child) for child in node if isinstance(child.tag, str))


def is_contents_control(control: Any) -> bool:
    """Whether a content control holds a table of contents."""
    gallery = value_of(control, f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return gallery.lower() == "table of contents"


def _opens_contents(mark: Any) -> bool:
    """Whether the field that a mark begins is a table of contents: its instruction comes next."""
    paragraph = next(mark.iterancestors(f"{W}p"), None)
    if paragraph is None:
        return False
    passed = False
    for node in paragraph.iter(f"{W}fldChar", f"{W}instrText"):
        if node is mark:
            passed = True
        elif passed and node.tag == f"{W}instrText":
            return bool(re.match(r"\s*TOC\b", node.text or ""))
        elif passed:
            return False
    return False


def _boxes(node: Any) -> list[Any]:
    found = [node] if node.tag == f"{W}txbxContent" else []
    return found or list(node.iter(f"{W}txbxContent"))


def _plain(node: Any) -> bool:
    return any((item.text or "").strip() for item in node.iter(f"{W}t"))


def _local(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]
