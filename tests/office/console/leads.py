"""Leads to work on in tests of the console, with a file where one is wanted."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from desk import attachments, lead_intake, leads
from desk.engine import writing
from desk.leads import Lead, Stage
from tests.desk.files import pdf
from tests.office.console.conftest import CENTER

_numbers = itertools.count(1)
PHONE = "13800138000"
CODE = "91350100M000100Y43"


def make_lead(
    engine: Any, center: str | None = CENTER, stage: Stage = Stage.NEW, **changes: Any
) -> str:
    """A lead of its own company."""
    values = {
        "company": f"广州测试灯具第{next(_numbers)}有限公司",
        "contact": "张三丰",
        "phone": PHONE,
        "consent_version": "2026-1",
        "sender": "web~visitor",
        "country": "美国",
        "right": "专利",
        "procedure": "337调查",
        "district": "花都区",
        "brief": "请打13900139000找李经理",
        "center": center,
    }
    with writing(engine) as conn:
        reference, _ = lead_intake.upsert(conn, Lead(**{**values, **changes}))
        for step in (Stage.SCREENING, Stage.ACCEPTED):
            if stage is Stage.NEW:
                break
            leads.move(conn, reference, step, "test")
            if stage is step:
                break
    return reference


def add_file(engine: Any, folder: Path, reference: str, content: bytes | None = None) -> str:
    """A file of a lead; its id."""
    with attachments.receiving(folder) as upload:
        upload.write(content or pdf())
        upload.finish()
        with writing(engine) as conn:
            return attachments.add(conn, folder, reference, upload, "立案通知.pdf", "test").uid
