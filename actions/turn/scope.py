"""Whether a question is the shelf's to answer: what the search found and what the classifier takes it for.

The search knows words and passages, not that somebody asks for a judge's address or the chances of a
case; the classifier knows such wishes, not the shelf.  Their odds are weighed together.
"""

from __future__ import annotations

import math
from dataclasses import replace

from actions.lookup import Found
from indexer.confidence import REFUSE, band_of, logistic

# How much the odds of the search, and those of being out of scope, count; scripts/fit_scope.py fits them
# on questions written without sight of the shelf.
SHELF, SCOPE, BIAS = 0.73, -0.39, -1.8
# The classifier was taught on messages of about this many signs.
_SHORT = 40
# Chances are told apart no further than this.
_LEAST = 0.002
_KNOWN = "country"  # a band of its own: the question waits for a country


def weighed(found: Found, out_of_scope: float, length: int) -> Found:
    """What was found, with the chance and the band that both witnesses give it.

    :param out_of_scope: the classifier's chance, 0–1.
    :param length: of the message in signs.
    """
    if not found.hits:
        return found
    chance = combined(found.confidence, out_of_scope, length)
    band = band_of(chance)
    if found.band == _KNOWN and band != REFUSE:
        band = _KNOWN
    return replace(found, band=band, confidence=chance)


def combined(confidence: float, out_of_scope: float, length: int) -> float:
    """The chance that a question is answered, 0–1."""
    return logistic(SHELF * odds(confidence) + SCOPE * strangeness(out_of_scope, length) + BIAS)


def strangeness(out_of_scope: float, length: int) -> float:
    """The odds of being out of scope; of a long story, which speaks of much, they say less."""
    least = odds(0.0)
    return least + (odds(out_of_scope) - least) * min(1.0, _SHORT / max(length, 1))


def odds(chance: float) -> float:
    """The logarithm of the odds of a chance."""
    held = min(max(chance, _LEAST), 1 - _LEAST)
    return math.log(held / (1 - held))
