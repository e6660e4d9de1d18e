"""The trainers' edits of the alias table and the word list, kept beside the shipped tables.

The shipped files stay as they are.  Edits are drafts: a build lays them over the tables, so they go
live with the next publication and are undone with its rollback.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path
from typing import Any

from knowledge.errors import SourceError
from knowledge.files import sole_writer, write_atomic
from knowledge.front_matter import load_yaml
from knowledge.text import normalise
from knowledge.word_table import FILE_NAME as WORDS_FILE
from knowledge.word_table import load_words

ALIASES_FILE = "aliases.yaml"
_FOLDER = "dictionary"
_FILE = "edits.json"
_HISTORY = "history.jsonl"
LONGEST_WORD = 20
LONGEST_NAME = 40


class EditKind(str, Enum):
    """What an edit is about."""

    WORD = "word"
    ALIAS = "alias"
    SYNONYM = "synonym"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"word": "分词", "alias": "别名", "synonym": "同义词"}[self.value]


@dataclass(frozen=True)
class DictionaryEdit:
    """One edit.

    ``text`` is the word, the alias or the synonym; ``target`` the id of the alias row, or the name
    that the synonym stands for.  ``is_removal`` takes a shipped word or alias out.
    """

    id: str
    kind: EditKind
    text: str
    by: str
    at: str
    target: str | None = None
    is_removal: bool = False


class Dictionary:
    """The edits of one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / _FOLDER / _FILE

    def edits(self) -> list[DictionaryEdit]:
        """:return: the edits in the order they were made.

        :raises SourceError: the file is damaged.
        """
        if not self.path.is_file():
            return []
        try:
            rows = json.loads(self.path.read_text(encoding="utf-8"))
            return [DictionaryEdit(**{**row, "kind": EditKind(row["kind"])}) for row in rows]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise SourceError(f"词典修改记录 {self.path} 已损坏，请从备份恢复") from error

    def add(self, edit: DictionaryEdit, tables_dir: Path) -> DictionaryEdit:
        """Keep an edit; an equal one is there only once, an opposite one is withdrawn instead.

        :raises SourceError: it cannot be applied to the tables.
        """
        check(edit, tables_dir)
        with self._writing() as kept:
            same = [old for old in kept if _subject(old) == _subject(edit)]
            opposite = [old for old in same if old.is_removal != edit.is_removal]
            if opposite:
                kept[:] = [old for old in kept if old not in opposite]
            elif not same:
                kept.append(edit)
            self._note(edit.id, edit.by)
        return edit

    def hands(self) -> list[tuple[str, str]]:
        """:return: who changed the dictionary and when, oldest first; taking an edit back is a change.

        A line cut off by a crash is left out.
        """
        path = self.path.with_name(_HISTORY)
        if not path.is_file():
            return []
        found = []
        for line in path.read_text("utf-8", errors="replace").split("\n"):
            try:
                row = json.loads(line)
                found.append((str(row["by"]), str(row["at"])))
            except (ValueError, TypeError, KeyError):
                continue
        return found

    def withdraw(self, identifier: str, *, by: str) -> DictionaryEdit:
        """Take an edit back; what is live changes with the next publication.

        :raises SourceError: it is not there any more.
        """
        with self._writing() as kept:
            found = [edit for edit in kept if edit.id == identifier]
            if not found:
                raise SourceError("这条词典修改已经不在了，请刷新页面")
            kept[:] = [edit for edit in kept if edit.id != identifier]
            self._note(identifier, by)
        return found[0]

    def restore(self, edits: Sequence[DictionaryEdit], *, by: str) -> None:
        """Have the edits of another instance in place of one's own; whoever does so changed them."""
        with self._writing() as kept:
            kept[:] = edits
            for edit in edits:
                self._note(edit.id, by)

    def _note(self, identifier: str, by: str) -> None:
        """Say who changes what, before it is changed: no change is without its hand."""
        line = json.dumps({"id": identifier, "by": by, "at": _now()}, ensure_ascii=False)
        with self.path.with_name(_HISTORY).open("a", encoding="utf-8") as stream:
            stream.write("\n" + line)
            stream.flush()
            os.fsync(stream.fileno())

    @contextmanager
    def _writing(self) -> Iterator[list[DictionaryEdit]]:
        refusal = SourceError("词典正被另一位同事修改，请稍后再试")
        with sole_writer(self.path.with_name(".lock"), 5.0, refusal):
            kept = self.edits()
            yield kept
            content = json.dumps([asdict(edit) for edit in kept], ensure_ascii=False, indent=1)
            write_atomic(self.path, content.encode("utf-8"))


