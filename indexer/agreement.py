"""How well a passage's metadata fits what a question names; added to the relevance score."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.facets import Facet
from indexer.jurisdictions import scope
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
_CURATED_KINDS = frozenset({Kind.GUIDE.value, Kind.FAQ.value, Kind.POLICY.value})


def agreement(info: QueryInfo, facets: Sequence[Facet]) -> NDArray[np.float32]:
    """A bonus or malus for each candidate; all zero when the question names nothing."""
    bonus = np.zeros(len(facets), dtype=np.float32)
    named = frozenset(info.countries)
    procedures = frozenset(info.procedures)
    rights = frozenset(info.ip_types)
    platforms = frozenset(info.platforms)
    foreign = bool(procedures) or bool(named - CHINA) or bool(platforms)
    if not (named or procedures or rights or foreign):
        return bonus
    known: dict[Facet, float] = {}
    for place, facet in enumerate(facets):
        if facet not in known:
            known[facet] = _of(facet, named, procedures, rights, platforms, foreign)
        bonus[place] = known[facet]
    return bonus


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
