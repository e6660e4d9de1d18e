"""The alias table that is published with a snapshot: names, and what each of them means."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import SourceError


@dataclass(frozen=True)
class AliasRow:
    """One row of the alias table (its header explains the fields)."""

    id: str
    kind: str
    code: str
    name: str
    aliases: tuple[str, ...] = ()
    expand: bool = False
    match: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The usual name and all others."""
        return (self.name, *self.aliases)


def read_aliases(path: Path) -> list[AliasRow]:
    """Rows of an alias table in YAML or JSON; none when the file does not exist.

    :raises SourceError: naming the file and row that cannot be used.
    """
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        records = json.loads(text)
    else:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            records = yaml.load(text, Loader=loader)  # noqa: S506 (a safe loader)
        except yaml.YAMLError as error:
            raise SourceError(f"{path} 不是有效的 YAML：{error}") from error
    rows = []
    for number, record in enumerate(records or [], start=1):
        if not isinstance(record, Mapping):
            raise SourceError(f"{path} 第 {number} 行记录应为键值对")
        try:
            rows.append(alias_row(record))
        except KeyError as error:
            raise SourceError(f"{path} 第 {number} 行记录缺少字段 {error}") from error
    return rows


def alias_row(record: Mapping[str, Any]) -> AliasRow:
    """A row as the table holds it."""
    return AliasRow(
        id=str(record["id"]),
        kind=str(record["kind"]),
        code=str(record["code"]),
        name=str(record["name"]),
        aliases=tuple(str(alias) for alias in record.get("aliases") or ()),
        expand=bool(record.get("expand", False)),
        match=str(record.get("match") or ""),
    )


def write_aliases(path: Path, rows: Iterable[AliasRow]) -> None:
    """Keep the rows as JSON."""
    content = json.dumps([asdict(row) for row in rows], ensure_ascii=False)
    path.write_text(content, encoding="utf-8")
