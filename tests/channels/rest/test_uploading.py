"""Papers over REST: taken, read in the background, asked for, and nobody else's."""

from __future__ import annotations

import asyncio
import json
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData

from channels.app import create_app
from desk import paper_files, paper_terms, papers, privacy
from desk.attachments import sweep
from desk.engine import writing
from knowledge.errors import SourceError, StorageError
from knowledge.printed_dates import Meaning
from papers.types import DateRead, Line, PageImage, Reading
from papers.worker import ReaderFaultError
from server import keys, reading_room
from server.security import TOKEN_HEADER
from settings import load_settings
from tests.desk.files import JPEG_HEAD, PNG_HEAD, pdf, xlsx

URL = "/api/v1/papers"
SUMMONS = Reading(
    kind="us-summons", form="us-summons", confidence=0.95, title="美国联邦法院的传票", country="US",
    forum="Northern District of Illinois", docket="1:26-cv-01234", numbers=(), parties=(), side="respondent",
    dates=(DateRead(date(2026, 11, 10), Meaning.FILED, "Filed: November 10, 2026", 1, 0.95),),
    periods=(), amounts=(), demands=(), questions=("传票哪天送达？",), signs=(), language="en", pages=2,
    ocr=False, seconds=0.1, lines=(Line("SUMMONS IN A CIVIL ACTION"), Line("Filed: November 10, 2026")),
)  # fmt: skip


