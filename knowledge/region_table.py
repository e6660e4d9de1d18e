"""Typed reader of ``tables/regions.yaml``: from what a person calls a place to province, city, district."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from knowledge.errors import SourceError
from knowledge.table_row import Row, load_yaml
from knowledge.text import normalise

FILE_NAME = "regions.yaml"

_LATIN = re.compile(r"[a-z0-9]")


@dataclass(frozen=True)
class Region:
    """A place in China.

    ``industry`` is what the named town is known for; ``also_abroad`` the code of the country in which the
    city's name stands for a place too.
    """

    province: str
    city: str | None = None
    district: str | None = None
    industry: str | None = None
    also_abroad: str | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """The place in words, from the largest part."""
        city = self.city if self.city != self.province else None
        return "".join(part for part in (self.province, city, self.district) if part)


class RegionTable:
    """All places, found by the names people use."""

    def __init__(self, places: dict[str, list[Region]], regions: tuple[Region, ...]) -> None:
        """Keep the names, folded, with the places they may mean in file order."""
        self._places = places
        self._longest = max(map(len, places), default=0)
        self._beginnings = frozenset(name[:1] for name in places)
        self.regions = regions

    def find(self, text: str | None) -> Region | None:
        """The most exact place named in a text.

        A province or city that is named narrows down the districts; where several cities are
        named the first counts.

        :return: None when no place in China is recognised.
        """
        named = self._named(normalise(text or "").casefold())
        if not named:
            return None
        chosen = _first(named, lambda place: place.city is None)
        within = [p for p in named if chosen is None or p.province == chosen.province]
        city = _first(within, lambda place: place.city is not None and place.district is None)
        if city is not None:
            chosen = city
            within = [p for p in within if p.city == city.city and p.province == city.province]
        district = _first(within, lambda place: place.district is not None)
        if district is None:
            return chosen
        town = _first(within, lambda p: p.district == district.district and p.industry is not None)
        return town or district

    def cities(self, text: str) -> frozenset[Region]:
        """The cities that a text names, and the provinces of which it names no city."""
        named = [p for p in self._named(normalise(text).casefold()) if p.district is None]
        cities = {place for place in named if place.city is not None}
        within = {place.province for place in cities}
        return frozenset(cities | {p for p in named if p.city is None and p.province not in within})

    def _named(self, text: str) -> list[Region]:
        found: list[tuple[int, int]] = []
        for start in range(len(text)):
            if text[start] not in self._beginnings:
                continue
            for end in range(min(len(text), start + self._longest), start, -1):
                if text[start:end] in self._places and _is_bounded(text, start, end):
                    found.append((start, end))
                    break
        taken: list[tuple[int, int]] = []
        for start, end in sorted(found, key=lambda span: (span[0] - span[1], span[0])):
            if all(end <= other[0] or other[1] <= start for other in taken):
                taken.append((start, end))
        return [place for start, end in sorted(taken) for place in self._places[text[start:end]]]


def _first(places: list[Region], test: Callable[[Region], bool]) -> Region | None:
    return next((place for place in places if test(place)), None)


def _is_bounded(text: str, start: int, end: int) -> bool:
    """Latin names need a boundary; a one-character name must be the whole text."""
    if end - start == 1:
        return len(text) == 1
    if not _LATIN.match(text[start]):
        return True
    before = start > 0 and _LATIN.match(text[start - 1])
    after = end < len(text) and _LATIN.match(text[end])
    return not before and not after


def load_region_table(tables_dir: Path) -> RegionTable:
    """Read the table; several parts of the program share what was read.

    :raises SourceError: naming the place and the key that is wrong, or the file that is missing.
    """
    path = tables_dir / FILE_NAME
    state = path.stat() if path.is_file() else None
    return _read(path, state and state.st_mtime_ns, state and state.st_size)


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int | None, _size: int | None) -> RegionTable:
    """The places, read again only after a change of the file."""
    data = load_yaml(path)
    if not isinstance(data, list):
        raise SourceError(f"{path.name}：应为省份的列表")
    builder = _Builder()
    for number, value in enumerate(data, start=1):
        builder.province(Row(path, f"第 {number} 个省份", value))
    return RegionTable(builder.places, tuple(builder.regions))


class _Builder:
    def __init__(self) -> None:
        self.places: dict[str, list[Region]] = {}
        self.regions: list[Region] = []

    def _add(self, names: tuple[str, ...], region: Region) -> None:
        if region.industry is None:
            self.regions.append(region)
        for name in names:
            homonyms = self.places.setdefault(name.casefold(), [])
            if region not in homonyms:
                homonyms.append(region)

    def province(self, row: Row) -> None:
        row.name = name = row.text("name")
        self._add((name, *row.texts("aliases")), Region(name))
        row.optional_text("capital")
        row.flag("special")
        for city in row.children("cities"):
            self._city(city, name)
        row.finish()

    def _city(self, row: Row, province: str) -> None:
        row.name = name = row.text("name")
        abroad = row.optional_text("also_abroad")
        region = Region(province, name, also_abroad=abroad)
        self._add((name, *row.texts("aliases")), region)
        for district in row.children("districts"):
            self._district(district, province, name)
        row.finish()

    def _district(self, row: Row, province: str, city: str) -> None:
        row.name = name = row.text("name")
        self._add((name, *row.texts("aliases")), Region(province, city, name))
        for town in row.children("towns"):
            industry = town.text("industry")
            self._add((town.text("name"),), Region(province, city, name, industry))
            town.finish()
        row.finish()
