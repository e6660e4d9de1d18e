"""The application connected to a stand-in for the official account's server."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from channels.app import create_app
from server import keys
from settings import Settings, WeChatSettings
from tests.scripted_app import FakeDialogue
from tests.wechat.standin import StandIn
from tests.wechat.wire import Secrets

OPENID = "oABCDEFGHIJKLMNOPQRSTUVWXYZ1"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other things is not what these tests are about."""
    monkeypatch.setattr("channels.wechat.callbacks.IMMEDIATE_S", 60.0)


@pytest.fixture
def known() -> Secrets:
    return Secrets()


@pytest.fixture
async def standin(known: Secrets, aiohttp_server: Any) -> AsyncIterator[StandIn]:
    standin = StandIn(known)
    standin.cut_off_s = 60.0
    server = await aiohttp_server(standin.app())
    standin.api = str(server.make_url("")).rstrip("/")  # type: ignore[attr-defined]
    yield standin
    await standin.close()


Connect = Callable[..., Awaitable[web.Application]]


@pytest.fixture
def connect(
    settings: Settings,
    dialogue: FakeDialogue,
    standin: StandIn,
    known: Secrets,
    aiohttp_server: Any,
) -> Connect:
    """Starts the application for an account of some kind: ``await connect(mode=…, may_push=…)``."""

    async def connected(mode: str = "safe", *, may_push: bool = True, **changes: Any) -> Any:
        standin.mode = mode
        standin.has_right = may_push
        account = WeChatSettings(
            app_id=known.receiver,
            secret=known.app_secret,
            token=known.token,
            aes_key=None if mode == "plain" else known.aes_key,
            mode=mode,
            original_id=standin.original,
            may_push=may_push,
            api=standin.api,  # type: ignore[attr-defined]
        )
        web_settings = dataclasses.replace(
            settings.channels, public_url="https://huhang.example", rate_per_minute=1000
        )
        changed = dataclasses.replace(
            settings, wechat=dataclasses.replace(account, **changes), channels=web_settings
        )
        app = create_app(changed, dialogue=dialogue)
        server = await aiohttp_server(app)
        standin.callback = str(server.make_url("/wechat/callback"))
        assert await app[keys.READINESS].wait(5)
        return app

    return connected
