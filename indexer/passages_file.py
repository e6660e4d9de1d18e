"""Reading passages and judged questions from files of JSON lines, for evaluation."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import SourceError
from knowledge.types import Kind, Passage

_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True)
class JudgedQuery:
    """A question with the ids of the passages that answer it."""

    id: str
    query: str
    relevant: frozenset[str]


def read_json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line numbers and objects of a file, compressed or not.

    :raises SourceError: naming the file and the line that cannot be read.
    """
    try:
        with path.open("rb") as stream:
            packed = stream.read(2) == _GZIP_MAGIC
        opener = gzip.open if packed else open
        with opener(path, "rt", encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, _object(path, number, line)
    except FileNotFoundError as error:
        raise SourceError(f"找不到文件 {path}") from error
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise SourceError(
            f"文件 {path} 无法读取，应为 UTF-8 的 JSON 行文件或其 .gz：{error}"
        ) from error


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise SourceError(f"{path} 第 {number} 行不是有效的 JSON") from error
    if not isinstance(record, dict):
        raise SourceError(f"{path} 第 {number} 行应为一个 JSON 对象")
    return record


def _required(record: dict[str, Any], key: str, path: Path, number: int) -> Any:
    if key not in record or record[key] is None:
        raise SourceError(f"{path} 第 {number} 行缺少字段 {key}")
    return record[key]


def read_passages_file(path: Path) -> list[Passage]:
    """Passages of ``{"id", "text"}`` or ``{"id", "law", "article", "text"}`` lines."""
    passages = []
    seen: set[str] = set()
    for number, record in read_json_lines(path):
        identifier = str(_required(record, "id", path, number))
        if identifier in seen:
            raise SourceError(f"{path} 第 {number} 行的 id {identifier} 重复")
        seen.add(identifier)
        text = str(_required(record, "text", path, number))
        law = str(record.get("law") or "")
        article = str(record.get("article") or "")
        passages.append(
            Passage(
                id=identifier,
                version=hashlib.sha256(text.encode()).hexdigest()[:16],
                document=law or identifier,
                title=law,
                heading=(),
                text=text,
                kind=Kind.LAW,
                jurisdiction=(),
                article=article or None,
            )
        )
    return passages


def read_queries_file(path: Path) -> list[JudgedQuery]:
    """Judged questions of ``{"id", "query", "relevant": [ids]}`` lines."""
    queries = []
    for number, record in read_json_lines(path):
        relevant = _required(record, "relevant", path, number)
        if not isinstance(relevant, list):
            raise SourceError(f"{path} 第 {number} 行的 relevant 应为 id 列表")
        queries.append(
            JudgedQuery(
                id=str(record.get("id", number)),
                query=str(_required(record, "query", path, number)),
                relevant=frozenset(str(identifier) for identifier in relevant),
            )
        )
    return queries
