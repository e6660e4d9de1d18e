"""What passages are filtered by: jurisdiction, kind, audience, end of validity."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.persistence import LAYOUT
from indexer.remembering import remembered
from indexer.types import SearchFilters
from knowledge.types import GENERAL, Kind, Passage

# The trading platforms that a text names.
Named = Callable[[str], tuple[str, ...]]
_REMEMBERED = 64  # filters: the countries and matters that conversations are about


@dataclass(frozen=True)
class Facet:
    """One combination that passages share; ``superseded`` is set for drafts of rules too."""

    jurisdiction: tuple[str, ...]
    kind: str
    audience: tuple[str, ...]
    ends: str
    superseded: bool
    ip_types: tuple[str, ...]
    procedures: tuple[str, ...]
    platforms: tuple[str, ...] = ()

    @classmethod
    def of(cls, passage: Passage, platforms: tuple[str, ...] = ()) -> Facet:
        """The facet of a passage.

        :param platforms: those that its title and headings name.
        """
        return cls(
            jurisdiction=passage.jurisdiction,
            kind=passage.kind.value,
            audience=passage.audience,
            ends=passage.effective_to.isoformat() if passage.effective_to else "",
            superseded=bool(passage.superseded_by) or passage.is_draft,
            ip_types=passage.ip_types,
            procedures=passage.procedures,
            platforms=platforms,
        )

    def allows(self, filters: SearchFilters, today: date) -> bool:
        """Whether passages of this facet may be returned."""
        if not filters.include_expired and (
            self.superseded or (self.ends and self.ends < today.isoformat())
        ):
            return False
        if filters.kinds and self.kind not in filters.kinds:
            return False
        if filters.matters and filters.matters.isdisjoint(
            product(self.jurisdiction, self.procedures)
        ):
            return False
        if filters.audience and self.audience and filters.audience not in self.audience:
            return False
        return (
            not filters.jurisdictions
            or not self.jurisdiction
            or GENERAL in self.jurisdiction
            or not filters.jurisdictions.isdisjoint(self.jurisdiction)
        )


def _platforms(passages: Sequence[Passage], named: Named) -> Iterator[tuple[str, ...]]:
    """The trading platforms that each passage is about: those its own heading names, else its title's."""
    of_title: dict[str, tuple[str, ...]] = {}
    for passage in passages:
        found: tuple[str, ...] = ()
        if passage.kind is not Kind.LAW:
            for title in (" ".join(passage.heading), passage.title):
                if title not in of_title:
                    of_title[title] = named(title)
                found = found or of_title[title]
        yield found


class Facets:
    """The facet of every passage."""

    def __init__(self, facets: Sequence[Facet], numbers: NDArray[np.int32]) -> None:
        """Hold the combinations and, for each passage, the number of its own."""
        self._facets = tuple(facets)
        self._numbers = numbers
        self._allowed = remembered(self._find_allowed, _REMEMBERED)

    @property
    def jurisdictions(self) -> frozenset[str]:
        """Every jurisdiction that some passage belongs to."""
        return frozenset(place for facet in self._facets for place in facet.jurisdiction)

    @property
    def distinct(self) -> tuple[Facet, ...]:
        """Every combination once, by its number."""
        return self._facets

    def numbers(self, passages: NDArray[np.int64]) -> NDArray[np.int32]:
        """The numbers of the combinations of passages."""
        numbers: NDArray[np.int32] = self._numbers[passages]
        return numbers

    def __getitem__(self, passage: int) -> Facet:
        return self._facets[int(self._numbers[passage])]

    @classmethod
    def of(cls, passages: Sequence[Passage], named: Named) -> Facets:
        """Collect the facets of passages.

        :param named: recognises the platforms in a title.
        """
        platforms = _platforms(passages, named)
        return cls.gathered(
            Facet.of(passage, found) for passage, found in zip(passages, platforms, strict=True)
        )

    @classmethod
    def gathered(cls, facets: Iterable[Facet]) -> Facets:
        """Hold the facet of each passage in order."""
        known: dict[Facet, int] = {}
        numbers = [known.setdefault(facet, len(known)) for facet in facets]
        return cls(tuple(known), np.array(numbers, dtype=np.int32))

    def __iter__(self) -> Iterator[Facet]:
        return (self._facets[int(number)] for number in self._numbers)

    def allowed(self, filters: SearchFilters, today: date) -> NDArray[np.bool_] | None:
        """A mark for each passage that may be returned, read-only; None when all may."""
        return self._allowed(filters, today)

    def _find_allowed(self, filters: SearchFilters, today: date) -> NDArray[np.bool_] | None:
        verdicts = [facet.allows(filters, today) for facet in self._facets]
        if all(verdicts):
            return None
        marks: NDArray[np.bool_] = np.array(verdicts, dtype=np.bool_)[self._numbers]
        marks.setflags(write=False)
        return marks

    def save(self, folder: Path) -> None:
        """Write the facets."""
        content = [vars(facet) for facet in self._facets]
        (folder / LAYOUT.facets).write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        np.save(folder / LAYOUT.facet_rows, self._numbers)

    @classmethod
    def load(cls, folder: Path) -> Facets:
        """Read the facets."""
        facets = []
        for record in json.loads((folder / LAYOUT.facets).read_text("utf-8")):
            values: dict[str, Any] = {
                key: tuple(value) if isinstance(value, list) else value
                for key, value in record.items()
            }
            facets.append(Facet(**values))
        return cls(facets, np.load(folder / LAYOUT.facet_rows, allow_pickle=False))
