"""The matters of a person in the words of the page, the link and the printed plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from actions.calendars import spoken
from actions.matter import CORRECTS, RETURNS
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


def choices(words: Vocabulary) -> dict[str, Any]:
    """What the fields of the panel can be changed to, and the first words of such a message."""
    return {
        "corrects": CORRECTS,
        "country": [words.country(code) for code in COUNTRIES],
        "procedure": [words.procedure(code) for code in PROCEDURES],
        "party": list(_PARTIES.values()),
    }


def view(
    matters: Sequence[Matter], leads: Sequence[Lead], words: Vocabulary, today: date
) -> list[dict[str, Any]]:
    """Every matter as the page shows it, the one spoken of first.

    :param leads: the requests for aid of the same person.
    """
    stages = {lead.reference: lead.stage.label for lead in leads}
    ordered = sorted(matters, key=lambda item: (not item.is_current, -item.number))
    return [_one(matter, stages, words, today) for matter in ordered]


def title_of(matter: Matter, words: Vocabulary) -> str:
    """What a matter is called in a list."""
    named = [words.country(matter.text("country")), words.procedure(matter.text("procedure"))]
    return " · ".join(name for name in named if name) or matter.text("paper") or "刚开始了解"


def _one(
    matter: Matter, stages: Mapping[str, str], words: Vocabulary, today: date
) -> dict[str, Any]:
    done = set(matter.items("done"))
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
        "center": matter.facts.get("center"),
        "lead": {"right": words.right(matter.text("right")), "brief": matter.text("brief") or ""},
        "leads": [
            {"reference": item, "stage": stages[item]} for item in matter.items("leads") if item in stages
        ],
        "returns": f"{RETURNS}：{_restated(fields)}",
    }  # fmt: skip


def deadline_of(matter: Matter, today: date) -> dict[str, Any] | None:
    """The date of a matter as of today; None while there is none."""
    given = matter.facts.get("deadline") or {}
    stated = given.get("due_date") or given.get("estimate")
    if not isinstance(stated, str):
        return None
    day = date.fromisoformat(stated)
    return {
        "title": given.get("title") or "截止日",
        "due_date": stated,
        "words": spoken(day),
        "days_left": (day - today).days,
        "is_estimate": given.get("due_date") is None,
        "rule": given.get("rule"),
        "from": given.get("trigger_date"),
        "basis": given.get("basis"),
        "consequence": given.get("consequence"),
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
