from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from aiohttp import FormData

from desk import attachments, audit
from desk.engine import reading, writing
from desk.permissions import Role
from server import files
from settings import Settings
from tests.desk.files import PNG_HEAD, docx, pdf, plain_zip, with_entry
from tests.office.console.conftest import Login
from tests.office.console.leads import add_file, make_lead


def _form(*files: tuple[str, bytes]) -> FormData:
    form = FormData(quote_fields=False)  # browsers send names as they are
    for name, content in files:
        form.add_field("file", io.BytesIO(content), filename=name, content_type="text/html")
    return form


def _kept(engine: Any, reference: str) -> list[str]:
    with reading(engine) as conn:
        return [item.name for item in attachments.listing(conn, reference)]


def _tree(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def _outside(path: Path) -> bool:
    return Path("channels/static").resolve() not in path.resolve().parents


async def test_files_are_kept_and_given_back_only_to_be_saved(
    enter: Login, engine: Any, settings: Settings
) -> None:
    client = await enter(Role.LEAD_OFFICER, login="wang")
    reference = make_lead(engine)
    answer = await client.post(
        f"/desk/leads/{reference}/files", data=_form(("立案通知.pdf", pdf()), ("照片", PNG_HEAD))
    )
    assert "已保存 2 个附件" in await answer.text()
    assert _kept(engine, reference) == ["立案通知.pdf", "照片.png"]
    with reading(engine) as conn:
        first = attachments.listing(conn, reference)[0]
    given = await client.get(f"/desk/leads/{reference}/files/{first.uid}")
    assert await given.read() == pdf()
    headers = given.headers
    # What the browser claimed (text/html) counts for nothing.
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert unquote(headers["Content-Disposition"]).endswith("filename*=UTF-8''立案通知.pdf")
    assert headers["Cache-Control"] == "no-store"
    with reading(engine) as conn:
        (entry,) = audit.search(conn, action="lead-file")
    assert (entry.actor, entry.subject) == ("staff:wang", reference)


async def test_content_lies_outside_what_the_web_serves(
    enter: Login, engine: Any, settings: Settings
) -> None:
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine)
    uid = add_file(engine, settings.desk.attachments_dir, reference)
    path = settings.desk.attachments_dir / uid
    assert path.is_file()
    assert _outside(path)
    for address in (
        f"/static/{uid}",
        f"/static/../../attachments/{uid}",
        f"/static/..%2f..%2fattachments%2f{uid}",
        f"/attachments/{uid}",
    ):
        assert (await client.get(address)).status == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"<html><script>alert(1)</script></html>"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.jpg", b"#!/bin/sh\nrm -rf /\n"),
        ("a.png", b"MZ\x90\x00" + bytes(80)),
        ("a.docx", plain_zip("a.exe", b"MZ")),
        ("a.docx", with_entry(docx(), "word/vbaProject.bin")),
        ("bomb.docx", with_entry(docx(), "word/media/a.bin", bytes(60 * 1024 * 1024))),
        ("a.docx", with_entry(docx(), "../../../etc/cron.d/x")),
        ("empty.pdf", b""),
    ],
    ids=["html", "svg", "shell", "exe", "zip", "macro", "bomb", "zip-slip", "empty"],
)
async def test_what_is_no_plain_document_is_refused(
    enter: Login, engine: Any, settings: Settings, name: str, content: bytes
) -> None:
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine)
    answer = await client.post(f"/desk/leads/{reference}/files", data=_form((name, content)))
    assert answer.status == 400
    assert _kept(engine, reference) == []
    assert list(settings.desk.attachments_dir.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "../../../../etc/passwd",
        "..\\..\\boot.ini",
        "/etc/shadow",
        "a\u202efdp.exe",
        "x%22;%0D%0Ay: z",
        ".htaccess",
        "a.pdf/../../b",
    ],
)
async def test_path_tricks_in_names_reach_no_folder(
    enter: Login, engine: Any, settings: Settings, tmp_path: Path, name: str
) -> None:
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine)
    before = _tree(tmp_path)
    # Sent as raw bytes: a client library would clean the name itself.
    quoted = name.replace("\\", "\\\\")
    body = (
        f'--x\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n\r\n'.encode()
        + pdf()
        + b"\r\n--x--\r\n"
    )
    answer = await client.post(
        f"/desk/leads/{reference}/files",
        data=body,
        headers={"Content-Type": "multipart/form-data; boundary=x"},
        allow_redirects=False,
    )
    assert answer.status == 303
    (kept,) = _kept(engine, reference)
    assert kept.endswith(".pdf")
    assert not set('/\\"\r\n\u202e') & set(kept)
    (stored,) = settings.desk.attachments_dir.iterdir()
    assert len(stored.name) == 32
    assert _tree(tmp_path) - before <= {settings.desk.attachments_dir, stored}


