"""What is kept of the packs of facts is what the packs say, where they lie beside the checkout."""

from __future__ import annotations

import pytest

from tests.knowledge.fact_packs import PACKS, in_packs, kept


@pytest.mark.skipif(not PACKS.is_dir(), reason="the packs are not on this machine")
def test_what_is_kept_is_what_the_packs_say() -> None:
    assert kept() == in_packs()


def test_every_list_that_the_tables_are_compared_with_is_there() -> None:
    assert all(kept()[name] for name in ("programs", "centers", "deadlines", "hidden"))
