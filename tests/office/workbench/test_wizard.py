"""The path from files to a colleague's approval: what is said on the way is kept and reaches the draft."""

from __future__ import annotations

import asyncio
import re
import shutil
from html import unescape

import pytest

from curation import batch_work
from curation.batch_answers import Choice, choices, describe, description
from curation.batch_types import State, Step
from curation.batches import Batches
from curation.publishing import library_of
from desk.permissions import Role
from knowledge.edits import EditStore
from knowledge.overlay import State as Drawn
from office.workbench import imports, publish, receiving, trying
from server import keys
from tests.office.workbench.test_imports import LAW, done, ended, send

TABLE = (
    "问题,答案,国家\n"
    "收到337立案通知，几天内要答辩,30天。应在送达后30天内提交书面答辩。,美国\n"
    "样例证据怎么留,把样例原件锁进柜子。,美国\n"
)
LAW_FILE, TABLE_FILE = "样例法(2020-01-01).txt", "问答.csv"


@pytest.fixture(scope="module")
def read_before(tmp_path_factory):
    """Keeps the batch of the first test as it was when its files had been read; a process reads them."""
    return tmp_path_factory.mktemp("batches")


@pytest.fixture
async def batch(trainer, app, settings, read_before):
    """A law and a table with one answer that contradicts what is there, both read."""
    batches = Batches(settings)
    if not any(read_before.iterdir()):
        made = await done(app, await send(trainer, (LAW_FILE, LAW), (TABLE_FILE, TABLE)))
        shutil.copytree(batches.folder, read_before, dirs_exist_ok=True)
        return made
    shutil.copytree(read_before, batches.folder, dirs_exist_ok=True)
    (made,) = batches.all()
    return made


async def post(client, batch, path, **data):
    return await client.post(
        f"/workbench/imports/{batch.id}/{path}", data=data, allow_redirects=False
    )


async def page_of(client, batch, step):
    answer = await client.get(f"/workbench/imports/{batch.id}?step={step}")
    assert answer.status == 200
    return await answer.text()


async def filled(client, batch, **typed):
    """The form of the first document as it is shown, with what is typed into it."""
    page = await page_of(client, batch, "meta")
    found = re.findall(r'<input id="f-\w+" name="(\w+)" type="\w+" value="([^"]*)"', page)
    found += re.findall(r'<textarea id="f-\w+" name="(\w+)"[^>]*>([^<]*)</textarea>', page)
    return {**{name: unescape(value) for name, value in found}, **typed}


def contradiction(batches, batch):
    """The name in the form of the row that contradicts."""
    table = next(item for item in batch.files if item.name == TABLE_FILE)
    row = next(row for row in batches.rows(batch.id, table.number) if row.other)
    return table, row, f"c-{table.number}-{row.passage}"


def drawn(settings, passage):
    """What the draft makes of a passage."""
    entries = library_of(settings).entries[passage.partition("#")[0]]
    return next(entry.state for entry in entries if entry.passage_id == passage)


async def test_each_step_is_a_link_and_says_which_it_is(trainer, batch):
    for step in Step:
        page = await page_of(trainer, batch, step.value)
        marked = re.findall(r'<a href="[^"]*step=(\w+)" aria-current="step">([^<]+)</a>', page)
        assert marked == [(step.value, step.label)]
        assert page.count("?step=") >= len(Step)


async def test_path_is_taken_up_where_it_was_left(trainer, batch, settings):
    answer = await post(trainer, batch, "wanted", file=batch.files[0].number, go="next")
    assert answer.headers["Location"].endswith("?step=meta")
    again = Batches(settings).get(batch.id)
    assert again.step is Step.META
    assert [item.is_chosen for item in again.files] == [True, False]
    page = await (await trainer.get(f"/workbench/imports/{batch.id}")).text()
    assert "第 1 份，共 1 份" in page
    typed = await filled(trainer, batch, go="back")
    answer = await post(trainer, batch, f"files/{batch.files[0].number}/meta", **typed)
    assert answer.headers["Location"].endswith("?step=check")
    assert (await page_of(trainer, batch, "check")).count("checked") == 1


async def test_nothing_chosen_does_not_lead_on(trainer, batch):
    assert (await post(trainer, batch, "wanted", go="next")).status == 400


async def test_files_that_cannot_be_taken_are_named_beside_the_good_one(
    trainer, app, settings, monkeypatch
):
    monkeypatch.setattr(receiving, "MAX_UPLOAD_BYTES", 1 << 20)
    answer = await send(trainer, ("程序.exe", b"MZ"), ("大.txt", b"a" * (2 << 20)), (LAW_FILE, LAW))
    batch = await done(app, answer)
    found = {item.name: (item.state, item.reason) for item in batch.files}
    assert found[LAW_FILE] == (State.READY, "")
    assert found["程序.exe"][0] is found["大.txt"][0] is State.FAILED
    assert "不支持" in found["程序.exe"][1]
    assert "上限" in found["大.txt"][1]
    kept = [path for path in (settings.data_dir / "uploads" / batch.id / "files").rglob("*")]
    assert [path.name for path in kept if path.is_file()] == [LAW_FILE]


