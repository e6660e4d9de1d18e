"""RTF: paragraphs and table rows; what is deleted, hidden or struck is left out and told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from knowledge.errors import SourceError
from knowledge.loaders.registry import Parsed, register
from knowledge.loaders.tables import row_lines
from knowledge.sections import Block

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-z0-9])|([{}])|([\r\n]+)|([^\\{}\r\n]+)"
)
_SKIPPED = frozenset(
    [
        "fonttbl",
        "colortbl",
        "stylesheet",
        "info",
        "pict",
        "object",
        "header",
        "footer",
        "headerl",
        "headerr",
        "headerf",
        "footerl",
        "footerr",
        "footerf",
        "listtable",
        "listoverridetable",
        "revtbl",
        "rsidtbl",
        "generator",
        "themedata",
        "colorschememapping",
        "datastore",
        "latentstyles",
        "fldinst",
        "bkmkstart",
        "bkmkend",
        "xmlnstbl",
        "annotation",
        "atnid",
        "atnauthor",
        "atnref",
        "mmathPr",
        "wgrffmtfilter",
    ]
)
_SIGNS = {"tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“",
          "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " "}  # fmt: skip
_SYMBOLS = {b"~": " ", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}
_VOID = {"deleted": "deleted", "v": "hidden", "strike": "struck", "striked": "struck"}
_PAGES = {936: "gb18030", 950: "big5", 932: "shift_jis", 949: "euc_kr"}
_MOST_GROUPS = 500


@dataclass(frozen=True)
class _State:
    """What the groups around a place say."""

    skipped: bool = False
    void: str = ""
    codec: str = "cp1252"
    skip_after: int = 1


@dataclass
class _Reader:
    blocks: list[Block] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    text: list[str] = field(default_factory=list)
    pending: bytearray = field(default_factory=bytearray)
    cells: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    in_table: bool = False
    to_skip: int = 0

    def write(self, text: str, state: _State) -> None:
        if state.skipped:
            return
        if state.void:
            self.counts[state.void] += bool(text.strip())
            return
        self.text.append(text)

    def flush_bytes(self, state: _State) -> None:
        if self.pending:
            data, self.pending = bytes(self.pending), bytearray()
            self.write(data.decode(state.codec, errors="replace"), state)

    def paragraph(self) -> None:
        line, self.text = "".join(self.text), []
        if self.in_table:
            self.text = [line, " "] if line.strip() else []
            return
        self.close_table()
        self.blocks += [Block(part.strip()) for part in line.split("\n") if part.strip()]

    def cell(self) -> None:
        self.cells.append(" ".join("".join(self.text).split()))
        self.text = []

    def row(self) -> None:
        self.rows.append(self.cells)
        self.cells = []

    def close_table(self) -> None:
        self.blocks += [Block(line, row=True) for line in row_lines(self.rows)]
        self.rows = []


@register(".rtf")
def parse_rtf(data: bytes, name: str) -> Parsed:
    """Read an RTF file.

    :raises SourceError: groups are nested too deep, or there is no text.
    """
    reader = _Reader()
    _read(data, name, reader)
    reader.in_table = False
    reader.paragraph()
    reader.close_table()
    if not reader.blocks:
        raise SourceError(f"{name}：RTF 文件里没有文字，请提供文字版")
    said = {
        "revised": "文件里有 {n} 处修订新增的文字，按已接受读取，请核对",
        "deleted": "文件里有 {n} 处修订删除的文字，未导入，请核对",
        "struck": "有 {n} 处带删除线的文字，按已作废处理，未导入",
        "hidden": "有 {n} 处隐藏文字，未导入",
        "picture": "有 {n} 张图片，图里的文字未导入",
    }
    warnings = tuple(
        text.format(n=reader.counts[key]) for key, text in said.items() if reader.counts[key]
    )
    return Parsed(blocks=tuple(reader.blocks), warnings=warnings)


def _read(data: bytes, name: str, reader: _Reader) -> None:
    stack: list[_State] = []
    state = _State()
    starred = False
    for word, number, code, symbol, brace, _, plain in _tokens(data):
        if not code:
            reader.flush_bytes(state)
        if brace == b"{":
            stack.append(state)
            if len(stack) > _MOST_GROUPS:
                raise SourceError(f"{name}：内容嵌套过深，无法解析，请另存为 docx 再导入")
        elif brace:
            state = stack.pop() if stack else state
        elif word:
            state = _control(word.decode("ascii"), number, starred, state, reader)
        else:
            _say(code, symbol, plain, state, reader)
        starred = symbol == b"*"
    reader.flush_bytes(state)


def _say(code: bytes, symbol: bytes, plain: bytes, state: _State, reader: _Reader) -> None:
    """Take text: a byte written as two digits, an escaped sign, or plain characters."""
    if code and reader.to_skip:
        reader.to_skip -= 1
    elif code and not state.skipped:
        reader.pending += bytes.fromhex(code.decode("ascii"))
    elif symbol:
        reader.write(_SYMBOLS.get(symbol, ""), state)
    elif plain:
        skipped, reader.to_skip = min(reader.to_skip, len(plain)), 0
        reader.write(plain[skipped:].decode(state.codec, errors="replace"), state)


def _tokens(data: bytes) -> Iterator[tuple[bytes, ...]]:
    for match in _TOKEN.finditer(data):
        yield tuple(group or b"" for group in match.groups())


def _control(word: str, number: bytes, starred: bool, state: _State, reader: _Reader) -> _State:
    """Act on a control word.

    :return: the state after it.
    """
    value = int(number) if number else None
    if word == "u" and value is not None:
        reader.write(chr(value % 0x10000), state)
        reader.to_skip = state.skip_after
        return state
    reader.to_skip = 0
    if word in _SKIPPED or (starred and word != "shppict"):
        reader.counts["picture"] += word == "pict" and not state.skipped
        return replace(state, skipped=True)
    if word in _SIGNS:
        reader.write(_SIGNS[word], state)
    elif word in {"par", "sect", "page"} and not state.skipped:
        reader.paragraph()
    elif word in {"cell", "row", "intbl", "pard"} and not state.skipped:
        _table(word, reader)
    elif word == "revised":
        reader.counts["revised"] += value != 0
    elif word in _VOID:
        state = replace(state, void=_VOID[word] if value != 0 else "")
    elif word == "plain":
        state = replace(state, void="")
    else:
        state = _coded(word, value, state)
    return state


def _table(word: str, reader: _Reader) -> None:
    if word == "pard":
        if reader.in_table and not reader.cells and not "".join(reader.text).strip():
            reader.in_table = False
    elif word == "intbl":
        reader.in_table = True
    elif word == "cell":
        reader.cell()
    else:
        reader.row()


def _coded(word: str, value: int | None, state: _State) -> _State:
    """Control words that say in which encoding bytes are."""
    if value is None:
        return state
    if word == "ansicpg":
        return replace(state, codec=_known(_PAGES.get(value, f"cp{value}")))
    if word == "uc":
        return replace(state, skip_after=value)
    return state


def _known(codec: str) -> str:
    try:
        "".encode(codec)
    except LookupError:
        return "cp1252"
    return codec
