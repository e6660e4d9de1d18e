"""The fact ledger: what each researched fact rests on and which figures it carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge.errors import SourceError
from knowledge.table_row import Row, load_mapping

FILE_NAME = "facts.yaml"
VERIFIED = ("policy", "source", "statute")


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
    path = tables_dir / FILE_NAME
    if not path.is_file():
        raise SourceError(f"缺少事实台账 {path.name}，请运行 scripts/build_fact_ledger.py 生成")
    state = path.stat()
    return dict(_read(path, state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int, _size: int) -> Ledger:
    """The facts, read again only after a change of the file."""
    top = load_mapping(path)
    return {
        identifier: _fact(identifier, top.needed_child(identifier)) for identifier in top.names()
    }


def _fact(identifier: str, row: Row) -> Fact:
    row.name = identifier
    source = row.parsed("source", lambda it: (it.optional_text("title"), it.optional_text("url")))
    title, url = source or (None, None)
    return row.done(
        Fact(
            id=identifier,
            pack=_written(row, "pack") or "",
            jurisdiction=_written(row, "jurisdiction") or "",
            title=_written(row, "title") or "",
            basis=_written(row, "basis"),
            as_of=_written(row, "as_of"),
            verified=row.choice("verified", VERIFIED),
            text_checked=row.flag("text_checked") if row.get("text_checked") is not None else None,
            source_title=title,
            url=url,
            figures=frozenset(row.texts("figures")),
            open=row.flag("open"),
        )
    )


def _written(row: Row, key: str) -> str | None:
    """A text, or nothing where the fact packs left it blank."""
    return None if row.get(key) == "" else row.optional_text(key)


def lookup(ledger: Ledger, identifiers: Iterable[str], where: str) -> list[Fact]:
    """:raises SourceError: an id the ledger does not hold; ``where`` and the id are named."""
    identifiers = list(identifiers)
    missing = [identifier for identifier in identifiers if identifier not in ledger]
    if missing:
        raise SourceError(
            f"{where}：事实编号 {'、'.join(missing)} 不在台账 facts.yaml 里，请改正编号"
        )
    return [ledger[identifier] for identifier in identifiers]
