"""Reference numbers that survive being read out over the phone.

The random part has no pair that is easily confused: no 0/O/D, 1/I/L, 2/Z, 5/S, 6/G, 8/B, M/N, U/V.
References are random, so one cannot be guessed from another.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

ALPHABET = "3479ACEFHJKMPRTWXY"
GROUPS = 2
GROUP_SIZE = 4

TICKET_PREFIX = "ZR"
LEAD_PREFIX = "XS"

# What people put between the characters of a number: spaces, any dash, a dot.
_GAP = r"[\s\-_.·\u2010-\u2015\u2212]{0,2}"
_DRAWN = f"(?:{_GAP}[{ALPHABET}]){{{GROUPS * GROUP_SIZE}}}"
# Nothing of a longer word may follow; the last digits of a phone written right behind may.
_END = r"(?![A-Z0-9])|(?=[0-9]{4}(?![0-9])|[0-9]{11}(?![0-9]))"


def new_reference(prefix: str) -> str:
    """A fresh reference such as ``XS-7K4A-9TXM``."""
    parts = ["".join(secrets.choice(ALPHABET) for _ in range(GROUP_SIZE)) for _ in range(GROUPS)]
    return "-".join([prefix, *parts])


def canonical_reference(text: str) -> str:
    """What a person typed, in the stored form: width, case, spaces and dashes do not matter."""
    compact = "".join(letter for letter in _folded(text) if letter.isascii() and letter.isalnum())
    prefix, rest = compact[:2], compact[2:]
    groups = [rest[start : start + GROUP_SIZE] for start in range(0, len(rest), GROUP_SIZE)]
    return "-".join([prefix, *groups]) if groups else prefix


def references_in(text: str, prefix: str) -> tuple[str, ...]:
    """Every reference that :func:`new_reference` can have made, in the stored form, in order, each once."""
    found = (canonical_reference(match[0]) for match in _shape(prefix).finditer(_folded(text)))
    return tuple(dict.fromkeys(found))


def without_references(text: str, prefix: str) -> str:
    """The rest of a message, so that digits of a reference are not taken for something else."""
    return _shape(prefix).sub(" ", _folded(text))


def _shape(prefix: str) -> re.Pattern[str]:
    return re.compile(f"(?<![A-Z0-9]){_GAP.join(prefix)}{_GAP}[:#]?{_DRAWN}(?:{_END})")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper()
