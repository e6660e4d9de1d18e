"""The matters of a person in the words of the page, the link and the printed plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from actions.calendars import spoken
from actions.matter import CORRECTS, RETURNS
from actions.matter_center import Centers
from actions.vocabulary import Vocabulary
from desk.lead_types import Lead
from desk.matters import Matter

# What is shown of a matter: the fact, its label, and how a message words it.
FIELDS: tuple[tuple[str, str, str], ...] = (
    ("country", "国家或地区", "{}"),
    ("procedure", "遇到的事", "{}"),
    ("party", "您这一方", "我们是{}"),
    ("received_on", "收到日期", "{}收到"),
    ("region", "公司所在地", "公司在{}"),
    ("paper", "文书", ""),
    ("company", "企业", ""),
)
# Where a date comes from: the person, a rule, a paper or what was said of one.
GIVEN, COUNTED, READ = "您改的", "按规则算的", "文书上的"
MOVED = "情况改过，重新算过了，和您改的不是同一天。用哪一天还没有选，没选以前按早的一天。"
GONE = "情况改过，原来算出的日子不再适用。您改的还用不用，还没有选。"
_PARTIES = {"respondent": "被告", "owner": "权利人"}
PROCEDURES = (
    "section-337", "court", "tro", "platform", "customs", "fair", "warning-letter", "squatting",
    "opposition", "cancellation", "domain-name",
)  # fmt: skip
COUNTRIES = (
    "US", "EU", "DE", "GB", "FR", "IT", "ES", "NL", "JP", "KR", "IN", "VN", "TH", "MY", "SG", "ID", "AU",
    "CA", "MX", "BR", "RU", "AE", "SA", "TR",
)  # fmt: skip


@lru_cache(maxsize=2)
def vocabulary_of(tables_dir: Path) -> Vocabulary:
    """The names of codes, read once."""
    return Vocabulary.load(tables_dir)


def choices(words: Vocabulary, centers: Centers) -> dict[str, Any]:
    """What the fields of the panel can be changed to, and the first words of such a message."""
    return {
        "center": [{"id": code, "name": name} for code, name in centers.names.items()],
        "corrects": CORRECTS,
        "country": [words.country(code) for code in COUNTRIES],
        "procedure": [words.procedure(code) for code in PROCEDURES],
        "party": list(_PARTIES.values()),
    }


@dataclass(frozen=True)
class Known:
    """What the matters of a person are shown with: names, centers, and the person's requests for aid."""

    words: Vocabulary
    centers: Centers
    leads: Sequence[Lead]


def view(matters: Sequence[Matter], known: Known, today: date) -> list[dict[str, Any]]:
    """Every matter as the page shows it, the one spoken of first."""
    ordered = sorted(matters, key=lambda item: (not item.is_current, -item.number))
    return [_one(matter, known, today) for matter in ordered]


def title_of(matter: Matter, words: Vocabulary) -> str:
    """What a matter is called in a list."""
    named = [words.country(matter.text("country")), words.procedure(matter.text("procedure"))]
    return " · ".join(name for name in named if name) or matter.text("paper") or "刚开始了解"


def _one(matter: Matter, known: Known, today: date) -> dict[str, Any]:
    words, done = known.words, set(matter.items("done"))
    stages = {lead.reference: lead.stage.label for lead in known.leads}
    fields = [
        {"name": name, "label": label, "value": value, "says": says, "day": _iso(name, matter)}
        for name, label, says in FIELDS
        if (value := _words(matter, name, words)) or says
    ]
    return {
        "number": matter.number,
        "is_current": matter.is_current,
        "title": title_of(matter, words),
        "fields": fields,
        "deadline": deadline_of(matter, today),
        "steps": [{"text": step, "done": step in done} for step in matter.items("steps")],
        "center": known.centers.of(matter),
        "lead": {"right": words.right(matter.text("right")), "brief": matter.text("brief") or ""},
        "leads": [
            {"reference": item, "stage": stages[item]} for item in matter.items("leads") if item in stages
        ],
        "returns": f"{RETURNS}：{_restated(fields)}",
    }  # fmt: skip


def deadline_of(matter: Matter, today: date) -> dict[str, Any] | None:
    """The date that runs in a matter as of today; None while there is none.

    ``is_given`` is one that the person gave by hand.  ``other`` is the date that stands beside it: what was
    counted, or in doubt what was given; ``doubt`` says so while the person has to choose between them.
    """
    runs, found, given = matter.deadline_on, matter.found_due, matter.given_due
    if runs is None:
        return None
    facts: Mapping[str, Any] = matter.facts.get("deadline") or {}
    is_given = runs == given
    beside = found if is_given else given
    return {
        **_dated(runs, today, facts, is_given=is_given),
        "title": facts.get("title") or "截止日",
        "rule": facts.get("rule"),
        "from": facts.get("trigger_date"),
        "basis": facts.get("basis"),
        "consequence": facts.get("consequence"),
        "other": None
        if beside in (None, runs)
        else _dated(beside, today, facts, is_given=not is_given),
        "doubt": (GONE if found is None else MOVED) if matter.is_due_doubtful else "",
        "given": None if given is None else given.isoformat(),
    }


def _dated(day: date, today: date, facts: Mapping[str, Any], *, is_given: bool) -> dict[str, Any]:
    """A day in words, and where it comes from."""
    found = COUNTED if facts.get("rule") else READ
    return {
        "due_date": day.isoformat(),
        "words": spoken(day),
        "days_left": (day - today).days,
        "is_estimate": not is_given and facts.get("due_date") is None,
        "is_given": is_given,
        "by": GIVEN if is_given else found,
    }


def _restated(fields: Sequence[Mapping[str, Any]]) -> str:
    """The matter as a message that tells it."""
    return "，".join(f["says"].format(f["value"]) for f in fields if f["says"] and f["value"])


def _words(matter: Matter, name: str, words: Vocabulary) -> str:
    value = matter.text(name)
    if value is None:
        return ""
    if name == "country":
        return words.country(value)
    if name == "party":
        return _PARTIES.get(value, value)
    if name == "received_on":
        day = date.fromisoformat(value)
        return f"{day.year}年{day.month}月{day.day}日"
    return words.name(name, value)


def _iso(name: str, matter: Matter) -> str | None:
    return matter.text(name) if name == "received_on" else None
