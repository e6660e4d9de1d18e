"""A message without what it only says is not meant (不是美国，是英国; 先不管英国)."""

from __future__ import annotations

import re

from rasa_sdk import Tracker

from knowledge.denials import denied_from

MATTERS = ("country", "platform", "procedure")
# The words that deny a name are no longer than this.
_DENYING = 8
_UP_TO = re.compile(r".*[，,。；;！!？?\s]", re.DOTALL)
_ON_FROM = re.compile(r"[，,。；;！!？?\s]")


def affirmed(tracker: Tracker, text: str) -> str:
    """The message without the clauses that only say what is not meant (不是美国，是英国; 先不管英国)."""
    rows = tracker.latest_message.get("entities") or ()
    denied = {
        (int(row["start"]), int(row["end"])) for row in rows
        if row.get("role") == "denied" and row["entity"] in MATTERS
    }  # fmt: skip
    meant = [
        (int(r["start"]), int(r["end"])) for r in rows
        if r["entity"] in MATTERS and r.get("role") != "denied"
    ]  # fmt: skip
    kept, cut = text, len(text)
    for start, end in sorted(denied, reverse=True):
        if end > cut:
            continue  # it went with what follows it
        before, after = _UP_TO.search(kept[:start]), _ON_FROM.search(kept[end:])
        # What stands before it in the same clause is meant (是智利不是墨西哥), and what is put in its place.
        first = max(before.end() if before else 0, *(stop for _, stop in meant if stop <= start), 0)
        denies = denied_from(kept, start) or 0
        # What is told at some length before the denial stays (是寄到广州公司的不是美国).
        first = denies if denies - first > _DENYING else first
        last = end + after.start() if after else len(kept)
        last = min(last, *(begin for begin, _ in meant if begin >= end), last)
        # More than the name and the words that deny it is said of something.
        if last - first - (end - start) <= _DENYING:
            kept, cut = kept[:first] + kept[last:], first
    return kept.strip(" ，,。；;") or text