async def test_more_files_join_a_batch_under_numbers_of_their_own(trainer, app, batch):
    from aiohttp import FormData

    form = FormData(quote_fields=False)
    form.add_field("files", b"\xef\xbb\xbf" + LAW.encode(), filename="又一部法(2021-01-01).txt")
    answer = await trainer.post(
        f"/workbench/imports/{batch.id}/add", data=form, allow_redirects=False
    )
    more = await done(app, answer)
    assert [item.number for item in more.files] == [1, 2, 3]
    assert more.files[2].state is State.READY


async def test_metadata_is_read_in_words_kept_and_lies_over_the_draft(
    trainer, app, batch, settings
):
    law = batch.files[0]
    page = await page_of(trainer, batch, "meta")
    assert "样例法" in page
    assert "中国" in page
    typed = await filled(trainer, batch, ip_types="商标\n各类权利", issuer="样例局")
    answer = await post(trainer, batch, f"files/{law.number}/meta", **typed, go="stay")
    assert await answer.json() == {"kept": True}
    folder = Batches(settings).path(batch.id)
    assert description(folder, law.number).fields["ip_types"] == ["trademark", "all"]
    await done(app, await post(trainer, batch, "choices", go="next"))
    meta = next(d.meta for d in library_of(settings).documents if d.meta.title == "样例法")
    assert (meta.ip_types, meta.issuer) == (("trademark", "all"), "样例局")
    typed["issuer"] = "另一个局"
    await post(trainer, batch, f"files/{law.number}/meta", **typed, go="next")
    meta = next(d.meta for d in library_of(settings).documents if d.meta.title == "样例法")
    assert meta.issuer == "另一个局"


async def test_unknown_word_is_refused_and_what_was_typed_stays(trainer, batch, settings):
    law = batch.files[0]
    typed = await filled(trainer, batch, jurisdiction="火星", issuer="样例局")
    answer = await post(trainer, batch, f"files/{law.number}/meta", **typed, go="next")
    page = await answer.text()
    assert answer.status == 400
    assert "不认识国家或地区“火星”" in page
    assert "样例局" in page
    assert description(Batches(settings).path(batch.id), law.number).fields is None


async def test_metadata_that_a_colleague_edited_meanwhile_is_shown(trainer, app, batch, settings):
    law = batch.files[0]
    await done(app, await post(trainer, batch, "choices", go="next"))
    form = await filled(trainer, batch, issuer="同事改的局", token="0")
    document = Batches(settings).get(batch.id).files[0].document
    await trainer.post(f"/workbench/drafts/{document}/meta", data=form)
    answer = await trainer.get(f"/workbench/imports/{batch.id}?step=meta&file={law.number}")
    assert "同事改的局" in await answer.text()


async def test_contradiction_stands_beside_what_is_there(trainer, batch):
    page = await page_of(trainer, batch, "like")
    assert "30天。应在送达后30天内提交书面答辩。" in page
    assert "20天。美国337调查的被诉企业应在送达后20天内答辩。" in page
    assert "其中 1 处冲突" in page
    for choice in Choice:
        assert choice.label in page


async def test_choice_is_kept_applied_and_can_be_changed(trainer, app, batch, settings):
    batches = Batches(settings)
    table, row, name = contradiction(batches, batch)
    answer = await post(trainer, batch, "choices", **{name: "old"}, go="stay")
    assert await answer.json() == {"kept": True, "open": 0}
    assert choices(batches.path(batch.id), table.number) == {row.passage: Choice.OLD}
    await done(app, await post(trainer, batch, "choices", go="next"))
    assert drawn(settings, row.passage) is Drawn.DISABLED
    assert drawn(settings, row.other) is Drawn.PLAIN
    await post(trainer, batch, "choices", **{name: "new"})
    assert drawn(settings, row.passage) is Drawn.PLAIN
    assert drawn(settings, row.other) is Drawn.DISABLED
    await post(trainer, batch, "choices", **{name: "both"})
    assert drawn(settings, row.passage) is Drawn.PLAIN
    assert drawn(settings, row.other) is Drawn.PLAIN


async def test_passage_that_a_colleague_switched_off_stays_off(trainer, app, batch, settings):
    from curation.draft_actions import act, token_of
    from knowledge.edits import EditStore

    _, row, name = contradiction(Batches(settings), batch)
    await done(app, await post(trainer, batch, "choices", **{name: "both"}, go="next"))
    found, store = library_of(settings), EditStore(settings.knowledge.draft_dir)
    entry = next(item for item in found.entries["us-sample"] if item.passage_id == row.other)
    token = token_of(store.of("us-sample"), entry)
    act(store, found, entry, {"action": "disable", "token": token}, "li")
    await post(trainer, batch, "choices", **{name: "both"})
    assert drawn(settings, row.other) is Drawn.DISABLED


