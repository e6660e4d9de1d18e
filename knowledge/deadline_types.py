"""What a procedural period is made of: the values that the deadline tables are read into."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import Enum
from functools import lru_cache


class Bound(str, Enum):
    """Whose period it is."""

    RESPONDENT = "respondent"
    OWNER = "owner"
    OPPONENT = "opponent"
    APPLICANT = "applicant"
    AUTHORITY = "authority"
    EITHER = "either"


class RuleKind(str, Enum):
    """Whether the date is computed, printed on the document, or set by a platform."""

    COMPUTED = "computed"
    PRINTED = "printed"
    PLATFORM_SET = "platform-set"


class Event(str, Enum):
    """What happens on the day a period is counted from: what the day means to the paper or the right."""

    ISSUED = "issued"
    FILED = "filed"
    SERVED = "served"
    RECEIVED = "received"
    PUBLISHED = "published"
    REGISTERED = "registered"
    EXECUTED = "executed"
    HEARING = "hearing"
    EXPIRES = "expires"
    PRIORITY = "priority"
    OTHER = "other"


class Unit(str, Enum):
    """What a period counts."""

    DAY = "day"
    BUSINESS_DAY = "business_day"
    MONTH = "month"
    YEAR = "year"


class Direction(str, Enum):
    """Whether the period runs forward from the trigger or back from it."""

    AFTER = "after"
    BEFORE = "before"


class StartRule(str, Enum):
    """Which day is the first of the period."""

    DAY_AFTER = "day_after"
    NEXT_BUSINESS_DAY = "next_business_day"
    SAME_DAY = "same_day"


class RollRule(str, Enum):
    """What happens when the last day is a day of rest."""

    NEXT_BUSINESS_DAY = "next_business_day"
    PREVIOUS = "previous"
    NONE = "none"
    UNKNOWN = "unknown"


class Choose(str, Enum):
    """How several periods of one rule combine: the longest, the earliest, or the person says."""

    LONGEST = "longest"
    EARLIEST = "earliest"
    ASK = "ask"


class Base(str, Enum):
    """The date a further step is counted from."""

    TRIGGER = "trigger"
    DUE = "due"


@dataclass(frozen=True)
class Period:
    """So many days, business days, months or years."""

    length: int
    unit: Unit


@dataclass(frozen=True)
class Alternative:
    """Another length of the same rule, with the condition under which it applies.

    ``said`` are words by which a person says that it does, and ``lacks`` words for what it does without
    (送达认收, where the person says that none was filed); neither where only the paper can tell.
    """

    key: str
    when: str
    period: Period
    calendar: str | None = None
    said: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Special:
    """That a rule is the special way of another one (马德里指定 of the office action), taken only where that is said.

    ``of`` is the id of the general rule, ``when`` the way in words, ``said`` are words by which a person says it.
    """

    of: str
    when: str
    said: tuple[str, ...]


@dataclass(frozen=True)
class Window:
    """A span in which to act: when it opens, and whether its last day is the period's end or the trigger."""

    opens: Period
    opens_from: Base
    due: str


@dataclass(frozen=True)
class Step:
    """A further date that follows from the same trigger or from the due date.

    ``except_for`` are the keys of the alternatives under which there is no such step.
    """

    label: str
    period: Period
    start: Base
    except_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleSource:
    """The researched fact that states the rule and where it can be read; ``url`` is None where it may not be shown."""

    fact: str
    title: str
    url: str | None


@dataclass(frozen=True)
class Library:
    """A package of public holidays, at the version that the table was checked with."""

    version: str
    released: date


@dataclass(frozen=True)
class Correction:
    """Days that a package lacks or has wrongly, why, and where that can be read."""

    dates: tuple[date, ...]
    reason: str
    source: str


