"""What a message is for: a question to the shelf, something to be declined, or another act.

The search knows words and passages, the classifier knows wishes, the conversation knows what is open.
Small trees weigh all three together; they were taught on whole conversations and questions written without
sight of the shelf and never see words, countries or documents by name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from rasa_sdk import Tracker

from actions import conversation as talk
from actions.lookup import Found
from actions.turn.asking import asks
from indexer.confidence import REFUSE, band_of, logistic
from indexer.hybrid import MODEL_DIR
from indexer.reranker import Ensembles, Reranker
from knowledge.text import normalise

FILE_NAME = "purpose.npz"
SHELF, DECLINE, OTHER = CLASSES = ("shelf", "decline", "other")
TO_THE_SHELF = ("ask", "follow_up")
# The intents that the classifier tells apart, in the order of the trees.
INTENTS = (
    "ask", "follow_up", "deadline", "out_of_scope", "human", "center", "lead", "lead_status", "checklist",
    "funding", "privacy", "erase_data", "quiz", "identity", "help", "affirm", "deny", "skip", "cancel", "repeat",
    "source", "simpler", "take_back", "inform", "correct", "triage", "notice", "greet", "thanks", "bye", "praise",
    "not_helpful", "complaint", "hours", "start_over",
)  # fmt: skip
_NAMES = (
    "country", "procedure", "platform", "right", "region", "date", "party", "phone", "company", "money",
)  # fmt: skip
_TOPICS = ("answer", "triage", "deadline", "center", "lead", "funding")
FEATURES = (
    *(f"intent_{name}" for name in INTENTS), "questions", "acts",
    "asks", "ends", "length", *(f"names_{name}" for name in _NAMES),
    *(f"topic_{name}" for name in _TOPICS), "begins", "answered", "computed", "form",
    "there", "right", "there_alone", "right_alone", "right_best", "is_alone", "readings",
)  # fmt: skip
_BEGINS = FEATURES.index("begins")
_ENDS = re.compile(r"[?？吗呢嗎么未冇]$")
_LONGEST = 120
# Chances are told apart no further than this.
_LEAST = 0.002
# Who is refused in a conversation is lost; what stands alone is easily asked again in other words.
_ALONE = 1.1
_KNOWN = "country"  # a band of its own: the question waits for a country
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Purpose:
    """The chances, 0–1, that a message is a question to the shelf, one to be declined, or another act."""

    shelf: float
    decline: float
    other: float

    @property
    def answerable(self) -> float:
        """The chance that the shelf answers it, if it is a question at all."""
        return self.shelf / max(self.shelf + self.decline, _LEAST)

    def declining(self, weight: float) -> Purpose:
        """The chances where a wrong answer costs ``weight`` times what a refusal in vain does."""
        decline = self.decline * weight
        every = self.shelf + decline + self.other
        return Purpose(self.shelf / every, decline / every, self.other / every)


@dataclass(frozen=True)
class Weighing(Ensembles):
    """The trees of each purpose."""

    shelf: Reranker
    decline: Reranker
    other: Reranker
    file_name, features, trained_by = FILE_NAME, FEATURES, "huhang train purpose"

    def of(self, line: Floats) -> Purpose:
        """The chances for one line of :data:`FEATURES`."""
        scores = [float(getattr(self, name).raw(line[None, :])[0]) for name in CLASSES]
        shares = np.exp(np.array(scores) - max(scores))
        return Purpose(*map(float, shares / shares.sum()))


@lru_cache(maxsize=1)
def trained() -> Weighing:
    """The trees that the bot ships."""
    return Weighing.load(MODEL_DIR)


def purpose_of(tracker: Tracker, text: str, found: Sequence[Found]) -> Purpose | None:
    """What a message is for; None where no classifier has heard it.

    :param found: what each reading of it found, the message as it stands first.
    """
    if not tracker.latest_message.get("intent_ranking") or not found:
        return None
    line = features(tracker, text, found)
    purpose = trained().of(line)
    return purpose.declining(_ALONE) if line[_BEGINS] else purpose


def features(tracker: Tracker, text: str, found: Sequence[Found]) -> Floats:
    """The line of :data:`FEATURES` for a message."""
    rows = tracker.latest_message.get("intent_ranking") or ()
    chances = {str(row["name"]): float(row["confidence"]) for row in rows}
    names = talk.names(tracker)
    topic = talk.slot(tracker, "last_topic")
    acts = [
        v for name, v in chances.items() if name not in (*TO_THE_SHELF, "deadline", "out_of_scope")
    ]
    best = max(found, key=lambda item: item.right)
    is_answered = talk.slot(tracker, "last_answer") is not None
    return np.array(
        (
            *(odds(chances.get(name, 0.0)) for name in INTENTS),
            odds(sum(chances.get(name, 0.0) for name in TO_THE_SHELF)), odds(max(acts, default=0.0)),
            asks(text), _ENDS.search(text.rstrip("。！! ")) is not None, min(len(text), _LONGEST),
            *(name in names for name in _NAMES), *(topic == name for name in _TOPICS),
            begins(tracker), is_answered, talk.slot(tracker, "last_day") is not None,
            bool((tracker.active_loop or {}).get("name")),
            odds(max(item.confidence for item in found)), odds(max(item.right for item in found)),
            odds(found[0].confidence), odds(found[0].right), odds(best.right), best is found[0], len(found),
        ),
        dtype=np.float32,
    )  # fmt: skip


def begins(tracker: Tracker) -> bool:
    """Whether nothing was said before the message."""
    users = islice((event for event in tracker.events if event.get("event") == "user"), 2)
    latest = talk.text(tracker)
    return all(normalise(event.get("text") or "") == latest for event in users)


def judged(found: Found, best: Found, purpose: Purpose | None) -> Found:
    """What was found, with the chance and the band that all witnesses give it.

    :param best: of what the readings found, that with the highest chance, which the purpose was judged by.
    """
    if purpose is None or not found.hits:
        return found
    shift = odds(purpose.answerable) - odds(best.confidence)
    chance = logistic(odds(found.confidence) + shift)
    band = band_of(chance)
    if found.band == _KNOWN and band != REFUSE:
        band = _KNOWN
    return replace(found, band=band, confidence=chance)


def odds(chance: float) -> float:
    """The logarithm of the odds of a chance."""
    held = min(max(chance, _LEAST), 1 - _LEAST)
    return math.log(held / (1 - held))
