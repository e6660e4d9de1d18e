"""What kind of paper lies there: the weighted signs of every kind, counted by where they stand.

The name of a form in its heading proves more than the same words on page twelve, where a complaint
speaks of orders and an order of complaints.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from knowledge.paper_kinds import KINDS, PaperKind

OTHER = "other"
# The codes of the contract; a finer form is shown under the code that holds it.
CODES = frozenset(
    [
        "us-337-notice",
        "us-337-complaint",
        "us-summons",
        "us-complaint",
        "us-tro",
        "us-pi",
        "us-schedule-a",
        "us-default",
        "us-subpoena",
        "uspto-office-action",
        "ttab-institution",
        "ptab-notice",
        "us-dmca",
        "platform-complaint",
        "apex",
        "us-customs-detention",
        "us-customs-seizure",
        "eu-customs-suspension",
        "jp-customs",
        "de-abmahnung",
        "de-injunction",
        "fr-saisie",
        "upc-claim",
        "upc-measures",
        "euipo-notification",
        "epo-communication",
        "wipo-notification",
        "udrp-complaint",
        "demand-letter",
        "npe-letter",
        "cn-customs",
        "cn-court",
        "contract",
        "other",
    ]
)
# So many characters from the top are a paper's heading; what comes after the second bound is annex.
HEADING = 900
BODY = 6000
_IN_HEADING, _IN_BODY, _IN_ANNEX = 1.7, 1.0, 0.35
# A kind's signs must weigh so much, and be at least two, or one that its heading bears.
LEAST = 4.0


@dataclass(frozen=True)
class KindFound:
    """The kind of a paper, with what speaks for it.  ``form`` is None where no kind was found."""

    form: PaperKind | None
    confidence: float
    score: float = 0.0

    @property
    def code(self) -> str:
        """The code of the contract."""
        if self.form is None:
            return OTHER
        code = self.form.shown_as or self.form.id
        return code if code in CODES else OTHER


_NEEDS = {
    kind.id: re.compile(kind.needs, re.IGNORECASE) for kind in KINDS if kind.needs is not None
}
_COMPILED = tuple(
    (kind, tuple((weight, re.compile(sign, re.IGNORECASE)) for weight, sign in kind.signs))
    for kind in KINDS
)


def kind_of(text: str) -> KindFound:
    """:param text: the paper's normal form, lines parted by blanks. :return: its likeliest kind."""
    ranked = sorted(scores(text), key=lambda item: -item[1])
    if not ranked:
        return KindFound(None, 0.0)
    (kind, best), *rest = ranked
    second = next((score for _, score in rest), 0.0)
    return KindFound(kind, _confidence(best, best - second), best)


def scores(text: str) -> list[tuple[PaperKind, float]]:
    """Every kind that enough speaks for, with what its signs weigh."""
    found = []
    for kind, signs in _COMPILED:
        if kind.id in _NEEDS and not _NEEDS[kind.id].search(text):
            continue
        weights = [
            weight * _zone(place)
            for weight, sign in signs
            if (place := _first(sign, text)) is not None
        ]
        proven = sum(weight > 0 for weight in weights) >= 2 and sum(weights) >= LEAST
        if proven:
            found.append((kind, sum(weights)))
    return found


def _first(sign: re.Pattern[str], text: str) -> int | None:
    match = sign.search(text)
    return match.start() if match else None


def _zone(place: int) -> float:
    if place < HEADING:
        return _IN_HEADING
    return _IN_BODY if place < BODY else _IN_ANNEX


def _confidence(score: float, lead: float) -> float:
    """How likely the kind is right: what speaks for it, and how far the next is behind."""
    return round(1 / (1 + math.exp(-(0.12 * (score - LEAST) + 0.18 * lead - 0.2))), 3)
