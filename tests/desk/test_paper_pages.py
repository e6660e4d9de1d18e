"""Pictures that come one by one are pages of the paper that is being sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from desk import paper_files, paper_pages, papers
from desk.engine import writing
from desk.messages import CHANNELS
from desk.papers import GATHERS, PAGE_BY_PAGE, Paper, Sending, Status
from desk.times import utc_now
from tests.desk.files import PNG_HEAD

NOW = utc_now()
SOON, LATER = GATHERS / 2, GATHERS + timedelta(seconds=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "attachments"


@pytest.fixture
def send(either_db: Engine, folder: Path):
    def sent(
        number: int, at: datetime = NOW, *, sender: str = "person", channel: str = "wechat"
    ) -> tuple[Paper, bool]:
        with paper_files.receiving(folder) as incoming:
            with incoming.file("微信图片1.jpg") as arriving:
                arriving.write(PNG_HEAD + bytes([number]))
            with writing(either_db) as conn:
                sending = Sending(sender, channel, "1")
                return paper_pages.add(conn, folder, sending, incoming, now=at)

    return sent


def test_channels_that_send_page_by_page_are_known():
    assert set(PAGE_BY_PAGE) <= set(CHANNELS)


def test_a_picture_within_the_time_is_the_next_page(send, folder: Path):
    first, _ = send(0)
    again, is_new = send(1, NOW + SOON)
    last, _ = send(2, NOW + SOON + SOON + SOON / 2)  # counted from the one before
    assert (again.uid, last.uid, is_new) == (first.uid, first.uid, True)
    assert [file.file for file in last.files] == ["01.png", "02.png", "03.png"]
    assert [file.name for file in last.files] == [f"微信图片{n}.png" for n in (1, 2, 3)]
    content = [paper_files.path_of(folder, last.uid, file.file).read_bytes() for file in last.files]
    assert content == [PNG_HEAD + bytes([number]) for number in range(3)]
    assert last.pages == 3


@pytest.mark.parametrize(
    "other",
    [{"at": NOW + LATER}, {"sender": "another"}, {"channel": "web"}],
    ids=["later", "another person", "the page"],
)
def test_every_other_picture_begins_a_paper(send, other):
    first, _ = send(0, channel=other.get("channel", "wechat"))
    second, is_new = send(1, **other)
    assert second.uid != first.uid
    assert is_new


def test_a_paper_that_is_being_read_takes_no_more_pages(send, either_db: Engine):
    first, _ = send(0)
    with writing(either_db) as conn:
        assert papers.claim(conn, "here", now=NOW + SOON) is None  # it may not be whole
        claimed = papers.claim(conn, "here", now=NOW + LATER)
    assert claimed is not None
    assert claimed.uid == first.uid
    second, _ = send(1, NOW + LATER + SOON)
    assert second.uid != first.uid


def test_a_page_that_was_sent_before_is_of_the_paper_that_has_it(send, either_db: Engine):
    first, _ = send(0)
    send(1, NOW + SOON)
    assert send(1, NOW + SOON)[1] is False
    with writing(either_db) as conn:
        papers.failed(conn, first.uid, "太暗")
    again, is_new = send(0, NOW + LATER)
    assert (again.uid, again.status, len(again.files), is_new) == (
        first.uid, Status.WAITING, 2, True,
    )  # fmt: skip


def test_pages_beyond_what_a_paper_holds_begin_another(send, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(paper_pages, "MAX_FILES", 2)
    first, _ = send(0)
    send(1)
    third, is_new = send(2)
    assert third.uid != first.uid
    assert is_new


def test_papers_of_other_channels_are_read_at_once(send, either_db: Engine):
    first, _ = send(0, channel="web")
    with writing(either_db) as conn:
        claimed = papers.claim(conn, "here", now=NOW)
    assert claimed is not None
    assert claimed.uid == first.uid
