"""What a passage's facets add to its score for what a question names."""

from __future__ import annotations

import numpy as np
import pytest

from indexer import agreement
from indexer.agreement import Agreement
from indexer.facets import Facet, Facets
from indexer.types import QueryInfo


def _facet(*places, procedures=(), rights=(), platforms=(), kind="guide"):
    return Facet(places, kind, (), "", False, rights, procedures, platforms)


ROWS = [
    _facet("DE", procedures=("customs",), rights=("trademark",)),
    _facet("EU", platforms=("amazon",)),
    _facet("GENERAL", "FR", kind="law"),
    _facet("JP", platforms=("temu",), kind="training"),
    _facet(),
]
ABROAD, HERE, ELSEWHERE = agreement.CURATED, agreement.COUNTRY, agreement.OTHER_COUNTRY


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({}, [0, 0, 0, 0, 0]),
        ({"countries": ("DE",)}, [HERE + ABROAD, ABROAD, 0, ELSEWHERE, ABROAD]),
        ({"countries": ("CN",)}, [ELSEWHERE, ELSEWHERE, 0, ELSEWHERE, 0]),
        ({"countries": ("FR",)}, [ELSEWHERE + ABROAD, ABROAD, HERE, ELSEWHERE, ABROAD]),
        (
            {"procedures": ("customs",), "ip_types": ("trademark",)},
            [agreement.PROCEDURE + agreement.RIGHT + ABROAD, ABROAD, 0, 0, ABROAD],
        ),
        (
            {"platforms": ("amazon",)},
            [ABROAD, agreement.PLATFORM + ABROAD, 0, agreement.OTHER_PLATFORM, ABROAD],
        ),
    ],
)
def test_what_is_named_lifts_its_own_and_lowers_what_is_of_another(named, expected):
    bonuses = Agreement(Facets.gathered(ROWS)).of(QueryInfo("", "", **named), np.arange(len(ROWS)))
    np.testing.assert_allclose(bonuses, expected, atol=1e-6)
