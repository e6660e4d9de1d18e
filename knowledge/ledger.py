"""The fact ledger: what each researched fact rests on and which figures it carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import SourceError
from knowledge.front_matter import load_yaml

_VERIFIED = {"source", "statute", "policy"}


@dataclass(frozen=True)
class Fact:
    """One entry of the ledger.

    ``verified`` says how the fact was established: a page states it (source), it is a certain rule
    without a page (statute), or the 2020 policy itself says so (policy).  ``text_checked`` is whether the
    rule's own text was read, None where that was not recorded.  ``open`` marks a question still open.
    """

    id: str
    pack: str
    jurisdiction: str
    title: str
    basis: str | None
    as_of: str | None
    verified: str
    text_checked: bool | None
    source_title: str | None
    url: str | None
    figures: frozenset[str]
    open: bool = False

    @property
    def settled(self) -> bool:
        """Whether the fact may be stated without a word on what is not certain."""
        if self.open or self.text_checked is False:
            return False
        return self.verified in {"source", "policy"} or self.text_checked is True


Ledger = Mapping[str, Fact]


def load_ledger(tables_dir: Path) -> dict[str, Fact]:
    """Read ``facts.yaml``.

    :raises SourceError: missing or malformed; the entry is named.
    """
    path = tables_dir / "facts.yaml"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SourceError(
            f"缺少事实台账 {path.name}，请运行 scripts/build_fact_ledger.py 生成"
        ) from error
    rows = load_yaml(text, path.name)
    if not isinstance(rows, dict):
        raise SourceError(f"{path.name}：应是 “事实编号: 内容” 的表")
    return {str(identifier): _fact(str(identifier), row) for identifier, row in rows.items()}


def _fact(identifier: str, row: Any) -> Fact:
    if not isinstance(row, dict) or row.get("verified") not in _VERIFIED:
        raise SourceError(
            f"facts.yaml：{identifier} 的 verified 应为 {'、'.join(sorted(_VERIFIED))} 之一"
        )
    source = row.get("source") or {}
    return Fact(
        id=identifier,
        pack=str(row.get("pack", "")),
        jurisdiction=str(row.get("jurisdiction", "")),
        title=str(row.get("title", "")),
        basis=row.get("basis") or None,
        as_of=str(row["as_of"]) if row.get("as_of") else None,
        verified=row["verified"],
        text_checked=row.get("text_checked"),
        source_title=source.get("title"),
        url=source.get("url"),
        figures=frozenset(map(str, row.get("figures") or ())),
        open=bool(row.get("open", False)),
    )


def lookup(ledger: Ledger, identifiers: Iterable[str], where: str) -> list[Fact]:
    """:raises SourceError: an id the ledger does not hold; ``where`` and the id are named."""
    identifiers = list(identifiers)
    missing = [identifier for identifier in identifiers if identifier not in ledger]
    if missing:
        raise SourceError(
            f"{where}：事实编号 {'、'.join(missing)} 不在台账 facts.yaml 里，请改正编号"
        )
    return [ledger[identifier] for identifier in identifiers]
