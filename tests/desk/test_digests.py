from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy.engine import Engine

from desk import audit, lead_intake, lead_work
from desk.digests import cases, report, summary
from desk.engine import writing
from desk.errors import InvalidRecordError
from desk.lead_work import FollowUpResult
from desk.measures import Period
from desk.service_clock import CHINA
from knowledge.lead_export_table import load_export_columns
from settings import ROOT

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=CHINA)
CASES = load_export_columns(ROOT / "knowledge" / "tables").cases
WEEK = Period(MONDAY, MONDAY + timedelta(days=7))


def _fill(conn, lead) -> str:
    for number in range(4):
        lead_intake.upsert(
            conn, lead(company=f"灯具厂{number}", center="gz", industry="灯具"), now=MONDAY
        )
    for country in ("冰岛", "秘鲁"):
        made, _ = lead_intake.upsert(
            conn, lead(company=f"{country}公司", country=country, center="sz"), now=MONDAY
        )
    return made


def _sums_up(engine: Engine, lead) -> None:
    with writing(engine) as conn:
        _fill(conn, lead)
        found = summary(conn, WEEK)
        assert found.groups == (("US", "patent", "section-337", "灯具", 4),)
        assert found.hidden == 2
        assert found.by_field["国家或地区"] == ((("US", 4),), 2)
        assert found.by_field["权利类型"] == ((("patent", 6),), 0)
        # A single small group takes the other with it, or it could be worked out from the total.
        assert found.by_field["行业"] == ((), 2)
        of_center = summary(conn, Period(WEEK.since, WEEK.until, "gz"))
        assert (of_center.hidden, of_center.groups[0][4]) == (0, 4)
        assert "冰岛" not in str(found)


def test_counts_name_no_small_group(either_db: Engine, lead) -> None:
    _sums_up(either_db, lead)


@pytest.mark.postgres
def test_counts_name_no_small_group_on_postgresql(postgres_db: Engine, lead) -> None:
    _sums_up(postgres_db, lead)


def test_cases_carry_how_the_last_call_back_ended(either_db: Engine, lead) -> None:
    with writing(either_db) as conn:
        made = _fill(conn, lead)
        for result in (FollowUpResult.UNREACHABLE, FollowUpResult.SETTLED):
            lead_work.follow_up(conn, made, "li", result, None, next_on=None)
        found = {case.lead.reference: case.result for case in cases(conn, WEEK)}
    assert len(found) == 6
    assert found.pop(made) is FollowUpResult.SETTLED
    assert set(found.values()) == {None}


def test_report_without_reason_has_no_cases_and_is_recorded(either_db: Engine, lead) -> None:
    with writing(either_db) as conn:
        _fill(conn, lead)
        with pytest.raises(InvalidRecordError, match="理由"):
            report(conn, WEEK, "staff:li", columns=CASES, with_cases=True, reason=" ")
        assert audit.search(conn) == ()
        content = report(conn, WEEK, "staff:li", columns=CASES)
        (entry,) = audit.search(conn)
    assert load_workbook(io.BytesIO(content)).sheetnames == ["统计", "分项"]
    assert (entry.action, entry.detail["cases"], entry.detail["reason"]) == ("digest", 0, None)


def test_report_with_cases_names_the_center_and_no_contact(either_db: Engine, lead) -> None:
    with writing(either_db) as conn:
        _fill(conn, lead)
        content = report(
            conn, WEEK, "staff:li", columns=CASES, with_cases=True, reason="季度报送",
            center_names={"gz": "广州援助中心"},
        )  # fmt: skip
    sheet = load_workbook(io.BytesIO(content))["案件"]
    shown = str([[cell.value for cell in row] for row in sheet.iter_rows()])
    assert "广州援助中心" in shown
    assert "sz" in shown
    for secret in ("13800138000", "张三"):
        assert secret not in shown
