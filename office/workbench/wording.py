"""Passages and their changes as a page shows them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.snapshot_changes import PassageChange, SnapshotChanges
from knowledge.types import Kind, Passage
from office.workbench.metadata import coded
from server.labels import PLACES

_FIELDS = {
    "document": "所属文档",
    "title": "标题",
    "heading": "小标题",
    "text": "正文",
    "kind": "类型",
    "jurisdiction": "法域",
    "ip_types": "权利",
    "procedures": "程序",
    "audience": "读者",
    "keywords": "关键词",
    "article": "条号",
    "page": "页码",
    "basis": "依据",
    "as_of": "截至",
    "url": "链接",
    "facts": "事实",
    "similar": "相似问法",
    "negative": "排除问法",
    "next_steps": "下一步",
    "effective_from": "生效日",
    "effective_to": "失效日",
    "superseded_by": "被取代",
    "reviewed_on": "复核日",
    "verified": "已核对",
}
# Fields that hold ids, of which a person learns nothing.
_CODES = frozenset({"document", "facts", "superseded_by"})
_KINDS = {
    Kind.GUIDE: "指南", Kind.FAQ: "问答", Kind.POLICY: "政策", Kind.LAW: "法律法规",
    Kind.TRAINING: "培训材料", Kind.OUTREACH: "宣传材料",
}  # fmt: skip
# Longer texts are compared sentence by sentence, which stays quick and reads better.
_LONG = 1500


@dataclass(frozen=True)
class Piece:
    """A run of text that stays, is taken out or is put in: ``same``, ``out``, ``in``."""

    kind: str
    text: str


@dataclass(frozen=True)
class FieldChange:
    """One field of a changed passage."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class ChangedPassage:
    """A changed passage with each field that differs."""

    label: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class ShownChanges:
    """What differs, the first ``limit`` of each kind written out; the counts are of all."""

    added: tuple[Passage, ...]
    removed: tuple[Passage, ...]
    changed: tuple[ChangedPassage, ...]
    counts: tuple[int, int, int]


def label(passage: Passage) -> str:
    """A passage as a person recognises it."""
    where = passage.article or " › ".join(passage.heading)
    return f"《{passage.title}》{where}"


def shown(changes: SnapshotChanges, limit: int = 60) -> ShownChanges:
    """The changes for a page."""
    return ShownChanges(
        changes.added[:limit],
        changes.removed[:limit],
        tuple(_changed(change) for change in changes.changed[:limit]),
        (len(changes.added), len(changes.removed), len(changes.changed)),
    )


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts as one, with what goes and what comes marked."""
    old, new = _units(before, after)
    found: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for operation, i, j, k, m in matcher.get_opcodes():
        if operation == "equal":
            found.append(Piece("same", "".join(old[i:j])))
            continue
        if i < j:
            found.append(Piece("out", "".join(old[i:j])))
        if k < m:
            found.append(Piece("in", "".join(new[k:m])))
    return tuple(found)


def _units(before: str, after: str) -> tuple[Sequence[str], Sequence[str]]:
    if max(len(before), len(after)) <= _LONG:
        return before, after
    return _sentences(before), _sentences(after)


def _sentences(text: str) -> list[str]:
    found, start = [], 0
    for place, character in enumerate(text, start=1):
        if character in "。；！？\n":
            found.append(text[start:place])
            start = place
    return [*found, text[start:]] if start < len(text) else found


def _changed(change: PassageChange) -> ChangedPassage:
    rows = []
    for name in change.fields:
        before = _words(name, getattr(change.before, name))
        after = _words(name, getattr(change.after, name))
        rows.append(FieldChange(_FIELDS.get(name, name), pieces(before, after)))
    return ChangedPassage(label(change.after), tuple(rows))


def _names_of(field: str) -> Mapping[str, str]:
    """The Chinese names of a field's codes; none where its values are words."""
    if field == "jurisdiction":
        return PLACES
    return coded(field) if field in ("ip_types", "procedures", "audience") else {}


def _words(name: str, value: object) -> str:
    if value is None or value == ():
        return "（无）"
    if name in _CODES and isinstance(value, tuple):
        return f"{len(value)} 项"
    if name in _CODES:
        return "另一份文档"
    names = _names_of(name)
    if isinstance(value, tuple):
        return "、".join(names.get(str(item), str(item)) for item in value)
    if isinstance(value, Kind):
        return _KINDS[value]
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(getattr(value, "value", value))
