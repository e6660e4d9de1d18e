"""What a person asks to have erased is in no file afterwards, whoever asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.runtime import EmbeddedRasa
from channels.casework import Casework
from channels.cli import main
from channels.dispatch import Dispatcher
from channels.gate import Gate
from channels.messages import InboundMessage, Reply
from channels.metrics import Metrics
from desk.conversations import Owner
from desk.engine import open_engine
from desk.migrations import migrate
from settings import load_settings
from tests.serving import prepare

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]

SECRET = "机密配方甲乙丙丁"
COMPANY = "广州绝密灯饰制造有限公司"
TOLD = (
    f"我们的{SECRET}被美国客户告了专利侵权",
    "我要登记援助线索",
    "同意",
    COMPANY,
    "跳过",
    "张三",
    "13812345678",
    "白云区",
)


def files_with(folder: Path, *words: str) -> list[str]:
    stores = [path for path in folder.rglob("*") if path.is_file() and "snapshots" not in str(path)]
    return [
        f"{path.name}: {word}"
        for path in stores
        for word in words
        # Rasa writes its events with escapes.
        for form in (word.encode(), word.encode("unicode_escape"))
        if form in path.read_bytes()
    ]


async def _tell(folder: Path, *texts: str, then: Callable[[], None] | None = None) -> list[Reply]:
    settings = load_settings({"HUHANG_DATA_DIR": str(folder), "HUHANG_TODAY": "2026-11-23"})
    engine = open_engine(settings.desk.database_url)
    migrate(engine)
    rasa, casework = EmbeddedRasa(settings), Casework(engine)
    await rasa.start()
    replies: list[Reply] = []
    dispatcher = Dispatcher(rasa, casework, Gate(casework), Metrics())
    try:
        for text in texts:
            replies.append(await dispatcher.handle(InboundMessage("person", text), request_id="r"))
        if then is not None:
            await asyncio.to_thread(then)
        return replies
    finally:
        await rasa.close()
        engine.dispose()


async def test_erasing_by_the_person_leaves_no_byte(tmp_path: Path) -> None:
    prepare(tmp_path)
    await _tell(tmp_path, *TOLD)
    assert files_with(tmp_path, SECRET, COMPANY, "13812345678")
    found: list[str] = []

    def search() -> None:  # while the server runs: nothing waits for its end
        found.extend(files_with(tmp_path, SECRET, COMPANY, "13812345678"))

    await _tell(tmp_path, "删除我的数据", "确认删除", then=search)
    assert found == []
    assert files_with(tmp_path, SECRET, COMPANY, "13812345678") == []


async def test_erasing_while_a_human_is_waited_for_takes_one_confirming_turn(
    tmp_path: Path,
) -> None:
    prepare(tmp_path)
    replies = await _tell(tmp_path, *TOLD[:1], "转人工", "删除我的数据", "删除我的数据", "确认删除")
    for asked in replies[2:4]:
        assert asked.owner is Owner.WAITING
        assert [message.kind.value for message in asked.messages] == ["question"]
    assert replies[4].owner is Owner.BOT
    assert replies[4].messages[0].data["erased"] is True
    assert files_with(tmp_path, SECRET) == []


async def test_erasing_by_the_staff_leaves_no_byte_beside_a_running_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(tmp_path)
    monkeypatch.setenv("HUHANG_DATA_DIR", str(tmp_path))
    found: list[str] = []

    def erase() -> None:
        assert main(["purge", "--sender", "person"]) == 0
        found.extend(files_with(tmp_path, SECRET, COMPANY, "13812345678"))

    await _tell(tmp_path, *TOLD, then=erase)
    assert "已删除：消息" in capsys.readouterr().out
    assert found == []
    assert main(["purge", "--sender", "nobody"]) == 1
