"""Reading one row of a YAML table with checks that name the file, the row and the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import SourceError

# libyaml reads the larger tables about ten times faster; the pure loader gives the same values.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(path: Path) -> Any:
    """Read a YAML table.

    :raises SourceError: the file is missing or is not YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{path.name}：读不到文件 {path}，请确认知识库表格文件夹完整") from error
    try:
        return yaml.load(text, Loader=_LOADER)  # noqa: S506  # both loaders are safe loaders
    except yaml.YAMLError as error:
        raise SourceError(f"{path.name}：YAML 格式有误：{error}") from error


def load_rows(path: Path) -> list[Row]:
    """Read a YAML table that is a list of rows with an ``id``, unique in the file."""
    data = load_yaml(path)
    if not isinstance(data, list):
        raise SourceError(f"{path.name}：应为行的列表")
    rows = []
    seen: set[str] = set()
    for number, value in enumerate(data, start=1):
        row = Row(path, f"第 {number} 行", value)
        row.name = row.text("id")
        if row.name in seen:
            raise row.error("id", "重复")
        seen.add(row.name)
        rows.append(row)
    return rows


class Row:
    """One mapping of a table file; a key that nobody reads is refused by :meth:`finish`."""

    def __init__(self, path: Path, name: str, data: Any) -> None:
        """Wrap a mapping.

        :raises SourceError: ``data`` is not a mapping.
        """
        self.path, self.name = path, name
        if not isinstance(data, dict):
            raise self.error("（整行）", f"应为键值对，实为 {type(data).__name__}")
        self._data: dict[str, Any] = data
        self._read: set[str] = set()

    def error(self, key: str, reason: str) -> SourceError:
        """A complaint that says where."""
        return SourceError(f"{self.path.name}：“{self.name}” 的 {key}：{reason}")

    def get(self, key: str, default: Any = None) -> Any:
        """The raw value."""
        self._read.add(key)
        return self._data.get(key, default)

    def text(self, key: str) -> str:
        """A text that must be there."""
        value = self.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, "应为非空文字")
        return value.strip()

    def optional_text(self, key: str) -> str | None:
        """A text or nothing."""
        return None if self.get(key) is None else self.text(key)

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        value = self.get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, "应为 true 或 false")
        return value

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of a closed set."""
        value = self.get(key, default)
        if value not in allowed:
            raise self.error(key, f"“{value}” 不在 {'、'.join(allowed)} 之中")
        return str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty when absent."""
        values = self.get(key) or []
        if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
            raise self.error(key, "应为文字列表")
        return tuple(values)

    def texts_or_all(self, key: str) -> frozenset[str] | None:
        """A set of texts, or None for ``all``."""
        return None if self.get(key) == "all" else frozenset(self.texts(key))

    def child(self, key: str) -> Row | None:
        """A nested mapping or nothing."""
        value = self.get(key)
        return None if value is None else Row(self.path, f"{self.name}.{key}", value)

    def children(self, key: str) -> list[Row]:
        """A list of nested mappings; empty when absent."""
        values = self.get(key) or []
        if not isinstance(values, list):
            raise self.error(key, "应为列表")
        return [
            Row(self.path, f"{self.name}.{key}[{number}]", value)
            for number, value in enumerate(values, start=1)
        ]

    def finish(self) -> None:
        """Refuse keys that were not read, which are usually misspelt."""
        unknown = sorted(set(map(str, self._data)) - self._read)
        if unknown:
            raise self.error(unknown[0], "不认识的键")
