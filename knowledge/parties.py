"""Names of countries that tell whose company, store or counsel is spoken of, and not where the dispute is."""

from __future__ import annotations

import re

# After the name of a country.
_PARTY = re.compile(
    r"的?(?:那边|这边|当地|那个|这个|那家)?的?(?:分|子|母)?(?:公司|企业|厂家|厂商|同行|客户|买家|卖家|仓|海外仓|律师|办事处|分部|员工|同事)"
    r"| (?:compan(?:y|ies)|firm|customer|client|buyer|seller|competitor|distributor|partner|brand|owner|subsidiary|warehouse|lawyer|counsel|guy)s?\b",
    re.IGNORECASE,
)


def names_party(text: str, stop: int) -> bool:
    """Whether the name of a country that ends at ``stop`` only tells whose company, store or counsel is meant."""
    return _PARTY.match(text, stop) is not None
