"""Documents and passages as JSON, the form in which drafts and snapshots keep them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, TextIO

from knowledge.errors import SnapshotError
from knowledge.types import Document, DocumentMeta, Kind, Passage, Rejected, Section, Source

# Fields that come back as dates, read off the types so that a new one is not forgotten.
_DATES = {
    field.name
    for kind in (DocumentMeta, Passage)
    for field in fields(kind)
    if str(field.type).split(" ")[0] == "date"
}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _typed(value: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, item in value.items():
        if key not in names:
            continue
        if key == "kind":
            result[key] = Kind(item)
        elif key in _DATES:
            result[key] = date.fromisoformat(item) if item else None
        else:
            result[key] = tuple(item) if isinstance(item, list) else item
    return result


def _names(kind: Any) -> set[str]:
    return {field.name for field in fields(kind)}


def document_to_json(document: Document) -> dict[str, Any]:
    """:return: the document as JSON values."""
    plain: dict[str, Any] = _plain(asdict(document))
    return plain


def document_from_json(value: Mapping[str, Any]) -> Document:
    """:return: the document that ``document_to_json`` wrote."""
    meta = dict(value["meta"])
    sources = tuple(Source(**source) for source in meta.pop("sources", ()))
    return Document(
        meta=DocumentMeta(**_typed(meta, _names(DocumentMeta)), sources=sources),
        sections=tuple(Section(**_typed(row, _names(Section))) for row in value["sections"]),
        path=value["path"],
        sha256=value["sha256"],
        warnings=tuple(value.get("warnings", ())),
        rejected=tuple(Rejected(**row) for row in value.get("rejected", ())),
    )


def passage_to_json(passage: Passage) -> dict[str, Any]:
    """:return: the passage as JSON values, without fields that are empty."""
    # A passage nests no dataclass, so its own fields do; asdict would copy each of them deeply.
    return {key: _plain(item) for key, item in vars(passage).items() if item not in (None, ())}


def passage_from_json(value: Mapping[str, Any]) -> Passage:
    """:return: the passage that ``passage_to_json`` wrote."""
    return Passage(**{"heading": (), "jurisdiction": ()} | _typed(value, _names(Passage)))


def write_passages(path: Path, passages: Iterable[Passage]) -> int:
    """Write one passage a line.

    :return: how many were written.
    """
    return len(write_lines(path, passages)) - 1


def write_lines(path: Path, passages: Iterable[Passage]) -> list[int]:
    """As :func:`write_passages`.

    :return: where each line begins in the file, and where the last one ends.
    """
    offsets = [0]
    with path.open("wb") as stream:
        for passage in passages:
            offsets.append(offsets[-1] + stream.write(line_of(passage)))
    return offsets


def line_of(passage: Passage) -> bytes:
    """The line that a passage is kept as."""
    return (json.dumps(passage_to_json(passage), ensure_ascii=False) + "\n").encode()


def read_passages(path: Path) -> list[Passage]:
    """Read what ``write_passages`` wrote.

    :raises SnapshotError: the file is missing or a line cannot be read; the line is named.
    """
    return list(_passages(path))


def different_passages(one: Path, other: Path) -> tuple[list[Passage], list[Passage]]:
    """The passages of each of two files that do not stand in the other letter by letter, in order.

    :raises SnapshotError: as :func:`read_passages`.
    """
    return list(_passages(one, _lines(other))), list(_passages(other, _lines(one)))


def count_passages(path: Path) -> int:
    """How many passages there are, each read and let go of: a shelf of millions does not fit as objects.

    :raises SnapshotError: as :func:`read_passages`.
    """
    return sum(1 for _ in _passages(path))


def count_lines(path: Path) -> int:
    """How many passages a file has that is known to be as it was written."""
    with path.open("rb") as stream:
        return sum(1 for _ in stream)


def _lines(path: Path) -> frozenset[str]:
    with _opened(path) as stream:
        return frozenset(stream)


def _passages(path: Path, known: Collection[str] = ()) -> Iterator[Passage]:
    """:param known: lines that are passed over."""
    with _opened(path) as stream:
        for number, line in enumerate(stream, start=1):
            if line in known:
                continue
            try:
                yield passage_from_json(json.loads(line))
            except (ValueError, TypeError, KeyError, UnicodeDecodeError) as error:
                raise SnapshotError(
                    f"{path.name} 第{number}行已损坏，请回退快照或重新构建"
                ) from error


def _opened(path: Path) -> TextIO:
    try:
        return path.open(encoding="utf-8")
    except OSError as error:
        raise SnapshotError(
            f"快照缺少 {path.name}，请重新运行 huhang kb build 和 huhang kb publish"
        ) from error
