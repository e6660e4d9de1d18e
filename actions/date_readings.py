"""What words for a date may mean: one day, some day between two, or a question back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ExactDate:
    """One day."""

    day: date
    text: str = ""


@dataclass(frozen=True)
class DateRange:
    """Some day between two, both included."""

    first: date
    last: date
    text: str = ""


@dataclass(frozen=True)
class DateQuestion:
    """Words that fit several days; ``candidates`` are what to offer, likeliest first."""

    candidates: tuple[date, ...]
    reason: str
    text: str = ""

    def question(self) -> str:
        """:return: what to ask, in Chinese."""
        choices = "，还是".join(f"{d.year}年{d.month}月{d.day}日" for d in self.candidates)
        return f"“{self.text}”是指{choices}？"


Reading = ExactDate | DateRange | DateQuestion


@dataclass(frozen=True)
class WithoutYear:
    """A month and day whose year is still open; never leaves the parser."""

    month: int
    day: int
