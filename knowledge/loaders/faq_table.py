"""Tables of questions and answers, from Excel or CSV: a row is a question with its answer.

A row that cannot be used is left out and named with its reason; the others are read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath

from knowledge.errors import SourceError
from knowledge.loaders.archive import check_archive
from knowledge.loaders.encoding import decode
from knowledge.loaders.faq_columns import COLUMNS, columns_of
from knowledge.loaders.official import document_id, title_and_date
from knowledge.loaders.places import place_codes
from knowledge.loaders.registry import Parsed, register
from knowledge.loaders.sheets import MAX_COLUMNS, MAX_ROWS, problem, read_sheets
from knowledge.text import normalise
from knowledge.types import GENERAL, DocumentMeta, Kind, Rejected, Section, Source

# Separates several values in one cell.
SEPARATOR = "##"
MAX_CELL_CHARS = 4000
_SHORTEST_QUESTION = 4  # of several in one cell
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!)")
MAX_QUESTION_CHARS = 200
# A header row stands within the first rows of a sheet.
_HEADER_WITHIN = 10
# Several values of a cell also stand on lines of their own; names of countries also between commas.
_BETWEEN = re.compile(rf"{SEPARATOR}|[\r\n]+")
_BETWEEN_PLACES = re.compile(rf"{SEPARATOR}|[\r\n、，,;；/]+")
_WEB = re.compile(r"https?://\S+$")
_DAY = re.compile(r"(\d{4})(?:[-./年](\d{1,2}))?(?:[-./月](\d{1,2}))?[日月]?")


_YES = frozenset(
    {"是", "y", "yes", "true", "1", "√", "对", "停用", "已停用", "禁用", "作废", "已作废"}
)
_NO = frozenset(
    {
        "否",
        "n",
        "no",
        "false",
        "0",
        "×",
        "停用",
        "已停用",
        "禁用",
        "失效",
        "作废",
        "下线",
        "已下线",
        "未启用",
    }
)


@dataclass(frozen=True)
class _Row:
    place: str
    cells: Mapping[str, str]


@register(".csv")
def parse_csv(data: bytes, name: str) -> Parsed:
    """Read a CSV table in UTF-8 (with or without BOM) or GB18030, separated by commas, tabs or semicolons."""
    text = decode(data, name)
    head = text[:4096]
    delimiter = max(",\t;", key=head.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    rows = []
    try:
        for cells in lines:
            # A quoted cell may span lines; the reader tells the last one.
            rows.append((f"第{lines.line_num}行", [cell.strip() for cell in cells[:MAX_COLUMNS]]))
            if len(rows) > MAX_ROWS:
                raise _too_long(name)
    except csv.Error as error:
        raise SourceError(
            f"{name} 第{lines.line_num}行：CSV 格式有误，请检查引号，或用 Excel 另存为 xlsx 再导入"
        ) from error
    table = _table(rows)
    if table is None:
        raise _no_header(name, _titles([row for _, row in rows]))
    return _parsed(table, name)


@register(".xlsx")
def parse_xlsx(data: bytes, name: str) -> Parsed:
    """Read every visible sheet of an Excel file that has a column of questions and one of answers."""
    check_archive(data, name, needs="xl/workbook.xml", kind="Excel")
    sheets, hidden = read_sheets(data, name)
    found: list[_Row] = []
    seen: list[str] = []
    warnings = [f"工作表“{title}”是隐藏的，未导入" for title in hidden]
    for sheet in sheets:
        alone = len(sheets) == 1
        place = "" if alone else f"“{sheet.title}”"
        table = _table([(f"{place}{at}", row) for at, row in sheet.rows])
        if table is not None:
            found.extend(table)
            warnings.extend(place + note for note in sheet.notes)
        elif any(any(row) for _, row in sheet.rows) and sheet.title != GUIDE_SHEET:
            seen += _titles([row for _, row in sheet.rows])
            warnings.append(f"工作表“{sheet.title}”没有“问题”和“答案”两列，未导入")
    if not found:
        raise _no_header(name, seen)
    return _parsed(found, name, warnings)


GUIDE_SHEET = "填写说明"


def _too_long(name: str) -> SourceError:
    return SourceError(f"{name}：表格超过 {MAX_ROWS} 行，请拆分后再导入")


def _no_header(name: str, seen: Sequence[str]) -> SourceError:
    columns = f"，看到的列是：{'、'.join(seen[:12])}" if seen else ""
    return SourceError(
        f"{name}：表格前 {_HEADER_WITHIN} 行里没有“问题”和“答案”两列的表头{columns}；请改列名，或用工作台的模板填写"
    )


def _titles(rows: Sequence[Sequence[str]]) -> list[str]:
    """:return: what look like the titles of columns: the fullest of the first rows."""
    head = max(rows[:_HEADER_WITHIN], key=lambda row: sum(map(bool, row)), default=[])
    return [" ".join(cell.split())[:20] for cell in head if cell]


def _table(rows: Sequence[tuple[str, list[str]]]) -> list[_Row] | None:
    """:return: the rows under the header; None when there is none."""
    for at, (_, titles) in enumerate(rows[:_HEADER_WITHIN]):
        columns = columns_of(titles)
        if {"question", "answer"} <= set(columns.values()):
            return [
                _Row(place, {columns[n]: cell for n, cell in enumerate(cells) if n in columns})
                for place, cells in rows[at + 1 :]
                if any(cells)
            ]
    return None


# -- rows to sections ------------------------------------------------------------------------------


def _parsed(rows: Sequence[_Row], name: str, warnings: Sequence[str] = ()) -> Parsed:
    sections: list[Section] = []
    sources: dict[Source, None] = {}
    rejected = []
    seen: dict[str, Section] = {}
    for row in rows:
        try:
            section = _section(row)
            _check_first(section, seen)
        except ValueError as error:
            rejected.append(Rejected(row.place, str(error)))
            continue
        seen[normalise(section.heading[-1])] = section
        sections.append(section)
        source = _source(row)
        if source is not None:
            sources[source] = None
    if not sections:
        reasons = "；".join(f"{item.place}：{item.reason}" for item in rejected[:5])
        raise SourceError(f"{name}：没有一行可用" + (f"（{reasons}）" if reasons else ""))
    title, named = title_and_date(PurePath(name).stem)
    codes = tuple(dict.fromkeys(code for section in sections for code in section.jurisdiction))
    dates = [section.as_of for section in sections if section.as_of]
    meta = DocumentMeta(
        id=document_id(title, None, prefix="faq"),
        title=title,
        kind=Kind.FAQ,
        jurisdiction=codes or (GENERAL,),
        as_of=max(dates, default=named.isoformat() if named else None),
        sources=tuple(sources),
    )
    if codes:
        sections = [
            section if section.jurisdiction else replace(section, jurisdiction=(GENERAL,))
            for section in sections
        ]
    return Parsed(
        title=title,
        meta=meta,
        sections=tuple(sections),
        warnings=tuple(warnings),
        rejected=tuple(rejected),
    )


def _check_first(section: Section, seen: Mapping[str, Section]) -> None:
    """:raises ValueError: the question stands in an earlier row."""
    earlier = seen.get(normalise(section.heading[-1]))
    if earlier is None:
        return
    if normalise(earlier.text) == normalise(section.text):
        raise ValueError(f"与{earlier.place}重复，只保留前一行")
    raise ValueError(f"问题与{earlier.place}相同但答案不同，请合并成一行")


def _section(row: _Row) -> Section:
    """:raises ValueError: saying what is wrong with the row."""
    _check_cells(row)
    question, more = _questions(row)
    answer = "\n".join(
        line.strip()
        for line in row.cells.get("answer", "").replace(SEPARATOR, "\n").splitlines()
        if line.strip()
    )
    if not question or not answer:
        raise ValueError("缺少问题" if not question else "缺少答案")
    if len(question) > MAX_QUESTION_CHARS:
        raise ValueError(f"问题有 {len(question)} 字，超过 {MAX_QUESTION_CHARS} 字")
    if len(answer) > MAX_CELL_CHARS:
        raise ValueError(f"答案有 {len(answer)} 字，超过 {MAX_CELL_CHARS} 字，请拆成几问")
    similar = tuple(dict.fromkeys((*more, *_values(row, "similar"))))
    negative = _values(row, "negative")
    both = {normalise(item) for item in similar} & {normalise(item) for item in negative}
    if both:
        raise ValueError(f"“{min(both)}”同时写在相似问法和不应匹配里")
    return Section(
        heading=(question,),
        text=answer,
        similar=similar,
        negative=negative,
        jurisdiction=tuple(dict.fromkeys(map(_code, _values(row, "jurisdiction")))),
        basis=row.cells.get("basis", ""),
        url=_url(row),
        as_of=_day(row.cells.get("as_of", "")),
        place=row.place,
    )


def _check_cells(row: _Row) -> None:
    """:raises ValueError: the row is out of use, or a cell that it needs has no value."""
    disabled, enabled = (
        normalise(row.cells.get(key, "")).lower() for key in ("disabled", "enabled")
    )
    if disabled in _YES or enabled in _NO:
        raise ValueError("表里标着已停用，未导入")
    for key, name in (("question", "问题"), ("answer", "答案")):
        reason = problem(row.cells.get(key, ""))
        if reason:
            raise ValueError(f"{name}的{reason}")
    if _ERROR.fullmatch(row.cells.get("answer", "")):
        raise ValueError(f"答案的单元格是错误值 {row.cells['answer']}")


def _questions(row: _Row) -> tuple[str, list[str]]:
    """:return: the question of a row, and the others that its cell holds on lines of their own."""
    lines = [" ".join(line.split()) for line in row.cells.get("question", "").splitlines()]
    lines = [line for line in lines if line] or [" ".join(row.cells.get("heading", "").split())]
    if len(lines) > 1 and all(len(line) >= _SHORTEST_QUESTION for line in lines):
        return lines[0], lines[1:]
    return " ".join(lines).strip(), []


def _values(row: _Row, key: str) -> tuple[str, ...]:
    between = _BETWEEN_PLACES if key == "jurisdiction" else _BETWEEN
    parts = (" ".join(part.split()) for part in between.split(row.cells.get(key, "")))
    return tuple(dict.fromkeys(part for part in parts if part))


def _code(text: str) -> str:
    found = place_codes().get(normalise(text).lower())
    if found is None:
        raise ValueError(f"不认识的国家或地区“{text}”，请写名称（如 德国）或代码（如 DE）")
    return found


def _url(row: _Row) -> str | None:
    url = row.cells.get("url", "")
    if url and not _WEB.match(url):
        raise ValueError(f"网址“{url[:60]}”应以 http:// 或 https:// 开头")
    return url or None


def _day(text: str) -> str | None:
    """:return: a year or a day as it is kept; None for an empty cell."""
    if not text:
        return None
    match = _DAY.fullmatch(normalise(text).replace(" ", ""))
    if match is None:
        raise ValueError(f"资料截至“{text[:30]}”应写成 2026 或 2026-05-01")
    if match[2] is None:
        return match[1]
    try:
        day = date(int(match[1]), int(match[2]), int(match[3] or 1))
    except ValueError as error:
        raise ValueError(f"资料截至“{text[:30]}”不是有效日期") from error
    return day.isoformat() if match[3] else f"{day:%Y-%m}"


def _source(row: _Row) -> Source | None:
    basis, url, quote = (row.cells.get(key, "") for key in ("basis", "url", "quote"))
    if not (basis or url or quote):
        return None
    return Source(title=basis or url or quote[:40], url=url or None, basis=quote or None)


def template() -> bytes:
    """:return: an Excel file to be filled in, with an explanation of the columns on a second sheet."""
    import openpyxl
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "常见问题"
    sheet.append([column.title for column in COLUMNS])
    for number in range(1, len(COLUMNS) + 1):
        cell = sheet.cell(1, number)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="12365E")
        sheet.column_dimensions[get_column_letter(number)].width = 40 if number < 5 else 18
    sheet.freeze_panes = "A2"
    guide = book.create_sheet(GUIDE_SHEET)
    guide.append(["列名", "怎么填", "例子"])
    for column in COLUMNS:
        guide.append([column.title, column.help, column.example])
    for letter, width in (("A", 14), ("B", 46), ("C", 50)):
        guide.column_dimensions[letter].width = width
    for cells in guide.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in guide[1]:
        cell.font = Font(bold=True)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