@dataclass(frozen=True)
class ClosingDays:
    """The days on which a forum is closed.

    ``country``, ``subdivision`` and ``categories`` name what is taken from the ``holidays`` package,
    ``fixed`` yearly dates (MM-DD), ``easter`` offsets in days from Easter Sunday, ``add`` and
    ``remove`` our corrections.  ``known_until`` is the last year whose days are published, None where
    they are fixed by law for every year.  ``ask`` marks a calendar that stands for the country
    concerned; ``candidates`` are those it may be, ``offices`` whose calendar a country's is.
    """

    code: str
    name: str
    source: str
    country: str | None = None
    subdivision: str | None = None
    categories: tuple[str, ...] = ()
    weekend: tuple[int, ...] | None = None
    fixed: tuple[tuple[int, int], ...] = ()
    easter: tuple[int, ...] = ()
    add: tuple[Correction, ...] = ()
    remove: tuple[Correction, ...] = ()
    known_until: int | None = None
    ask: bool = False
    candidates: tuple[str, ...] = ()
    offices: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None


# What a title is about when it names it; names of offices stand for the rights they grant.
RIGHTS = {
    "trademark": re.compile(r"商标|EUIPO|TTAB"),
    "patent": re.compile(r"专利(?!商标)|特许|实用新型|EPO|PCT"),
    "design": re.compile(r"外观|意匠|EUIPO"),
    "copyright": re.compile(r"著作权|版权|DMCA"),
    "domain": re.compile(r"域名|UDRP"),
}
# What is meant by a right when people say it: in some countries a design is a patent.
_KIN = {"design": ("design", "patent"), "utility-model": ("patent",), "sep": ("patent",)}
_TITLES = 1024  # more than a table has


@dataclass(frozen=True)
class DeadlineRule:
    """One procedural period.

    ``papers`` are the kinds of papers that start it (codes of ``paper_kinds``); empty where an event
    in a register or gazette, or the person's own step, does.  ``forwarded_by`` are those of them that
    only pass on what starts it, whose own date is never counted from.  ``dated_in`` are the countries whose
    authorities count from the date that the paper bears, not from its receipt.  ``recess`` are the first
    and the last day (month, day) of a yearly span that by law is not counted; the date shown counts it
    and is the earlier one.
    """

    id: str
    title: str
    jurisdiction: str
    forum: str
    procedure: str
    bound: Bound
    kind: RuleKind
    event: Event
    papers: tuple[str, ...]
    forwarded_by: tuple[str, ...]
    dated_in: tuple[str, ...]
    trigger: str
    trigger_question: str
    period: Period
    direction: Direction
    start_rule: StartRule
    roll_rule: RollRule
    roll_basis: str
    calendar: str | None
    alternatives: tuple[Alternative, ...]
    choose: Choose
    addition: Period | None
    offset: Period | None
    from_next_month: bool
    window: Window | None
    grace: Period | None
    also: tuple[Step, ...]
    trigger_may_be_future: bool
    fixed_trigger: date | None
    recess: tuple[tuple[int, int], tuple[int, int]] | None
    time_zone: str | None
    cutoff: time | None
    extension: str
    consequence: str
    basis: str
    source: RuleSource
    as_of: str
    reviewed: date | None
    review_note: str | None
    aliases: tuple[str, ...]
    keywords: tuple[str, ...]
    legal_note: str | None
    special: Special | None = None

    @property
    def fact(self) -> str:
        """The researched fact that states it; one fact may state the periods of both sides."""
        return self.source.fact

    @property
    def names_right(self) -> bool:
        """Whether its title says which right it is about."""
        return bool(_rights_in(self.title))

    def is_about(self, rights: Collection[str]) -> bool:
        """Whether it may run for one of these rights, which it does unless its title names others only.

        :param rights: codes of the alias table; none where no right is known.
        """
        own = _rights_in(self.title)
        asked = {kin for right in rights for kin in _KIN.get(right, (right,))} & set(RIGHTS)
        return not own or not asked or not own.isdisjoint(asked)


@lru_cache(maxsize=_TITLES)
def _rights_in(title: str) -> frozenset[str]:
    return frozenset(right for right, named in RIGHTS.items() if named.search(title))


@dataclass(frozen=True)
class DeadlineTable:
    """All rules and calendars by id and code, in file order, and the packages the calendars rest on."""

    rules: Mapping[str, DeadlineRule]
    calendars: Mapping[str, ClosingDays]
    libraries: Mapping[str, Library]

    def resting(self, facts: Sequence[str]) -> DeadlineRule | None:
        """:return: the rule that a passage of these facts rests on, by its first; None where that is no rule's."""
        return self.rules.get(facts[0]) if facts else None
