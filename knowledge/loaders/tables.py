"""Table rows as lines that can be read alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.date_meanings import Meaning, meaning_of
from knowledge.printed_dates import date_words

# Names of the fields of a form.
_FIELD = re.compile(
    r"[^，。；]{0,12}(?:机关|机构|部门|单位|条件|时限|时间|期限|地点|地址|电话|方式|依据|标准|材料|流程|对象|名称|范围|网址|费用|收费|结果|程序|类型|编码|邮箱|联系人|事项|层级|备注|主体|内容|形式|渠道|途径)"
)
# A sum, a measure or a share; a year or a month may head a column.
_NUMBER = re.compile(
    r"[$€£¥￥]\s?\d[\d,.]*\D{0,8}|(?:\D{0,4}\s)?\d[\d,.]*\s?(?![年月季届])[^\d\s]{1,8}"
)
_SENTENCE = re.compile(r".{12,}[。.；;]", re.S)
_LONGEST_DATE = 60


def row_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Write every row of a table as one line.

    With a header row (all cells filled and different, at least two) each following row reads
    列名：值；列名：值; a form of names and values (受理机关｜某局; 发文日期｜2026年11月3日) reads 受理机关：某局; without either the
    cells are joined by ｜.  The header row is kept as a line, so that as many lines come out as filled
    rows went in.
    """
    filled = [[" ".join(cell.split()) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    if not filled:
        return []
    if _is_form(filled):
        return [_form_line(row) for row in filled]
    head = filled[0]
    labelled = len(filled) > 1 and len(head) > 1 and all(head) and len(set(head)) == len(head)
    lines = ["｜".join(cell for cell in head if cell)]
    for row in filled[1:]:
        if labelled and len(row) == len(head):
            lines.append(
                "；".join(f"{name}：{cell}" for name, cell in zip(head, row, strict=True) if cell)
            )
        else:
            lines.append("｜".join(cell for cell in row if cell))
    return lines


def _is_form(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table has a name in every other column and its value beside it, and no header."""
    width = max(map(len, rows))
    if width not in {2, 4, 6} or len(rows) < 2:
        return False
    names = [row[place] for row in rows for place in range(0, len(row), 2) if row[place]]
    named = sum(_is_field(name) for name in names)
    second = rows[0][1] if len(rows[0]) > 1 else ""
    if names and named >= 0.6 * len(names) and not _is_field(second):
        return True
    return width == 2 and (_has_values_throughout(rows) or any(map(_is_named_day, rows)))


def _has_values_throughout(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the second column holds values from its first row on, and the first column none."""
    names = [row[0] for row in rows if row[0]]
    values = [row[1] for row in rows if len(row) > 1 and row[1]]
    if len(rows[0]) < 2 or not _is_value(rows[0][1]) or any(map(_is_value, names)):
        return False
    return sum(map(_is_value, values)) >= 0.5 * len(values)


def _is_value(text: str) -> bool:
    is_written = _NUMBER.fullmatch(text) or _SENTENCE.fullmatch(text)
    return is_written is not None or _is_day(text)


def _is_named_day(row: Sequence[str]) -> bool:
    """Whether a row holds a day and, before it, what day it is: that is a field, whatever heads it."""
    if len(row) < 2 or not _is_day(row[1]):
        return False
    meaning, _ = meaning_of(f"{row[0]}: ", "")
    return meaning not in (Meaning.OTHER, Meaning.PUBLISHED)


def _is_day(text: str) -> bool:
    return len(text) <= _LONGEST_DATE and bool(date_words(text))


def _is_field(text: str) -> bool:
    return text[-1:] in {"：", ":"} or _FIELD.fullmatch(text) is not None


def _form_line(row: Sequence[str]) -> str:
    pairs = [
        (row[place].rstrip("：:"), row[place + 1] if place + 1 < len(row) else "")
        for place in range(0, len(row), 2)
    ]
    return "；".join("：".join(filter(None, pair)) for pair in pairs if any(pair))
