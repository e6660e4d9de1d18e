"""The countries that a question can name: their names, their cities, and whose law answers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from knowledge.city_table import load_cities
from knowledge.text import normalise

EU = "EU"
# Member states, where the law of the Union applies beside their own.
EU_MEMBERS = frozenset(
    ("AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE",
     "IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE")
)  # fmt: skip
# Unions whose law applies in their members, beside their own or in its place.
_UNIONS = {
    EU: EU_MEMBERS,
    "OAPI": frozenset(
        ("BJ", "BF", "CF", "CG", "CI", "CM", "GA", "GN", "GQ", "GW", "KM", "ML", "MR", "NE", "SN",
         "TD", "TG")
    ),
    "EAEU": frozenset(("AM", "BY", "KG", "KZ", "RU")),
}  # fmt: skip
# Codes of the list that are no country whose law could be asked for; China is where the enterprise is.
_NO_TERRITORIES = frozenset({"CN", "EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"})
_TABLES = Path(__file__).resolve().parents[1] / "knowledge" / "tables"


def scope(countries: Iterable[str]) -> frozenset[str]:
    """The jurisdictions whose law may answer when these countries are named.

    :return: the countries, with the unions that they are members of; empty for no country.
    """
    named = frozenset(countries)
    return named | {union for union, members in _UNIONS.items() if named & members}


def of_another_member(jurisdiction: Iterable[str], places: Iterable[str]) -> bool:
    """Whether what is said of places tells how another member applies the Union's law than those that are asked about."""
    members, asked = EU_MEMBERS.intersection(jurisdiction), EU_MEMBERS.intersection(places)
    is_of_union = members.union((EU,)).issuperset(jurisdiction)
    return bool(asked and members) and is_of_union and asked.isdisjoint(members)


@lru_cache(maxsize=1)
def territories() -> dict[str, str]:
    """The Chinese names of all countries and territories by their codes, from the Unicode CLDR."""
    from babel import Locale

    found = Locale("zh").territories
    return {
        code: normalise(name)
        for code, name in found.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_TERRITORIES
    }


@lru_cache(maxsize=1)
def cities() -> dict[str, str]:
    """The countries of foreign cities by their Chinese names (knowledge/tables/cities.yaml)."""
    return load_cities(_TABLES)