async def test_too_large_file_is_stopped(
    enter: Login, engine: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MAX_BYTES", 1024 * 1024)
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine)
    large = pdf() + bytes(2 * 1024 * 1024)
    answer = await client.post(f"/desk/leads/{reference}/files", data=_form(("大.pdf", large)))
    assert answer.status == 400
    assert "超过 1 MB" in await answer.text()
    assert list(settings.desk.attachments_dir.iterdir()) == []


async def test_file_larger_than_other_requests_may_be_is_taken(
    enter: Login, engine: Any, settings: Settings
) -> None:
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine)
    content = pdf()[:-6] + b"\n%" + b"x" * (settings.channels.max_body_bytes * 4) + b"\n%%EOF\n"
    answer = await client.post(f"/desk/leads/{reference}/files", data=_form(("a.pdf", content)))
    assert answer.status == 200
    assert _kept(engine, reference) == ["a.pdf"]


async def test_form_without_a_file_is_told_so(enter: Login, engine: Any) -> None:
    client = await enter(Role.LEAD_OFFICER)
    path = f"/desk/leads/{make_lead(engine)}/files"
    assert (await client.post(path, data={"file": "x"})).status == 400
    assert (await client.post(path, data=json.dumps({}))).status == 400
    form = FormData()
    form.add_field("other", pdf(), filename="a.pdf")
    assert (await client.post(path, data=form)).status == 400


@pytest.mark.filterwarnings("ignore::aiohttp.multipart.BadContentDispositionHeader")
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--y\r\n\r\nx\r\n--y--"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"; filen',
        ),
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=" + "x" * 500, b"--x--"),
    ],
)
async def test_broken_upload_is_told_and_not_a_crash(
    enter: Login, engine: Any, settings: Settings, kind: str, body: bytes
) -> None:
    client = await enter(Role.LEAD_OFFICER)
    answer = await client.post(
        f"/desk/leads/{make_lead(engine)}/files", data=body, headers={"Content-Type": kind}
    )
    assert answer.status == 400


async def test_good_files_before_a_bad_one_are_kept(enter: Login, engine: Any) -> None:
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine)
    answer = await client.post(
        f"/desk/leads/{reference}/files", data=_form(("a.pdf", pdf()), ("b.pdf", b"MZ"))
    )
    assert answer.status == 400
    assert _kept(engine, reference) == ["a.pdf"]


async def test_number_of_files_at_once_is_bounded(enter: Login, engine: Any) -> None:
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine)
    files = [(f"{number}.pdf", pdf(str(number))) for number in range(11)]
    answer = await client.post(f"/desk/leads/{reference}/files", data=_form(*files))
    assert answer.status == 400
    assert len(_kept(engine, reference)) == 10


async def test_deleted_file_is_gone_from_the_disk(
    enter: Login, engine: Any, settings: Settings
) -> None:
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine)
    uid = add_file(engine, settings.desk.attachments_dir, reference)
    answer = await client.post(f"/desk/leads/{reference}/files/{uid}/delete")
    page = await answer.text()
    assert "已删除「立案通知.pdf」" in page
    assert "删除附件" in page
    assert list(settings.desk.attachments_dir.iterdir()) == []
    assert (await client.get(f"/desk/leads/{reference}/files/{uid}")).status == 404


async def test_lost_content_is_told_and_not_a_crash(
    enter: Login, engine: Any, settings: Settings
) -> None:
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine)
    uid = add_file(engine, settings.desk.attachments_dir, reference)
    (settings.desk.attachments_dir / uid).unlink()
    answer = await client.get(f"/desk/leads/{reference}/files/{uid}")
    assert answer.status == 404
    assert "从备份恢复" in await answer.text()


async def test_server_finishes_at_start_what_a_killed_one_left(
    aiohttp_client: Any, app: Any, engine: Any, settings: Settings
) -> None:
    reference = make_lead(engine)
    uid = add_file(engine, settings.desk.attachments_dir, reference)
    with writing(engine) as conn:
        attachments.remove(conn, reference, uid, "test")
    assert (settings.desk.attachments_dir / uid).is_file()
    await aiohttp_client(app)
    assert not (settings.desk.attachments_dir / uid).exists()


async def test_a_file_of_which_nothing_comes_any_more_is_given_up(
    enter: Login, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PIECE_S", 0.1)
    client = await enter(Role.LEAD_OFFICER, login="wang")
    reference = make_lead(engine)
    stopped = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield (
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.4'
        )
        await stopped.wait()

    answer = await asyncio.wait_for(
        client.post(
            f"/desk/leads/{reference}/files",
            data=body(),
            headers={
                "Content-Type": "multipart/form-data; boundary=b",
                "Accept": "application/json",
            },
        ),
        10,
    )
    stopped.set()
    assert answer.status == 400
    assert "没有按时传完" in (await answer.json())["error"]["message"]
    assert _kept(engine, reference) == []
