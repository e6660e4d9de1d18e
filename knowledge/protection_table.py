"""Typed reader of ``tables/protection.yaml``: what each right does for things that people know."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import SourceError
from knowledge.front_matter import load_yaml

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
    path = tables_dir / FILE_NAME
    try:
        value = load_yaml(path.read_text(encoding="utf-8"), FILE_NAME)
    except OSError as error:
        raise SourceError(f"缺少表格 {FILE_NAME}") from error
    if not isinstance(value, dict):
        raise SourceError(f"{FILE_NAME}：应有 rights 和 things 两部分")
    rights = {str(row["id"]): str(row["name"]) for row in value.get("rights") or ()}
    things = tuple(_thing(row, rights) for row in value.get("things") or ())
    return ProtectionTable(rights, things)


def _thing(row: dict[str, Any], rights: dict[str, str]) -> Thing:
    given = row.get("rights") or {}
    if list(given) != list(rights):
        raise SourceError(
            f"{FILE_NAME}：{row.get('id')} 要依次写明 {'、'.join(rights)} 各是什么结论"
        )
    verdicts = []
    for right, said in given.items():
        facts = tuple(map(str, said.get("facts") or ()))
        if not isinstance(said.get("verdict"), bool) or not said.get("why") or not facts:
            raise SourceError(f"{FILE_NAME}：{row.get('id')} 的 {right} 缺少 verdict、why 或 facts")
        verdicts.append(Verdict(right, said["verdict"], str(said["why"]), facts))
    return Thing(str(row["id"]), str(row["name"]), tuple(verdicts))
