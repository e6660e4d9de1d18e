"""Leads as a table for the funding authority: xlsx or csv, in the order of its form (knowledge/lead_export_table.py).

Contact details are masked unless a reason is given, every export is recorded in the audit log, and no
cell can be read as a formula by a spreadsheet program.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import Any

from sqlalchemy.engine import Connection

from desk import audit
from desk.errors import InvalidRecordError
from desk.leads import Lead
from desk.masking import mask
from desk.service_clock import CHINA
from knowledge.lead_export_table import Column


class Format(str, Enum):
    """File formats of an export."""

    XLSX = "xlsx"
    CSV = "csv"


_FORMULA_STARTS = frozenset("=+-@＝＋－＠\t\r\n|")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")

# What may stand in a column; which do, in which order, knowledge/tables/lead_export_columns.yaml says.
FIELDS: Mapping[str, Callable[[Lead], Any]] = {
    "reference": lambda lead: lead.reference,
    "created_on": lambda lead: day_in_china(lead.created_at),
    "company": lambda lead: lead.company,
    "credit_code": lambda lead: lead.credit_code,
    "district": lambda lead: lead.district,
    "industry": lambda lead: lead.industry,
    "contact": lambda lead: lead.contact,
    "phone": lambda lead: lead.phone,
    "country": lambda lead: lead.country,
    "right": lambda lead: lead.right,
    "procedure": lambda lead: lead.procedure,
    "service_date": lambda lead: lead.service_date,
    "spent": lambda lead: lead.spent,
    "brief": lambda lead: lead.brief,
    "stage": lambda lead: lead.stage.label,
    "center": lambda lead: lead.center,
    "consent_version": lambda lead: lead.consent_version,
    "consent_on": lambda lead: day_in_china(lead.consent_at),
    "channel": lambda lead: lead.channel,
}


def export(
    conn: Connection,
    leads: Sequence[Lead],
    file_format: Format,
    actor: str,
    *,
    columns: Sequence[Column],
    reveal: bool = False,
    reason: str | None = None,
    center: str | None = None,
    center_names: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """The file's content; the audit entry stands in the same transaction.

    :param columns: of the funder's form, in its order.
    :param reveal: show contact details in full; needs a ``reason``.
    :param center: whose staff exports, for the audit.
    :param center_names: how centers are called; without a name their id is written.
    :raises InvalidRecordError: when details are to be shown without a reason.
    """
    if reveal and not (reason or "").strip():
        raise InvalidRecordError("导出完整联系方式要写明理由")
    audit.record(
        conn,
        actor,
        "export",
        "leads",
        center=center,
        detail={
            "format": file_format.value,
            "rows": len(leads),
            "revealed": reveal,
            "reason": reason,
        },
    )
    named = [
        replace(lead, center=center_names.get(lead.center or "", lead.center)) for lead in leads
    ]
    rows = [_row(lead, columns, reveal=reveal) for lead in named]
    headings = [column.heading for column in columns]
    if file_format is Format.XLSX:
        return workbook([Sheet("援助线索", headings, rows)])
    return _csv(headings, rows)


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook; its cells have passed :func:`cell`."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def written(column: Column, fields: Mapping[str, Callable[[Any], Any]], item: Any) -> Any:
    """What stands in a column; nothing where the form asks for what is not kept here."""
    value = fields.get(column.field or "")
    return "" if value is None else value(item)


def cell(value: Any) -> str:
    """A value as text that no spreadsheet program takes for a formula."""
    text = _CONTROL.sub("", "" if value is None else str(value))
    is_formula = text[:1] in _FORMULA_STARTS or text.lstrip()[:1] in _FORMULA_STARTS
    return f"'{text}" if is_formula else text


def _row(lead: Lead, columns: Sequence[Column], *, reveal: bool) -> list[str]:
    shown = lead if reveal else lead.masked()
    values = [cell(written(column, FIELDS, shown)) for column in columns]
    return values if reveal else [mask(value) for value in values]


def _csv(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(headings)
    writer.writerows(rows)
    # With the mark, Excel reads the file as UTF-8.
    return text.getvalue().encode("utf-8-sig")


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """An xlsx file in which every cell is text, whatever it begins with."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    for wanted in sheets:
        sheet = book.create_sheet(wanted.title)
        sheet.append(list(wanted.headings))
        for letter in sheet[1]:
            letter.font = Font(bold=True)
        for number, row in enumerate(wanted.rows, start=2):
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


def day_in_china(moment: Any) -> str:
    """The day of a moment in China, wherever the server stands."""
    return "" if moment is None else moment.astimezone(CHINA).strftime("%Y-%m-%d")
