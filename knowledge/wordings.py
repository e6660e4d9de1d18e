"""Everyday wordings: how people ask for what a section says, kept as data beside the documents.

``knowledge/wordings/<document id>.yaml`` maps a section's heading (nested ones joined by `` / ``) to
questions in everyday words.  They are searchable rows of the section, training pairs for encoder and
order, and examples of what is a question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from knowledge.errors import SourceError
from knowledge.front_matter import load_yaml
from knowledge.problems import Problem, error
from knowledge.text import normalise
from knowledge.types import Document, Section

FOLDER = "wordings"
JOINT = " / "
Wordings = Mapping[str, tuple[str, ...]]


def folder_of(sources_dir: Path) -> Path:
    """Where the wordings of a folder of documents lie."""
    return sources_dir.parent / FOLDER


def key_of(section: Section) -> str:
    """What a section is called in a file of wordings: its headings, and its article if they do not name it."""
    key = JOINT.join(section.heading)
    if section.article and section.article not in key:
        key = f"{key}{JOINT}{section.article}" if key else section.article
    return key


def load_wordings(path: Path) -> Wordings:
    """Read one file; empty when there is none.

    :raises SourceError: naming what is malformed.
    """
    if not path.is_file():
        return {}
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1024)
def _read(path: Path, _changed: int) -> Wordings:
    rows = load_yaml(path.read_text(encoding="utf-8"), path.name)
    if not isinstance(rows, dict):
        raise SourceError(f"{path.name}：应是“小节标题: [问法, …]”的表")
    found = {}
    for key, asked in rows.items():
        if not isinstance(asked, list) or not all(isinstance(q, str) and q.strip() for q in asked):
            raise SourceError(f"{path.name}《{key}》：应是问法的列表，每条一行")
        found[str(key)] = tuple(question.strip() for question in asked)
    return found


def with_wordings(document: Document, folder: Path) -> Document:
    """The document with the wordings of its file added to its sections' similar questions.

    :raises SourceError: the file is malformed.
    """
    wordings = load_wordings(folder / f"{document.meta.id}.yaml")
    if not wordings:
        return document
    given: set[str] = set()
    sections = []
    for section in document.sections:
        key = key_of(section)
        asked = () if key in given else wordings.get(key, ())
        given.add(key)
        similar = tuple(dict.fromkeys((*section.similar, *asked)))
        sections.append(replace(section, similar=similar) if asked else section)
    return replace(document, sections=tuple(sections))


def every_wording(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Document, section and question of every wording, in the order of the files.

    :raises SourceError: a file is malformed.
    """
    for path in sorted(folder.glob("*.yaml")):
        for key, asked in load_wordings(path).items():
            for question in asked:
                yield path.stem, key, question


def check_wordings(documents: Mapping[str, Document], folder: Path) -> Iterator[Problem]:
    """A wording belongs to one section that exists."""
    seen: dict[str, tuple[str, str]] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            wordings = load_wordings(path)
        except SourceError as malformed:
            yield error("wording", f"{FOLDER}/{path.name}", str(malformed))
            continue
        document = documents.get(path.stem)
        keys = {key_of(section) for section in document.sections} if document else set()
        for key, asked in wordings.items():
            place = f"{FOLDER}/{path.name}《{key}》"
            if key not in keys:
                yield error("wording", place, "没有这份文档或这个小节，请改成现在的标题")
                continue
            for question in asked:
                first = seen.setdefault(normalise(question).casefold(), (path.stem, key))
                if first != (path.stem, key):
                    also = f"{first[0]}《{first[1]}》"
                    yield error("wording", place, f"问法“{question}”也写在 {also}下面，只能留一处")
