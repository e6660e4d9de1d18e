"""What a ticket is about, in one line: country · procedure · district, as far as it is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from actions.vocabulary import Vocabulary
from desk.masking import mask
from desk.matters import Matter

UNKNOWN = "还没说明情况"
_SHORT = 26
# The district of an address: what stands before the last 区, 县 or 市, without the city before it.
_DISTRICT = re.compile(r"(?:.*[省市]|(?:广东)?广州)?(?P<name>[一-鿿]{2,5}?[区县市])")


def subject(
    facts: Mapping[str, Any], matter: Matter | None, words: Vocabulary, reason: str = ""
) -> str:
    """The subject of a ticket.

    :param facts: what the ticket knows, by its Chinese label.
    :param matter: what the person has told since; it fills in what the ticket does not know.
    :param reason: what is shown, masked and shortened, while nothing else is known.
    """
    told = (lambda name: None) if matter is None else matter.text
    parts = (
        _text(facts.get("争议国家")) or words.country(told("country")),
        _text(facts.get("程序")) or words.procedure(told("procedure")),
        district(_text(facts.get("所在地")) or told("region") or ""),
    )
    known = " · ".join(part for part in parts if part)
    return known or _shortened(mask(reason)) or UNKNOWN


def district(region: str) -> str:
    """The district of a region in words: 广东省广州市番禺区 is 番禺区."""
    found = _DISTRICT.fullmatch(region.strip())
    return found["name"] if found else region.strip()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[:_SHORT]}…"
