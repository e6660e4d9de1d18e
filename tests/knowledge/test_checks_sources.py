"""Addresses that a reader may not be sent to, and where a law is found instead."""

from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.checks_sources import check_sources, is_refused, official_source
from knowledge.ledger import load_ledger
from knowledge.library import load_library

TABLES = Path(__file__).resolve().parents[2] / "knowledge" / "tables"
COPY = "https://github.com/LawRefBook/Laws"


@pytest.fixture
def library(folders, today):
    return load_library(*folders, today=today)


def refused(library, folders):
    return [(p.code, p.where) for p in check_sources(library, folders[1])]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (COPY, True),
        ("https://raw.githubusercontent.com/a/b", True),
        ("https://someone.github.io/law", True),
        ("https://docslib.org/doc/1", True),
        ("https://flk.npc.gov.cn/", False),
        ("https://notgithub.com.cn/", False),
        ("https://www.mondaq.com/x", False),
    ],
)
def test_sites_that_vouch_for_nothing(url, expected):
    assert is_refused(url) is expected


@pytest.mark.parametrize(
    ("title", "address"),
    [
        ("著作权法(2020-11-11)", "https://flk.npc.gov.cn/"),
        ("广东省知识产权保护条例", "https://flk.npc.gov.cn/"),
        ("最高人民法院关于知识产权民事诉讼证据的若干规定", "https://www.court.gov.cn/"),
    ],
)
def test_a_law_has_its_official_collection(title, address):
    found = official_source(title)
    assert found is not None
    assert found[1] == address
    assert title in found[0]


@pytest.mark.parametrize("title", ["新华网报道", "某事务所：法国商标异议", "德语和法语的说明"])
def test_no_chinese_law_has_no_collection(title):
    assert official_source(title) is None


def test_a_refused_source_of_a_document_is_reported(library, folders, guide_text, today):
    path = folders[0] / "guides" / "us-sample.md"
    assert refused(library, folders) == []
    text = guide_text.replace("https://example.org/rule", COPY)
    path.write_text(text, encoding="utf-8")
    assert refused(load_library(*folders, today=today), folders) == [
        ("source-host", "guides/us-sample.md")
    ]


def test_a_refused_address_in_a_text_a_fact_or_a_table_is_reported(
    library, folders, guide_text, today
):
    path = folders[0] / "guides" / "us-sample.md"
    path.write_text(guide_text + f"见 {COPY}。\n", encoding="utf-8")
    assert [code for code, _ in refused(load_library(*folders, today=today), folders)] == [
        "source-host"
    ]
    path.write_text(guide_text, encoding="utf-8")
    (name, fact), *_ = library.ledger.items()
    cited = replace(library, ledger={**library.ledger, name: replace(fact, url=COPY)})
    assert refused(cited, folders) == [("source-host", f"facts.yaml：{name}")]
    (folders[1] / "centers.yaml").write_text(f"- {{id: a, source: {{url: '{COPY}'}}}}\n")
    assert ("source-host", "centers.yaml") in refused(library, folders)
    (folders[1] / "deadlines.yaml").write_text(f"rules: [{{source: '{COPY}'}}]\n")
    assert ("source-host", "deadlines.yaml") in refused(library, folders)


def test_a_fact_without_a_source_and_a_basis_is_reported(library, folders):
    (name, fact), *_ = library.ledger.items()
    bare = replace(library, ledger={name: replace(fact, source_title=None, basis=None)})
    assert refused(bare, folders) == [("source-name", f"facts.yaml：{name}")]


def test_every_fact_of_the_ledger_names_its_source():
    ledger = load_ledger(TABLES)
    assert [fact.id for fact in ledger.values() if not fact.source_title] == []
    assert [fact.id for fact in ledger.values() if fact.url and is_refused(fact.url)] == []
    assert ledger["q29"].url == "https://flk.npc.gov.cn/"
