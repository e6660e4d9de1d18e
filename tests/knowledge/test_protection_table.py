"""The game's table: whole, founded, and with something to find out in every thing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from knowledge.campaign_table import next_campaigns
from knowledge.edit_checks import unfounded_figures
from knowledge.errors import SourceError
from knowledge.ledger import load_ledger
from knowledge.protection_table import load_protection

TABLES = Path(__file__).resolve().parents[2] / "knowledge" / "tables"
TABLE = load_protection(TABLES)
LEDGER = load_ledger(TABLES)


def test_every_reason_rests_on_facts_that_carry_its_figures():
    for thing in TABLE.things:
        for verdict in thing.verdicts:
            carried = set().union(*(LEDGER[fact].figures for fact in verdict.facts))
            assert not unfounded_figures(verdict.why, carried), (thing.id, verdict.right)


def test_things_differ_and_each_right_protects_one_and_fails_another():
    answers = [tuple(verdict.protects for verdict in thing.verdicts) for thing in TABLE.things]
    assert len(set(answers)) >= 5
    for column in zip(*answers, strict=True):
        assert set(column) == {True, False}


@pytest.mark.parametrize("lack", ["verdict", "why", "facts", "right"])
def test_a_thing_that_lacks_something_is_named(tmp_path, lack):
    value = yaml.safe_load((TABLES / "protection.yaml").read_text(encoding="utf-8"))
    rights = value["things"][0]["rights"]
    if lack == "right":
        del rights["gi"]
    else:
        del rights["patent"][lack]
    (tmp_path / "protection.yaml").write_text(
        yaml.safe_dump(value, sort_keys=False), encoding="utf-8"
    )
    with pytest.raises(SourceError, match="shoe"):
        load_protection(tmp_path)


def test_a_damaged_table_of_campaigns_is_named(tmp_path):
    from datetime import date

    for text in ("campaigns: [{id: x}]", "themes: []", "- 1"):
        (tmp_path / "campaigns.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(SourceError, match=r"campaigns\.yaml"):
            next_campaigns(tmp_path, date(2026, 4, 1))
    with pytest.raises(SourceError, match="缺少"):
        next_campaigns(tmp_path / "nowhere", date(2026, 4, 1))
