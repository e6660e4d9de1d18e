"""A paper as the conversation shows it: the summary card, each value with the line it was read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from desk.papers import Paper
from knowledge.printed_dates import Meaning
from knowledge.text import normalise
from papers.card import also_due, card, is_sure, last_day, name_of, spoken
from papers.labels import MEANINGS, ROLES, amount_name, sum_of
from papers.parties import speaks
from papers.persistence import reading_from_json
from papers.types import CERTAIN, DateRead, Line, Party, Reading

AHEAD = (Meaning.DUE, Meaning.HEARING, Meaning.EXPIRES)
_MOST = 6


@dataclass(frozen=True)
class InHand:
    """A paper of the conversation with its reading."""

    paper: Paper
    reading: Reading

    @classmethod
    def of(cls, paper: Paper) -> InHand | None:
        """None while it is not read."""
        if paper.reading is None:
            return None
        return cls(paper, reading_from_json(dict(paper.reading)))

    @property
    def title(self) -> str:
        """What it is called in words, with the name of its first file."""
        return f"{self.reading.title}（{self.paper.files[0].name}）"

    @property
    def case(self) -> str:
        """What tells its matter from others: the docket number, else what it is called."""
        return self.reading.docket or self.title

    def source(self, text: str, page: int | None = None) -> dict[str, Any] | None:
        """The line that a value was read from, with its number and whether there is a picture of it."""
        number = find_line(self.reading.lines, text, page)
        if number is None:
            return None
        line = self.reading.lines[number]
        return {
            "paper": self.paper.uid,
            "line": number,
            "page": line.page,
            "text": line.text,
            "has_picture": line.box is not None,
            "certain": line.confidence >= CERTAIN,
        }


def find_line(lines: Sequence[Line], text: str, page: int | None = None) -> int | None:
    """The number of the line that holds a text, or most of it; None when none does."""
    wanted = normalise(text).casefold()
    if not wanted:
        return None
    plain = [normalise(line.text).casefold() for line in lines]
    places = [n for n, line in enumerate(lines) if page in (None, line.page)] or range(len(lines))
    for number in places:
        if wanted in plain[number] or (len(plain[number]) > 8 and plain[number] in wanted):
            return number
    return None


def card_data(held: InHand, today: date) -> dict[str, Any]:
    """The card's data: every value in words with where it stands."""
    found = held.reading
    return {
        "id": held.paper.uid,
        "title": name_of(found),
        "kind": found.kind,
        "sure": is_sure(found),
        "files": [file.name for file in held.paper.files],
        "pages": found.pages,
        "ocr": found.ocr,
        "from": [
            *([_value(held, "机构", found.forum)] if found.forum else []),
            *(_party(held, party) for party in found.parties if speaks(party, found.parties)),
        ][:_MOST],
        "against": [_party(held, p) for p in found.parties if not speaks(p, found.parties)][:_MOST],
        "docket": _value(held, "案号", found.docket) if found.docket else None,
        "pressing": _pressing(held, today),
        "dates": [_date(held, item, today) for item in found.dates[:_MOST]],
        "amounts": [
            {**_value(held, amount_name(a), sum_of(a)), "source": held.source(a.text, a.page)}
            for a in found.amounts[:_MOST]
        ],
        "demands": list(found.demands[:_MOST]),
        "questions": list(found.questions),
        "signs": list(found.signs),
        "due": found.due,
        "brief": _brief(found),
        "asks_day": found.due is None and bool(found.questions) and not found.is_open,
        "today": today.isoformat(),
    }  # fmt: skip


def _brief(found: Reading) -> str:
    """The paper in a few words, for who takes up the matter."""
    senders = "、".join(
        p.name for p in found.parties if speaks(p, found.parties) and p.role != "counsel"
    )
    against = "、".join(p.name for p in found.parties if not speaks(p, found.parties))
    days = "、".join(f"{MEANINGS[d.meaning]} {d.date}" for d in found.dates if d.is_certain)
    amounts = "、".join(f"{amount_name(a)} {sum_of(a)}" for a in found.amounts[:2])
    parts = (
        ("机构", found.forum), ("案号", found.docket), ("发出方", senders), ("针对", against),
        ("文书上的日子", days), ("金额", amounts),
    )  # fmt: skip
    said = "；".join(f"{label}：{value}" for label, value in parts if value)
    return f"收到{found.title}" + (f"（{said}）" if said else "")


def words(held: InHand, today: date) -> str:
    """The card as plain text."""
    rows = card(held.reading, today)
    return "\n".join([rows[0], *(row for row in rows[1:] if row)])


def _pressing(held: InHand, today: date) -> dict[str, Any] | None:
    """The day that matters most: the last day to answer, else the next day that the paper sets."""
    due = held.reading.due or {}
    last = last_day(held.reading, today)
    if last is not None:
        day, basis = last
        source = None if due.get("rule") else held.source(basis)
        return {
            "label": "最后答复日", "date": day.isoformat(), "days_left": (day - today).days,
            "rule": due.get("rule"), "from": due.get("trigger_date"), "source": source,
            "alternative": due.get("alternative"), "country": due.get("country"),
            "case": held.case, "also": also_due(held.reading, today),
        }  # fmt: skip
    ahead = [item for item in held.reading.dates if item.date >= today and item.meaning in AHEAD]
    if not ahead:
        return None
    return _date(held, min(ahead, key=lambda item: item.date), today)


def _date(held: InHand, item: DateRead, today: date) -> dict[str, Any]:
    return {
        "label": MEANINGS[item.meaning],
        "date": item.date.isoformat(),
        "value": spoken(item, today),
        "days_left": (item.date - today).days,
        "certain": item.is_certain,
        "source": held.source(item.text, item.page),
    }


def _party(held: InHand, party: Party) -> dict[str, Any]:
    return _value(held, ROLES.get(party.role, party.role), party.name)


def _value(held: InHand, label: str, value: str) -> dict[str, Any]:
    return {"label": label, "value": value, "source": held.source(value)}
