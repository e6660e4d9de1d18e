from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from desk import audit, lead_work
from desk.digests import short_company
from desk.engine import reading, writing
from desk.lead_work import FollowUpResult
from desk.leads import Stage
from desk.permissions import PERMISSIONS, Permission, Role
from knowledge.lead_export_table import load_export_columns
from settings import ROOT
from tests.office.console.conftest import CENTER, OTHER_CENTER, Login
from tests.office.console.leads import CODE, PHONE, make_lead

COLUMNS = load_export_columns(ROOT / "knowledge" / "tables")


def _sheets(content: bytes) -> dict[str, list[list[str]]]:
    book = load_workbook(io.BytesIO(content))
    return {
        sheet.title: [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
        for sheet in book
    }


def _csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


async def test_export_has_the_funders_columns_and_masks(enter: Login, engine: Any) -> None:
    client = await enter(Role.LEAD_OFFICER, login="wang")
    wanted = make_lead(engine, credit_code=CODE, country="德国")
    make_lead(engine, country="美国")
    make_lead(engine, OTHER_CENTER, country="德国")
    page = await (await client.get("/desk/leads/export?country=德国")).text()
    assert "<strong>1</strong> 条线索" in page
    answer = await client.post("/desk/leads/export", data={"format": "xlsx", "country": "德国"})
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    (rows,) = _sheets(await answer.read()).values()
    assert rows[0] == [column.heading for column in COLUMNS.leads]
    assert [row[0] for row in rows[1:]] == [wanted]
    assert "138****8000" in rows[1]
    assert not {PHONE, CODE, "张三丰"} & set(rows[1])
    with reading(engine) as conn:
        (entry,) = audit.search(conn, action="export")
    assert (entry.actor, entry.center) == ("staff:wang", CENTER)
    assert entry.detail["rows"] == 1
    assert entry.detail["revealed"] is False


async def test_full_export_needs_a_reason(enter: Login, engine: Any) -> None:
    client = await enter(Role.LEAD_OFFICER)
    make_lead(engine)
    form = {"format": "csv", "reveal": "yes", "reason": " "}
    assert (await client.post("/desk/leads/export", data=form)).status == 400
    answer = await client.post("/desk/leads/export", data={**form, "reason": "报送11月资助批次"})
    assert PHONE in _csv(await answer.read())[1]
    with reading(engine) as conn:
        (entry,) = audit.search(conn, action="export")
    assert (entry.detail["revealed"], entry.detail["reason"]) == (True, "报送11月资助批次")


async def test_role_without_reveal_exports_masked_only(
    enter: Login, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desk import permissions

    narrowed = {
        **PERMISSIONS,
        Role.LEAD_OFFICER: PERMISSIONS[Role.LEAD_OFFICER] - {Permission.REVEAL},
    }
    monkeypatch.setattr(permissions, "PERMISSIONS", narrowed)
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine)
    form = {"format": "csv", "reveal": "yes", "reason": "报送11月资助批次"}
    assert (await client.post("/desk/leads/export", data=form)).status == 403
    assert (
        await client.post("/desk/digest", data={"cases": "yes", "reason": "报送"})
    ).status == 403
    assert "写入完整的联系人" not in await (await client.get("/desk/leads/export")).text()
    path = f"/desk/leads/{reference}"
    assert "查看完整联系方式" not in await (await client.get(path)).text()
    assert (await client.post(f"{path}/reveal", data={"reason": "回电核实"})).status == 403
    with reading(engine) as conn:
        assert audit.search(conn, action="export") == audit.search(conn, action="view") == ()


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
async def test_formulas_in_names_arrive_as_text(
    enter: Login, engine: Any, file_format: str
) -> None:
    client = await enter(Role.LEAD_OFFICER)
    hostile = '=HYPERLINK("http://evil","点我")'
    make_lead(engine, company=hostile, district="@SUM(A1)", brief="+1|cmd' /C calc'!A0")
    answer = await client.post("/desk/leads/export", data={"format": file_format})
    content = await answer.read()
    row = _csv(content)[1] if file_format == "csv" else _sheets(content)["援助线索"][1]
    assert f"'{hostile}" in row
    assert not any(value.startswith(("=", "+", "-", "@")) for value in row)


async def test_unknown_format_is_refused(enter: Login) -> None:
    client = await enter(Role.LEAD_OFFICER)
    assert (await client.post("/desk/leads/export", data={"format": "exe"})).status == 400


async def test_digest_counts_all_on_the_page_and_hides_small_groups_in_the_file(
    enter: Login, engine: Any
) -> None:
    client = await enter(Role.LEAD_OFFICER)
    for _ in range(4):
        make_lead(engine, industry="灯具")
    for country in ("冰岛", "秘鲁"):
        make_lead(engine, country=country, industry="玩具", procedure="展会纠纷")
    for _ in range(3):
        make_lead(engine, OTHER_CENTER, country="日本")
    page = await (await client.get("/desk/digest")).text()
    head = page.split("导出报送文件")[0]
    assert "日本" not in head  # another center's
    for shown in ("灯具", "冰岛", "秘鲁", "玩具", "展会纠纷"):
        assert shown in head
    content = await (await client.post("/desk/digest")).read()
    sheets = _sheets(content)
    assert list(sheets) == ["统计", "分项"]
    assert ["美国", "专利", "337调查", "灯具", "4"] in sheets["统计"]
    assert sheets["统计"][-1][0] == "其余2组"
    text = str(sheets)
    for hidden in ("冰岛", "秘鲁", "玩具", "展会纠纷", "日本"):
        assert hidden not in text


async def test_cases_are_reported_for_a_reason_and_without_contacts(
    enter: Login, engine: Any
) -> None:
    client = await enter(Role.LEAD_OFFICER, login="wang")
    reference = make_lead(engine, stage=Stage.SCREENING, credit_code=CODE, district="=1+1")
    with writing(engine) as conn:
        lead_work.follow_up(conn, reference, "x", FollowUpResult.UNREACHABLE, None, next_on=None)
        lead_work.follow_up(conn, reference, "x", FollowUpResult.SETTLED, None, next_on=None)
    assert (await client.post("/desk/digest", data={"cases": "yes"})).status == 400
    answer = await client.post("/desk/digest", data={"cases": "yes", "reason": "季度报送"})
    rows = _sheets(await answer.read())["案件"]
    assert rows[0] == [column.heading for column in COLUMNS.cases]
    case = dict(zip(rows[0], rows[1], strict=True))
    assert case["案件编号"] == reference
    assert case["所在区"] == "'=1+1"
    assert (case["办理情况"], case["回访结果"]) == ("初审", "纠纷已解决")
    assert "139****9000" in case["案情简述"]
    assert not {PHONE, CODE, "张三丰"} & set(rows[1])
    with reading(engine) as conn:
        (entry,) = audit.search(conn, action="digest")
    assert (entry.actor, entry.detail["cases"], entry.detail["reason"]) == (
        "staff:wang",
        1,
        "季度报送",
    )


async def test_digest_is_of_the_period_asked_for(enter: Login, engine: Any) -> None:
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine)
    assert reference in await (await client.get("/desk/digest")).text()
    before = (date.today() - timedelta(days=3)).isoformat()
    page = await (await client.get(f"/desk/digest?since={before}&until={before}")).text()
    assert reference not in page
    assert "这段时间没有登记线索" in page
    for query in ("since=2026-11-05&until=2026-11-01", "since=x", "since=2000-01-01"):
        assert (await client.get(f"/desk/digest?{query}")).status == 400


@pytest.mark.parametrize(
    ("name", "short"),
    [("广州测试灯具有限公司", "广州**公司"), ("荔湾玉器行", "荔**"), ("甲", "甲**")],
)
def test_company_is_shortened_for_the_page(name: str, short: str) -> None:
    assert short_company(name) == short
