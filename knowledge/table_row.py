"""Rows of the YAML tables, read with checks that name the file, the line, the row and the key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import yaml

from knowledge.errors import SourceError
from knowledge.front_matter import load_yaml as parse_yaml

_E = TypeVar("_E", bound=Enum)
_T = TypeVar("_T")

# What a table was called before; rows that an installation still keeps there would not be read.
FORMER_NAMES: Mapping[str, str] = {
    "forum_holidays.yaml": "closed_days.yaml",
    "lead_export_columns.yaml": "report_forms.yaml",
}


class Located(dict[str, Any]):
    """A mapping of a table that knows the line on which it begins and that of each of its keys."""

    line = 0
    lines: dict[Any, int] = {}  # noqa: RUF012  (each instance that was read has its own)


class LocatedList(list[Any]):
    """A list of a table that knows the line of each of its items."""

    lines: tuple[int, ...] = ()


# libyaml reads the larger tables about ten times faster; the pure loader gives the same values.
class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    def resolve(self, kind: type[yaml.Node], value: str, implicit: Any) -> str:
        """The tag of a node; nearly all values of a table are text that begins like nothing else."""
        if kind is yaml.ScalarNode and (
            not implicit[0] or value[:1] not in self.yaml_implicit_resolvers
        ):
            return str(self.DEFAULT_SCALAR_TAG)
        return str(super().resolve(kind, value, implicit))


def _located(loader: Any, node: yaml.MappingNode) -> Iterator[Located]:
    found = Located()
    yield found
    found.line = node.start_mark.line + 1
    found.lines = {}
    for key, _value in node.value:
        if key.value in found.lines:
            line = key.start_mark.line + 1
            raise yaml.constructor.ConstructorError(
                None, None, f"“{key.value}”在同一条里写了两次（第{line}行）", key.start_mark
            )
        found.lines[key.value] = key.start_mark.line + 1
    found.update(loader.construct_mapping(node))


def _located_list(loader: Any, node: yaml.SequenceNode) -> Iterator[LocatedList]:
    found = LocatedList()
    yield found
    found.lines = tuple(item.start_mark.line + 1 for item in node.value)
    found.extend(loader.construct_sequence(node))


_Loader.add_constructor("tag:yaml.org,2002:map", _located)
_Loader.add_constructor("tag:yaml.org,2002:seq", _located_list)


def has_former(path: Path) -> bool:
    """Whether a file lies beside the table under the name that it had before."""
    return path.name in FORMER_NAMES and path.with_name(FORMER_NAMES[path.name]).exists()


def load_yaml(path: Path) -> Any:
    """Read a YAML table; every mapping in it knows its lines.

    :raises SourceError: the file is missing, is not YAML, has a key twice in one mapping, or rows are left
        under its former name.
    """
    if has_former(path):
        former = FORMER_NAMES[path.name]
        raise SourceError(
            f"{former} 现在叫 {path.name}：把自己改过的行放进 {path.name}，再删掉 {former}"
        )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"缺少表格 {path.name}，或它不是 UTF-8 编码：读不到 {path}，请确认知识库表格文件夹完整"
        ) from error
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  (both loaders are safe loaders)
    except yaml.constructor.ConstructorError as error:
        raise SourceError(f"{path.name}：YAML 格式有误：{error.problem}") from error
    except (yaml.YAMLError, ValueError, RecursionError):
        parse_yaml(text, path.name)
        raise


def load_rows(path: Path, key: str | None = None) -> list[Row]:
    """Read a YAML table that is a list of rows with an ``id``, unique in the file.

    :param key: under which the list may stand.
    """
    rows = load_list(path, key)
    seen: set[str] = set()
    for row in rows:
        row.name = row.text("id")
        if row.name in seen:
            raise row.error("id", f"{row.name} 重复")
        seen.add(row.name)
    return rows


def load_list(path: Path, key: str | None = None) -> list[Row]:
    """Read a YAML table that is a list of rows, or has one under ``key``."""
    data = load_yaml(path)
    if key is not None and isinstance(data, dict):
        top = Row(path, path.name, data)
        if not isinstance(top.need(key), list):
            raise top.error(key, "应为行的列表（- id: …）")
        data = top.get(key)
        top.finish()
    if not isinstance(data, list):
        raise SourceError(f"{path.name}：应为行的列表（- id: …）")
    rows = []
    for number, value in enumerate(data, start=1):
        if not isinstance(value, dict):
            line = _line_of(data, number)
            raise SourceError(f"{path.name} 第{line}行：第 {number} 条应为键值对")
        rows.append(Row(path, f"第 {number} 条", value))
    return rows


def load_mapping(path: Path) -> Row:
    """Read a YAML table that is one mapping, say of names to rows."""
    return Row(path, path.name, load_yaml(path))


def _line_of(values: list[Any], number: int) -> int:
    """The line of an item, counted from one; 0 where the list was not read from a file."""
    return values.lines[number - 1] if isinstance(values, LocatedList) else 0


class Row:
    """One mapping of a table file; a key that nobody reads is refused by :meth:`finish`."""

    def __init__(self, path: Path, name: str, data: Any) -> None:
        """Wrap a mapping.

        :raises SourceError: ``data`` is not a mapping.
        """
        self.path, self.name = path, name
        self._data: dict[str, Any] = data if isinstance(data, dict) else {}
        self._read: set[str] = set()
        if not isinstance(data, dict):
            raise self.error("（整行）", f"应为键值对，实为 {type(data).__name__}")

    def error(self, key: str, reason: str, line: int = 0) -> SourceError:
        """A complaint that says where: the line of the key, or that of the row where it is missing."""
        if not line and isinstance(self._data, Located):
            line = self._data.lines.get(key, self._data.line)
        place = f" 第{line}行" if line else ""
        return SourceError(f"{self.path.name}{place}：“{self.name}” 的 {key}：{reason}")

    def get(self, key: str, default: Any = None) -> Any:
        """The raw value."""
        self._read.add(key)
        return self._data.get(key, default)

    def names(self) -> list[str]:
        """The keys as they are written."""
        return [str(key) for key in self._data]

    def need(self, key: str) -> Any:
        """A value that must be there."""
        value = self.get(key)
        if value is None:
            raise self.error(key, "缺少")
        return value

    def text(self, key: str) -> str:
        """A text that must be there."""
        value = self.get(key)
        if value is None:
            raise self.error(key, "缺少，应为非空文字")
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

    def _list(self, key: str) -> list[Any]:
        value = self.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error(key, "应为列表")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty when absent."""
        values = self._list(key)
        if not all(isinstance(v, str) and v for v in values):
            raise self.error(key, "应为文字列表")
        return tuple(values)

    def texts_or_all(self, key: str) -> frozenset[str] | None:
        """A set of texts, or None for ``all``."""
        return None if self.get(key) == "all" else frozenset(self.texts(key))

    def whole(self, key: str) -> int:
        """A whole number, not below zero."""
        value = self.need(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.error(key, "应为非负整数")
        return value

    def member(self, key: str, kind: type[_E], default: _E | None = None) -> _E:
        """One value of an enumeration."""
        value = self.get(key)
        if value is None and default is not None:
            return default
        try:
            return kind(value)
        except ValueError:
            allowed = "、".join(str(item.value) for item in kind)
            raise self.error(key, f"“{value}” 不在 {allowed} 之中") from None

    def day(self, key: str) -> date | None:
        """A day or nothing."""
        value = self.get(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        raise self.error(key, "应为 YYYY-MM-DD")

    def days(self, key: str) -> tuple[date, ...]:
        """A list of days; empty when absent."""
        values = self._list(key)
        if not all(isinstance(day, date) for day in values):
            raise self.error(key, "应为 YYYY-MM-DD 列表")
        return tuple(values)

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers; empty when absent."""
        values = self._list(key)
        if not all(isinstance(v, int) and not isinstance(v, bool) for v in values):
            raise self.error(key, "应为整数列表")
        return tuple(values)

    def mapping(self, key: str) -> dict[str, Any]:
        """A mapping; empty when absent."""
        value = {} if self.get(key) is None else self.get(key)
        if not isinstance(value, dict):
            raise self.error(key, "应为键值对")
        return {str(name): item for name, item in value.items()}

    def child(self, key: str) -> Row | None:
        """A nested mapping or nothing."""
        value = self.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.error(key, f"应为键值对，实为 {type(value).__name__}")
        return Row(self.path, f"{self.name}.{key}", value)

    def needed_child(self, key: str) -> Row:
        """A nested mapping that must be there."""
        child = self.child(key)
        if child is None:
            raise self.error(key, "缺少")
        return child

    def named_children(self, key: str) -> dict[str, Row]:
        """Nested mappings by name; empty when absent."""
        value = self.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.error(key, "应为键值对")
        inner = Row(self.path, f"{self.name}.{key}", value)
        rows = {name: inner.needed_child(name) for name in inner.names()}
        for name, row in rows.items():
            row.name = name
        return rows

    def children(self, key: str) -> list[Row]:
        """A list of nested mappings; empty when absent."""
        values = self._list(key)
        for number, value in enumerate(values, start=1):
            if not isinstance(value, dict):
                raise self.error(f"{key}[{number}]", "应为键值对", _line_of(values, number))
        return [
            Row(self.path, f"{self.name}.{key}[{number}]", value)
            for number, value in enumerate(values, start=1)
        ]

    def parsed(self, key: str, parse: Callable[[Row], _T]) -> _T | None:
        """A nested mapping read by ``parse``, or nothing."""
        row = self.child(key)
        return None if row is None else row.done(parse(row))

    def done(self, value: _T) -> _T:
        """The value, once every key of the row was read."""
        self.finish()
        return value

    def finish(self) -> None:
        """Refuse keys that were not read, which are usually misspelt."""
        unknown = sorted(set(map(str, self._data)) - self._read)
        if unknown:
            raise self.error(unknown[0], "不认识的键")
