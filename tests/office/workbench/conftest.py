"""A trainer's browser on a knowledge base of a few passages."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desk.permissions import Role
from settings import Settings, load_settings
from tests.office.console.conftest import enter, visitor
from tests.sample_base import LEDGER

__all__ = ["enter", "visitor"]

ROOT = Path(__file__).resolve().parents[3]

GUIDE = """\
---
id: us-sample
title: 美国337答辩
kind: guide
jurisdiction: [US]
procedures: [section-337]
as_of: '2026'
reviewed_on: 2026-01-01
facts: [itc-20]
---
## 收到337立案通知，几天内要答辩
<!-- facts: itc-20 -->
20天。美国337调查的被诉企业应在送达后20天内答辩。

## 错过答辩期限怎么办
<!-- facts: itc-20 -->
尽快联系律师，向行政法官说明理由，申请补交答辩。
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    sources, tables = tmp_path / "sources", tmp_path / "tables"
    sources.mkdir()
    tables.mkdir()
    (sources / "us-sample.md").write_text(GUIDE, encoding="utf-8")
    (tables / "facts.yaml").write_text(LEDGER, encoding="utf-8")
    for name in ("centers.yaml", "service_hours.yaml", "campaigns.yaml"):
        shutil.copy(ROOT / "knowledge" / "tables" / name, tables)
    (tables / "jieba_words.txt").write_text("立案通知\n反制措施\n", encoding="utf-8")
    (tables / "golden.yaml").write_text(
        "- {question: 337几天内答辩, expects: '210.13'}\n", encoding="utf-8"
    )
    loaded = load_settings({"HUHANG_DATA_DIR": str(tmp_path / "var"), "HUHANG_TODAY": "2026-11-23"})
    return replace(
        loaded, knowledge=replace(loaded.knowledge, sources_dir=sources, tables_dir=tables)
    )


@pytest.fixture
async def trainer(enter: Any) -> Any:
    """The browser of a trainer who is logged in."""
    return await enter(Role.TRAINER, login="chen", name="陈老师")
