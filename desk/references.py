"""Reference numbers that survive being read out over the phone.

The random part has no pair that is easily confused: no 0/O/D, 1/I/L, 2/Z, 5/S, 6/G, 8/B, M/N, U/V.
References are random, so one cannot be guessed from another.
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "3479ACEFHJKMPRTWXY"

TICKET_PREFIX = "ZR"
LEAD_PREFIX = "XS"


def new_reference(prefix: str, *, groups: int = 2, size: int = 4) -> str:
    """A fresh reference such as ``XS-7K4A-9TXM``."""
    parts = ["".join(secrets.choice(ALPHABET) for _ in range(size)) for _ in range(groups)]
    return "-".join([prefix, *parts])


def canonical_reference(text: str) -> str:
    """What a person typed, in the stored form: width, case, spaces and dashes do not matter."""
    folded = unicodedata.normalize("NFKC", text).upper()
    compact = "".join(letter for letter in folded if letter.isascii() and letter.isalnum())
    prefix, rest = compact[:2], compact[2:]
    groups = [rest[start : start + 4] for start in range(0, len(rest), 4)]
    return "-".join([prefix, *groups]) if groups else prefix
