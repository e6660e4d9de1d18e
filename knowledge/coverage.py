"""Which facts of the ledger the shelf uses, where, and which are left out for a stated reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import SourceError
from knowledge.ledger import Ledger
from knowledge.library import Library
from knowledge.problems import Problem, error, warning
from knowledge.table_row import load_mapping, load_yaml
from knowledge.types import Kind

EXCUSES = "unused_facts.yaml"
# Tables that state facts of their own; those that only name things (aliases, regions, words) use none.
TABLES = (
    "centers.yaml", "funding.yaml", "deadlines.yaml", "checklists.yaml", "quiz.yaml",
)  # fmt: skip
KINDS = {
    Kind.GUIDE: "指南", Kind.FAQ: "问答", Kind.POLICY: "政策", Kind.TRAINING: "培训", Kind.OUTREACH: "宣传",
    Kind.LAW: "法规",
}  # fmt: skip


@dataclass(frozen=True)
class Coverage:
    """Where each fact is used (document ids and table names), and why the others are not."""

    used: Mapping[str, tuple[str, ...]]
    excused: Mapping[str, str]
    packs: Mapping[str, tuple[str, ...]]

    def unused(self, pack: str) -> list[str]:
        """:return: the facts of a pack that nothing uses."""
        return [identifier for identifier in self.packs[pack] if identifier not in self.used]


def coverage(library: Library, tables_dir: Path) -> Coverage:
    """Look every fact up in the documents that are in force and in the tables.

    :raises SourceError: a table or the list of reasons cannot be read.
    """
    places: dict[str, dict[str, None]] = {}
    for document in library.documents:
        if document.meta.superseded_by:
            continue
        named = {*document.meta.facts, *(fact for s in document.sections for fact in s.facts)}
        for identifier in named:
            places.setdefault(identifier, {})[document.meta.id] = None
    for name in TABLES:
        path = tables_dir / name
        if path.is_file():
            rows = load_yaml(path)
            for identifier in _named(rows, library.ledger):
                places.setdefault(identifier, {})[name] = None
    packs: dict[str, list[str]] = {}
    for fact in library.ledger.values():
        packs.setdefault(fact.pack, []).append(fact.id)
    return Coverage(
        used={identifier: tuple(names) for identifier, names in sorted(places.items())},
        excused=load_excuses(tables_dir),
        packs={pack: tuple(identifiers) for pack, identifiers in packs.items()},
    )


def _named(value: Any, ledger: Ledger) -> Iterator[str]:
    """The facts that a table's rows name: by their own id, as ``facts`` or as ``program``."""
    if isinstance(value, list):
        for row in value:
            yield from _named(row, ledger)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in {"id", "program"} and inner in ledger:
                yield inner
            elif key == "facts" and isinstance(inner, list):
                yield from (str(identifier) for identifier in inner if identifier in ledger)
            elif str(key) in ledger and isinstance(inner, dict):
                yield str(key)
            if isinstance(inner, list | dict):
                yield from _named(inner, ledger)


def load_excuses(tables_dir: Path) -> dict[str, str]:
    """Read ``unused_facts.yaml``: fact → why nothing states it; empty where the file is absent.

    :raises SourceError: an entry without a reason.
    """
    path = tables_dir / EXCUSES
    if not path.is_file():
        return {}
    top = load_mapping(path)
    for identifier in top.names():
        if not str(top.get(identifier) or "").strip():
            raise top.error(identifier, "缺少不写入的原因")
    return {identifier: top.text(identifier) for identifier in top.names()}


def check_coverage(library: Library, tables_dir: Path) -> Iterator[Problem]:
    """Refuse a fact that nothing uses without a reason, and a reason that is out of date."""
    try:
        found = coverage(library, tables_dir)
    except SourceError as failure:
        yield error("table", EXCUSES, str(failure))
        return
    for identifier in (fact for pack in found.packs for fact in found.unused(pack)):
        if identifier not in found.excused:
            yield error(
                "unused-fact",
                identifier,
                f"没有文档或表格使用，请写入，或在 tables/{EXCUSES} 里写明原因",
            )
    for identifier in found.excused:
        if identifier in found.used or identifier not in library.ledger:
            why = "已被使用" if identifier in found.used else "不在事实台账里"
            yield error("unused-fact", identifier, f"{why}，请从 tables/{EXCUSES} 里删去")


def unanswered(library: Library) -> list[str]:
    """:return: the facts that no section in force names, in the order of the ledger; a course answers nobody."""
    named = {
        fact
        for document in library.documents
        if document.meta.kind is not Kind.TRAINING and not document.meta.superseded_by
        for section in document.sections
        for fact in section.facts
    }
    return [identifier for identifier in library.ledger if identifier not in named]


def check_unanswered(library: Library, tables_dir: Path) -> Iterator[Problem]:
    """Point out a fact that a table or a document's head names but that no answer rests on."""
    try:
        excused = load_excuses(tables_dir)
    except SourceError:
        return  # check_coverage reports it
    for identifier in unanswered(library):
        if identifier not in excused:
            yield warning(
                "unanswered-fact",
                identifier,
                "没有小节的 facts 写它，问到时答不出，请写一节问答或补到讲它的小节",
            )


def counts(library: Library, tables_dir: Path) -> list[str]:
    """What the shelf holds, a line each; the README quotes these lines."""
    documents = Counter(document.meta.kind for document in library.documents)
    kinds = "、".join(
        f"{name} {documents[kind]}" for kind, name in KINDS.items() if documents[kind]
    )
    found = coverage(library, tables_dir)
    facts = len(library.ledger)
    used = sum(len(found.packs[pack]) - len(found.unused(pack)) for pack in found.packs)
    answers = sum(
        len(document.sections) for document in library.documents if document.meta.kind is Kind.FAQ
    )
    places = {code for document in library.documents for code in document.meta.jurisdiction} - {
        "GENERAL"
    }
    rows = {name: _rows(tables_dir / name) for name in TABLES}
    return [
        f"文档 {len(library.documents)} 份：{kinds}",
        f"法域 {len(places)} 个，问答 {answers} 条",
        f"事实 {facts} 条：已写入 {used} 条，写明不写入原因 {len(found.excused)} 条",
        f"期限规则 {rows['deadlines.yaml']} 条，材料清单 {rows['checklists.yaml']} 份，"
        f"机构 {rows['centers.yaml']} 个，资助项目 {rows['funding.yaml']} 个，题库 {rows['quiz.yaml']} 题",
    ]


def _rows(path: Path) -> int:
    """How many rows a table has, whether they are the file itself or stand under its main key."""
    value = load_yaml(path) if path.is_file() else []
    if isinstance(value, dict):
        lists: Iterable[Any] = (inner for inner in value.values() if isinstance(inner, list))
        return max(map(len, lists), default=0)
    return len(value or [])
