"""Which country a cell or a title names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from knowledge.alias_table import load_alias_rows
from knowledge.text import normalise
from knowledge.types import GENERAL

_TABLES = Path(__file__).resolve().parent.parent / "tables"
_HOME = "CN"
# A title that names a place in China is about rules there, whatever else it names.
_AT_HOME = re.compile(r"中国|中华人民共和国|国家知识产权局|我国|[\u4e00-\u9fff](?:省|市|区|县)")


@lru_cache(maxsize=1)
def place_codes() -> Mapping[str, str]:
    """:return: normalised name or code in lower case → code."""
    found = {"通用": GENERAL, "不限": GENERAL, GENERAL.lower(): GENERAL}
    for row in load_alias_rows(_TABLES):
        if row.kind == "country":
            names = (row.code, row.name, *(row.aliases if row.expand else ()))
            for name in names:
                found.setdefault(normalise(name).lower(), row.code)
    return found


@lru_cache(maxsize=1)
def _english_names() -> Mapping[str, str]:
    """:return: English names of countries as a title of their law writes them → code, as expressions."""
    from babel import Locale

    territories = Locale("en").territories
    codes = set(place_codes().values()) - {GENERAL, _HOME}
    found = {re.escape(str(territories[code])): code for code in codes if code in territories}
    more = {
        "UK": "GB",
        "US": "US",
        r"U\.S\.": "US",
        "USA": "US",
        "European Union": "EU",
        "EU": "EU",
        "Great Britain": "GB",
    }
    return {**found, **{name: code for name, code in more.items() if code in codes}}


def place_name(code: str) -> str:
    """:return: the first name of a country."""
    return next((n for n, c in place_codes().items() if c == code and not n.isascii()), code)


def foreign_place(title: str) -> str | None:
    """:return: the code of the one country abroad that a title names; None for none, several or China."""
    text = normalise(title)
    if _AT_HOME.search(text):
        return None
    words = {code for name, code in _english_names().items() if re.search(rf"\b{name}\b", text)}
    found = {code for name, code in place_codes().items() if not name.isascii() and name in text}
    found |= words
    found -= {_HOME, GENERAL}
    return found.pop() if len(found) == 1 else None
