"""The audited statements stand where the audit says, on the facts and texts that it names."""

import importlib.util
import sys
from datetime import date
from pathlib import Path

import pytest

from actions.deadline_rules import compute
from knowledge.ledger import load_ledger
from knowledge.library import load_library

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"


def load_script():
    spec = importlib.util.spec_from_file_location(
        "write_content_audit", ROOT / "scripts" / "write_content_audit.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # a dataclass looks its module up
    spec.loader.exec_module(module)
    return module


SCRIPT = load_script()
CHECKED, STATEMENTS = SCRIPT.load(ROOT / "docs" / "content-audit.yaml")


def by(way):
    return [statement for statement in STATEMENTS if statement.by == way]


def name(statement):
    return f"{statement.document}:{statement.fact}"


@pytest.fixture(scope="module")
def ledger():
    return load_ledger(ROOT / "knowledge" / "tables")


@pytest.fixture(scope="module")
def sections():
    knowledge = ROOT / "knowledge"
    library = load_library(knowledge / "sources", knowledge / "tables", today=date(2026, 11, 28))
    return {document.meta.id: document.sections for document in library.documents}


def test_sixty_statements_are_audited():
    assert len(STATEMENTS) >= 60
    assert len({(s.document, s.words, s.fact) for s in STATEMENTS}) == len(STATEMENTS)


def test_the_committed_document_is_what_the_list_and_the_ledger_give(ledger):
    written = (ROOT / "docs" / "content-audit.md").read_text(encoding="utf-8")
    assert written == SCRIPT.render(CHECKED, STATEMENTS, ledger), (
        "运行 python scripts/write_content_audit.py"
    )


@pytest.mark.parametrize("statement", STATEMENTS, ids=name)
def test_a_statement_stands_in_a_section_that_rests_on_its_fact(sections, statement):
    assert [
        section
        for section in sections[statement.document]
        if statement.words in section.text and statement.fact in section.facts
    ]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="资料库 ../shared/corpus 不在这台机器上")
@pytest.mark.parametrize("statement", by("text"), ids=name)
def test_the_law_says_what_the_audit_quotes(statement):
    files = [path for path in CORPUS.rglob("*") if statement.law in path.name]
    texts = [path.read_text(encoding="utf-8") for path in files if path.is_file()]
    assert any(statement.quote in "".join(text.split()) for text in texts)


@pytest.mark.parametrize("statement", by("rule"), ids=name)
def test_the_rule_counts_to_the_day_that_the_audit_gives(statement):
    result = compute(statement.fact, statement.start, today=CHECKED)
    assert result.due_date == statement.due


def test_a_statement_without_its_ground_is_refused(tmp_path):
    path = tmp_path / "audit.yaml"
    path.write_text(
        "checked: 2026-11-28\nstatements:\n- {document: a, words: b, fact: c, by: text}\n",
        encoding="utf-8",
    )
    with pytest.raises(SystemExit, match="缺少核对的依据"):
        SCRIPT.load(path)
