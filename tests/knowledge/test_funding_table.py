"""The funding table is complete, typed and honest about what is still in force."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from knowledge.errors import SourceError
from knowledge.funding_table import load_funding_table
from settings import KnowledgeSettings
from tests.knowledge.fact_packs import kept

TABLES = KnowledgeSettings().tables_dir
PROGRAMS = load_funding_table(TABLES)


def test_every_program_of_the_pack_has_its_row_and_status():
    pack = kept()
    assert pack["programs"] == {k: p.status for k, p in PROGRAMS.items()}
    hidden = [PROGRAMS[name] for name in pack["hidden"] if name in PROGRAMS]
    assert hidden
    assert [program.id for program in hidden if program.source.url] == []


def test_only_four_rows_are_current():
    assert sum(program.status == "current" for program in PROGRAMS.values()) == 4


def test_weak_sources_show_no_link():
    weak = [p for p in PROGRAMS.values() if p.source_quality in ("mirror", "low")]
    assert weak
    assert [p.id for p in weak if p.source.url] == []


def test_closed_window_makes_a_program_expired():
    program = PROGRAMS["sz-shenshan-2025"]
    assert program.status_on(date(2026, 11, 23)) == "current"
    assert program.status_on(date(2030, 12, 1)) == "expired"


def test_shenzhen_excludes_section_337_as_data():
    tests = [c.test for c in PROGRAMS["sz-2025-overseas"].conditions if c.test]
    assert any(t.kind == "procedure_not" and "section-337" in t.any for t in tests)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"status": "maybe"}, "status"),
        ({"applicants": ["ghost"]}, "applicants"),
        ({"conditions": [{"text": "x", "test": {"kind": "luck"}}]}, "kind"),
        ({"conditions": [{"text": "x", "test": {"kind": "outcome"}}]}, "any"),
        ({"conditions": [{"text": "x", "test": {"kind": "closed_within"}}]}, "years"),
        ({"conditions": [{"text": "x", "test": {"kind": "contract_between"}}]}, "after"),
        ({"conditions": [{"text": "x", "test": {"kind": "deduct", "what": "tax"}}]}, "what"),
        ({"window": {"text": "x", "closes": "soon"}}, "closes"),
        ({"promise": True}, "不认识的键"),
    ],
)
def test_bad_row_is_refused_with_its_name(tmp_path, change, message):
    rows = yaml.safe_load((TABLES / "funding.yaml").read_text(encoding="utf-8"))
    row = next(r for r in rows if r["id"] == "hz-2024-overseas")
    text = yaml.safe_dump([{**row, **change}], allow_unicode=True)
    (tmp_path / "funding.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match="hz-2024-overseas") as caught:
        load_funding_table(tmp_path)
    assert message in str(caught.value)
