"""A trainer's browser on a knowledge base of a few passages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desk.permissions import Role
from settings import Settings
from tests.office.console.conftest import enter, visitor
from tests.sample_base import ASKED_TABLES, CENTERS, base_of

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
    return base_of(tmp_path, {"us-sample.md": GUIDE}, ASKED_TABLES, CENTERS)


@pytest.fixture
async def trainer(enter: Any) -> Any:
    """The browser of a trainer who is logged in."""
    return await enter(Role.TRAINER, login="chen", name="陈老师")
