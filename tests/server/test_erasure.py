"""What a person asks to have erased is in no file afterwards, whoever asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bot.runtime import EmbeddedRasa
from channels.cli import main
from channels.rest.uploading import announcement
from desk import paper_files, papers
from desk.casework import Casework
from desk.conversations import Owner
from desk.engine import open_engine, writing
from desk.messages import InboundMessage, Reply
from desk.migrations import migrate
from papers.contents import Contents
from papers.persistence import reading_to_json
from papers.types import Line
from papers.understanding import understand
from server.dispatch import Dispatcher
from server.gate import Gate
from server.metrics import Metrics
from server.turns import FileLocks, TurnOrder
from settings import Settings, load_settings
from tests.desk.files import pdf
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


async def _tell(
    folder: Path,
    *texts: str,
    then: Callable[[], None] | None = None,
    first: Callable[[Settings, Engine], InboundMessage] | None = None,
) -> list[Reply]:
    """Say texts to the whole bot.

    :param first: makes a message that is said before them.
    :param then: is done while the bot runs.
    """
    settings = load_settings({"HUHANG_DATA_DIR": str(folder), "HUHANG_TODAY": "2026-11-23"})
    engine = open_engine(settings.desk.database_url)
    migrate(engine)
    rasa, casework = EmbeddedRasa(settings), Casework(engine)
    await rasa.start()
    replies: list[Reply] = []
    dispatcher = Dispatcher(
        rasa, casework, Gate(casework), Metrics(), order=TurnOrder(FileLocks(folder / "turns.lock"))
    )
    said = [InboundMessage("person", text) for text in texts]
    try:
        if first is not None:
            said.insert(0, await asyncio.to_thread(first, settings, engine))
        for message in said:
            replies.append(await dispatcher.handle(message, request_id="r"))
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


# Of the file, of its name, of a line of its text, of its docket and of who sent it.
ON_PAPER = (
    "纸上暗语戊己庚",
    "暗号辛壬",
    "Qwyzzle Lanterns Ltd",
    "1:26-cv-76543",
    "Zorbeck v. Quillfin",
)


def _sent(settings: Settings, engine: Engine) -> InboundMessage:
    """A paper of two files that has arrived and was read, as the message that tells of it."""
    folder = settings.desk.attachments_dir
    with paper_files.receiving(folder) as incoming:
        for name in (f"{ON_PAPER[1]}.pdf", "second.pdf"):
            with incoming.file(name) as arriving:
                arriving.write(pdf() + f"\n% {ON_PAPER[0]} {name}\n%%EOF\n".encode())
        with writing(engine) as conn:
            paper, _ = papers.add(conn, folder, papers.Sending("person", "web", "1"), incoming)
    lines = (
        "SUMMONS IN A CIVIL ACTION", "UNITED STATES DISTRICT COURT", f"Civil Action No. {ON_PAPER[3]}",
        ON_PAPER[4], f"Plaintiff: {ON_PAPER[2]}", "A lawsuit has been filed against you.",
        "Within 21 days after service of this summons on you you must serve an answer.",
    )  # fmt: skip
    contents = Contents(tuple(Line(line) for line in lines), (), 1, ocr=False)
    with writing(engine) as conn:
        papers.read(conn, paper.uid, reading_to_json(understand(contents, date(2026, 11, 23))))
        return announcement(papers.get(conn, paper.uid))


async def test_erasing_by_the_person_leaves_no_byte_of_a_paper(tmp_path: Path) -> None:
    prepare(tmp_path)
    told = ("原告是谁", "案号是多少", "11月12日收到的", *TOLD[1:], "跳过", "跳过", "跳过", "确认提交", "转人工", "取消排队")  # fmt: skip
    replies = await _tell(tmp_path, *told, first=_sent)
    assert any("已登记" in message.text for reply in replies for message in reply.messages)
    # The file and its name, its line in a reply, in the record and in the dialogue's state.
    before = files_with(tmp_path, *ON_PAPER)
    assert {word for word in ON_PAPER if any(item.endswith(word) for item in before)} == set(
        ON_PAPER
    )
    found: list[str] = []

    def search() -> None:
        found.extend(files_with(tmp_path, *ON_PAPER, COMPANY))

    await _tell(tmp_path, "删除我的数据", "确认删除", then=search)
    assert found == []
    assert files_with(tmp_path, *ON_PAPER, COMPANY) == []
