"""Choices of centers begin with those where somebody works; what nobody can work for is not offered."""

from __future__ import annotations

import re

import pytest

from desk.permissions import Role
from tests.office.console.conftest import CENTER, OTHER_CENTER, add_person


def offered(text: str, field: str = "f-center") -> list[str]:
    """The codes of a choice, in order."""
    part = text.split(f'id="{field}"')[1].split("</select>")[0]
    return [code for code in re.findall(r'<option value="([^"]*)"', part) if code]


async def page(client, path: str) -> str:
    response = await client.get(path)
    assert response.status == 200
    return await response.text()


async def test_list_is_narrowed_to_centers_in_use_alone(enter, engine):
    add_person(engine, "li", Role.AGENT, CENTER)
    client = await enter(Role.ADMIN, None)
    assert offered(await page(client, "/desk/figures")) == [CENTER]
    add_person(engine, "zhao", Role.AGENT, OTHER_CENTER)
    assert set(offered(await page(client, "/desk/leads"))) == {CENTER, OTHER_CENTER}


@pytest.mark.parametrize("path", ["/desk/staff", "/desk/leads/new", "/desk/tickets/new"])
async def test_something_new_is_offered_to_those_in_use_first(enter, engine, path):
    add_person(engine, "li", Role.AGENT, CENTER)
    client = await enter(Role.ADMIN, None)
    text = await page(client, path)
    codes = offered(text)
    assert codes[0] == CENTER
    assert len(codes) > 20
    assert "举报投诉服务电话" not in text


async def test_staff_of_a_center_add_colleagues_to_it_alone(enter):
    client = await enter(Role.CENTER_ADMIN)
    assert offered(await page(client, "/desk/staff")) == [CENTER]