async def test_rest_is_chosen_at_once_but_no_contradiction(trainer, batch, settings):
    batches = Batches(settings)
    table, _, _ = contradiction(batches, batch)
    await post(trainer, batch, "choices", rest="old")
    assert choices(batches.path(batch.id), table.number) == {}


async def test_trying_shows_the_batch_beside_what_is_live(trainer, app, batch):
    await done(app, await post(trainer, batch, "choices", go="next"))
    await trainer.get(f"/workbench/imports/{batch.id}?step=try")
    job = app[keys.JOBS].last(trying.JOB)
    for _ in range(1200):
        if not job.is_running:
            break
        await asyncio.sleep(0.1)
    assert not job.message
    answer = await trainer.get(
        f"/workbench/imports/{batch.id}", params={"step": "try", "q": "样例证据怎么留"}
    )
    page = await answer.text()
    assert "今天线上的回答" in page
    assert "线上还没有发布过内容" in page
    assert "把样例原件锁进柜子" in page.split("加入这一批以后的回答")[1]


async def test_trying_before_the_draft_has_it_leads_there(trainer, batch):
    assert "导入草稿，去试问" in await page_of(trainer, batch, "try")


async def test_building_and_submitting_lead_back_to_the_path(trainer, app, batch):
    await done(app, await post(trainer, batch, "choices", go="next"))
    page = await page_of(trainer, batch, "submit")
    assert "导入《样例法》等 2 份" in page
    back = f"/workbench/imports/{batch.id}?step=submit"
    answer = await trainer.post(
        "/workbench/publish/build", data={"note": "导入", "back": back}, allow_redirects=False
    )
    assert answer.headers["Location"] == back
    job = app[keys.JOBS].last(publish.JOB)
    for _ in range(1200):
        if not job.is_running:
            break
        await asyncio.sleep(0.1)
    assert not job.message
    page = await page_of(trainer, batch, "submit")
    (number,) = re.findall(r"/workbench/publish/(\d+)/submit", page)
    answer = await trainer.post(
        f"/workbench/publish/{number}/submit", data={"back": back}, allow_redirects=False
    )
    assert answer.headers["Location"] == back
    assert "等同事批准" in await page_of(trainer, batch, "submit")
    assert (await trainer.post(f"/workbench/publish/{number}/comment", data={"text": "好"})).ok


async def test_batch_killed_while_being_taken_in_is_finished_with_what_was_said(
    trainer, app, batch, settings
):
    batches = Batches(settings)
    _, row, name = contradiction(batches, batch)
    await post(trainer, batch, "choices", **{name: "old"}, go="stay")
    batches.choose(batch.id, [item.number for item in batch.files])
    await imports.resume(app)
    await ended(app, batch.id)
    assert [item.state for item in batches.get(batch.id).files] == [State.TAKEN] * 2
    assert drawn(settings, row.passage) is Drawn.DISABLED


@pytest.mark.parametrize("moment", ["carry_edits", "apply_meta", "apply_choices"])
async def test_batch_that_ended_before_what_was_said_was_applied_is_finished(
    trainer, batch, settings, monkeypatch, moment
):
    """The process ends when every file is in the draft, right before a step of what comes then."""
    batches = Batches(settings)
    table, row, name = contradiction(batches, batch)
    await post(trainer, batch, "choices", **{name: "old"}, go="stay")
    describe(batches.path(batch.id), table.number, {"issuer": "样例局"})
    batches.choose(batch.id, [item.number for item in batch.files])

    def ends(*_arguments, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(batch_work, moment, ends)
        with pytest.raises(KeyboardInterrupt):
            await asyncio.to_thread(batch_work.work, settings, batch.id, lambda _step: None)
    assert [item.state for item in batches.get(batch.id).files] == [State.TAKEN] * 2
    assert [left.id for left in batches.unfinished()] == [batch.id]
    await asyncio.to_thread(batch_work.work, settings, batch.id, lambda _step: None)
    assert batches.unfinished() == []
    assert drawn(settings, row.passage) is Drawn.DISABLED
    (edit,) = [
        found for found in EditStore(settings.knowledge.draft_dir).all().values() if found.meta
    ]
    assert edit.meta.fields == {"issuer": "样例局"}


async def test_path_needs_the_permission(enter):
    client = await enter(Role.AGENT)
    for path in ("wanted", "choices", "add", "files/1/meta"):
        assert (await client.post(f"/workbench/imports/x/{path}")).status == 403
