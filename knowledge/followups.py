"""What people ask next, naming nothing: follow-ups written by hand, kept as data beside the documents.

``knowledge/followups/<document id>.yaml`` is a list of rows: the heading of the section just answered
(``after``, nested ones joined by `` / ``), what the person writes next (``say``), the heading of the
section that answers it (``answer``; left out where nothing on the shelf does) and, where that one stands
elsewhere, its ``document``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import SourceError
from knowledge.front_matter import load_yaml
from knowledge.problems import Problem, error
from knowledge.text import normalise
from knowledge.types import Document
from knowledge.wordings import key_of

FOLDER = "followups"
_NEEDED = ("after", "say")
_ALLOWED = frozenset((*_NEEDED, "answer", "document"))


@dataclass(frozen=True)
class FollowUp:
    """One follow-up: ``say`` is written after ``source``'s section ``after`` was answered."""

    source: str
    after: str
    say: str
    # None where nothing answers it.
    answer: str | None
    # The document that answers: ``source`` itself unless the row names another.
    document: str

    @property
    def leaves(self) -> bool:
        """Whether another document than the one just answered from is asked for."""
        return self.document != self.source


def folder_of(sources_dir: Path) -> Path:
    """Where the follow-ups of a folder of documents lie."""
    return sources_dir.parent / FOLDER


def load_followups(path: Path) -> tuple[FollowUp, ...]:
    """Read one file, in the order of its rows; empty when there is none.

    :raises SourceError: naming the file and the row (from 1) that is malformed.
    """
    if not path.is_file():
        return ()
    rows = load_yaml(path.read_text(encoding="utf-8"), path.name)
    if not isinstance(rows, list):
        raise SourceError(f"{path.name}：应是列表，每条写 after、say、answer")
    return tuple(_row(row, path, number) for number, row in enumerate(rows, start=1))


def _row(row: object, path: Path, number: int) -> FollowUp:
    place = f"{path.name}第{number}条"
    if not isinstance(row, dict):
        raise SourceError(f"{place}：应写 after、say 和 answer（没有小节能答就不写 answer）")
    unknown = sorted(str(key) for key in row if key not in _ALLOWED)
    if unknown:
        raise SourceError(f"{place}：不认得的字段 {'、'.join(unknown)}")
    for key in row:
        if not isinstance(row[key], str) or not row[key].strip():
            raise SourceError(f"{place}：{key} 应是一句话（数字和日期要加引号）")
    missing = [key for key in _NEEDED if key not in row]
    if missing:
        raise SourceError(f"{place}：缺少 {'、'.join(missing)}")
    if "document" in row and "answer" not in row:
        raise SourceError(f"{place}：写了 document 就要写 answer")
    answer = row["answer"].strip() if "answer" in row else None
    after, say = (row[key].strip() for key in _NEEDED)
    return FollowUp(path.stem, after, say, answer, row.get("document", path.stem).strip())


def every_followup(folder: Path) -> Iterator[FollowUp]:
    """Every follow-up, in the order of the files.

    :raises SourceError: a file is malformed.
    """
    for path in sorted(folder.glob("*.yaml")):
        yield from load_followups(path)


def check_followups(documents: Mapping[str, Document], folder: Path) -> Iterator[Problem]:
    """A follow-up leads from one section that exists to another, and is written once."""
    keys = {
        name: {key_of(section) for section in document.sections}
        for name, document in documents.items()
    }
    for path in sorted(folder.glob("*.yaml")):
        try:
            rows = load_followups(path)
        except SourceError as malformed:
            yield error("followup", f"{FOLDER}/{path.name}", str(malformed))
            continue
        seen: dict[tuple[str, str], int] = {}
        for number, row in enumerate(rows, start=1):
            place = f"{FOLDER}/{path.name}第{number}条"
            for message in _wrong(row, keys):
                yield error("followup", place, message)
            said = (row.after, normalise(row.say).casefold())
            first = seen.setdefault(said, number)
            if first != number:
                yield error("followup", place, f"“{row.say}”与第{first}条重复，只能留一条")


def _wrong(row: FollowUp, keys: Mapping[str, set[str]]) -> Iterator[str]:
    if row.after not in keys.get(row.source, ()):
        yield f"after《{row.after}》：没有这份文档或这个小节，请改成现在的标题"
    if row.document not in keys:
        yield f"document：没有文档 {row.document}"
    elif row.answer is not None and row.answer not in keys[row.document]:
        yield f"answer《{row.answer}》：{row.document} 没有这个小节，请改成现在的标题"
