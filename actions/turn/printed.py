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
from actions.turn.event_days import tells
from actions.turn.letters import letter_in, next_of, row_of
from knowledge.deadline_types import DeadlineRule
from knowledge.notices import named
from knowledge.paper_kinds import BY_ID
from knowledge.printed_dates import Meaning, printed_dates

SLOT = "paper"
_STILL = re.compile(r"失效|有效|过期|到期|还管用")
# So far back a person's own words still tell of the paper in hand.
LOOK_BACK = 3


@dataclass(frozen=True)
class Printed:
    """The day a paper sets for what is asked, with the words that say so; ``how`` it was counted, if it was."""

    title: str
    day: date
    hour: str | None
    quote: str
    meaning: str
    how: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As the plan keeps it."""
        return {
            "title": self.title, "day": self.day.isoformat(), "hour": self.hour, "quote": self.quote,
            "meaning": self.meaning, "how": self.how,
        }  # fmt: skip


def paper_in_hand(
    tracker: Tracker, today: date, before: Sequence[str] | None = None
) -> Mapping[str, Any]:
    """The paper that was pasted, or that the person's own words tell of; empty when there is none.

    :param before: what the person said before that may tell of it, latest first; everything where it is None.
    """
    letter = letter_in(talk.text(tracker), today)
    if letter is not None:
        return letter
    kept = tracker.get_slot(SLOT)
    if isinstance(kept, dict):
        return kept
    earlier = list(talk.questions(tracker)) if before is None else before
    said = [talk.text(tracker), *earlier[:LOOK_BACK]]
    for text in said:
        kind = named(text)
        if kind is not None:
            found = [] if asks(text) else list(printed_dates(text, today=today))
            # In one's own words a day that is past is when it came, not by when to answer.
            rows = [
                row_of(one) for one in found if one.meaning is not Meaning.DUE or one.date > today
            ]
            told = [one.date.isoformat() for one in found if one.date <= today]
            return {"kind": kind, "title": "文书", "printed": rows, "told": told}
    return {}


def settled_by_card(tracker: Tracker, procedure: str | None = None) -> Mapping[str, Any] | None:
    """The paper that settles the day that counts, so that nobody asks for it again; else None.

    That is the paper whose card this turn shows, where the card says or asks the day; and in any later
    turn of the same matter a paper that says its last day itself.

    :param procedure: what the matter is, as far as it is known.
    """
    kept = tracker.get_slot(SLOT)
    if not isinstance(kept, dict):
        return None
    shown = (tracker.latest_message.get("metadata") or {}).get("paper")
    if shown is not None and kept.get("uid") == shown:
        return kept if kept.get("settles_day") else None
    kind = BY_ID.get(str(kept.get("kind")))
    is_of_matter = kind is None or procedure is None or kind.procedure == procedure
    has_day = kept.get("due") or any(
        row["meaning"] == Meaning.DUE.value for row in kept.get("printed") or ()
    )
    return kept if has_day and is_of_matter and "told" not in kept else None


def day_of(paper: Mapping[str, Any], rule: DeadlineRule) -> date | None:
    """The day from which a rule counts by what a paper prints, or by what was told with the paper's name.

    A paper that only passes on what the rule counts from prints none, and who tells when it came, none of
    sending.
    """
    if paper.get("kind") in rule.forwarded_by:
        return None
    rows = paper.get("printed") or ()
    for row in rows:
        if row["meaning"] == rule.event.value and "told" not in paper:
            return date.fromisoformat(row["date"])
    told: Sequence[str] = paper.get("told") or ()
    meant = (Meaning(row["meaning"]) for row in rows if row["date"] in told)
    return date.fromisoformat(told[0]) if len(told) == 1 and tells(rule.event, meant) else None


def printed_for(text: str, paper: Mapping[str, Any], today: date) -> Printed | None:
    """The printed day that answers a question: what is due, or, asked whether it still holds, its end."""
    meanings = (Meaning.EXPIRES, Meaning.DUE) if _STILL.search(text) else (Meaning.DUE,)
    for meaning in meanings:
        rows = [row for row in paper.get("printed") or () if row["meaning"] == meaning.value]
        if rows:
            row = next_of(rows, today)
            return Printed(
                paper["title"], date.fromisoformat(row["date"]), row["time"], row["text"], meaning.value
            )  # fmt: skip
    return None
