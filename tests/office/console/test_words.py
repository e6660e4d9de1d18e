"""What pages of the office say: names and words where codes and numbers would stand."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.intent_names import INTENT_NAMES
from desk.audit import AuditEntry
from desk.permissions import Role
from office.console.audit_words import Words
from server.names import Names


async def test_audit_names_the_campaign_and_not_its_code(enter):
    client = await enter(Role.ADMIN, center=None)
    text = await (await client.get("/desk/audit?action=campaign")).text()
    assert "中国专利周" in text
    assert ">patent2026<" not in text


async def test_an_address_that_is_nowhere_asks_nobody_to_report_a_number(enter):
    client = await enter(Role.ADMIN, center=None)
    response = await client.get("/desk/tickets/none")
    assert response.status == 404
    assert "请提供编号" not in await response.text()


async def test_the_export_of_leads_names_no_file_of_the_program(enter):
    client = await enter(Role.ADMIN, center=None)
    text = await (await client.get("/desk/leads/export")).text()
    assert "yaml" not in text


async def test_a_comparison_of_nothing_leads_back_to_the_versions(enter):
    client = await enter(Role.ADMIN, center=None)
    response = await client.get("/workbench/publish/changes")
    assert response.url.path == "/workbench/publish"
    assert "请在发布页选择要对照的版本" in await response.text()


@pytest.mark.parametrize(
    ("action", "subject", "detail", "told"),
    [
        ("sample", "answers", {"count": 10}, ("机器人的回答", [("条数", "10")])),
        ("replay", "9f3c0a", {}, ("近30天的对话", [])),
        (
            "publish",
            "20261129-093440-3d3d1070",
            {"approval": "command line"},
            ("2026年11月29日 17:34:40 的版本", [("方式", "在服务器上用命令批准")]),
        ),
        ("topic", "topic:7", {"state": "out-of-scope", "assignee": "chen"}, ("待答问题", [("状态", "不在服务范围"), ("分派给", "陈老师")])),
        ("intent", "message:ab12cd34", {"label": "lead_status"}, ("来访者的一句话", [("改为", INTENT_NAMES["lead_status"])])),
        ("lead-file", "XS-ABCD-EFGH", {"file": "0" * 32, "size": 9}, ("XS-ABCD-EFGH", [("字节", "9")])),
        ("transfer", "ZR-ABCD-EFGH", {"to_center": "gz-aid", "to_staff": None}, ("ZR-ABCD-EFGH", [("转到中心", "广州市知识产权维权援助中心")])),
        ("role", "staff:chen", {"from": "agent", "to": "trainer"}, ("陈老师", [("原角色", Role.AGENT.label), ("新角色", Role.TRAINER.label)])),
        ("approve", "x", {"four_eyes": True}, ("x", [("双人审核", "是")])),
        ("setting", "widget", {"on": False}, ("嵌入", [("打开", "否")])),
        ("contact", "gz-aid", {}, ("广州市知识产权维权援助中心", [])),
        ("campaign", "patent2026", {"name": "周"}, ("专利周", [("名称", "周")])),
    ],
)  # fmt: skip
def test_an_entry_of_the_audit_is_told_in_words(action, subject, detail, told):
    names = Names()
    names.take({"chen": "陈老师"})
    words = Words(names, {"gz-aid": "广州市知识产权维权援助中心"}, {"patent2026": "专利周"})
    entry = AuditEntry(1, datetime(2026, 11, 29), "staff:chen", action, subject, None, detail)
    line = words.of(entry)
    assert (line.subject, list(line.details)) == told
    assert line.action != "其他操作"
