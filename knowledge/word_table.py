"""Typed reader of ``tables/jieba_words.txt``: words that jieba must keep whole, in a table or in a snapshot."""

from __future__ import annotations

import re
from pathlib import Path

from knowledge.errors import SourceError

FILE_NAME = "jieba_words.txt"
_LINE = re.compile(r"(\S+)(?: \d+)?(?: [a-z]+)?")


def read_words(path: Path) -> list[str]:
    """One word a line, # starts a comment; none where there is no such file.

    :raises SourceError: a line that jieba would misread, or another encoding; the line is named.
    """
    if not path.is_file():
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise SourceError(f"{path.name}：无法读取，请用 UTF-8 保存") from error
    words = []
    for number, line in enumerate(lines, start=1):
        entry = line.split("#", 1)[0].strip()
        if not entry:
            continue
        found = _LINE.fullmatch(entry)
        if found is None:
            raise SourceError(
                f"{path.name} 第{number}行：{entry!r} 应为“词 [词频] [词性]”，词里不能有空格"
            )
        words.append(found[1])
    return words


def load_words(tables_dir: Path) -> list[str]:
    """The words of the table."""
    return read_words(tables_dir / FILE_NAME)
