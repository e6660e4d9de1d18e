"""The committed ledger and the script that makes it."""

import importlib.util
from pathlib import Path

import pytest
import yaml

from knowledge.ledger import load_ledger

ROOT = Path(__file__).resolve().parents[2]
PACKS = ROOT.parent / "shared" / "facts"

PACK = """\
as_of: '2026'
facts:
- id: us-a
  jurisdiction: US
  topic: x
  title: 标题20天
  statement: 应在三十日内答辩，罚款5000美元。
  deadline: {trigger: 送达日, period: 3, unit: month, miss: 缺席}
  basis: 19 CFR § 210.13(a)
  verified: source
  source: {title: 页面, url: 'https://example.org/a'}
  as_of: 2026
- id: us-b
  jurisdiction: WIPO
  title: 第二条
  statement: 内容。
  basis: 规则
  verified: statute
  source: {title: 镜像页, url: 'https://example.org/b', show_url: false}
  as_of: 2025
open_questions:
- us-b 的天数未核实。
"""


UPDATE = """\
as_of: '2026-11'
corrections:
- id: us-a
  was: 20天、5000美元
  now: 应在25天内答辩。
  basis: 19 CFR § 210.14
  verified: source
  source: {title: '官方页（未能直接打开）', url: 'https://example.org/c'}
  as_of: 2026-11
  open_questions: [起算日没有查到]
- {id: us-b, was: 旧来源, now: 换来源, verified: source, source: {title: 新页}, as_of: 2026}
calendars:
- {country: KR, add: ['2026-05-01']}
facts: []
"""


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location(
        "build_fact_ledger", ROOT / "scripts" / "build_fact_ledger.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def packs(tmp_path, script):
    for name in script.PACKS:
        (tmp_path / f"{name}.yaml").write_text("facts: []\n", encoding="utf-8")
    (tmp_path / "us-and-platforms.yaml").write_text(PACK, encoding="utf-8")
    return tmp_path


def test_entry_carries_every_figure_and_no_statement(script, packs):
    entry = script.build(packs)["us-a"]
    assert {"20d", "30d", "5000USD", "3m", "第210.13条", "2026"} <= set(entry["figures"])
    assert "应在三十日内" not in yaml.safe_dump(entry, allow_unicode=True)
    assert entry["source"] == {"title": "页面", "url": "https://example.org/a"}


def test_hidden_source_keeps_its_title_and_loses_its_address(script, packs):
    assert script.build(packs)["us-b"]["source"] == {"title": "镜像页", "url": None}


def test_treaties_are_general_and_open_questions_mark_their_fact(script, packs):
    ledger = script.build(packs)
    assert ledger["us-b"]["jurisdiction"] == "GENERAL"
    assert ledger["us-b"]["open"] is True
    assert "open" not in ledger["us-a"]


def test_a_correction_replaces_the_refuted_figures_the_basis_and_the_source(script, packs):
    (packs / "updates-2026-11.yaml").write_text(UPDATE, encoding="utf-8")
    ledger = script.build(packs)
    entry = ledger["us-a"]
    assert {"25d", "3m", "第210.14条"} <= set(entry["figures"])
    assert "5000USD" not in entry["figures"]
    assert entry["basis"] == "19 CFR § 210.14"
    assert entry["source"] == {"title": "官方页", "url": "https://example.org/c"}
    assert entry["open"] is True
    assert ledger["us-b"]["source"] == {"title": "新页", "url": None}
    assert ledger["us-b"]["basis"] == "规则"


def test_a_correction_of_an_unknown_fact_is_refused(script, packs):
    text = UPDATE.replace("id: us-a", "id: us-unheard-of")
    (packs / "updates-2026-11.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit, match="us-unheard-of"):
        script.build(packs)


def test_committed_ledger_is_readable_and_shows_no_mirror():
    ledger = load_ledger(ROOT / "knowledge" / "tables")
    assert len(ledger) > 750
    assert "20d" in ledger["itc-337-response-20-days"].figures
    assert not [
        fact.id for fact in ledger.values() if fact.url and "镜像" in (fact.source_title or "")
    ]


@pytest.mark.slow
@pytest.mark.skipif(
    not PACKS.is_dir(), reason="事实包 ../shared/facts 不在这台机器上，跳过与台账的比对"
)
def test_committed_ledger_is_what_the_packs_give(script):
    committed = yaml.safe_load(
        (ROOT / "knowledge" / "tables" / "facts.yaml").read_text(encoding="utf-8")
    )
    assert committed == script.build(PACKS)
