"""A remote Rasa behind the protocol: what it says, what it fails at, and what is erased there."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing

import pytest
from aiohttp import web

from bot import remote
from bot.contract import BotError
from bot.remote import RemoteRasa
from channels.cli import doctor
from settings import load_settings

ERASED = {"text": "已删除。", "custom": {"kind": "notice", "data": {"erased": True}}}


@pytest.fixture
async def rasa(aiohttp_server, tmp_path):
    """The bot before a server that answers as told; ``serve`` sets how, ``seen`` holds what it was sent."""
    seen, how = [], {}

    async def hello(_request):
        return web.Response(text="Hello from Rasa")

    async def answer(request):
        seen.append((request.path, await request.json()))
        found = how.get("answer", [])
        if isinstance(found, float):
            await asyncio.sleep(found)
        return found() if callable(found) else web.json_response(found)

    app = web.Application()
    app.router.add_get("/", hello)
    app.router.add_post("/{rest:.*}", answer)
    server = await aiohttp_server(app)
    settings = load_settings(
        {
            "HUHANG_DATA_DIR": str(tmp_path),
            "HUHANG_RASA_URL": str(server.make_url("/")),
            "HUHANG_TRACKER_URL": f"sqlite:///{tmp_path / 'rasa-trackers.sqlite'}",
        }
    )
    bot = RemoteRasa(settings)
    bot.seen, bot.how, bot.folder = seen, how, tmp_path
    await bot.start()
    yield bot
    await bot.close()


def keeps(folder, *senders):
    with closing(sqlite3.connect(folder / "rasa-trackers.sqlite")) as conn, conn:
        conn.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id TEXT, type_name TEXT,"
            " timestamp FLOAT, intent_name TEXT, action_name TEXT, data TEXT)"
        )
        conn.executemany(
            "INSERT INTO events (sender_id, type_name, data) VALUES (?, 'user', '手机13800138000')",
            [(sender,) for sender in senders],
        )


def left(folder):
    with closing(sqlite3.connect(folder / "rasa-trackers.sqlite")) as conn:
        return [row[0] for row in conn.execute("SELECT sender_id FROM events ORDER BY id")]


async def test_a_message_is_sent_whole_and_the_parts_of_the_answer_are_put_together(rasa):
    rasa.how["answer"] = [
        {"text": "20天。"},
        {"custom": {"kind": "answer"}},
        {"text": "还有吗？", "buttons": [{"title": "有"}]},
    ]
    replies = await rasa.handle("s", "/几天答辩", {"channel": "web"})
    assert [(reply["kind"], reply["text"]) for reply in replies] == [
        ("answer", "20天。"),
        ("text", "还有吗？"),
    ]
    assert replies[1]["buttons"] == [{"title": "有", "payload": "有"}]
    assert rasa.seen == [
        (
            "/webhooks/rest/webhook",
            {"sender": "s", "message": "几天答辩", "metadata": {"channel": "web"}},
        )
    ]


async def test_who_is_erased_is_erased_there_too_and_nobody_else(rasa):
    keeps(rasa.folder, "s", "other", "s")
    rasa.how["answer"] = [ERASED]
    await rasa.handle("s", "确认删除", {})
    assert left(rasa.folder) == ["other"]


async def test_an_answer_that_erases_nothing_leaves_what_is_kept_there(rasa):
    keeps(rasa.folder, "s")
    rasa.how["answer"] = [{"text": "好的，没有删除任何内容。"}]
    await rasa.handle("s", "不删了", {})
    assert left(rasa.folder) == ["s"]


async def test_a_tracker_store_that_is_not_named_is_reported(rasa, caplog):
    rasa.how["answer"] = [ERASED]
    with caplog.at_level(logging.ERROR, logger="bot.remote"):
        (reply,) = await rasa.handle("s", "确认删除", {})
    assert reply["text"] == "已删除。"
    assert "HUHANG_TRACKER_URL" in caplog.text


async def test_beginning_anew_restarts_the_conversation_there(rasa):
    await rasa.forget("a b/c")
    assert rasa.seen == [("/conversations/a b/c/tracker/events", {"event": "restart"})]


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(status=500),
        lambda: web.Response(text="<html>", content_type="text/html"),
        lambda: web.Response(text="{", content_type="application/json"),
        0.5,
    ],
    ids=["error", "page", "no json", "slow"],
)
async def test_a_server_that_fails_is_one_error(rasa, monkeypatch, answer):
    await rasa.close()
    monkeypatch.setattr(remote, "REMOTE_TIMEOUT_S", 0.2)
    await rasa.start()
    rasa.how["answer"] = answer
    with pytest.raises(BotError):
        await rasa.handle("s", "你好", {})


async def test_a_server_that_is_too_slow_at_the_start_leaves_nothing_open(rasa, monkeypatch):
    await rasa.close()
    monkeypatch.setattr(remote, "REMOTE_TIMEOUT_S", 1e-6)
    with pytest.raises(BotError, match="连不上"):
        await rasa.start()
    with pytest.raises(BotError, match="还没有启动"):
        await rasa.handle("s", "你好", {})


def test_the_doctor_tells_whether_erasing_reaches_what_the_server_keeps(tmp_path):
    settings = load_settings(
        {
            "HUHANG_DATA_DIR": str(tmp_path),
            "HUHANG_RASA_URL": "http://rasa.test",
            "HUHANG_TRACKER_URL": f"sqlite:///{tmp_path / 'rasa-trackers.sqlite'}",
        }
    )
    assert "HUHANG_TRACKER_URL" in doctor._model(settings)
    keeps(tmp_path, "s")
    assert "HUHANG_TRACKER_URL" not in doctor._model(settings)
