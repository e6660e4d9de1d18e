"""Pictures of papers sent on WeChat: the terms first, then the whole of each picture, or why it is missing."""

from __future__ import annotations

import io
from datetime import date, timedelta

import numpy as np
import pytest
from PIL import Image

from channels.rest.uploading import failure
from desk import paper_files, papers
from desk.engine import reading, writing
from desk.papers import Paper
from knowledge.errors import SourceError
from server import keys
from server.errors import RequestError
from tests.channels.wechat.conftest import OPENID, Connect
from tests.channels.wechat.test_official import person_of
from tests.wechat.standin import StandIn


@pytest.fixture(autouse=True)
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept is looked at; nothing reads it."""
    monkeypatch.setattr("server.reading_room.papers.claim", lambda *_: None)


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """So much time lies between pictures that each is a paper of its own."""
    monkeypatch.setattr("desk.papers.GATHERS", timedelta(0))


def photo(number: int = 0) -> bytes:
    """A picture of 190 KB that is like no other."""
    pixels = np.random.default_rng(number).integers(0, 255, (256, 256, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


async def sends(standin: StandIn, media: str) -> str:
    shown = await standin.acts(OPENID, {"MsgType": "image", "PicUrl": "http://x", "MediaId": media})
    assert shown is not None
    return shown


def kept(app) -> list[list[bytes]]:
    """The papers of the person, each as the content of its files."""
    folder = app[keys.SETTINGS].desk.attachments_dir

    def content(paper: Paper) -> list[bytes]:
        return [
            paper_files.path_of(folder, paper.uid, file.file).read_bytes() for file in paper.files
        ]

    with reading(app[keys.ENGINE]) as conn:
        return [content(paper) for paper in papers.listing(conn, person_of(app).sender)]


async def test_a_picture_that_comes_in_pieces_is_kept_whole(
    connect: Connect, standin: StandIn
) -> None:
    app = await connect()
    standin.media["a"] = photo()
    assert "同意上传" in await sends(standin, "a")
    assert kept(app) == []
    assert "正在读" in await standin.says(OPENID, "同意上传")
    assert kept(app) == [[photo()]]


async def test_a_picture_that_is_too_large_is_not_taken(
    connect: Connect, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await connect()
    monkeypatch.setattr("channels.wechat.api._MOST_BYTES", 100_000)
    standin.media["a"] = photo()
    await sends(standin, "a")
    assert "没有收下" in await standin.says(OPENID, "同意上传")
    assert kept(app) == []


async def agrees_late(standin: StandIn, *, lost: str, left: str) -> str:
    """Send two pictures, one of which is gone when the terms are agreed to."""
    standin.media = {lost: photo(1), left: photo(2)}
    for media in ("a", "b"):
        assert "同意上传" in await sends(standin, media)
    del standin.media[lost]
    said = await standin.says(OPENID, "同意上传")
    assert said is not None
    return said


@pytest.mark.parametrize(("lost", "left"), [("a", "b"), ("b", "a")])
async def test_of_pictures_that_waited_too_long_those_that_are_left_are_kept(
    connect: Connect, standin: StandIn, lost: str, left: str
) -> None:
    app = await connect()
    said = await agrees_late(standin, lost=lost, left=left)
    assert "正在读" in said
    assert "另有 1 张" in said
    assert kept(app) == [[photo(2)]]
    assert person_of(app).pending == {}


async def test_a_picture_that_is_gone_does_not_stand_in_the_way_of_the_next(
    connect: Connect, standin: StandIn
) -> None:
    app = await connect()
    standin.media["b"] = photo()
    await sends(standin, "a")
    said = await standin.says(OPENID, "同意上传")
    assert "没有收下" in said
    assert "重新发" in said
    assert person_of(app).pending == {}
    await sends(standin, "b")
    assert "正在读" in await standin.says(OPENID, "同意上传")
    assert kept(app) == [[photo()]]


async def test_a_file_that_is_no_paper_does_not_stand_in_the_way_of_the_next(
    connect: Connect, standin: StandIn
) -> None:
    app = await connect()
    standin.media |= {"a": b"MZ no picture", "b": photo()}
    await sends(standin, "a")
    assert "没有收下" in await standin.says(OPENID, "同意上传")
    await sends(standin, "b")
    assert "正在读" in await standin.says(OPENID, "同意上传")
    assert kept(app) == [[photo()]]


async def test_who_agreed_once_is_not_asked_for_what_waited_before(
    connect: Connect, standin: StandIn, apart: None
) -> None:
    app = await connect()
    standin.media = {"a": photo(1), "b": photo(2)}
    await sends(standin, "a")
    assert "正在读" in await standin.says(OPENID, "同意上传")
    assert "正在读" in await sends(standin, "b")
    assert kept(app) == [[photo(1)], [photo(2)]]


async def test_photos_sent_one_after_the_other_are_pages_of_one_paper(
    connect: Connect, standin: StandIn
) -> None:
    app = await connect()
    standin.media = {f"p{number}": photo(number) for number in range(3)}
    await sends(standin, "p0")
    assert "还有别的页的，请在 20 秒内接着发" in await standin.says(OPENID, "同意上传")
    assert "第 2 页收到了" in await sends(standin, "p1")
    assert "发过了，还在读" in await sends(standin, "p0")
    assert "第 3 页收到了" in await sends(standin, "p2")
    assert kept(app) == [[photo(0), photo(1), photo(2)]]
    with reading(app[keys.ENGINE]) as conn:
        (paper,) = papers.listing(conn, person_of(app).sender)
    assert (paper.pages, [file.name for file in paper.files]) == (
        3, ["微信图片1.png", "微信图片2.png", "微信图片3.png"],
    )  # fmt: skip


async def test_a_letter_sent_page_by_page_leaves_the_intake_open_to_others(
    connect: Connect, standin: StandIn, monkeypatch: pytest.MonkeyPatch, apart: None
) -> None:
    app = await connect()
    monkeypatch.setattr("server.reading_room.MOST_WAITING", 6)
    standin.media = {f"p{number}": photo(number) for number in range(5)}
    await sends(standin, "p0")
    assert "正在读" in await standin.says(OPENID, "同意上传")
    for number in range(1, 5):
        assert "正在读" in await sends(standin, f"p{number}")
    await app[keys.READING_ROOM].admit()
    await app[keys.READING_ROOM].admit("another")
    monkeypatch.setattr("server.reading_room.MOST_OF_ONE", 5)
    with pytest.raises(RequestError):
        await app[keys.READING_ROOM].admit(person_of(app).sender)
    await app[keys.READING_ROOM].admit("another")


async def test_a_picture_that_was_sent_before_is_said_to_be(
    connect: Connect, standin: StandIn
) -> None:
    app = await connect()
    standin.media = {"a": photo(1), "b": photo(1)}
    await sends(standin, "a")
    await standin.says(OPENID, "同意上传")
    assert "发过了，还在读" in await sends(standin, "b")
    with writing(app[keys.ENGINE]) as conn:
        uid = papers.listing(conn, person_of(app).sender)[0].uid
        papers.read(conn, uid, {"kind": "contract"})
        papers.done(conn, uid)
    assert "也读过了" in await sends(standin, "b")


async def test_a_picture_that_cannot_be_read_is_told_of(
    connect: Connect, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await connect()
    standin.media["a"] = photo()
    await sends(standin, "a")
    await standin.says(OPENID, "同意上传")
    room, told = app[keys.READING_ROOM], []

    def unreadable(*_: object, **__: object) -> None:
        raise SourceError("没有认出文字")

    async def tell(paper: Paper) -> None:
        told.append(failure(paper).text)

    monkeypatch.setattr(room._reader, "read", unreadable)
    with reading(app[keys.ENGINE]) as conn:
        (paper,) = papers.listing(conn, person_of(app).sender)
    await room._take(paper, date(2026, 11, 28), tell)
    assert told == ["您发来的文书没有读成：没有认出文字"]
