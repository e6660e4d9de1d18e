from __future__ import annotations

import errno
import os
import stat
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from desk import attachments, conversations, lead_intake, paper_files, papers, tables
from desk.engine import reading, writing
from desk.errors import InvalidRecordError, NotFoundError
from desk.paper_tables import paper_removals
from desk.papers import Paper, Sending, Status
from desk.privacy import erase
from desk.retention import purge
from desk.times import utc_now
from knowledge.errors import DeskError
from tests.desk.files import JPEG_HEAD, PNG_HEAD, docx, pdf, plain_zip, with_entry, xlsx

SENDING = Sending("person", "web", "1")
READING = {"kind": "us-summons", "title": "美国法院的传票", "pages": 2, "lines": []}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "attachments"


def _add(
    engine: Engine, folder: Path, *files: tuple[str, bytes], sending: Sending = SENDING
) -> tuple[Paper, bool]:
    with paper_files.receiving(folder) as incoming:
        for name, content in files or (("summons.pdf", pdf()),):
            with incoming.file(name) as arriving:
                for start in range(0, len(content), 500):
                    arriving.write(content[start : start + 500])
        with writing(engine) as conn:
            return papers.add(conn, folder, sending, incoming)


def _left(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_pages_are_kept_in_order_for_the_program_alone(either_db: Engine, folder: Path) -> None:
    paper, is_new = _add(
        either_db, folder, ("../第一页.png", PNG_HEAD), ("b.JPG", JPEG_HEAD), ("c.pdf", pdf())
    )
    assert is_new
    assert [file.name for file in paper.files] == ["第一页.png", "b.jpg", "c.pdf"]
    assert _left(folder) == [f"papers/{paper.uid}/{n}" for n in ("01.png", "02.jpg", "03.pdf")]
    for path in (folder / "papers" / paper.uid).iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "papers" / paper.uid).stat().st_mode) == 0o700
    assert paper_files.path_of(folder, paper.uid, "03.pdf").read_bytes() == pdf()


def test_same_files_again_are_the_same_paper_and_another_order_is_not(
    fresh_db: Engine, folder: Path
) -> None:
    first, _ = _add(fresh_db, folder, ("a.png", PNG_HEAD), ("b.jpg", JPEG_HEAD))
    again, is_new = _add(fresh_db, folder, ("x.png", PNG_HEAD), ("y.jpg", JPEG_HEAD))
    assert (again.uid, is_new) == (first.uid, False)
    other, is_new = _add(fresh_db, folder, ("b.jpg", JPEG_HEAD), ("a.png", PNG_HEAD))
    assert is_new
    assert other.uid != first.uid
    theirs, is_new = _add(
        fresh_db,
        folder,
        ("a.png", PNG_HEAD),
        ("b.jpg", JPEG_HEAD),
        sending=Sending("b", "web", "1"),
    )
    assert is_new
    assert theirs.uid != first.uid


def test_paper_that_could_not_be_read_is_read_again_when_it_is_sent_again(
    fresh_db: Engine, folder: Path
) -> None:
    paper, _ = _add(fresh_db, folder)
    with writing(fresh_db) as conn:
        papers.failed(conn, paper.uid, "太糊")
    again, must_read = _add(fresh_db, folder)
    assert must_read
    assert again.uid == paper.uid
    assert (again.status, again.reason) == (Status.WAITING, None)


