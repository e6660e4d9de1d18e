"""The one-time material lists rest on facts and say who issues what."""

from __future__ import annotations

import pytest

from knowledge.alias_table import CodeTable, load_alias_rows
from knowledge.checklist_table import ROLES, ChecklistItem, load_checklists
from knowledge.figures import figures
from knowledge.funding_table import load_funding_table
from knowledge.table_row import load_yaml
from settings import KnowledgeSettings

TABLES = KnowledgeSettings().tables_dir
LISTS = load_checklists(TABLES)
LEDGER = load_yaml(TABLES / "facts.yaml")
ALIASES = load_alias_rows(TABLES)


def texts(item: ChecklistItem) -> str:
    return " ".join(
        str(value) for key, value in item.values().items() if key not in ("facts", "optional")
    )


def test_at_least_fifteen_matters_have_a_list():
    assert len([item for item in LISTS if item.program is None]) >= 15


@pytest.mark.parametrize("item", LISTS, ids=lambda item: item.id)
def test_list_has_known_codes_and_facts(item):
    assert item.facts
    assert [fact for fact in item.facts if fact not in LEDGER] == []
    assert set(item.procedures) <= set(CodeTable(ALIASES, "procedure").names)
    assert set(item.countries) <= set(CodeTable(ALIASES, "country").names)
    assert item.role in (None, *ROLES)
    for each in item.items:
        assert set(each.facts) <= set(item.facts)


@pytest.mark.parametrize("item", LISTS, ids=lambda item: item.id)
def test_every_figure_of_a_list_is_carried_by_its_facts(item):
    carried = {figure for fact in item.facts for figure in LEDGER[fact]["figures"]}
    for fact in item.facts:
        carried |= figures(" ".join(map(str, (LEDGER[fact]["title"], LEDGER[fact]["basis"]))))
    said = figures(" ".join([item.title, item.note or "", *map(texts, item.items)]))
    assert said - carried == set()


def test_lists_of_programs_are_for_programs_that_name_materials():
    programs = load_funding_table(TABLES)
    listed = {item.program for item in LISTS if item.program}
    assert listed == {program.id for program in programs.values() if program.materials}


def test_expired_programs_say_so_in_their_title():
    programs = load_funding_table(TABLES)
    for item in LISTS:
        program = programs.get(item.program or "")
        if program and program.status == "expired":
            assert "已过期" in item.title