class FakeReader:
    """Reads every paper as a summons; fails on names it is told, waits while it is held."""

    def __init__(self) -> None:
        self.read_files: list[list[str]] = []
        self.error: Exception | None = None
        self.reading = SUMMONS
        self.held = threading.Event()
        self.held.set()
        self.reached = threading.Event()

    def read(
        self,
        files: Sequence[Path],
        today: date,
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> Reading:
        self.read_files.append([path.name for path in files])
        if progress is not None:
            progress(1, 2)
        self.reached.set()
        self.held.wait(10)
        if self.error is not None:
            raise self.error
        return self.reading

    def close(self) -> None:
        self.held.set()


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
def app(settings: Any, dialogue: Any, reader: FakeReader) -> Any:
    return create_app(settings, dialogue=dialogue, reader=reader)


@pytest.fixture
async def client(aiohttp_client: Any, app: Any) -> Any:
    """A program that remembers no token by itself."""
    client = await aiohttp_client(app)
    assert await app[keys.READINESS].wait(5)
    return client


def form(*files: tuple[str, bytes], **fields: str) -> FormData:
    data = FormData(default_to_multipart=True)
    for name, value in {"sender": "a", "consent": paper_terms.VERSION, **fields}.items():
        if value:
            data.add_field(name, value)
    for name, content in files or (("summons.pdf", pdf()),):
        data.add_field("file", content, filename=name)
    return data


async def settled(client: Any, body: dict[str, Any], token: str) -> dict[str, Any]:
    end = asyncio.get_running_loop().time() + 30
    while asyncio.get_running_loop().time() < end:
        response = await client.get(body["poll"], headers={TOKEN_HEADER: token})
        assert response.status == 200
        found = await response.json()
        if found["status"] != "pending":
            return found
        assert int(response.headers["Retry-After"]) >= 1
        await asyncio.sleep(0.02)
    raise AssertionError("the paper was never read")


async def sent(client: Any, *files: tuple[str, bytes], **fields: str) -> tuple[dict[str, Any], str]:
    response = await client.post(URL, data=form(*files, **fields))
    assert response.status == 202, await response.text()
    return await response.json(), response.headers.get(TOKEN_HEADER, "")


async def test_paper_is_taken_read_and_told_in_the_conversation(client, dialogue, reader):
    body, token = await sent(client, ("1.png", PNG_HEAD), ("2.jpg", JPEG_HEAD))
    assert body["status"] == "pending"
    assert body["files"] == ["1.png", "2.jpg"]
    found = await settled(client, body, token)
    assert found["status"] == "ready"
    assert found["reading"]["kind"] == "us-summons"
    assert found["reading"]["docket"] == "1:26-cv-01234"
    assert "lines" not in found["reading"]
    assert found["reply"]["messages"][0]["text"].startswith("收到：我上传了一份文书（共2页）")
    assert reader.read_files == [["01.png", "02.jpg"]]
    assert dialogue.metadata[-1]["paper"] == body["id"]
    history = await client.get("/api/v1/conversations/a", headers={TOKEN_HEADER: token})
    said = (await history.json())["messages"]
    assert [item["direction"] for item in said] == ["in", "out"]


async def test_nothing_is_taken_before_the_terms_are_agreed_to(client, settings):
    response = await client.post(URL, data=form(consent=""))
    error = (await response.json())["error"]
    assert (response.status, error["code"]) == (400, "consent_required")
    assert "商业秘密" in error["message"]
    assert "30 天" in error["message"]
    assert not [p for p in settings.desk.attachments_dir.rglob("*") if p.is_file()]
    _, token = await sent(client)
    response = await client.post(
        URL, data=form(("b.pdf", pdf("other")), consent=""), headers={TOKEN_HEADER: token}
    )
    assert response.status == 202  # agreed to once in this conversation


async def test_terms_can_be_asked_for(client):
    found = await (await client.get(URL)).json()
    assert found["version"] == paper_terms.VERSION
    assert found["max_files"] == 20
    assert "heic" in found["suffixes"]


async def test_paper_and_conversation_are_nobody_elses(client):
    body, token = await sent(client)
    assert token
    assert (await client.get(body["poll"])).status == 401
    other = client.app[keys.TOKENS].issue("other")
    assert (await client.get(body["poll"], headers={TOKEN_HEADER: other})).status == 404
    assert (await client.post(URL, data=form())).status == 401  # the id is somebody's now
    response = await client.post("/api/v1/messages", json={"sender": "a", "text": "你好"})
    assert response.status == 401
    assert (await client.post(URL, data=form(), headers={TOKEN_HEADER: other})).status == 403


async def test_two_strangers_who_begin_at_once_are_not_both_given_the_conversation(client):
    answers = await asyncio.gather(
        *(client.post(URL, data=form((f"{n}.pdf", pdf(str(n))))) for n in range(4))
    )
    assert sorted(answer.status for answer in answers) == [202, 401, 401, 401]
    assert sum(TOKEN_HEADER in answer.headers for answer in answers) == 1


async def test_same_files_again_get_the_same_reading_and_are_read_once(client, reader):
    body, token = await sent(client)
    await settled(client, body, token)
    again = await client.post(URL, data=form(), headers={TOKEN_HEADER: token})
    repeated = await again.json()
    assert (again.status, repeated["id"], repeated["status"]) == (202, body["id"], "ready")
    assert len(reader.read_files) == 1


async def test_two_uploads_at_once_are_both_read_in_turn(client, reader):
    body, token = await sent(client)
    await settled(client, body, token)
    answers = await asyncio.gather(
        *(
            client.post(URL, data=form((f"{n}.pdf", pdf(str(n)))), headers={TOKEN_HEADER: token})
            for n in range(3)
        )
    )
    bodies = [await answer.json() for answer in answers]
    assert len({item["id"] for item in bodies}) == 3
    for item in bodies:
        assert (await settled(client, item, token))["status"] == "ready"
    assert len(reader.read_files) == 4


@pytest.mark.parametrize(
    ("files", "status", "said"),
    [
        ([("a.exe", b"MZ\x90\0")], 400, "读不了"),
        ([("a.xlsx", xlsx())], 400, "表格"),
        ([("a.pdf", pdf().replace(b"/Catalog", b"/Catalog /AA << /JS (x) >>"))], 400, "脚本"),
        ([("a.pdf", b"%PDF-1.4 cut off")], 400, "不完整"),
        ([(f"{n}.png", PNG_HEAD) for n in range(21)], 400, "20 个文件"),
    ],
)
async def test_hostile_files_are_refused_in_chinese_and_leave_nothing(
    client, settings, files, status, said
):
    response = await client.post(URL, data=form(*files))
    assert response.status == status
    assert said in (await response.json())["error"]["message"]
    assert not [p for p in settings.desk.attachments_dir.rglob("*") if p.is_file()]


async def test_wrong_type_and_too_large_are_refused_before_the_body_is_read(client):
    response = await client.post(URL, json={"sender": "a"})
    assert response.status == 415
    assert "multipart" in (await response.json())["error"]["message"]
    response = await client.post(
        URL,
        data=b"x",
        headers={
            "Content-Type": "multipart/form-data; boundary=b",
            "Content-Length": str(40 * 1024 * 1024),
        },
    )
    assert response.status == 413
    assert "30 MB" in (await response.json())["error"]["message"]


async def test_body_larger_than_it_said_is_stopped(client, settings, monkeypatch):
    monkeypatch.setattr(paper_files, "MAX_BYTES", 3000)

    async def parts():
        yield b'--b\r\nContent-Disposition: form-data; name="sender"\r\n\r\na\r\n'
        yield (
            b'--b\r\nContent-Disposition: form-data; name="consent"\r\n\r\n'
            + paper_terms.VERSION.encode()
            + b"\r\n"
        )
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        yield PNG_HEAD + b"\0" * 9000
        yield b"\r\n--b--\r\n"

    response = await client.post(
        URL, data=parts(), headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    assert response.status == 413
    assert not [p for p in settings.desk.attachments_dir.rglob("*") if p.is_file()]


async def test_broken_form_is_refused(client):
    response = await client.post(
        URL, data=b"nonsense", headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    assert response.status == 400


async def test_paper_that_cannot_be_read_says_why_by_the_name_it_came_under(client, reader):
    reader.error = SourceError("01.pdf：PDF 有密码，请去掉密码再上传")
    body, token = await sent(client, ("传票.pdf", pdf()))
    found = await settled(client, body, token)
    assert found["status"] == "failed"
    assert found["error"]["message"] == "「传票.pdf」：PDF 有密码，请去掉密码再上传"
    reader.error = None  # and sent again it is read again
    again = await client.post(URL, data=form(("传票.pdf", pdf())), headers={TOKEN_HEADER: token})
    assert (await settled(client, await again.json(), token))["status"] == "ready"


async def test_crash_of_the_reader_is_no_crash_of_the_queue(client, reader):
    reader.error = KeyError("13800138000")
    body, token = await sent(client)
    found = await settled(client, body, token)
    assert found["status"] == "failed"
    assert "转人工" in found["error"]["message"]
    assert "13800138000" not in json.dumps(found)
    reader.error = None
    again = await client.post(URL, data=form(("b.pdf", pdf("b"))), headers={TOKEN_HEADER: token})
    assert (await settled(client, await again.json(), token))["status"] == "ready"


@pytest.mark.parametrize(
    ("error", "count"),
    [(SourceError("读不了"), 0), (ReaderFaultError("程序出了问题"), 1), (RuntimeError("x"), 1)],
)
async def test_fault_of_the_reader_is_counted_and_a_bad_file_is_not(
    client, app, reader, error, count
):
    reader.error = error
    body, token = await sent(client)
    assert (await settled(client, body, token))["status"] == "failed"
    counted = app[keys.METRICS].errors.labels("paper_reader")._value.get()
    assert counted == count


async def test_queue_is_bounded(client, reader, monkeypatch):
    monkeypatch.setattr(reading_room, "MOST_WAITING", 1)
    reader.held.clear()
    body, token = await sent(client)
    response = await client.post(URL, data=form(("b.pdf", pdf("b"))), headers={TOKEN_HEADER: token})
    assert response.status == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "太多" in (await response.json())["error"]["message"]
    reader.held.set()
    await settled(client, body, token)


async def test_uploads_are_limited_as_messages_are(aiohttp_client, settings, dialogue, reader):
    few = replace(settings, channels=replace(settings.channels, rate_per_minute=2))
    client = await aiohttp_client(create_app(few, dialogue=dialogue, reader=reader))
    response = await client.post(URL, data=form())
    token = response.headers[TOKEN_HEADER]
    codes = [
        (await client.post(URL, data=form(), headers={TOKEN_HEADER: token})).status
        for _ in range(2)
    ]
    assert codes == [202, 429]


async def test_chat_answers_while_a_paper_is_read(client, reader):
    reader.held.clear()
    body, token = await sent(client)
    await asyncio.to_thread(reader.reached.wait, 5)
    response = await client.get(body["poll"], headers={TOKEN_HEADER: token})
    found = await response.json()
    assert (found["status"], found["pages_done"], found["pages"]) == ("pending", 1, 2)
    said = await client.post(
        "/api/v1/messages", json={"sender": "a", "text": "你好"}, headers={TOKEN_HEADER: token}
    )
    assert said.status == 200
    reader.held.set()
    await settled(client, body, token)


async def test_records_that_are_busy_for_a_moment_do_not_fail_the_paper(
    client, dialogue, reader, monkeypatch
):
    def busy(*_arguments):
        raise StorageError("记录正忙")

    monkeypatch.setattr("desk.papers.progress", busy)
    body, token = await sent(client)
    found = await settled(client, body, token)
    assert (found["status"], found["pages"]) == ("ready", 2)
    assert len(dialogue.seen) == 1


async def test_papers_are_read_though_the_records_were_busy_at_the_start(
    aiohttp_client, settings, dialogue, reader, monkeypatch
):
    kept, tried = papers.release, []

    def busy_once(*arguments):
        tried.append(arguments)
        if len(tried) == 1:
            raise StorageError("记录正忙")
        return kept(*arguments)

    monkeypatch.setattr(papers, "release", busy_once)
    client = await aiohttp_client(create_app(settings, dialogue=dialogue, reader=reader))
    assert await client.app[keys.READINESS].wait(5)
    body, token = await sent(client)
    assert (await settled(client, body, token))["status"] == "ready"


async def test_server_that_stops_in_the_middle_goes_on_when_it_starts(
    aiohttp_client, settings, dialogue
):
    first = FakeReader()
    first.held.clear()
    first.error = SourceError("读的程序被结束")
    client = await aiohttp_client(create_app(settings, dialogue=dialogue, reader=first))
    body, token = await sent(client)
    await asyncio.to_thread(first.reached.wait, 5)
    await client.close()  # the reader is ended, which is no failure of the paper
    second = FakeReader()
    client = await aiohttp_client(create_app(settings, dialogue=dialogue, reader=second))
    assert (await settled(client, body, token))["status"] == "ready"
    assert second.read_files == [["01.pdf"]]


async def test_reading_that_begins_while_the_server_ends_is_ended_too(
    aiohttp_client, settings, dialogue, monkeypatch
):
    reader, about_to_read, is_ending = FakeReader(), threading.Event(), threading.Event()
    read, close = reader.read, reader.close
    monkeypatch.setattr(reader, "close", lambda: (close(), is_ending.set()))

    def begin(files: Sequence[Path], today: date, **options: Any) -> Reading:
        about_to_read.set()
        is_ending.wait(10)
        reader.held.clear()  # only an end that comes from here on ends it
        return read(files, today, **options)

    monkeypatch.setattr(reader, "read", begin)
    waited: list[bool] = []
    held = reader.held.wait
    monkeypatch.setattr(reader.held, "wait", lambda _timeout: waited.append(held(60)))
    client = await aiohttp_client(create_app(settings, dialogue=dialogue, reader=reader))
    await sent(client)
    await asyncio.to_thread(about_to_read.wait, 5)
    await asyncio.wait_for(client.close(), 20)
    assert waited == [True]


async def test_erased_while_it_is_read_leaves_nothing_and_says_nothing(
    client, dialogue, reader, engine, settings
):
    reader.held.clear()
    body, token = await sent(client)
    await asyncio.to_thread(reader.reached.wait, 5)
    with writing(engine) as conn:
        privacy.erase(conn, "a")
    sweep(engine, settings.desk.attachments_dir)
    reader.held.set()
    other, token_of_other = await sent(client, sender="b")
    await settled(
        client, other, token_of_other
    )  # papers are read in order, so the first is done with
    assert (await client.get(body["poll"], headers={TOKEN_HEADER: token})).status == 404
    assert [sender for sender, _ in dialogue.seen] == ["b"]
    left = [p for p in settings.desk.attachments_dir.rglob("*") if p.is_file()]
    assert left
    assert all(other["id"] in str(path) for path in left)


async def test_channel_key_sends_for_its_people(aiohttp_client, tmp_path, dialogue, reader):
    key = "k" * 40
    settings = load_settings({"HUHANG_DATA_DIR": str(tmp_path), "HUHANG_CHANNEL_KEY": key})
    client = await aiohttp_client(create_app(settings, dialogue=dialogue, reader=reader))
    for content in ("one", "two"):
        response = await client.post(
            URL, data=form(("a.pdf", pdf(content))), headers={"X-Channel-Key": key}
        )
        assert response.status == 202
        assert TOKEN_HEADER not in response.headers


async def test_line_is_shown_as_a_picture_to_its_owner_alone(client, reader, monkeypatch):
    line = Line("evidence", 1, 0.7, (72.0, 133.0, 120.0, 145.0))
    found = replace(SUMMONS, lines=(line, Line("no box")), sizes=(PageImage(1, 595.0, 842.0),))
    monkeypatch.setattr(reader, "reading", found)
    body, token = await sent(client)
    await settled(client, body, token)
    address = f"{body['poll']}/lines/0.png"
    assert (await client.get(address)).status == 401
    other = client.app[keys.TOKENS].issue("other")
    assert (await client.get(address, headers={TOKEN_HEADER: other})).status == 404
    response = await client.get(address, headers={TOKEN_HEADER: token})
    assert response.headers["Content-Type"] == "image/png"
    content = await response.read()
    width, height = struct.unpack(">II", content[16:24])
    assert 100 < width < 200 and 20 < height < 80  # noqa: PT018  the line, not the page
    for number in (1, 2, 999):
        missing = await client.get(
            f"{body['poll']}/lines/{number}.png", headers={TOKEN_HEADER: token}
        )
        assert missing.status == 404


async def test_material_for_a_request_is_kept_unread_and_can_be_taken_back(
    client, dialogue, reader, settings, app
):
    body, token = await sent(client, ("licence.pdf", pdf()), purpose="material")
    headers = {TOKEN_HEADER: token}
    assert body["status"] == "ready"
    again = await client.post(URL, data=form(("licence.pdf", pdf()), purpose="material"), headers=headers)  # fmt: skip
    assert (await again.json())["id"] == body["id"]
    draft = await client.get("/api/v1/lead-drafts/a", headers=headers)
    (file,) = (await draft.json())["files"]
    assert (file["id"], file["name"], file["is_removable"]) == (body["id"], "licence.pdf", True)
    assert (await client.get("/api/v1/lead-drafts/a")).status == 401
    assert (await client.delete(f"{URL}/{body['id']}")).status == 401
    assert (await client.delete(f"{URL}/{body['id']}", headers=headers)).status == 200
    assert (await client.get(body["poll"], headers=headers)).status == 404
    assert list((settings.desk.attachments_dir / "papers").iterdir()) == []
    assert reader.read_files == []
    assert dialogue.metadata == []


async def test_material_that_is_sent_to_be_read_is_read_and_stays(client, reader):
    body, token = await sent(client, ("summons.pdf", pdf()), purpose="material")
    headers = {TOKEN_HEADER: token}
    response = await client.post(URL, data=form(("summons.pdf", pdf())), headers=headers)
    again = await response.json()
    assert (again["id"], again["status"]) == (body["id"], "pending")
    assert (await settled(client, again, token))["reading"]["kind"] == "us-summons"
    refused = await client.delete(f"{URL}/{body['id']}", headers=headers)
    assert refused.status == 400
    assert "不能单独撤回" in (await refused.json())["error"]["message"]
