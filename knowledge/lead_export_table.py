"""The columns of what is handed to others: leads to the funding authority, cases to the national center."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from knowledge.table_row import load_rows

FILE_NAME = "lead_export_columns.yaml"
LEADS, CASES = "leads", "cases"
CONTACT = frozenset({"contact", "phone", "credit_code"})
FIELDS = CONTACT | {
    "reference", "created_on", "company", "district", "industry", "country", "right", "procedure",
    "service_date", "spent", "brief", "stage", "center", "consent_version", "consent_on", "channel",
    "result",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """What stands above a column and what is written in it; nothing where ``field`` is None."""

    heading: str
    field: str | None


@dataclass(frozen=True)
class ExportColumns:
    """The columns of both forms in their order."""

    leads: tuple[Column, ...]
    cases: tuple[Column, ...]


def load_export_columns(tables_dir: Path) -> ExportColumns:
    """Read the table.

    :raises SourceError: naming the row and the key that is wrong.
    """
    found: dict[str, list[Column]] = {LEADS: [], CASES: []}
    for row in load_rows(tables_dir / FILE_NAME):
        form, field = row.choice("form", (LEADS, CASES)), row.optional_text("field")
        if field is not None and field not in FIELDS:
            raise row.error("field", f"不认识“{field}”")
        if form == CASES and field in CONTACT:
            raise row.error("field", "报送的案件不带联系人、电话和信用代码")
        found[form].append(row.done(Column(row.text("heading"), field)))
    return ExportColumns(tuple(found[LEADS]), tuple(found[CASES]))
