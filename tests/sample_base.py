"""A knowledge base of two short guides, for tests that build and publish one."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from settings import ROOT, Settings, load_settings

LEDGER = """\
itc-20:
  pack: us
  jurisdiction: US
  title: 337答辩20天
  basis: 19 CFR § 210.13(a)
  as_of: '2026'
  verified: source
  text_checked: null
  source: {title: 委员会规则, url: null}
  figures: ['19', 20d, '337', 第210.13条]
"""
HEADER = """\
---
id: {identifier}
title: {title}
kind: guide
jurisdiction: [US]
as_of: '2026'
reviewed_on: 2026-01-01
facts: [itc-20]
---
"""
REPLY = """\
## 收到美国337调查立案通知，几天内要答辩
<!-- facts: itc-20 -->
20天。美国337调查的被诉企业应在送达后20天内答辩。
"""
ORDER = """\
## 美国337调查立案后的保护令怎么申请
美国337调查中，向行政法官申请保护令，立案后的商业秘密只给律师看。
"""


def write_guide(settings: Settings, identifier: str, title: str, text: str) -> None:
    """Put a curated guide into the sources."""
    path = settings.knowledge.sources_dir / f"{identifier}.md"
    path.write_text(HEADER.format(identifier=identifier, title=title) + text, encoding="utf-8")


def sample_settings(folder: Path) -> Settings:
    """Settings over sources and tables of their own, with one guide."""
    sources, tables = folder / "sources", folder / "tables"
    sources.mkdir(parents=True)
    tables.mkdir()
    (tables / "facts.yaml").write_text(LEDGER, encoding="utf-8")
    (tables / "jieba_words.txt").write_text("立案通知\n", encoding="utf-8")
    (tables / "aliases.yaml").write_text(
        "- {id: country-us, kind: country, code: US, name: 美国, aliases: [美利坚], expand: true}\n"
        "- {id: s337, kind: procedure, code: section-337, name: 337调查, aliases: ['337'], expand: false}\n",
        encoding="utf-8",
    )
    for name in ("centers.yaml", "service_hours.yaml", "campaigns.yaml"):
        shutil.copy(ROOT / "knowledge" / "tables" / name, tables)
    loaded = load_settings({"HUHANG_DATA_DIR": str(folder / "var"), "HUHANG_TODAY": "2026-11-23"})
    settings = replace(
        loaded, knowledge=replace(loaded.knowledge, sources_dir=sources, tables_dir=tables)
    )
    write_guide(settings, "us-337", "美国337答辩", REPLY)
    return settings
