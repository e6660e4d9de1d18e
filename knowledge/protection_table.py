"""Typed reader of ``tables/protection.yaml``: what each right does for things that people know."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from knowledge.table_row import Row, load_mapping

FILE_NAME = "protection.yaml"


@dataclass(frozen=True)
class Verdict:
    """What one right does for a thing, why, and the facts that say what the right protects."""

    right: str
    protects: bool
    why: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Thing:
    """A thing with a verdict for every right."""

    id: str
    name: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class ProtectionTable:
    """The rights (id → name) and the things."""

    rights: dict[str, str]
    things: tuple[Thing, ...]


def load_protection(tables_dir: Path) -> ProtectionTable:
    """Read the table.

    :raises SourceError: naming the thing that lacks a verdict, a reason or a fact.
    """
    top = load_mapping(tables_dir / FILE_NAME)
    top.need("rights"), top.need("things")
    rights = dict(row.done((row.text("id"), row.text("name"))) for row in top.children("rights"))
    things = tuple(_thing(row, rights) for row in top.children("things"))
    return top.done(ProtectionTable(rights, things))


def _thing(row: Row, rights: dict[str, str]) -> Thing:
    row.name = row.text("id")
    given = row.needed_child("rights")
    if given.names() != list(rights):
        raise row.error("rights", f"要依次写明 {'、'.join(rights)} 各是什么结论")
    verdicts = tuple(_verdict(right, given.needed_child(right)) for right in rights)
    return row.done(Thing(row.name, row.text("name"), verdicts))


def _verdict(right: str, row: Row) -> Verdict:
    facts = row.texts("facts")
    if not facts:
        raise row.error("facts", "缺少")
    row.need("verdict")
    return row.done(Verdict(right, row.flag("verdict"), row.text("why"), facts))