def test_two_uploads_of_the_same_files_at_once_are_one_paper(
    fresh_db: Engine, folder: Path
) -> None:
    found: list[tuple[Paper, bool]] = []
    barrier = threading.Barrier(4)

    def send() -> None:
        barrier.wait()
        found.append(_add(fresh_db, folder))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({paper.uid for paper, _ in found}) == 1
    assert sorted(is_new for _, is_new in found) == [False, False, False, True]
    assert len(_left(folder)) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.exe", b"MZ\x90\x00" + b"\0" * 50, "读不了"),
        ("a.txt", b"MZ\x90" + b"x" * 50, "读不了"),
        ("run.txt", b"#!/bin/sh\nrm -rf /", "读不了"),
        ("a.txt", b"abc\x00def", "读不了"),
        ("a.pdf", pdf().replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript /JS (x) >>"), "脚本"),
        ("a.docx", with_entry(docx(), "word/vbaProject.bin"), "宏"),
        ("a.xlsx", xlsx(), "表格"),
        ("a.zip", plain_zip("x.txt", b"x"), "压缩包"),
        ("a.doc", b"\xd0\xcf\x11\xe0" + "_VBA_PROJECT".encode("utf-16-le"), "宏"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "旧版"),
        ("a.txt", b"", "空的"),
        ("a.eml", b"hello there", "不是邮件"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_could_act_or_is_no_paper_is_refused_and_leaves_nothing(
    fresh_db: Engine, folder: Path, name: str, content: bytes, said: str
) -> None:
    with pytest.raises(InvalidRecordError, match=said):
        _add(fresh_db, folder, ("ok.pdf", pdf()), (name, content))
    assert _left(folder) == []
    with reading(fresh_db) as conn:
        assert papers.listing(conn, "person") == ()


def test_too_many_files_and_too_many_bytes_are_refused(
    fresh_db: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidRecordError, match="20 个文件"):
        _add(fresh_db, folder, *[(f"{n}.png", PNG_HEAD + bytes([n])) for n in range(21)])
    monkeypatch.setattr(paper_files, "MAX_BYTES", 2 * len(pdf()) - 1)
    with pytest.raises(InvalidRecordError, match="一共超过"):
        _add(fresh_db, folder, ("a.pdf", pdf()), ("b.pdf", pdf()))
    assert _left(folder) == []


def test_full_disk_is_said_and_leaves_nothing(
    fresh_db: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DeskError, match="磁盘空间不足"):
        _add(fresh_db, folder)
    assert _left(folder) == []


def test_upload_whose_row_is_rolled_back_is_swept(fresh_db: Engine, folder: Path) -> None:
    with paper_files.receiving(folder) as incoming:
        with incoming.file("a.pdf") as arriving:
            arriving.write(pdf())
        with writing(fresh_db) as conn:
            papers.add(conn, folder, SENDING, incoming)
            conn.rollback()
    paper_files.sweep(fresh_db, folder, now_s=time.time() + 2 * 24 * 3600)
    assert _left(folder) == []


def test_papers_are_claimed_in_order_and_once(fresh_db: Engine, folder: Path) -> None:
    first, _ = _add(fresh_db, folder, ("a.png", PNG_HEAD))
    second, _ = _add(fresh_db, folder, ("b.jpg", JPEG_HEAD))
    with writing(fresh_db) as conn:
        claimed = [papers.claim(conn, name) for name in ("one", "two", "three")]
    assert [paper.uid if paper else None for paper in claimed] == [first.uid, second.uid, None]


def test_what_a_killed_server_had_begun_waits_again(fresh_db: Engine, folder: Path) -> None:
    first, _ = _add(fresh_db, folder, ("a.png", PNG_HEAD))
    second, _ = _add(fresh_db, folder, ("b.jpg", JPEG_HEAD))
    with writing(fresh_db) as conn:
        papers.claim(conn, "one")
        papers.claim(conn, "one")
        papers.read(conn, second.uid, READING)
    with writing(fresh_db) as conn:
        assert papers.claim(conn, "one") is None
        assert papers.release(conn, "one") == 2
        again = papers.claim(conn, "one")
        told = papers.claim(conn, "one")
    assert again is not None
    assert told is not None
    assert (again.uid, again.status) == (first.uid, Status.READING)
    assert (told.uid, told.status) == (second.uid, Status.READ)  # only the telling is left


def test_what_was_taken_in_vain_waits_behind_the_others(either_db: Engine, folder: Path) -> None:
    first, _ = _add(either_db, folder, ("a.png", PNG_HEAD))
    second, _ = _add(either_db, folder, ("b.jpg", JPEG_HEAD))
    with writing(either_db) as conn:
        for paper in (first, second):
            papers.read(conn, paper.uid, READING)
        taken = []
        for _ in range(3):  # nobody could be told
            paper = papers.claim(conn, "one")
            assert paper is not None
            taken.append(paper.uid)
            papers.release(conn, "one")
    assert taken == [first.uid, second.uid, first.uid]


def test_what_was_half_read_is_the_next_again(either_db: Engine, folder: Path) -> None:
    first, _ = _add(either_db, folder, ("a.png", PNG_HEAD))
    _add(either_db, folder, ("b.jpg", JPEG_HEAD))
    with writing(either_db) as conn:
        papers.claim(conn, "one")
        papers.release(conn, "one")
        again = papers.claim(conn, "one")
    assert again is not None
    assert again.uid == first.uid


def test_claim_of_another_copy_is_taken_over_when_it_is_old(fresh_db: Engine, folder: Path) -> None:
    paper, _ = _add(fresh_db, folder)
    with writing(fresh_db) as conn:
        papers.claim(conn, "gone")
        assert papers.claim(conn, "here") is None
        later = utc_now() + papers.CLAIM + timedelta(seconds=5)
        again = papers.claim(conn, "here", now=later)
    assert again is not None
    assert again.uid == paper.uid


def test_paper_is_nobody_elses(fresh_db: Engine, folder: Path) -> None:
    paper, _ = _add(fresh_db, folder)
    with reading(fresh_db) as conn:
        assert papers.get(conn, paper.uid, sender="person") == paper
        with pytest.raises(NotFoundError):
            papers.get(conn, paper.uid, sender="other")


def test_another_contact_leaves_room_for_the_first_ones_files(
    fresh_db: Engine, lead, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "MAX_LEAD_FILES", 2)
    sent = ("传票.pdf", pdf()), ("背面.png", PNG_HEAD)
    _add(fresh_db, folder, *sent, sending=Sending("other", "web", "2"))
    _add(fresh_db, folder, ("背面.png", PNG_HEAD))
    with writing(fresh_db) as conn:
        reference = lead_intake.upsert(conn, lead(sender="person"))[0]
        assert papers.attach(conn, folder, "other", reference) == 1
        assert papers.attach(conn, folder, "person", reference) == 1


def test_lead_keeps_its_own_files_when_the_papers_go(fresh_db: Engine, lead, folder: Path) -> None:
    _add(fresh_db, folder, ("传票.pdf", pdf()), ("背面.png", PNG_HEAD))
    with writing(fresh_db) as conn:
        reference = lead_intake.upsert(conn, lead(sender="person"))[0]
        assert papers.attach(conn, folder, "person", reference) == 2
        assert papers.attach(conn, folder, "person", reference) == 0  # sent twice, kept once
        assert papers.listing(conn, "person")[0].lead == reference
    later = utc_now() + timedelta(days=40)
    with writing(fresh_db) as conn:
        assert papers.expire(conn, later) == 1
    attachments.sweep(fresh_db, folder)
    with reading(fresh_db) as conn:
        files = attachments.listing(conn, reference)
        assert papers.listing(conn, "person") == ()
    assert [file.name for file in files] == ["传票.pdf", "背面.png"]
    path = attachments.path_of(folder, files[0])
    assert path.read_bytes() == pdf()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(_left(folder)) == 2


@pytest.mark.parametrize("how", ["erase", "purge"])
def test_erasure_and_purge_take_the_bytes_and_the_reading(
    fresh_db: Engine, folder: Path, how: str, tmp_path: Path
) -> None:
    paper, _ = _add(fresh_db, folder, ("a.txt", "秘密的配方".encode()))
    with writing(fresh_db) as conn:
        papers.read(conn, paper.uid, {**READING, "title": "绝密的标题"})
    with writing(fresh_db) as conn:
        if how == "erase":
            assert erase(conn, "person").papers == 1
        else:
            assert purge(conn, utc_now() + timedelta(days=1), "test").papers == 1
    attachments.sweep(fresh_db, folder)
    assert _left(folder) == []
    with reading(fresh_db) as conn:
        assert conn.execute(sa.select(paper_removals)).all() == []
        assert papers.listing(conn, "person") == ()
    with writing(fresh_db) as conn:  # a reader that comes too late writes nothing
        assert not papers.read(conn, paper.uid, READING)
        assert not papers.done(conn, paper.uid)


def test_papers_of_a_living_or_served_conversation_are_kept(fresh_db: Engine, folder: Path) -> None:
    _add(fresh_db, folder)
    with writing(fresh_db) as conn:
        conversations.ensure(conn, "person", "web")
        before = utc_now() - timedelta(days=30)
        conn.execute(sa.update(papers.papers).values(updated_at=before - timedelta(days=1)))
        assert papers.expire(conn, before) == 0  # the conversation goes on
        conn.execute(sa.update(tables.conversations).values(updated_at=before - timedelta(days=1)))
        assert papers.expire(conn, before) == 1
