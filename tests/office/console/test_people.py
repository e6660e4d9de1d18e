"""Accounts of the staff: the link that a new colleague is given."""

from __future__ import annotations

from dataclasses import replace

from channels.app import create_app
from desk.permissions import Role
from tests.office.console.conftest import PASSWORD, add_person


async def test_invitation_leads_to_the_public_address(aiohttp_client, settings, dialogue, engine):
    channels = replace(settings.channels, public_url="https://huhang.example")
    app = create_app(replace(settings, channels=channels), dialogue=dialogue)
    client = await aiohttp_client(app, headers={"Sec-Fetch-Site": "same-origin"})
    add_person(engine, "boss", Role.ADMIN, center=None)
    await client.post("/desk/login", data={"login": "boss", "password": PASSWORD})
    page = await client.post("/desk/staff", data={"login": "new", "name": "新人", "role": "agent"})
    assert "https://huhang.example/desk/invitation/" in await page.text()


async def test_invitation_is_encrypted_where_the_proxy_says_so(
    aiohttp_client, settings, dialogue, engine
):
    channels = replace(settings.channels, trusted_proxies=1)
    app = create_app(replace(settings, channels=channels), dialogue=dialogue)
    headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": "203.0.113.7"}
    client = await aiohttp_client(app, headers=headers)
    add_person(engine, "boss", Role.ADMIN, center=None)
    await client.post("/desk/login", data={"login": "boss", "password": PASSWORD})
    page = await client.post(
        "/desk/staff",
        data={"login": "new", "name": "新人", "role": "agent"},
        headers={"X-Forwarded-Proto": "https"},
    )
    assert f"https://{client.host}:{client.port}/desk/invitation/" in await page.text()
