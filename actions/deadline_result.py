"""The outcome of a deadline computation and its JSON form in the message contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from actions.calendars import weekday_name
from knowledge.deadline_types import DeadlineRule


@dataclass(frozen=True)
class DatedStep:
    """A further date of the same rule; ``counted`` says how in words."""

    label: str
    due_date: date
    days_left: int
    counted: str

    def to_json(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "due_date": self.due_date.isoformat(),
            "weekday": weekday_name(self.due_date),
            "days_left": self.days_left,
        }


@dataclass(frozen=True)
class DatedAlternative:
    """What another length of the rule would give."""

    key: str
    when: str
    due_date: date

    def to_json(self) -> dict[str, Any]:
        return {"key": self.key, "when": self.when, "due_date": self.due_date.isoformat()}


@dataclass(frozen=True)
class DeadlineResult:
    """The date, how it was counted and what must be said with it.

    Rule, trigger date, alternative and country give the same date again.
    """

    rule: DeadlineRule
    trigger_date: date
    due_date: date | None
    days_left: int | None
    estimate: date | None
    latest: date | None
    opens: date | None
    grace_until: date | None
    also: tuple[DatedStep, ...]
    alternative: str | None
    alternatives: tuple[DatedAlternative, ...]
    country: str | None
    urgent: bool
    counted: str
    beijing_time: str | None
    notes: tuple[str, ...] = field(default=())

    @property
    def shown_date(self) -> date | None:
        """:return: the due date, or the estimate while the printed one is not known."""
        return self.due_date or self.estimate

    def to_json(self) -> dict[str, Any]:
        """:return: the deadline object of the message contract, with further keys."""
        shown = self.shown_date
        return {
            **undated(self.rule),
            "trigger_date": self.trigger_date.isoformat(),
            "due_date": _iso(self.due_date),
            "days_left": self.days_left,
            "notes": list(self.notes),
            "weekday": weekday_name(shown) if shown else None,
            "estimate": _iso(self.estimate),
            "latest": _iso(self.latest),
            "opens": _iso(self.opens),
            "grace_until": _iso(self.grace_until),
            "also": [step.to_json() for step in self.also],
            "alternative": self.alternative,
            "alternatives": [item.to_json() for item in self.alternatives],
            "country": self.country,
            "urgent": self.urgent,
            "counted": self.counted,
            "beijing_time": self.beijing_time,
        }


def undated(rule: DeadlineRule) -> dict[str, Any]:
    """:return: the deadline object of a rule of which no day is told yet: what it is, and no date."""
    return {
        "rule": rule.id,
        "kind": rule.kind.value,
        "trigger_date": None,
        "due_date": None,
        "days_left": None,
        "basis": rule.basis,
        "notes": [],
        "title": rule.title,
        "jurisdiction": rule.jurisdiction,
        "forum": rule.forum,
        "bound": rule.bound.value,
        "trigger": rule.trigger,
        "consequence": rule.consequence,
        "extension": rule.extension,
        "as_of": rule.as_of,
        "reviewed": _iso(rule.reviewed),
        "source": {"title": rule.source.title, "url": rule.source.url},
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
