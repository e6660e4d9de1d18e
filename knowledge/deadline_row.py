"""A row of the deadline tables: the shared row with the values that periods and calendars are made of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar

from knowledge.table_row import Row

_E = TypeVar("_E", bound=Enum)
_T = TypeVar("_T")


class TypedRow(Row):
    """One mapping; every read names the row and the key when it fails."""

    def need(self, key: str) -> Any:
        """A value that must be there."""
        value = self.get(key)
        if value is None:
            raise self.error(key, "缺少")
        return value

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
        values = self.get(key) or []
        if not isinstance(values, list) or not all(isinstance(day, date) for day in values):
            raise self.error(key, "应为 YYYY-MM-DD 列表")
        return tuple(values)

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers; empty when absent."""
        values = self.get(key) or []
        if not isinstance(values, list) or not all(isinstance(v, int) for v in values):
            raise self.error(key, "应为整数列表")
        return tuple(values)

    def mapping(self, key: str) -> dict[str, Any]:
        """A mapping; empty when absent."""
        value = self.get(key) or {}
        if not isinstance(value, dict):
            raise self.error(key, "应为键值对")
        return {str(name): item for name, item in value.items()}

    def rows(self, key: str) -> list[TypedRow]:
        """A list of nested mappings; empty when absent."""
        values = self.get(key) or []
        if not isinstance(values, list):
            raise self.error(key, "应为列表")
        return [
            TypedRow(self.path, f"{self.name}.{key}[{number}]", value)
            for number, value in enumerate(values, start=1)
        ]

    def parsed(self, key: str, parse: Callable[[TypedRow], _T]) -> _T | None:
        """A nested mapping read by ``parse``, or nothing."""
        value = self.get(key)
        if value is None:
            return None
        row = TypedRow(self.path, f"{self.name}.{key}", value)
        return row.done(parse(row))

    def done(self, value: _T) -> _T:
        """The value, once every key of the row was read."""
        self.finish()
        return value
