"""The days that a paper prints, kept with the conversation: they are used, not asked again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.turn.asking import asks
from knowledge.notices import Notice, named, recognise
from knowledge.printed_dates import Meaning, PrintedDate, printed_dates

SLOT = "paper"
_STILL = re.compile(r"失效|有效|过期|到期|还管用")
# So far back a person's own words still tell of the paper in hand.
_LOOK_BACK = 3


@dataclass(frozen=True)
class Printed:
    """The day a paper prints for what is asked, with the words that say so."""

    title: str
    day: date
    hour: str | None
    quote: str
    meaning: str

    def to_json(self) -> dict[str, Any]:
        """As the plan keeps it."""
        return {
            "title": self.title, "day": self.day.isoformat(), "hour": self.hour, "quote": self.quote,
            "meaning": self.meaning,
        }  # fmt: skip


def paper_of(notice: Notice) -> dict[str, Any]:
    """What is remembered of a pasted paper."""
    return {
        "kind": notice.kind.id,
        "title": notice.kind.title,
        "printed": [_row(found) for found in notice.printed],
    }


def paper_in_hand(tracker: Tracker, today: date) -> Mapping[str, Any]:
    """The paper that was pasted, or that the person's own words tell of; empty when there is none."""
    notice = recognise(talk.text(tracker), today=today)
    if notice is not None:
        return paper_of(notice)
    kept = tracker.get_slot(SLOT)
    if isinstance(kept, dict):
        return kept
    said = [talk.text(tracker), *list(talk.questions(tracker))[:_LOOK_BACK]]
    for text in said:
        kind = named(text)
        if kind is not None:
            found = [] if asks(text) else list(printed_dates(text, today=today))
            # In one's own words a day that is past is when it came, not by when to answer.
            rows = [
                _row(one) for one in found if one.meaning is not Meaning.DUE or one.date > today
            ]
            told = [one.date.isoformat() for one in found if one.date <= today]
            return {"kind": kind, "title": "文书", "printed": rows, "told": told}
    return {}


def settled_by_card(tracker: Tracker) -> Mapping[str, Any] | None:
    """The paper whose card this turn shows, where the card says or asks the day that counts; else None.

    What the card says or asks is not said or asked again in the same turn.
    """
    kept, shown = (
        tracker.get_slot(SLOT),
        (tracker.latest_message.get("metadata") or {}).get("paper"),
    )
    is_shown = isinstance(kept, dict) and shown is not None and kept.get("uid") == shown
    return kept if is_shown and kept.get("settles_day") else None


def day_of(paper: Mapping[str, Any], event: str) -> date | None:
    """The day that a paper prints for an event, or that was told with the paper's name."""
    for row in paper.get("printed") or ():
        if row["meaning"] == event and "told" not in paper:
            return date.fromisoformat(row["date"])
    told: Sequence[str] = paper.get("told") or ()
    return date.fromisoformat(told[0]) if len(told) == 1 else None


def printed_for(text: str, paper: Mapping[str, Any]) -> Printed | None:
    """The printed day that answers a question: what is due, or, asked whether it still holds, its end."""
    meanings = (Meaning.EXPIRES, Meaning.DUE) if _STILL.search(text) else (Meaning.DUE,)
    for meaning in meanings:
        for row in paper.get("printed") or ():
            if row["meaning"] == meaning.value:
                return Printed(
                    paper["title"], date.fromisoformat(row["date"]), row["time"], row["text"], meaning.value
                )  # fmt: skip
    return None


def _row(found: PrintedDate) -> dict[str, Any]:
    return {
        "date": found.date.isoformat(),
        "time": f"{found.time.hour}:{found.time.minute:02d}" if found.time else None,
        "meaning": found.meaning.value,
        "text": found.text,
    }
