"""The content of files lies in an object store as well, so that every machine has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk import attachments, contents, lead_intake, paper_files, papers
from desk.engine import reading, writing
from desk.errors import NotFoundError
from desk.paper_terms import VERSION
from desk.papers import Sending
from knowledge.errors import StorageError
from knowledge.objects import Objects
from tests.desk.files import pdf
from tests.stores import object_store, store_url

__all__ = ["object_store", "store_url"]


@pytest.fixture
def folders(store_url: str, tmp_path: Path):
    """The folders of attachments of two machines."""
    made = [tmp_path / name / "attachments" for name in ("here", "there")]
    for folder in made:
        contents.use_store(folder, Objects(store_url))
    yield made
    for folder in made:
        contents.use_store(folder, None)


@pytest.fixture
def reference(fresh_db, lead) -> str:
    with writing(fresh_db) as conn:
        return lead_intake.upsert(conn, lead())[0]


def add(fresh_db, folder: Path, reference: str):
    with attachments.receiving(folder) as upload:
        upload.write(pdf())
        upload.finish()
        with writing(fresh_db) as conn:
            return attachments.add(conn, folder, reference, upload, "通知.pdf", "staff:li")


def send(fresh_db, folder: Path, sender: str):
    with paper_files.receiving(folder) as incoming:
        with incoming.file("通知.pdf") as arriving:
            arriving.write(pdf())
        with writing(fresh_db) as conn:
            return papers.add(conn, folder, Sending(sender, "web", VERSION), incoming)


def test_a_file_of_a_lead_is_read_at_the_other_machine(fresh_db, folders, reference):
    here, there = folders
    kept = add(fresh_db, here, reference)
    assert attachments.path_of(there, kept).read_bytes() == pdf()


def test_a_removed_file_is_gone_from_the_store(fresh_db, folders, reference):
    here, there = folders
    kept = add(fresh_db, here, reference)
    with writing(fresh_db) as conn:
        attachments.remove(conn, reference, kept.uid, "li")
    assert attachments.sweep(fresh_db, here) == 1
    with pytest.raises(NotFoundError):
        attachments.path_of(there, kept)


def test_what_another_machine_had_fetched_goes_with_its_next_sweeps(fresh_db, folders, reference):
    here, there = folders
    kept = add(fresh_db, here, reference)
    path = attachments.path_of(there, kept)
    with writing(fresh_db) as conn:
        attachments.remove(conn, reference, kept.uid, "li")
    attachments.sweep(fresh_db, here)
    a_day_later = path.stat().st_mtime + 25 * 3600
    attachments.sweep(fresh_db, there, now_s=a_day_later)
    assert not path.exists()


def test_a_paper_is_read_where_it_was_not_sent_to(fresh_db, folders):
    here, there = folders
    paper, _ = send(fresh_db, here, "ana")
    (file,) = paper.files
    assert paper_files.path_of(there, paper.uid, file.file).read_bytes() == pdf()
    with pytest.raises(NotFoundError):
        paper_files.path_of(there, paper.uid, "../attachments")


def test_nothing_is_kept_that_the_store_does_not_take(fresh_db, folders, reference, monkeypatch):
    here, _ = folders

    def away(*_args: object) -> None:
        raise StorageError("对象存储现在用不了")

    monkeypatch.setattr(Objects, "put", away)
    with pytest.raises(StorageError):
        add(fresh_db, here, reference)
    with reading(fresh_db) as conn:
        assert attachments.listing(conn, reference) == ()


def test_removal_that_the_store_does_not_take_is_tried_again(
    fresh_db, folders, reference, monkeypatch
):
    here, there = folders
    kept = add(fresh_db, here, reference)
    with writing(fresh_db) as conn:
        attachments.remove(conn, reference, kept.uid, "li")

    def away(*_args: object) -> None:
        raise StorageError("对象存储现在用不了")

    with monkeypatch.context() as patched:
        patched.setattr(Objects, "remove", away)
        assert attachments.sweep(fresh_db, here) == 0
    assert attachments.sweep(fresh_db, here) == 1
    with pytest.raises(NotFoundError):
        attachments.path_of(there, kept)
