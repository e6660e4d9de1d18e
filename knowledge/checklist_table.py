"""Typed reader of ``tables/checklists.yaml``: what to have ready for a matter."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from knowledge.table_row import Row, load_rows

FILE_NAME = "checklists.yaml"
ROLES = ("owner", "respondent")


@dataclass(frozen=True)
class ChecklistItem:
    """One paper or thing to have ready; what is None was not found and is for the authority to say."""

    text: str
    issuer: str | None = None
    form: str | None = None
    copies: str | None = None
    notarisation: str | None = None
    translation: str | None = None
    optional: bool = False
    facts: tuple[str, ...] = ()

    def values(self) -> dict[str, Any]:
        """What is known of it by name, as it is told to programs."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in told.items()
            if value
        }


@dataclass(frozen=True)
class Checklist:
    """What to have ready for one situation; no countries, procedures or role fit every one."""

    id: str
    title: str
    items: tuple[ChecklistItem, ...]
    facts: tuple[str, ...]
    procedures: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    role: str | None = None
    program: str | None = None
    note: str | None = None


def load_checklists(tables_dir: Path) -> list[Checklist]:
    """Read ``checklists.yaml``.

    :raises SourceError: naming the row that is malformed.
    """
    return [row.done(_checklist(row)) for row in load_rows(tables_dir / FILE_NAME)]


def _checklist(row: Row) -> Checklist:
    items = tuple(child.done(_item(child)) for child in row.children("items"))
    if not items:
        raise row.error("items", "缺少，应是一列内容")
    return Checklist(
        id=row.name,
        title=row.text("title"),
        items=items,
        facts=row.texts("facts"),
        procedures=row.texts("procedures"),
        countries=row.texts("countries"),
        role=row.choice("role", ROLES) if row.get("role") is not None else None,
        program=row.optional_text("program"),
        note=row.optional_text("note"),
    )


def _item(row: Row) -> ChecklistItem:
    return ChecklistItem(
        text=row.text("text"),
        issuer=row.optional_text("issuer"),
        form=row.optional_text("form"),
        copies=row.optional_text("copies"),
        notarisation=row.optional_text("notarisation"),
        translation=row.optional_text("translation"),
        optional=row.flag("optional"),
        facts=row.texts("facts"),
    )
