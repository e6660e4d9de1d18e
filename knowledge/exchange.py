"""The edited knowledge base as a folder of readable files, and back again without a difference.

Every document becomes markdown with front matter in which each passage names its id; read back, it gives
the same passages under the same ids.  A file that would not is never written: every one is read again and
compared before the export is called finished.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePath
from typing import Any

import yaml

from knowledge.chunking import passage_of, passages
from knowledge.errors import SourceError
from knowledge.ledger import Ledger, lookup
from knowledge.library import Library
from knowledge.loaders import load
from knowledge.overlay import Drafted, State, meta_values
from knowledge.sections import HISTORY, PREAMBLE
from knowledge.types import Document, Passage, Section

DOCUMENTS = "documents"
TABLES = "tables"
MANIFEST = "huhang-export.json"
# What trainers made besides documents: edits of words and aliases, judged questions, the quiz, the
# examples of the dialogue model in use, labelled sentences.
TRAINERS = "trainers"
DICTIONARY = "dictionary.json"
GOLDEN = "golden.jsonl"
QUIZ = "quiz.yaml"
EXAMPLES = "corrections.yml"
LABELS = "labels.jsonl"
WORK = (DICTIONARY, GOLDEN, QUIZ, EXAMPLES, LABELS)
# Headings of markdown below the title.
_DEEPEST = 5
_PLAIN_QUESTION = re.compile(r"[^|｜<>\s]([^|｜<>]*[^|｜<>\s])?")
_ESCAPED = re.compile(r"\s|[#\\]|<!--|```|.*\s$")


@dataclass(frozen=True)
class Exported:
    """What was written."""

    documents: int
    passages: int
    tables: int


def is_work(path: PurePath) -> bool:
    """Whether a file of an export holds something that trainers made besides documents."""
    return path.parent.name == TRAINERS and path.name in WORK


def export(library: Library, folder: Path, *, tables_dir: Path) -> Exported:
    """Write the edited knowledge base into an empty or new folder.

    :raises SourceError: the folder holds something else, edits are in conflict, or a document would not
        read back as it is.
    """
    if library.conflicts:
        raise SourceError(
            f"有 {len(library.conflicts)} 处修改与新版本冲突，请先在工作台处理，再导出"
        )
    if folder.exists() and any(folder.iterdir()):
        raise SourceError(f"{folder} 不是空文件夹，请换一个位置，以免混在一起")
    (folder / DOCUMENTS).mkdir(parents=True)
    (folder / TABLES).mkdir()
    count = 0
    for document in library.documents:
        entries = library.entries[document.meta.id]
        path = folder / DOCUMENTS / f"{document.meta.id}.md"
        path.write_text(written(document, entries, library.ledger), encoding="utf-8")
        count += _compare(path, document, entries, library.ledger)
    names = [*sorted(tables_dir.glob("*.yaml")), *sorted(tables_dir.glob("*.txt"))]
    for table in names:
        shutil.copyfile(table, folder / TABLES / table.name)
    manifest = {"format": 1, "documents": len(library.documents), "passages": count}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return Exported(len(library.documents), count, len(names))


def _compare(path: Path, document: Document, entries: Sequence[Drafted], ledger: Ledger) -> int:
    """:raises SourceError: reading the file gives other passages than were written."""
    wanted = [passage for entry in entries for passage in entry.results]
    found = passages(load(path), ledger)
    if found != wanted:
        different = next(
            (one.id for one, two in zip(wanted, found, strict=False) if one != two), "数目"
        )
        raise SourceError(
            f"{document.meta.title}：导出后读回的段落不一致（{different}），未完成导出，请反馈此问题"
        )
    return len(wanted)


def written(document: Document, entries: Sequence[Drafted], ledger: Ledger) -> str:
    """:return: a document with its edits as markdown."""
    header = {
        key: value for key, value in meta_values(document.meta).items() if value not in (None, [])
    }
    front = yaml.safe_dump(header, allow_unicode=True, sort_keys=False, width=1000)
    title = f"# {' '.join(document.meta.title.split())}"
    lines = ["---", front.rstrip("\n"), "---", "", title, ""]
    path: tuple[str, ...] = ()
    for section in _sections(document, entries, ledger):
        lines.extend(_section_lines(section, path, title))
        path = section.heading
    return "\n".join(lines).rstrip("\n") + "\n"


def _sections(document: Document, entries: Sequence[Drafted], ledger: Ledger) -> Iterator[Section]:
    """What answers nothing but belongs to the document, then each passage as a section of its own."""
    for section in document.sections:
        if section.heading in {(PREAMBLE,), (HISTORY,)} and section.passage is None:
            yield replace(section, place=None)
    for entry in entries:
        if entry.results:
            for passage in entry.results:
                yield _section(document, passage, ledger)
        elif entry.source is not None and entry.state is State.DISABLED:
            yield replace(_section(document, entry.source, ledger), disabled=True)


def _section(document: Document, passage: Passage, ledger: Ledger) -> Section:
    """A passage as a section; what its metadata would not give by itself is stated."""
    plain = Section(
        heading=passage.heading,
        text=passage.text,
        article=passage.article,
        page=passage.page,
        facts=passage.facts,
        similar=passage.similar,
        negative=passage.negative,
        passage=passage.id,
    )
    facts = lookup(ledger, passage.facts, document.path)
    derived = passage_of(document.meta, plain, facts, passage.id, passage.text)
    if (derived.basis, derived.url) != (passage.basis, passage.url):
        plain = replace(plain, basis=passage.basis or "", url=passage.url)
    if derived.as_of != passage.as_of:
        plain = replace(plain, as_of=passage.as_of)
    if derived.jurisdiction != passage.jurisdiction:
        plain = replace(plain, jurisdiction=passage.jurisdiction)
    return plain


def _section_lines(section: Section, before: tuple[str, ...], title: str) -> Iterator[str]:
    shown, last = section.heading[:_DEEPEST], before[:_DEEPEST]
    shared = 0
    while shared < min(len(shown), len(last)) and shown[shared] == last[shared]:
        shared += 1
    if shared == len(shown) < len(last):
        # Back up: the heading is written once more, the title where there is none.
        shared = max(shared - 1, 0)
        if not shown:
            yield title
            yield ""
    for level, label in enumerate(shown[shared:], start=shared):
        yield f"{'#' * (level + 2)} {' '.join(label.split())}"
        yield ""
    yield f"<!-- passage: {_json(_stated(section))} -->"
    if section.facts:
        yield f"<!-- facts: {', '.join(section.facts)} -->"
    for name, questions in (("similar", section.similar), ("not", section.negative)):
        if questions and all(map(_PLAIN_QUESTION.fullmatch, questions)):
            yield f"<!-- {name}: {' | '.join(questions)} -->"
    for line in section.text.split("\n"):
        if _is_odd(section.text):
            yield "（见上一行）"
            break
        yield f"\\{line}\\" if not line or _ESCAPED.match(line) else line
    yield ""


def _stated(section: Section) -> dict[str, Any]:
    """What the visible lines of a section cannot say."""
    values = asdict(section)
    kept = ("article", "page", "jurisdiction", "basis", "url", "as_of")
    stated: dict[str, Any] = {"id": section.passage} if section.passage else {}
    stated["heading"] = list(section.heading)
    stated.update({key: values[key] for key in kept if values[key] not in (None, ())})
    if section.disabled:
        stated["disabled"] = True
    if _is_odd(section.text):
        stated["text"] = section.text
    for name, questions in (("similar", section.similar), ("negative", section.negative)):
        if questions and not all(map(_PLAIN_QUESTION.fullmatch, questions)):
            stated[name] = list(questions)
    return stated


def _is_odd(text: str) -> bool:
    """Whether a text holds characters that a text file does not keep as they are."""
    return any(ord(char) < 32 and char not in "\n\t" for char in text)


def _json(value: Mapping[str, Any]) -> str:
    """JSON in which nothing ends the comment it stands in."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("\u2028", "\\u2028")
