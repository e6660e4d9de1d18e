"""An edit of a passage or of a document's metadata: what it changed, on what it rests, who made it."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from enum import Enum
from typing import Any

from knowledge.errors import SourceError
from knowledge.types import Passage

MAX_TEXT_CHARS = 4000
MAX_PARTS = 20
MAX_QUESTIONS = 100
MAX_QUESTION_CHARS = 200
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ufeff]")


class Action(str, Enum):
    """What an editor did."""

    EDIT = "修改"
    SPLIT = "拆分"
    MERGE = "合并"
    DISABLE = "停用"
    ENABLE = "启用"
    QUESTION = "加相似问法"
    META = "改文档信息"
    KEEP = "冲突后保留修改"
    DROP = "放弃修改"
    CARRY = "随新版本带入"


@dataclass(frozen=True)
class Base:
    """A passage as the editor saw it."""

    passage: str
    text: str
    heading: tuple[str, ...]
    similar: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()

    @classmethod
    def of(cls, passage: Passage) -> Base:
        """:return: what an edit of this passage rests on."""
        return cls(
            passage.id, passage.text, passage.heading, tuple(passage.similar), passage.negative
        )


@dataclass(frozen=True)
class Edit:
    """All that was changed of one passage.

    ``bases`` are the passages it rests on: its own, then those merged into it.  ``texts`` is None where the
    text stays, else one text or, for a split passage, several.  ``None`` elsewhere: unchanged.
    """

    id: str
    document: str
    passage: str
    action: Action
    by: str
    at: str
    bases: tuple[Base, ...]
    texts: tuple[str, ...] | None = None
    heading: tuple[str, ...] | None = None
    similar: tuple[str, ...] | None = None
    negative: tuple[str, ...] | None = None
    disabled: bool = False
    note: str = ""


@dataclass(frozen=True)
class MetaEdit:
    """Changed fields of a document's metadata, as JSON values, with what each was before."""

    id: str
    document: str
    by: str
    at: str
    fields: Mapping[str, Any]
    before: Mapping[str, Any]


@dataclass(frozen=True)
class Event:
    """One line of the history."""

    id: str
    document: str
    passage: str
    action: Action
    by: str
    at: str
    note: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class DocumentEdits:
    """The edits of one document: passage id → edit, and the metadata's.

    ``revisions`` counts the saves of every passage that was ever edited, ``""`` those of the metadata.
    """

    document: str
    edits: Mapping[str, Edit]
    meta: MetaEdit | None
    revisions: Mapping[str, int]

    def token(self, passage: Passage) -> str:
        """:return: the state that an editor of this passage sees, for :meth:`EditStore.save`."""
        seen = json.dumps(asdict(Base.of(passage)), ensure_ascii=False, sort_keys=True)
        digest = hashlib.sha256(seen.encode("utf-8", "replace")).hexdigest()[:16]
        return f"{self.revisions.get(passage.id, 0)}.{digest}"

    @property
    def meta_token(self) -> str:
        """The state that an editor of the metadata sees."""
        return str(self.revisions.get("", 0))


def nothing(document: str) -> DocumentEdits:
    """:return: no edits."""
    return DocumentEdits(document, {}, None, {})


def clean_text(text: str) -> str:
    """Bring a typed text to the form in which passages keep theirs: no blank lines, no stray controls.

    :raises SourceError: it is empty or too long.
    """
    lines = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    kept = "\n".join(line.rstrip() for line in lines if line.strip()).strip()
    if not kept:
        raise SourceError("正文不能为空；不想让它回答，请用“停用”")
    if len(kept) > MAX_TEXT_CHARS:
        raise SourceError(f"正文有 {len(kept)} 字，超过上限 {MAX_TEXT_CHARS} 字，请拆分")
    return kept


def clean_questions(lines: Sequence[str]) -> tuple[str, ...]:
    """:return: the questions, each once, without blanks.

    :raises SourceError: one is too long or there are too many.
    """
    kept = (" ".join(_CONTROL.sub("", line).split()) for line in lines)
    found = tuple(dict.fromkeys(line for line in kept if line))
    if len(found) > MAX_QUESTIONS:
        raise SourceError(f"问法超过 {MAX_QUESTIONS} 条，请只留有代表性的")
    for question in found:
        if len(question) > MAX_QUESTION_CHARS:
            raise SourceError(f"问法“{question[:20]}…”超过 {MAX_QUESTION_CHARS} 字，请缩短")
    return found


def edit_of(
    passages: Sequence[Passage],
    *,
    by: str,
    action: Action,
    texts: Sequence[str] | None = None,
    heading: tuple[str, ...] | None = None,
    similar: Sequence[str] | None = None,
    negative: Sequence[str] | None = None,
    disabled: bool = False,
    note: str = "",
) -> Edit:
    """An edit of a passage; what is None stays as the source has it.

    :param passages: the passage of the source, then those that are or become merged into it.
    :param texts: the new text, or several to split.
    :raises SourceError: a text or question cannot be used.
    """
    first = passages[0]
    if texts is not None:
        texts = tuple(clean_text(text) for text in texts)
        if not 1 <= len(texts) <= MAX_PARTS:
            raise SourceError(f"一段最多拆成 {MAX_PARTS} 段")
    return Edit(
        id=uuid.uuid4().hex[:12],
        document=first.document,
        passage=first.id,
        action=action,
        by=by,
        at=datetime.now(timezone.utc).isoformat(timespec="microseconds"),
        bases=tuple(map(Base.of, passages)),
        texts=tuple(texts) if texts is not None else None,
        heading=heading,
        similar=clean_questions(similar) if similar is not None else None,
        negative=clean_questions(negative) if negative is not None else None,
        disabled=disabled,
        note=note.strip()[:500],
    )


def edits_from_json(document: str, value: Mapping[str, Any]) -> DocumentEdits:
    """:return: the edits that :func:`edits_to_json` wrote."""
    edits = {}
    for row in value["edits"]:
        bases = tuple(
            Base(**{key: _tuple(item) for key, item in base.items()}) for base in row["bases"]
        )
        plain = {key: _tuple(item) for key, item in row.items() if key not in {"bases", "action"}}
        edit = Edit(**plain, action=Action(row["action"]), bases=bases)
        edits[edit.passage] = edit
    meta = MetaEdit(**value["meta"]) if value.get("meta") else None
    return DocumentEdits(document, edits, meta, dict(value["revisions"]))


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def edits_to_json(found: DocumentEdits) -> dict[str, Any]:
    """:return: the edits as JSON values."""
    return {
        "edits": [asdict(edit) for edit in found.edits.values()],
        "meta": asdict(found.meta) if found.meta else None,
        "revisions": dict(found.revisions),
    }
