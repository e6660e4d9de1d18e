"""The edits laid over what the sources say: the passages that will be indexed, and where the two disagree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from knowledge.chunking import cuts, text_version
from knowledge.edit_types import Base, DocumentEdits, Edit, MetaEdit
from knowledge.front_matter import read_meta
from knowledge.ledger import Ledger
from knowledge.persistence import document_to_json
from knowledge.text import normalise
from knowledge.types import Document, DocumentMeta, Passage

# Joins the id of a split passage's first part and the number of a later one.
PART = "~"


META_NAMES = {
    "title": "标题", "jurisdiction": "法域", "ip_types": "权利", "procedures": "程序", "audience": "对象",
    "issuer": "发布机关", "number": "文号", "issued_on": "印发日期", "effective_from": "生效日期",
    "effective_to": "失效日期", "superseded_by": "被哪份文档取代", "as_of": "资料截至",
    "reviewed_on": "复核日期", "keywords": "关键词", "next_steps": "下一步建议", "sources": "来源",
}  # fmt: skip


class State(str, Enum):
    """What the edits make of a passage of the source."""

    PLAIN = "原文"
    EDITED = "已修改"
    SPLIT = "已拆分"
    MERGED = "已合并"
    ABSORBED = "已并入上文"
    DISABLED = "已停用"
    CONFLICT = "有冲突"


@dataclass(frozen=True)
class Drafted:
    """A passage of the source, its edit, and the passages that will be indexed for it.

    ``source`` is None where an edit's passage is gone from the source; ``joined`` are those merged into it.
    A conflict indexes the source as it is; building is refused until somebody decides.
    """

    state: State
    source: Passage | None
    edit: Edit | None
    results: tuple[Passage, ...]
    reason: str = ""
    joined: tuple[Passage, ...] = ()

    @property
    def passage_id(self) -> str:
        """The id under which the passage is edited."""
        return self.source.id if self.source else self.edit.passage if self.edit else ""

    @property
    def sources(self) -> tuple[Passage, ...]:
        """The passages of the source that are edited together here."""
        return (self.source, *self.joined) if self.source else ()


@dataclass(frozen=True)
class Conflict:
    """An edit that does not fit what the source says now; ``passage`` is empty for the metadata."""

    document: str
    passage: str
    by: str
    reason: str


def drafted(document: Document, ledger: Ledger, edits: DocumentEdits) -> list[Drafted]:
    """Lay the edits of a document over its passages.

    :return: one entry for each passage of the source in order, then the edits that lost theirs.
    :raises SourceError: a section names a fact that the ledger does not hold.
    """
    found = cuts(document, ledger)
    sources = {cut.passage.id: cut.passage for cut in found}
    placed, lost = _placed(edits.edits, sources)
    absorbed = {
        base.passage: key
        for key, edit in placed.items()
        if not _objection(edit, sources)
        for base in edit.bases[1:]
    }
    result = []
    for cut in found:
        source, edit = cut.passage, placed.get(cut.passage.id)
        if source.id in absorbed:
            result.append(Drafted(State.ABSORBED, source, None, ()))
        elif edit is None:
            state = State.DISABLED if cut.is_disabled else State.PLAIN
            result.append(Drafted(state, source, None, () if cut.is_disabled else (source,)))
        elif reason := _objection(edit, sources):
            kept = () if cut.is_disabled else (source,)
            result.append(
                Drafted(State.CONFLICT, source, edit, kept, reason, _joined(edit, sources))
            )
        else:
            result.append(applied(edit, source, sources))
    result.extend(
        Drafted(State.CONFLICT, None, edit, (), "新版本里已没有这一段，请放弃修改或贴到另一段")
        for edit in lost
    )
    return result


def conflicts(document: Document, entries: Sequence[Drafted]) -> Iterator[Conflict]:
    """:return: the conflicts among the entries of a document."""
    for entry in entries:
        if entry.state is State.CONFLICT and entry.edit is not None:
            yield Conflict(document.meta.id, entry.passage_id, entry.edit.by, entry.reason)


def _placed(
    edits: Mapping[str, Edit], sources: Mapping[str, Passage]
) -> tuple[dict[str, Edit], list[Edit]]:
    """Find the passage of each edit: by id, else by its unchanged text under another heading."""
    placed = {key: edit for key, edit in edits.items() if key in sources}
    moving = {key: edit for key, edit in edits.items() if key not in placed}
    if not moving:
        return placed, []
    by_text: dict[str, list[str]] = {}
    for source in sources.values():
        by_text.setdefault(normalise(source.text), []).append(source.id)
    lost = []
    for edit in moving.values():
        moved = [_moved_to(base, by_text) for base in edit.bases]
        target = moved[0] if moved else None
        if target is None or target in placed or None in moved:
            lost.append(edit)
        else:
            bases = tuple(
                replace(base, passage=new, heading=sources[new].heading)
                for base, new in zip(edit.bases, moved, strict=True)
                if new is not None
            )
            placed[target] = replace(edit, bases=bases)
    return placed, lost


def _moved_to(base: Base, by_text: Mapping[str, Sequence[str]]) -> str | None:
    found = by_text.get(normalise(base.text), ())
    return found[0] if len(found) == 1 else None


def _objection(edit: Edit, sources: Mapping[str, Passage]) -> str:
    """:return: why an edit does not fit the sources; empty when it does."""
    touches_text = edit.texts is not None or edit.disabled or len(edit.bases) > 1
    for base in edit.bases:
        now = sources.get(base.passage)
        if now is None:
            return "合并进来的一段在新版本里已不存在"
        if touches_text and now.text != base.text and edit.texts != (now.text,):
            return "原文在新版本里变了，修改是按旧文做的"
        if edit.heading is not None and now.heading not in (base.heading, edit.heading):
            return "标题在新版本里变了，修改是按旧标题做的"
    return ""


def applied(edit: Edit, source: Passage, sources: Mapping[str, Passage]) -> Drafted:
    """A passage with an edit that fits it.

    :param sources: the passages that the edit rests on, by id.
    """
    joined = _joined(edit, sources)
    if edit.disabled:
        return Drafted(State.DISABLED, source, edit, (), joined=joined)
    together = merged((source, *joined))
    whole = replace(
        together,
        heading=edit.heading or source.heading,
        similar=_changed(together.similar, union(b.similar for b in edit.bases), edit.similar),
        negative=_changed(together.negative, union(b.negative for b in edit.bases), edit.negative),
    )
    texts = edit.texts or (together.text,)
    parts = [
        whole if number == 1 else replace(whole, id=f"{source.id}{PART}{number}", similar=())
        for number in range(1, len(texts) + 1)
    ]
    results = tuple(
        replace(part, text=text, version=text_version(text))
        for part, text in zip(parts, texts, strict=True)
    )
    state = State.SPLIT if len(texts) > 1 else State.MERGED if joined else State.EDITED
    return Drafted(state, source, edit, results, joined=joined)


def merged(passages: Sequence[Passage]) -> Passage:
    """Passages as one: the first with what the others say, rest on and answer."""
    if len(passages) == 1:
        return passages[0]
    text = "\n".join(passage.text for passage in passages)
    return replace(
        passages[0],
        text=text,
        version=text_version(text),
        facts=union(passage.facts for passage in passages),
        similar=union(passage.similar for passage in passages),
        negative=union(passage.negative for passage in passages),
        verified=all(passage.verified for passage in passages),
    )


def _joined(edit: Edit, sources: Mapping[str, Passage]) -> tuple[Passage, ...]:
    return tuple(sources[base.passage] for base in edit.bases[1:] if base.passage in sources)


def _changed(
    now: Sequence[str], before: Sequence[str], after: Sequence[str] | None
) -> tuple[str, ...]:
    """Repeat on today's questions what an editor added to and took from yesterday's."""
    if after is None:
        return tuple(now)
    kept = [question for question in now if question in after or question not in before]
    return tuple(dict.fromkeys([*kept, *(item for item in after if item not in before)]))


def union(groups: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """What any of the groups holds, each once, in order."""
    return tuple(dict.fromkeys(item for group in groups for item in group))


# -- metadata --------------------------------------------------------------------------------------


def meta_values(meta: DocumentMeta) -> dict[str, Any]:
    """:return: the metadata as JSON values."""
    values: dict[str, Any] = document_to_json(Document(meta, (), "", ""))["meta"]
    return values


def with_meta(document: Document, edit: MetaEdit | None) -> tuple[Document, Conflict | None]:
    """Lay an edit over a document's metadata.

    :return: the document, and a conflict when the source changed a field that was edited.
    :raises SourceError: the edited values are not valid metadata.
    """
    if edit is None:
        return document, None
    now = meta_values(document.meta)
    clashing = [
        key
        for key, value in edit.fields.items()
        if now.get(key) not in (edit.before.get(key), value)
    ]
    fitting = {key: value for key, value in edit.fields.items() if key not in clashing}
    meta = read_meta({**now, **fitting}, document.path)
    changed = replace(document, meta=replace(meta, id=document.meta.id))
    if not clashing:
        return changed, None
    reason = f"文档信息里的 {'、'.join(META_NAMES.get(key, key) for key in clashing)} 在新版本里变了，修改是按旧值做的"
    return changed, Conflict(document.meta.id, "", edit.by, reason)
