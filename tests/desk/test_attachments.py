from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from desk import attachments, lead_intake, lead_tables, leads, paper_files
from desk.attachments import Attachment
from desk.engine import reading, writing
from desk.errors import InvalidRecordError, NotFoundError
from desk.leads import Stage
from desk.privacy import erase
from desk.retention import purge
from desk.times import utc_now
from knowledge.errors import DeskError
from tests.desk.files import PNG_HEAD, pdf


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "attachments"


def _add(
    engine: Engine, folder: Path, reference: str, name: str = "通知.pdf", content: bytes = b""
) -> Attachment:
    with attachments.receiving(folder) as upload:
        for start in range(0, len(content or pdf()), 500):
            upload.write((content or pdf())[start : start + 500])
        upload.finish()
        with writing(engine) as conn:
            return attachments.add(conn, folder, reference, upload, name, "staff:li")


def _reference(engine: Engine, lead, **changes: object) -> str:
    with writing(engine) as conn:
        return lead_intake.upsert(conn, lead(**changes))[0]


def test_file_is_kept_under_a_random_name_that_only_the_program_reads(
    either_db: Engine, lead, folder: Path
) -> None:
    reference = _reference(either_db, lead)
    kept = _add(either_db, folder, reference, "../../etc/cron.d/立案通知.sh")
    assert kept.name == "立案通知.pdf"
    (path,) = folder.iterdir()
    assert path == attachments.path_of(folder, kept)
    assert (len(path.name), path.suffix) == (32, "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert path.read_bytes() == pdf()
    with reading(either_db) as conn:
        assert attachments.listing(conn, reference) == (kept,)
        event = leads.history(conn, reference)[-1]
    assert (event.action, event.note, event.actor) == ("file", "立案通知.pdf", "staff:li")


def test_same_content_again_is_the_same_file(either_db: Engine, lead, folder: Path) -> None:
    reference = _reference(either_db, lead)
    first = _add(either_db, folder, reference)
    assert _add(either_db, folder, reference, "另名.pdf") == first
    assert len(list(folder.iterdir())) == 1


def test_refused_file_leaves_nothing_behind(either_db: Engine, lead, folder: Path) -> None:
    reference = _reference(either_db, lead)
    with pytest.raises(InvalidRecordError, match="只收"):
        _add(either_db, folder, reference, "a.pdf", b"<script>alert(1)</script>")
    with pytest.raises(NotFoundError):
        _add(either_db, folder, "XS-XXXX-XXXX")
    assert list(folder.iterdir()) == []


def test_file_that_grows_too_large_is_stopped_while_it_arrives(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MAX_BYTES", 1024 * 1024)
    with attachments.receiving(folder) as upload:
        upload.write(b"x" * 1024 * 1024)
        with pytest.raises(InvalidRecordError, match="超过 1 MB"):
            upload.write(b"x")
    assert list(folder.iterdir()) == []


def test_lead_holds_a_bounded_number_of_files(
    either_db: Engine, lead, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MAX_FILES", 2)
    reference = _reference(either_db, lead)
    for number in range(2):
        _add(either_db, folder, reference, content=pdf(str(number)))
    with pytest.raises(InvalidRecordError, match="最多 2 个"):
        _add(either_db, folder, reference, content=pdf("2"))


def test_file_of_another_lead_is_not_found(either_db: Engine, lead, folder: Path) -> None:
    kept = _add(either_db, folder, _reference(either_db, lead))
    other = _reference(either_db, lead, company="乙公司")
    with writing(either_db) as conn:
        with pytest.raises(NotFoundError):
            attachments.get(conn, other, kept.uid)
        with pytest.raises(NotFoundError):
            attachments.remove(conn, other, kept.uid, "staff:li")


@pytest.mark.parametrize("uid", ["../desk.sqlite", "..", "", "0" * 31, "G" * 32])
def test_no_path_outside_the_folder_is_ever_formed(tmp_path: Path, folder: Path, uid: str) -> None:
    (tmp_path / "desk.sqlite").touch()
    folder.mkdir()
    with pytest.raises(NotFoundError):
        attachments.path_of(folder, Attachment(uid, "a", "b", 1, "c", utc_now()))


def test_unwritable_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DeskError, match="不可写"), attachments.receiving(tmp_path / "file"):
        raise AssertionError("not reached")


def test_removed_file_goes_with_the_next_sweep(either_db: Engine, lead, folder: Path) -> None:
    reference = _reference(either_db, lead)
    kept = _add(either_db, folder, reference)
    other = _add(either_db, folder, reference, content=PNG_HEAD)
    with writing(either_db) as conn:
        attachments.remove(conn, reference, kept.uid, "staff:li")
    assert attachments.sweep(either_db, folder) == 1
    assert [path.name for path in folder.iterdir()] == [other.uid]
    assert attachments.sweep(either_db, folder) == 0


def test_rolled_back_removal_keeps_the_file(either_db: Engine, lead, folder: Path) -> None:
    reference = _reference(either_db, lead)
    kept = _add(either_db, folder, reference)
    with writing(either_db) as conn:
        attachments.remove(conn, reference, kept.uid, "staff:li")
        conn.rollback()
    assert attachments.sweep(either_db, folder) == 0
    assert attachments.path_of(folder, kept).is_file()


def test_sweep_tries_again_what_it_could_not_remove(
    either_db: Engine, lead, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = _reference(either_db, lead)
    kept = _add(either_db, folder, reference)
    with writing(either_db) as conn:
        attachments.remove(conn, reference, kept.uid, "staff:li")
    with monkeypatch.context() as broken:

        def refuse(*_args: object, **_kwargs: object) -> None:
            raise PermissionError(13, "denied")

        broken.setattr(Path, "unlink", refuse)
        assert attachments.sweep(either_db, folder) == 0
    assert attachments.sweep(either_db, folder) == 1
    assert list(folder.iterdir()) == []


def test_sweep_takes_old_leftovers_and_spares_running_uploads_and_strangers(
    either_db: Engine, lead, folder: Path
) -> None:
    kept = _add(either_db, folder, _reference(either_db, lead))
    names = {"a" * 32: 2, "b" * 32 + ".partial": 2, "c" * 32 + ".partial": 0, "README": 2}
    for name, days in names.items():
        (folder / name).touch()
        old = time.time() - days * 24 * 3600
        os.utime(folder / name, (old, old))
    old = time.time() - 900 * 24 * 3600
    os.utime(folder / kept.uid, (old, old))
    assert attachments.sweep(either_db, folder) == 2
    assert {path.name for path in folder.iterdir()} == {kept.uid, "c" * 32 + ".partial", "README"}


def test_sweep_passes_over_an_upload_that_ends_while_it_looks(
    either_db: Engine, folder: Path, monkeypatch
) -> None:
    base = folder / paper_files.FOLDER
    base.mkdir(parents=True)
    listed = Path.iterdir

    def renamed_meanwhile(path: Path) -> list[Path]:
        found = list(listed(path))
        return [*found, path / ("d" * 32 + ".partial")] if path == base else found

    monkeypatch.setattr(Path, "iterdir", renamed_meanwhile)
    assert attachments.sweep(either_db, folder) == 0


def _erases_and_purges(engine: Engine, lead, folder: Path) -> None:
    mine = _reference(engine, lead)
    other = _reference(engine, lead, company="乙公司", sender="visitor-2")
    for reference in (mine, other):
        _add(engine, folder, reference, content=pdf(reference))
    with writing(engine) as conn:
        assert erase(conn, "visitor-1").files == 1
    assert attachments.sweep(engine, folder) == 1
    with writing(engine) as conn:
        (kept,) = attachments.listing(conn, other)
        leads.move(conn, other, Stage.WITHDRAWN, "user")
        assert purge(conn, utc_now(), "system").files == 1
    assert attachments.sweep(engine, folder) == 1
    assert not (folder / kept.uid).exists()
    with reading(engine) as conn:
        for table in (lead_tables.lead_files, lead_tables.file_removals):
            assert conn.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0


def test_files_go_with_erased_and_purged_leads(either_db: Engine, lead, folder: Path) -> None:
    _erases_and_purges(either_db, lead, folder)
