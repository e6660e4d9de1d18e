"""The words for codes: what a country, right, procedure or industry is called in Chinese."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from indexer.jurisdictions import territories
from knowledge.alias_table import Alias, load_alias_rows

# Procedures and parties whose usual short name differs from the alias table's first name.
_SPOKEN = {
    ("party", "respondent"): "被诉一方",
    ("party", "owner"): "权利人",
    ("procedure", "court"): "法院诉讼",
    ("procedure", "tro"): "临时限制令（TRO）",
    ("procedure", "section-337"): "337调查",
    ("procedure", "platform"): "平台投诉",
    ("procedure", "customs"): "海关扣货",
    ("procedure", "fair"): "展会纠纷",
    ("procedure", "opposition"): "商标异议",
    ("procedure", "cancellation"): "撤销或无效",
    ("procedure", "squatting"): "商标抢注",
    ("procedure", "warning-letter"): "警告函",
    ("procedure", "registration"): "注册审查",
    ("procedure", "discovery"): "取证",
    ("procedure", "evidence"): "证据保全",
}
_KINDS = {"role": "party"}


@dataclass(frozen=True)
class Vocabulary:
    """Names by kind and code."""

    names: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def load(cls, tables_dir: Path) -> Vocabulary:
        """Read the alias table; the first row of a code gives its name."""
        return cls.of(load_alias_rows(tables_dir))

    @classmethod
    def of(cls, aliases: Iterable[Alias]) -> Vocabulary:
        """Index alias rows."""
        names: dict[tuple[str, str], str] = {}
        for alias in aliases:
            kind = _KINDS.get(alias.kind, alias.kind)
            names.setdefault((kind, alias.code), alias.name)
        return cls({**names, **_SPOKEN})

    def knows(self, kind: str, code: str | None) -> bool:
        """Whether a value is a code of this kind, and no words of the person's."""
        return (kind, code) in self.names

    def name(self, kind: str, code: str | None) -> str:
        """The Chinese name of a code; an unknown code is its own name, none is the empty text."""
        if not code:
            return ""
        return self.names.get((kind, code), code)

    def country(self, code: str | None) -> str:
        """The name of a jurisdiction."""
        return self.names.get(("country", code or "")) or territories().get(code or "", code or "")

    def right(self, code: str | None) -> str:
        """The name of a kind of right."""
        return self.name("right", code)

    def procedure(self, code: str | None) -> str:
        """The name of a procedure or event."""
        return self.name("procedure", code)

    def industry(self, code: str | None) -> str:
        """The name of an industry."""
        return self.name("industry", code)