def new_edit(
    kind: EditKind, text: str, *, by: str, target: str | None = None, is_removal: bool = False
) -> DictionaryEdit:
    """An edit made now."""
    now = _now()
    words = normalise(text).strip()
    seed = f"{kind.value}\n{words}\n{target}\n{is_removal}\n{now}\n{by}"
    identifier = hashlib.sha256(seed.encode()).hexdigest()[:12]
    return DictionaryEdit(
        identifier, kind, words, by, now, (target or "").strip() or None, is_removal
    )


def check(edit: DictionaryEdit, tables_dir: Path) -> None:
    """Whether an edit can be applied.

    :raises SourceError: saying what is wrong with it.
    """
    if edit.kind is EditKind.WORD:
        if not 2 <= len(edit.text) <= LONGEST_WORD or any(
            c.isspace() or c == "#" for c in edit.text
        ):
            raise SourceError(f"词应为 2 到 {LONGEST_WORD} 个字，中间不能有空格")
        if edit.is_removal and edit.text not in load_words(tables_dir):
            raise SourceError(f"词表里没有“{edit.text}”")
        return
    if not 1 <= len(edit.text) <= LONGEST_NAME:
        raise SourceError(f"名称应为 1 到 {LONGEST_NAME} 个字")
    if edit.target is None:
        raise SourceError("请选择它是谁的别名")
    if edit.kind is EditKind.SYNONYM:
        if not 1 <= len(edit.target) <= LONGEST_NAME or normalise(edit.target) == edit.text:
            raise SourceError("同义词的两边应是两个不同的说法")
        return
    row = next((row for row in alias_records(tables_dir) if row["id"] == edit.target), None)
    if row is None:
        raise SourceError(f"别名表里没有 {edit.target} 这一行")
    if edit.is_removal and edit.text not in map(normalise, row.get("aliases") or ()):
        raise SourceError(f"“{row['name']}”没有“{edit.text}”这个别名")


def alias_records(tables_dir: Path) -> list[dict[str, Any]]:
    """The shipped rows as they are written."""
    path = tables_dir / ALIASES_FILE
    if not path.is_file():
        return []
    return [dict(row) for row in load_yaml(path.read_text(encoding="utf-8"), path.name) or ()]


def edited_aliases(
    records: Sequence[Mapping[str, Any]], edits: Sequence[DictionaryEdit]
) -> list[dict[str, Any]]:
    """The alias rows with the edits laid over them."""
    rows = [{**row, "aliases": [str(name) for name in row.get("aliases") or ()]} for row in records]
    for edit in edits:
        if edit.kind is EditKind.SYNONYM:
            rows.append(
                {
                    "id": f"edit-{edit.id}",
                    "kind": "term",
                    "code": f"edit-{edit.id}",
                    "name": edit.target,
                    "aliases": [edit.text],
                    "expand": True,
                }
            )
        elif edit.kind is EditKind.ALIAS:
            for row in rows:
                if row["id"] != edit.target:
                    continue
                names = [name for name in row["aliases"] if normalise(name) != edit.text]
                row["aliases"] = names if edit.is_removal else [*names, edit.text]
    return rows


def edited_words(words: Sequence[str], edits: Sequence[DictionaryEdit]) -> list[str]:
    """The word list with the edits laid over it."""
    found = dict.fromkeys(words)
    for edit in edits:
        if edit.kind is not EditKind.WORD:
            continue
        if edit.is_removal:
            found.pop(edit.text, None)
        else:
            found.setdefault(edit.text)
    return list(found)


def write_tables(tables_dir: Path, edits: Sequence[DictionaryEdit], folder: Path) -> None:
    """Put the alias table and the word list, as edited, into a folder; a table that is not there is left out."""
    import yaml

    for name, kinds in (
        (ALIASES_FILE, (EditKind.ALIAS, EditKind.SYNONYM)),
        (WORDS_FILE, (EditKind.WORD,)),
    ):
        source = tables_dir / name
        concerned = [edit for edit in edits if edit.kind in kinds]
        if not concerned:
            if source.is_file():
                (folder / name).write_bytes(source.read_bytes())
            continue
        if name == WORDS_FILE:
            text = "\n".join(edited_words(load_words(tables_dir), concerned)) + "\n"
        else:
            rows = edited_aliases(alias_records(tables_dir), concerned)
            text = yaml.safe_dump(rows, allow_unicode=True, sort_keys=False)
        (folder / name).write_text(text, encoding="utf-8")


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="microseconds")


def _subject(edit: DictionaryEdit) -> tuple[EditKind, str, str | None]:
    return (edit.kind, edit.text, edit.target)
