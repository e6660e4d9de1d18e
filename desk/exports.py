"""Leads as a table for the funding authority: xlsx or csv, in the order of its form.

Contact details are masked unless a reason is given, every export is recorded in the audit log, and no
cell can be read as a formula by a spreadsheet program.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from sqlalchemy.engine import Connection

from desk import audit
from desk.errors import InvalidRecordError
from desk.leads import Lead
from desk.masking import mask


class Format(str, Enum):
    """File formats of an export."""

    XLSX = "xlsx"
    CSV = "csv"


_FORMULA_STARTS = frozenset("=+-@＝＋－＠\t\r\n|")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")

# Heading and value, in the order of the funder's form.
COLUMNS: tuple[tuple[str, Callable[[Lead], Any]], ...] = (
    ("线索编号", lambda lead: lead.reference),
    ("登记日期", lambda lead: _day(lead.created_at)),
    ("企业名称", lambda lead: lead.company),
    ("统一社会信用代码", lambda lead: lead.credit_code),
    ("所在区", lambda lead: lead.district),
    ("行业", lambda lead: lead.industry),
    ("联系人", lambda lead: lead.contact),
    ("联系电话", lambda lead: lead.phone),
    ("争议国家或地区", lambda lead: lead.country),
    ("权利类型", lambda lead: lead.right),
    ("程序和阶段", lambda lead: lead.procedure),
    ("送达日期", lambda lead: lead.service_date),
    ("已发生费用", lambda lead: lead.spent),
    ("简述", lambda lead: lead.brief),
    ("办理状态", lambda lead: lead.stage.label),
    ("受理机构", lambda lead: lead.center),
    ("同意书版本", lambda lead: lead.consent_version),
    ("同意时间", lambda lead: _day(lead.consent_at)),
    ("来源渠道", lambda lead: lead.channel),
)


def export(
    conn: Connection,
    leads: Sequence[Lead],
    file_format: Format,
    actor: str,
    *,
    reveal: bool = False,
    reason: str | None = None,
) -> bytes:
    """The file's content; the audit entry stands in the same transaction.

    :param reveal: show contact details in full; needs a ``reason``.
    :raises InvalidRecordError: when details are to be shown without a reason.
    """
    if reveal and not (reason or "").strip():
        raise InvalidRecordError("导出完整联系方式要写明理由")
    audit.record(
        conn,
        actor,
        "export",
        "leads",
        detail={
            "format": file_format.value,
            "rows": len(leads),
            "revealed": reveal,
            "reason": reason,
        },
    )
    rows = [_row(lead, reveal=reveal) for lead in leads]
    return _xlsx(rows) if file_format is Format.XLSX else _csv(rows)


def cell(value: Any) -> str:
    """A value as text that no spreadsheet program takes for a formula."""
    text = _CONTROL.sub("", "" if value is None else str(value))
    is_formula = text[:1] in _FORMULA_STARTS or text.lstrip()[:1] in _FORMULA_STARTS
    return f"'{text}" if is_formula else text


def _row(lead: Lead, *, reveal: bool) -> list[str]:
    shown = lead if reveal else lead.masked()
    values = [cell(value(shown)) for _heading, value in COLUMNS]
    return values if reveal else [mask(value) for value in values]


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([heading for heading, _value in COLUMNS])
    writer.writerows(rows)
    # With the mark, Excel reads the file as UTF-8.
    return text.getvalue().encode("utf-8-sig")


def _xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    sheet.title = "援助线索"
    sheet.append([heading for heading, _value in COLUMNS])
    for letter in sheet[1]:
        letter.font = Font(bold=True)
    for number, row in enumerate(rows, start=2):
        for place, value in enumerate(row, start=1):
            target = sheet.cell(row=number, column=place)
            target.value = value
            target.data_type = "s"
    sheet.freeze_panes = "B2"
    for column in sheet.columns:
        widest = max(len(str(item.value or "")) for item in column)
        sheet.column_dimensions[column[0].column_letter].width = min(40, 4 + 2 * widest)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _day(moment: Any) -> str:
    return "" if moment is None else moment.astimezone().strftime("%Y-%m-%d")
