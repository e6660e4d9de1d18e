"""``huhang wechat check`` says what is connected, what works and what is to be pasted."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses

import pytest

from channels.cli import wechat
from settings import Settings, WeChatSettings
from tests.wechat.standin import StandIn
from tests.wechat.wire import Secrets


async def check(settings: Settings, standin: StandIn, known: Secrets, secret: str | None) -> int:
    account = WeChatSettings(
        app_id=known.receiver,
        token=known.token,
        secret=secret,
        api=standin.api,  # type: ignore[attr-defined]
    )
    web_settings = dataclasses.replace(settings.channels, public_url="https://huhang.example")
    changed = dataclasses.replace(settings, wechat=account, channels=web_settings)
    return await asyncio.to_thread(wechat.run, argparse.Namespace(what="check"), changed)


async def test_what_works_and_what_does_not(
    settings: Settings, standin: StandIn, known: Secrets, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await check(settings, standin, known, known.app_secret) == 0
    said = capsys.readouterr().out
    assert "https://huhang.example/wechat/callback" in said
    assert "取令牌成功" in said
    assert await check(settings, standin, known, None) == 0
    assert "没有设 AppSecret" in capsys.readouterr().out


async def test_a_wrong_secret_is_told_with_the_servers_code(
    settings: Settings, standin: StandIn, known: Secrets, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await check(settings, standin, known, "wrong") == 1
    said = capsys.readouterr().out
    assert "40125" in said
    assert "重新生成" in said
    assert "wrong" not in said


async def test_a_server_that_is_not_reached_is_no_question_of_secrets(
    settings: Settings, standin: StandIn, known: Secrets, capsys: pytest.CaptureFixture[str]
) -> None:
    standin.api = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    assert await check(settings, standin, known, known.app_secret) == 1
    said = capsys.readouterr().out
    assert "访问不到 http://127.0.0.1:9" in said
    assert "密钥" not in said


def test_without_accounts_it_says_where_to_begin(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert wechat.run(argparse.Namespace(what="check"), settings) == 0
    assert "docs/channels.md" in capsys.readouterr().out
