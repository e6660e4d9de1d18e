"""Uploading: what is taken, what is refused, and that a bad file stops nothing."""

from __future__ import annotations

import asyncio
import io
import zipfile

import openpyxl
import pytest
from aiohttp import FormData
from yarl import URL

from curation.batch_types import State
from curation.batches import Batches
from desk.permissions import Role
from knowledge.draft import DraftStore
from office.workbench import imports, receiving
from server import keys

LAW = "第一条 为了保护样例权利，制定本法。\n第二条 涉外样例纠纷可以采取反制措施。\n第三条 本法自2020年1月1日起施行。\n"


async def send(client, *files):
    form = FormData(quote_fields=False)
    for name, data in files:
        content = data if isinstance(data, bytes) else data.encode()
        form.add_field("files", io.BytesIO(content), filename=name)
    return await client.post("/workbench/imports", data=form, allow_redirects=False)


def batch_of(answer):
    """The batch that an answer leads to."""
    return URL(answer.headers["Location"]).path.rsplit("/", 1)[-1]


async def ended(app, identifier):
    """Wait until the work on a batch has ended without a failure of the program."""
    job = app[keys.JOBS].last(imports.job_name(identifier))
    for _ in range(3000):
        if not job.is_running:
            break
        await asyncio.sleep(0.1)
    assert not job.is_running, job.step
    assert not job.message, job.message


async def done(app, answer):
    """Wait until the batch that an upload began is worked off; return it."""
    assert answer.status == 303, await answer.text()
    identifier = batch_of(answer)
    await ended(app, identifier)
    return Batches(app[keys.SETTINGS]).get(identifier)


async def test_trainer_uploads_checks_and_takes_a_law_in(trainer, app, settings):
    page = await (await trainer.get("/workbench/imports")).text()
    assert "还没有上传过文件" in page
    batch = await done(app, await send(trainer, ("样例法(2020-01-01).txt", LAW)))
    (file,) = batch.files
    assert (file.state, file.counts) == (State.READY, {"新增": 3})
    page = await (await trainer.get(f"/workbench/imports/{batch.id}")).text()
    assert "样例法(2020-01-01).txt" in page
    assert "新增 3" in page
    rows = await (await trainer.get(f"/workbench/imports/{batch.id}/files/{file.number}")).text()
    assert "第二条" in rows
    assert DraftStore(settings.knowledge.draft_dir).entries() == []
    answer = await trainer.post(
        f"/workbench/imports/{batch.id}/take", data={"file": file.number}, allow_redirects=False
    )
    batch = await done(app, answer)
    assert batch.files[0].state is State.TAKEN
    (entry,) = DraftStore(settings.knowledge.draft_dir).entries()
    assert (entry.title, entry.imported_by) == ("样例法", "chen")


async def test_bad_files_are_named_with_their_reason_and_the_good_one_is_ready(trainer, app):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("内/样例办法(2021-01-01).txt", LAW)
        archive.writestr("../逃.txt", LAW)
    answer = await send(
        trainer,
        ("坏.pdf", b"%PDF-1.4 nothing"),
        ("假.docx", b"plain text"),
        ("样例法(2020-01-01).txt", LAW),
        ("一批.zip", packed.getvalue()),
    )
    batch = await done(app, answer)
    assert [(file.name, file.state) for file in batch.files] == [
        ("坏.pdf", State.FAILED),
        ("假.docx", State.FAILED),
        ("样例法(2020-01-01).txt", State.READY),
        ("一批.zip/内/样例办法(2021-01-01).txt", State.READY),
        ("一批.zip/../逃.txt", State.FAILED),
    ]
    assert "Word" in batch.files[1].reason
    page = await (await trainer.get(f"/workbench/imports/{batch.id}")).text()
    assert "压缩包之外" in page
    assert len({file.number for file in batch.files}) == 5


async def test_unsupported_oversized_and_missing_files_leave_nothing_behind(
    trainer, settings, monkeypatch
):
    folder = settings.data_dir / "uploads"
    assert (await send(trainer, ("a.exe", b"MZ"))).status == 415
    monkeypatch.setattr(receiving, "MAX_UPLOAD_BYTES", 1 << 20)
    assert (await send(trainer, ("大.txt", b"a" * (2 << 20)))).status == 413
    assert (await send(trainer, ("空", b""))).status == 415
    plain = await trainer.post("/workbench/imports", data={"files": "text"}, allow_redirects=False)
    assert plain.status == 415
    assert list(folder.iterdir()) == []


