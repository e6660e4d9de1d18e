"""A knowledge base of two short guides, for tests that build and publish one."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from curation import publishing
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


def base_of(
    folder: Path, sources: Mapping[str, str], tables: Mapping[str, str], shipped: Sequence[str] = ()
) -> Settings:
    """Settings over sources and tables of their own.

    :param sources: the texts of the documents by file name; ``tables`` likewise.
    :param shipped: names of tables that are taken from the project.
    """
    settings = _over(folder)
    places = (settings.knowledge.sources_dir, settings.knowledge.tables_dir)
    for place, texts in zip(places, (sources, tables), strict=True):
        place.mkdir(parents=True)
        for name, text in texts.items():
            (place / name).write_text(text, encoding="utf-8")
    for name in shipped:
        shutil.copy(ROOT / "knowledge" / "tables" / name, settings.knowledge.tables_dir)
    return settings


def _over(folder: Path) -> Settings:
    loaded = load_settings({"HUHANG_DATA_DIR": str(folder / "var"), "HUHANG_TODAY": "2026-11-23"})
    places = {"sources_dir": folder / "sources", "tables_dir": folder / "tables"}
    return replace(loaded, knowledge=replace(loaded.knowledge, **places))


ALIASES = """\
- {id: country-us, kind: country, code: US, name: 美国, aliases: [美利坚], expand: true}
- {id: s337, kind: procedure, code: section-337, name: 337调查, aliases: ['337'], expand: false}
"""
CENTERS = ("centers.yaml", "service_hours.yaml", "campaigns.yaml")
ASKED_TABLES = {
    "facts.yaml": LEDGER,
    "jieba_words.txt": "立案通知\n反制措施\n",
    "golden.yaml": "- {question: 337几天内答辩, expects: '210.13'}\n",
}


def sample_settings(folder: Path) -> Settings:
    """Settings over sources and tables of their own, with one guide."""
    tables = {"facts.yaml": LEDGER, "jieba_words.txt": "立案通知\n", "aliases.yaml": ALIASES}
    settings = base_of(folder, {}, tables, CENTERS)
    write_guide(settings, "us-337", "美国337答辩", REPLY)
    return settings


def published_sample(folder: Path) -> Settings:
    """The same, built and published: once in a run, copied for every test."""
    shutil.copytree(_published(), folder, dirs_exist_ok=True)
    return _over(folder)


@lru_cache(maxsize=1)
def _published() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="huhang-sample-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = sample_settings(folder)
    publishing.build(settings, by="cli")
    publishing.publish(settings, by="cli")
    return folder
