"""What trainers changed, kept beside the imported documents and never in them.

An edit names a passage and remembers the passage as it was; importing a newer version of the file leaves
it in place.  Every save names the state it was made on, so that of two editors the second is told.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from knowledge.edit_reading import HISTORY, Edits
from knowledge.edit_types import (
    Action,
    Base,
    DocumentEdits,
    Edit,
    Event,
    MetaEdit,
    clean_questions,
    edits_to_json,
)
from knowledge.errors import EditConflictError, SourceError
from knowledge.files import sole_writer, write_atomic
from knowledge.types import Passage


class EditStore(Edits):
    """The folder of edits, a file for each document."""

    def __init__(self, draft_dir: Path, *, wait_s: float = 10.0) -> None:
        super().__init__(draft_dir)
        self._wait = wait_s

    # -- writing -----------------------------------------------------------------------------------

    def save(
        self,
        edit: Edit,
        passages: Sequence[Passage],
        tokens: Sequence[str],
    ) -> None:
        """Replace the edit of a passage by this one.

        :param passages: what it was made of, as :func:`edit_of` takes them.
        :param tokens: the state of each that the editor saw, from :meth:`DocumentEdits.token`.
        :raises EditConflictError: one of them was changed meanwhile; nothing is saved.
        """
        first = passages[0]

        def change(found: DocumentEdits) -> DocumentEdits:
            self._expect(found, passages, tokens)
            edits = {**found.edits, first.id: edit}
            for other in passages[1:]:
                edits.pop(other.id, None)
            counted = {item.id: found.revisions.get(item.id, 0) + 1 for item in passages}
            return replace(found, edits=edits, revisions={**found.revisions, **counted})

        self._change(first.document, change, edit, _shown(edit))

    def drop(self, passage: Passage | str, token: str, *, document: str, by: str) -> None:
        """Take an edit back.

        :param passage: its id alone where the source no longer has it; ``token`` is then its edit's id.
        :raises EditConflictError: it was changed meanwhile.
        """
        identifier = passage if isinstance(passage, str) else passage.id

        def change(found: DocumentEdits) -> DocumentEdits:
            edit = found.edits.get(identifier)
            if edit is None:
                raise EditConflictError("这处修改已经被放弃，请刷新页面")
            if isinstance(passage, str):
                if edit.id != token:
                    raise _overtaken(edit)
            else:
                self._expect(found, [passage], [token])
            edits = {key: value for key, value in found.edits.items() if key != identifier}
            revisions = {**found.revisions, identifier: found.revisions.get(identifier, 0) + 1}
            return replace(found, edits=edits, revisions=revisions)

        event = Event(_id(), document, identifier, Action.DROP, by, _now())
        self._change(document, change, event)

    def rebase(self, edit: Edit, passages: Sequence[Passage], *, by: str) -> Edit:
        """Let an edit rest on what the source says now: the editor saw the conflict and kept the edit.

        :param passages: the passage that the edit is for now (another one where its own is gone), then
            those merged into it.
        :raises EditConflictError: the edit was changed meanwhile.
        """
        first = passages[0]
        kept = replace(
            edit,
            id=_id(),
            passage=first.id,
            action=Action.KEEP,
            by=by,
            at=_now(),
            bases=tuple(map(Base.of, passages)),
        )

        def change(found: DocumentEdits) -> DocumentEdits:
            now = found.edits.get(edit.passage)
            if now is None or now.id != edit.id:
                raise _overtaken(now)
            other = found.edits.get(first.id)
            if other is not None and other.id != edit.id:
                raise EditConflictError(f"目标段落已有 {other.by} 的修改，请先处理那一处")
            edits = {key: value for key, value in found.edits.items() if key != edit.passage}
            touched = {key: found.revisions.get(key, 0) + 1 for key in (edit.passage, first.id)}
            revisions = {**found.revisions, **touched}
            return replace(found, edits={**edits, first.id: kept}, revisions=revisions)

        self._change(edit.document, change, kept, _shown(kept))
        return kept

    def save_meta(
        self,
        document: str,
        token: str,
        fields: Mapping[str, Any],
        before: Mapping[str, Any],
        *,
        by: str,
    ) -> None:
        """Replace the edit of a document's metadata; no fields take it back.

        :raises EditConflictError: somebody saved meanwhile.
        """
        edit = MetaEdit(_id(), document, by, _now(), dict(fields), dict(before))

        def change(found: DocumentEdits) -> DocumentEdits:
            if found.meta_token != token:
                raise _overtaken(found.meta)
            revisions = {**found.revisions, "": found.revisions.get("", 0) + 1}
            return replace(found, meta=edit if fields else None, revisions=revisions)

        text = json.dumps(dict(fields), ensure_ascii=False)
        event = Event(edit.id, document, "", Action.META, by, edit.at, after=text)
        self._change(document, change, event)

    def add_question(self, passage: Passage, question: str, *, by: str) -> None:
        """Let a passage of the source answer one more question, whatever else was edited of it.

        :raises SourceError: the question cannot be used.
        """
        (clean,) = clean_questions([question]) or ("",)
        if not clean:
            raise SourceError("问法不能为空")

        def change(found: DocumentEdits) -> DocumentEdits:
            known = found.edits.get(passage.id)
            edit = known or Edit("", passage.document, passage.id, Action.QUESTION, by, "", ())
            seen = edit.bases or (Base.of(passage),)
            asked = edit.similar
            if asked is None:
                asked = tuple(question for base in seen for question in base.similar)
            changed = replace(
                edit,
                id=event.id,
                by=by,
                at=event.at,
                action=Action.QUESTION,
                bases=seen,
                similar=clean_questions([*asked, clean]),
            )
            revisions = {**found.revisions, passage.id: found.revisions.get(passage.id, 0) + 1}
            return replace(found, edits={**found.edits, passage.id: changed}, revisions=revisions)

        event = Event(_id(), passage.document, passage.id, Action.QUESTION, by, _now(), after=clean)
        self._change(passage.document, change, event)

    def carry(self, before: str, after: str, *, by: str) -> int:
        """Take the edits of a document over to its newer version, which has another id.

        They still rest on the older version's passages, so whatever that changed shows as a conflict.

        :return: how many; none when the newer version was edited already.
        """
        old = self.of(before)
        if not old.edits and old.meta is None:
            return 0
        now = _now()
        edits = {}
        for key, edit in old.edits.items():
            bases = tuple(
                replace(base, passage=_moved(base.passage, before, after)) for base in edit.bases
            )
            moved = replace(
                edit,
                id=_id(),
                document=after,
                passage=_moved(key, before, after),
                action=Action.CARRY,
                by=by,
                at=now,
                bases=bases,
            )
            edits[moved.passage] = moved
        meta = (
            None if old.meta is None else replace(old.meta, id=_id(), document=after, by=by, at=now)
        )
        carried = 0

        def change(found: DocumentEdits) -> DocumentEdits:
            nonlocal carried
            if found.edits or found.meta or found.revisions:
                return found
            carried = len(edits) + (meta is not None)
            return DocumentEdits(after, edits, meta, {key: 1 for key in edits})

        note = f"来自 {before}"
        self._change(after, change, Event(_id(), after, "", Action.CARRY, by, now, note))
        return carried

    @staticmethod
    def _expect(found: DocumentEdits, passages: Sequence[Passage], tokens: Sequence[str]) -> None:
        for passage, token in zip(passages, tokens, strict=True):
            if found.token(passage) != token:
                raise _overtaken(found.edits.get(passage.id))

    def _change(
        self,
        document: str,
        change: Callable[[DocumentEdits], DocumentEdits],
        event: Edit | Event,
        texts: tuple[str, str] = ("", ""),
    ) -> None:
        with self._writing():
            found = self.of(document)
            changed = change(found)
            if changed is found:
                return
            write_atomic(
                self._path(document),
                json.dumps(edits_to_json(changed), ensure_ascii=False, indent=1).encode("utf-8"),
            )
            line = _event(event, texts)
            with (self.folder / HISTORY).open("a", encoding="utf-8") as stream:
                stream.write("\n" + json.dumps(asdict(line), ensure_ascii=False))
                stream.flush()
                os.fsync(stream.fileno())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        refusal = SourceError("另一个人正在保存，请稍等几秒再试")
        with sole_writer(self.folder / ".lock", self._wait, refusal):
            yield


def _shown(edit: Edit) -> tuple[str, str]:
    before = "\n----\n".join(base.text for base in edit.bases)
    return before, "\n----\n".join(edit.texts) if edit.texts is not None else ""


def _event(event: Edit | Event, texts: tuple[str, str]) -> Event:
    if isinstance(event, Event):
        return event
    return Event(
        event.id,
        event.document,
        event.passage,
        event.action,
        event.by,
        event.at,
        event.note,
        *texts,
    )


def _overtaken(edit: Edit | MetaEdit | None) -> EditConflictError:
    if edit is None:
        return EditConflictError(
            "这一段刚刚被别人改过或重新导入过，您的修改没有保存，请对照新内容再改"
        )
    return EditConflictError(
        f"{edit.by} 在 {edit.at[:16].replace('T', ' ')}（UTC）改过这里，您的修改没有保存，请对照新内容再改"
    )


def _moved(passage: str, before: str, after: str) -> str:
    return after + passage.removeprefix(before)


def _id() -> str:
    return uuid.uuid4().hex[:12]


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="microseconds")
