"""What pages of the office say: names and words where codes and numbers would stand."""

from __future__ import annotations

from desk.permissions import Role


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
