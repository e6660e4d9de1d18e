"""The question bank as a spreadsheet: written for people to edit, read back row by row."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from desk.exports import cell
from knowledge.errors import SourceError
from knowledge.question_bank import LABELS, MOST
from knowledge.quiz_table import LEVELS

OPTIONS = tuple(f"选项{label}" for label in LABELS)
HEADINGS = (
    "编号", "类别", "难度", "适合", "题目", *OPTIONS, "答案", "解析", "依据", "事实编号", "未核对原文",
)  # fmt: skip
AUDIENCE_NAMES = {"child": "儿童", "student": "学生", "adult": "市民", "enterprise": "企业"}
_KEYS = {
    "编号": "id",
    "类别": "category",
    "题目": "question",
    "解析": "explanation",
    "依据": "basis",
}
_NEEDED = ("编号", "题目", "选项A", "选项B", "答案", "解析")
_MOST_UNPACKED = 20 * 1024 * 1024
_YES = frozenset({"是", "yes", "y", "1", "true", "TRUE", "True"})


def written(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The bank as an xlsx file; several facts or audiences are joined by ``##``."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.title = "题库"
    sheet.append(list(HEADINGS))
    for heading in sheet[1]:
        heading.font = Font(bold=True)
    for number, row in enumerate(rows, start=2):
        options = [str(option) for option in row.get("options") or ()]
        values = {
            **{heading: row.get(key) for heading, key in _KEYS.items()},
            **dict(zip(OPTIONS, options)),  # noqa: B905 (two to four options)
            "难度": row.get("level"),
            "适合": "##".join(AUDIENCE_NAMES.get(name, name) for name in row.get("for") or ()),
            "答案": row.get("answer"),
            "事实编号": "##".join(map(str, row.get("facts") or ())),
            "未核对原文": "是" if row.get("unverified") else "",
        }
        for place, heading in enumerate(HEADINGS, start=1):
            target = sheet.cell(row=number, column=place)
            target.value = cell(values.get(heading))
            target.data_type = "s"
            target.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "D2"
    for place, heading in enumerate(HEADINGS, start=1):
        wide = heading in ("题目", "解析")
        sheet.column_dimensions[sheet.cell(row=1, column=place).column_letter].width = (
            40 if wide else 16
        )
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def read(data: bytes) -> list[tuple[int, dict[str, Any]]]:
    """Questions of an xlsx file with their row numbers; empty rows are left out.

    :raises SourceError: it is no such file, lacks a column, or is too large.
    """
    _check_size(data)
    lines = _lines(data)
    head = [str(value or "").strip() for value in next(lines, ())]
    missing = [name for name in _NEEDED if name not in head]
    if missing:
        raise SourceError(f"表头缺少：{'、'.join(missing)}。可先导出题库，在导出的表上修改")
    found: list[tuple[int, dict[str, Any]]] = []
    for number, line in enumerate(lines, start=2):
        values = dict(zip(head, (_text(value) for value in line), strict=False))
        if not any(values.values()):
            continue
        if len(found) >= MOST:
            raise SourceError(f"题目超过 {MOST} 道，请拆成几次")
        found.append((number, _row(values)))
    return found


def _lines(data: bytes) -> Iterator[tuple[Any, ...]]:
    """The rows of the first sheet, which is parsed as they are asked for.

    :raises SourceError: the workbook or what is next in the sheet is damaged, or there is no sheet of cells.
    """
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        yield from book.worksheets[0].iter_rows(values_only=True, max_col=40)
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise SourceError("读不了这个文件，请用 Excel 另存为 .xlsx 再上传") from error


def _check_size(data: bytes) -> None:
    """An xlsx is a zip: one that unpacks to far more than it is gets no reader."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            total = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile as error:
        raise SourceError("这不是 .xlsx 文件，请用 Excel 另存为 .xlsx 再上传") from error
    if total > _MOST_UNPACKED:
        raise SourceError("表格太大，题库只需要文字，请去掉图片和多余的工作表")


def _row(values: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        key: values[heading] for heading, key in _KEYS.items() if values.get(heading)
    }
    options = [values.get(heading, "") for heading in OPTIONS]
    while options and not options[-1]:
        options.pop()
    row["options"] = options
    row["answer"] = values.get("答案", "").upper()
    if "事实编号" in values:
        row["facts"] = [part.strip() for part in values["事实编号"].split("##") if part.strip()]
    if values.get("难度"):
        row["level"] = _level(values["难度"])
    if values.get("适合"):
        codes = {name: code for code, name in AUDIENCE_NAMES.items()}
        named = [part.strip() for part in values["适合"].replace("、", "##").split("##")]
        row["for"] = [codes.get(name, name) for name in named if name]
    if values.get("未核对原文") in _YES:
        row["unverified"] = True
    return row


def _level(text: str) -> int | str:
    """A level as the number that the bank has; other words stay, to be refused with their row."""
    return int(text) if text in map(str, LEVELS) else text


def _text(value: Any) -> str:
    """A cell as text; the mark that keeps a spreadsheet from reading a formula is taken off."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    return text[1:] if text.startswith("'") and cell(text[1:]) == text else text
