"""How well a passage's metadata fits what a question names; added to the relevance score."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.facets import Facet, Facets
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


class Agreement:
    """A bonus or malus for each passage of an index; all zero when the question names nothing."""

    def __init__(self, facets: Facets) -> None:
        """Weigh the facets of an index; what the same names gave is remembered."""
        self._facets = facets
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
        foreign = bool(procedures) or bool(named - CHINA) or bool(platforms)
        scores = (
            _of(facet, named, procedures, rights, platforms, foreign)
            for facet in self._facets.distinct
        )
        return np.fromiter(scores, np.float32, len(self._facets.distinct))


def _of(
    facet: Facet,
    named: frozenset[str],
    procedures: frozenset[str],
    rights: frozenset[str],
    platforms: frozenset[str],
    foreign: bool,
) -> float:
    score = 0.0
    places = frozenset(facet.jurisdiction) - {GENERAL}
    if named and places:
        if named & places:
            score += COUNTRY
        elif GENERAL not in facet.jurisdiction and not scope(named) & places:
            score += OTHER_COUNTRY
    if procedures and procedures & frozenset(facet.procedures):
        score += PROCEDURE
    if rights and rights & frozenset(facet.ip_types):
        score += RIGHT
    if platforms and facet.platforms:
        score += PLATFORM if platforms & frozenset(facet.platforms) else OTHER_PLATFORM
    if foreign and facet.kind in _CURATED_KINDS:
        score += CURATED
    return score
