"""Excel sheets as a reader sees them: values in their format, merged cells filled, hidden sheets left out."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from lxml import etree

from knowledge.errors import SourceError
from knowledge.loaders.office import Package, parser

MAX_ROWS = 20_000
MAX_COLUMNS = 60
# Excel keeps fifteen digits of a number; what follows is lost.
_EXACT = 10**15
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|_.|\*.|\[[^\]]*\]')
_NUMBER_PART = re.compile(r"[#0,.?]+(?:E[+-]?0+)?%?")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_KEPT_STYLES = ("numFmts", "cellXfs")


@dataclass
class Sheet:
    """A sheet: the place of each row with its cells' texts, and what is to be told about it."""

    title: str
    rows: list[tuple[str, list[str]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


# Texts that stand for a cell which has no value; a row that needs it is left out with the reason.
NO_RESULT = "\ue000公式没有保存计算结果，请用 Excel 或 WPS 打开后重新保存"
ERROR_VALUE = "\ue000单元格是错误值"


def problem(text: str) -> str | None:
    """:return: why a cell has no value; None for a cell that has one."""
    return text[1:] if text.startswith("\ue000") else None


def read_sheets(data: bytes, name: str) -> tuple[list[Sheet], list[str]]:
    """Read the visible sheets of an Excel file.

    :return: the sheets, and the names of the hidden ones.
    :raises SourceError: a sheet is too long.
    """
    values, formulas = _book(data, data_only=True), None
    sheets: list[Sheet] = []
    hidden = [sheet.title for sheet in values.worksheets if sheet.sheet_state != "visible"]
    for sheet in values.worksheets:
        if sheet.title in hidden:
            continue
        if (sheet.max_row or 0) > MAX_ROWS:
            raise SourceError(f"{name}：表格超过 {MAX_ROWS} 行，请拆分后再导入")
        if formulas is None and _has_formulas(data):
            formulas = _book(data, data_only=False)
        sheets.append(_sheet(sheet, None if formulas is None else formulas[sheet.title]))
    return sheets, hidden


def _book(data: bytes, *, data_only: bool) -> Any:
    import openpyxl

    try:
        return openpyxl.load_workbook(io.BytesIO(data), data_only=data_only)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        # Some programs write style sheets that openpyxl refuses; only the number formats are needed.
        return openpyxl.load_workbook(io.BytesIO(_plainly_styled(data)), data_only=data_only)


def _plainly_styled(data: bytes) -> bytes:
    """:return: the file with a style sheet that has its number formats and nothing else."""
    source = zipfile.ZipFile(io.BytesIO(data))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in source.namelist():
            content = source.read(item)
            archive.writestr(item, _formats_only(content) if item == "xl/styles.xml" else content)
    return stream.getvalue()


def _formats_only(content: bytes) -> bytes:
    root = etree.fromstring(content, parser())
    fresh = etree.Element(f"{_MAIN}styleSheet", nsmap={None: _MAIN[1:-1]})
    plain = {"fonts": "font", "fills": "fill", "borders": "border"}
    kept = {name: root.find(f"{_MAIN}{name}") for name in _KEPT_STYLES}
    if kept["numFmts"] is not None and len(kept["numFmts"]):
        fresh.append(kept["numFmts"])
    for group, item in plain.items():
        holder = etree.SubElement(fresh, f"{_MAIN}{group}")
        one = etree.SubElement(holder, f"{_MAIN}{item}")
        if item == "fill":
            etree.SubElement(one, f"{_MAIN}patternFill", patternType="none")
    etree.SubElement(etree.SubElement(fresh, f"{_MAIN}cellStyleXfs"), f"{_MAIN}xf", numFmtId="0")
    formats = etree.SubElement(fresh, f"{_MAIN}cellXfs")
    for xf in [] if kept["cellXfs"] is None else kept["cellXfs"]:
        etree.SubElement(
            formats, f"{_MAIN}xf", numFmtId=str(xf.get("numFmtId", "0")), applyNumberFormat="1"
        )
    if not len(formats):
        etree.SubElement(formats, f"{_MAIN}xf", numFmtId="0")
    named = etree.SubElement(fresh, f"{_MAIN}cellStyles")
    etree.SubElement(named, f"{_MAIN}cellStyle", name="Normal", xfId="0", builtinId="0")
    return bytes(etree.tostring(fresh, xml_declaration=True, encoding="UTF-8"))


def _has_formulas(data: bytes) -> bool:
    package = Package(data)
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = [item for item in archive.namelist() if item.startswith("xl/worksheets/")]
    return any(re.search(rb"<(?:\w+:)?f[\s>/]", package.read(part) or b"") for part in parts)


def _sheet(sheet: Any, formulas: Any) -> Sheet:
    found = Sheet(sheet.title)
    merged = {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, min(area.max_row, MAX_ROWS) + 1)
        for column in range(area.min_col, min(area.max_col, MAX_COLUMNS) + 1)
        if area.min_row != area.max_row
    }
    hidden, long = [], []
    width = min(sheet.max_column or 1, MAX_COLUMNS)
    for number, cells in enumerate(sheet.iter_rows(max_col=width), start=1):
        texts = []
        for cell in cells:
            top, left = merged.get((cell.row, cell.column), (cell.row, cell.column))
            source = cell if (top, left) == (cell.row, cell.column) else sheet.cell(top, left)
            texts.append(_text(source, formulas))
            if isinstance(source.value, int | float) and abs(source.value) >= _EXACT:
                long.append(f"第{number}行")
        if any(texts) and sheet.row_dimensions[number].hidden:
            hidden.append(f"第{number}行")
        found.rows.append((f"第{number}行", texts))
    if hidden:
        found.notes.append(f"{_some(hidden)}在表里是隐藏的，已照样导入，请核对")
    if long:
        found.notes.append(
            f"{_some(long)}有超过 15 位的数字，Excel 只保留前 15 位，请改成文本格式后核对"
        )
    return found


def _some(places: list[str]) -> str:
    kept = list(dict.fromkeys(places))
    return "、".join(kept[:5]) + (f" 等 {len(kept)} 行" if len(kept) > 5 else "")


def _text(cell: Any, formulas: Any) -> str:
    value = cell.value
    if value is None:
        formula = None if formulas is None else formulas.cell(cell.row, cell.column).value
        return NO_RESULT if isinstance(formula, str) and formula.startswith("=") else ""
    if cell.data_type == "e":
        return f"{ERROR_VALUE} {value}"
    return shown(value, str(cell.number_format or "General"))


def shown(value: Any, number_format: str) -> str:
    """:return: a cell's value as Excel shows it in a format."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        has_time = value.time() != time() and re.search(r"[hHsS]", number_format)
        return _day(value, number_format) + (value.strftime(" %H:%M") if has_time else "")
    if isinstance(value, date):
        return _day(value, number_format)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, int | float):
        return _number(value, number_format)
    return str(value).strip()


def _day(value: date, number_format: str) -> str:
    """:return: 2026-12-01, or 2026年12月1日 (2026年12月) where the format writes those words."""
    if "年" not in number_format:
        return value.strftime("%Y-%m-%d")
    day = f"{value.day}日" if "日" in number_format else ""
    return f"{value.year}年{value.month}月{day}"


def _number(value: float, number_format: str) -> str:
    section = number_format.split(";")[0 if value >= 0 or number_format.count(";") == 0 else 1]
    if section.strip().lower() in {"general", "@", ""}:
        return _general(value)
    literal = "".join(match[1] or match[2] or match[3] or "" for match in _QUOTED.finditer(section))
    bare = _QUOTED.sub("", section)
    pattern = _NUMBER_PART.search(bare)
    if pattern is None:
        return literal or _general(value)
    decimals = (
        len(pattern[0].partition(".")[2].rstrip("%").split("E")[0]) if "." in pattern[0] else 0
    )
    scaled = abs(value) * (100 if "%" in bare else 1)
    text = f"{scaled:,.{decimals}f}" if "," in pattern[0] else f"{scaled:.{decimals}f}"
    text += "%" if "%" in bare else ""
    before = "".join(
        match[1] or match[2] or match[3] or ""
        for match in _QUOTED.finditer(section.split(pattern[0])[0])
    )
    after = literal[len(before) :]
    return ("-" if value < 0 and ";" not in number_format else "") + before + text + after


def _general(value: float) -> str:
    if isinstance(value, int) and abs(value) < 10**11:
        return str(value)
    if abs(value) >= 10**11:
        digits, _, power = f"{value:.5E}".partition("E")
        short = f"{digits.rstrip('0').rstrip('.')}E{power}"
        return short if abs(value) >= _EXACT else f"{value:.0f}"
    return str(int(value)) if float(value).is_integer() else repr(round(value, 10))
