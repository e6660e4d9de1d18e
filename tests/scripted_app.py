"""The application on a fresh database with a bot that answers from a script."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.engine import Engine

from channels.app import create_app
from desk import handoffs
from desk.casework import Casework
from desk.engine import writing
from server import keys
from server.readiness import GOLDEN_QUESTION
from settings import Settings, load_settings
from tests.fresh_database import fresh_database
from tests.program import remembering

CITATION = {
    "document": "us-section-337",
    "title": "美国337调查应对",
    "heading": ["答辩期限"],
    "jurisdiction": "US",
    "basis": "19 CFR § 210.13(a)",
    "as_of": "2026",
    "url": "https://example.org/rule",
    "quote": "收到起诉书和立案通知后，20天内提交书面答辩。",
    "snapshot": "s1",
}
ANSWER = {
    "kind": "answer",
    "text": "20天内答辩。\n\n本回答由知识库自动整理，不构成法律意见。",
    "citations": [CITATION],
    "buttons": [{"title": "算具体日期", "payload": "帮我算337答辩期限"}],
}


class _Compiled(BytecodeCache):
    """What pages are compiled to: once in a run, for the application of every test."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class Pause:
    """Holds the bot at one message: ``reached`` once it is there, ``release`` to go on."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.release = asyncio.Event()


class FakeDialogue:
    """Answers the golden question, opens a ticket on 转人工, fails on 出错, echoes the rest."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self.seen: list[tuple[str, str]] = []
        self.metadata: list[Mapping[str, Any]] = []
        self.replies: dict[str, list[dict[str, Any]]] = {}
        self.pauses: dict[str, Pause] = {}
        self.closed = False
        self.forgotten: list[str] = []
        self.live = "s1"

    async def start(self) -> None:
        """Nothing to load."""

    async def handle(
        self, sender: str, text: str, metadata: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        if not sender.startswith("probe~"):
            self.seen.append((sender, text))
            self.metadata.append(metadata)
        if text in self.pauses:
            self.pauses[text].reached.set()
            await self.pauses[text].release.wait()
        if text in self.replies:
            return self.replies[text]
        if text == GOLDEN_QUESTION:
            return [ANSWER]
        if text == "出错":
            raise KeyError("电话13800138000")
        if text == "转人工" and self.engine is not None:
            with writing(self.engine) as conn:
                channel = str(metadata.get("channel", "web"))
                ticket = handoffs.open_ticket(conn, sender, "用户请求", channel=channel)
            return [{"kind": "handoff", "text": "已登记。", "data": ticket.to_json()}]
        return [{"kind": "text", "text": f"收到：{text}"}]

    async def forget(self, sender: str) -> None:
        self.forgotten.append(sender)

    def pause(self, text: str) -> Pause:
        """Hold the bot when it gets this text."""
        return self.pauses.setdefault(text, Pause())

    def snapshot(self) -> str:
        return self.live

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"HUHANG_DATA_DIR": str(tmp_path)})


@pytest.fixture
def engine(settings: Settings) -> Engine:
    return fresh_database(settings.data_dir / "desk.sqlite")


@pytest.fixture
def casework(engine: Engine) -> Casework:
    return Casework(engine)


@pytest.fixture
def dialogue(engine: Engine) -> FakeDialogue:
    fake = FakeDialogue()
    fake.engine = engine
    return fake


@pytest.fixture
def app(settings: Settings, dialogue: FakeDialogue) -> web.Application:
    app = create_app(settings, dialogue=dialogue)
    app[keys.TEMPLATES].bytecode_cache = _COMPILED
    return app


@pytest.fixture
async def client(aiohttp_client: Any, app: web.Application) -> Any:
    client = await aiohttp_client(app)
    assert await app[keys.READINESS].wait(5)
    return remembering(client)