async def test_file_names_never_leave_the_folder_of_their_upload(trainer, app, settings):
    before = {path for path in settings.data_dir.parent.rglob("*")}
    answer = await send(
        trainer, ("../../../逃 跑.txt", LAW), ("..\\..\\x.md", LAW), (".hidden.txt", LAW)
    )
    batch = await done(app, answer)
    fresh = {path for path in settings.data_dir.parent.rglob("*")} - before
    outside = [path for path in fresh if settings.data_dir / "uploads" not in (path, *path.parents)]
    assert [path for path in outside if path.suffix in (".txt", ".md")] == []
    assert [file.name for file in batch.files] == ["逃 跑.txt", "x.md", ".hidden.txt"]


async def test_template_is_a_table_that_can_be_filled_in_and_uploaded(trainer, app):
    answer = await trainer.get("/workbench/imports/template.xlsx")
    assert "attachment" in answer.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(await answer.read()))
    book.worksheets[0].append(["展会被投诉怎么办", "先看投诉文件。"])
    book.worksheets[0].append(["只有问题", ""])
    stream = io.BytesIO()
    book.save(stream)
    batch = await done(app, await send(trainer, ("展会问答.xlsx", stream.getvalue())))
    assert batch.files[0].counts == {"错误": 1, "新增": 1}
    page = await (
        await trainer.get(
            f"/workbench/imports/{batch.id}/files/{batch.files[0].number}?finding=ERROR"
        )
    ).text()
    assert "第3行" in page
    assert "缺少答案" in page


async def test_batch_that_a_stopped_server_left_is_finished_by_the_next_one(trainer, app, settings):
    batches = Batches(settings)
    folder = batches.prepare()
    (folder / "files" / "样例法(2020-01-01).txt").write_text(LAW, encoding="utf-8")
    batch = batches.create(
        folder, [("样例法.txt", folder / "files" / "样例法(2020-01-01).txt")], "li"
    )
    batches.set(batch.id, 1, state=State.PARSING)
    await imports.resume(app)
    await ended(app, batch.id)
    assert batches.get(batch.id).files[0].state is State.READY


async def test_interrupted_batch_says_so_and_goes_on_at_a_click(trainer, app, settings):
    batches = Batches(settings)
    folder = batches.prepare()
    path = folder / "files" / "样例法(2020-01-01).txt"
    path.write_text(LAW, encoding="utf-8")
    batch = batches.create(folder, [("样例法.txt", path)], "li")
    page = await (await trainer.get(f"/workbench/imports/{batch.id}")).text()
    assert "处理中断了" in page
    assert "data-watch" not in page
    answer = await trainer.post(f"/workbench/imports/{batch.id}/retry", allow_redirects=False)
    assert (await done(app, answer)).files[0].state is State.READY


async def test_failed_file_can_be_tried_again_and_a_batch_thrown_away(trainer, app, settings):
    batch = await done(app, await send(trainer, ("坏.pdf", b"%PDF-1.4 nothing")))
    answer = await trainer.post(f"/workbench/imports/{batch.id}/retry", allow_redirects=False)
    batch = await done(app, answer)
    assert batch.files[0].state is State.FAILED
    await trainer.post(f"/workbench/imports/{batch.id}/discard", allow_redirects=False)
    assert (await trainer.get(f"/workbench/imports/{batch.id}")).status == 400
    assert Batches(settings).all() == []


async def test_batch_that_is_being_read_can_be_stopped_and_thrown_away(trainer, app, settings):
    slow = "".join(f"# 第{number}项事务怎么办理\n" for number in range(19_000))
    answer = await send(trainer, *((f"清单{number}.md", slow) for number in range(12)))
    identifier = batch_of(answer)
    job = app[keys.JOBS].last(imports.job_name(identifier))
    for _ in range(600):
        if job.step.startswith("正在解析"):
            break
        await asyncio.sleep(0.05)
    page = await (await trainer.get(f"/workbench/imports/{identifier}")).text()
    assert "停止并删除这一批" in page
    answer = await trainer.post(f"/workbench/imports/{identifier}/discard", allow_redirects=False)
    assert answer.status == 303
    assert not job.is_running
    assert Batches(settings).all() == []
    assert not (settings.data_dir / "uploads" / identifier).exists()


@pytest.mark.parametrize("name", ["..", "20260101-000000-zzzzzz", "%2e%2e%2fx", "a" * 300])
async def test_strange_batch_names_are_refused(trainer, name):
    assert (await trainer.get(f"/workbench/imports/{name}")).status in (400, 404)


async def test_every_page_and_action_needs_the_permission(enter):
    client = await enter(Role.AGENT)
    for path in (
        "/imports",
        "/imports/template.xlsx",
        "/imports/x",
        "/imports/x/state",
        "/imports/x/files/1",
    ):
        assert (await client.get(f"/workbench{path}")).status == 403
    for path in ("/imports", "/imports/x/take", "/imports/x/retry", "/imports/x/discard"):
        assert (await client.post(f"/workbench{path}")).status == 403
