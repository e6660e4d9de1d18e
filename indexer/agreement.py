"""How well a passage's metadata fits what a question names; added to the relevance score."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.facets import Facets
from indexer.jurisdictions import scope
from indexer.remembering import remembered
from indexer.types import QueryInfo
from knowledge.types import GENERAL, Kind

# The scale is that of the fused score (0–1); chosen on the development questions, docs/retrieval.md.
COUNTRY = 0.25
OTHER_COUNTRY = -0.30
PROCEDURE = 0.12
RIGHT = 0.05
PLATFORM = 0.08
OTHER_PLATFORM = -0.30  # what one platform does is no answer about another
CURATED = 0.15  # guides and answers before statutes when the question is about a dispute abroad
CHINA = frozenset({"CN"})
_REMEMBERED = 64
_CURATED_KINDS = frozenset({Kind.GUIDE.value, Kind.FAQ.value, Kind.POLICY.value})


Marks = NDArray[np.bool_]


class Agreement:
    """A bonus or malus for each passage of an index; all zero when the question names nothing."""

    def __init__(self, facets: Facets) -> None:
        """Read the facets of an index; what the same names gave is remembered."""
        self._facets = facets
        distinct = facets.distinct
        self._size = len(distinct)
        places = [frozenset(facet.jurisdiction) - {GENERAL} for facet in distinct]
        self._of_place = _by_code(places)
        self._of_procedure = _by_code([facet.procedures for facet in distinct])
        self._of_right = _by_code([facet.ip_types for facet in distinct])
        self._of_platform = _by_code([facet.platforms for facet in distinct])
        self._is_placed = _marks(
            bool(own) and GENERAL not in facet.jurisdiction
            for own, facet in zip(places, distinct, strict=True)
        )
        self._has_platform = _marks(bool(facet.platforms) for facet in distinct)
        self._is_curated = _marks(facet.kind in _CURATED_KINDS for facet in distinct)
        self._bonuses = remembered(self._weigh, _REMEMBERED)

    def of(self, info: QueryInfo, passages: NDArray[np.int64]) -> NDArray[np.float32]:
        """The bonus of each passage."""
        named = (info.countries, info.procedures, info.ip_types, info.platforms)
        if not any(named):
            return np.zeros(len(passages), dtype=np.float32)
        bonuses: NDArray[np.float32] = self._bonuses(*map(frozenset, named))
        return np.asarray(bonuses[self._facets.numbers(passages)])

    def _weigh(
        self,
        named: frozenset[str],
        procedures: frozenset[str],
        rights: frozenset[str],
        platforms: frozenset[str],
    ) -> NDArray[np.float32]:
        """The bonus of each combination of facets."""
        scores = np.zeros(self._size)
        if named:
            within = self._any(self._of_place, scope(named))
            elsewhere = np.where(self._is_placed & ~within, OTHER_COUNTRY, 0.0)
            scores += np.where(self._any(self._of_place, named), COUNTRY, elsewhere)
        scores += PROCEDURE * self._any(self._of_procedure, procedures)
        scores += RIGHT * self._any(self._of_right, rights)
        if platforms:
            others = np.where(self._has_platform, OTHER_PLATFORM, 0.0)
            scores += np.where(self._any(self._of_platform, platforms), PLATFORM, others)
        if procedures or named - CHINA or platforms:  # a dispute abroad
            scores += CURATED * self._is_curated
        return scores.astype(np.float32)

    def _any(self, marks: Mapping[str, Marks], codes: Iterable[str]) -> Marks:
        """Which combinations have any of the codes."""
        found = np.zeros(self._size, dtype=np.bool_)
        for code in codes:
            if code in marks:
                found |= marks[code]
        return found


def _marks(values: Iterable[bool]) -> Marks:
    return np.fromiter(values, np.bool_)


def _by_code(rows: Sequence[Collection[str]]) -> dict[str, Marks]:
    """By each code a mark for each row that has it."""
    marks: dict[str, Marks] = {}
    for number, row in enumerate(rows):
        for code in row:
            marks.setdefault(code, np.zeros(len(rows), dtype=np.bool_))[number] = True
    return marks
