"""Correcting passages in the browser: every edit lands in the draft, and no editor overwrites another."""

from __future__ import annotations

import html
import re

import pytest

from curation.checking import problems_of
from curation.drafting import draft_of
from curation.importing import import_files
from curation.publishing import library_of
from desk.permissions import Role
from knowledge.draft import DraftStore
from knowledge.edits import EditStore

DOCUMENT = "us-sample"


def first(settings):
    return library_of(settings).entries[DOCUMENT][0].source


async def editor(client, passage):
    """The form of a passage as a browser would send it back."""
    page = await client.get(f"/workbench/drafts/{DOCUMENT}/edit", params={"passage": passage})
    text = await page.text()
    assert page.status == 200, text
    values = dict(
        re.findall(r'name="(token|passage|following|following_token)" value="([^"]*)"', text)
    )
    areas = re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)</textarea>', text)
    return {key: html.unescape(value) for key, value in [*values.items(), *areas]}


async def save(client, form):
    return await client.post(f"/workbench/drafts/{DOCUMENT}/save", data=form, allow_redirects=False)


async def test_lists_lead_from_the_document_to_the_passage(trainer, settings):
    page = await (await trainer.get("/workbench/drafts?q=补交答辩")).text()
    assert "美国337答辩" in page
    assert "没有符合条件" in await (await trainer.get("/workbench/drafts?q=没有的词")).text()
    page = await (await trainer.get(f"/workbench/drafts/{DOCUMENT}")).text()
    assert "收到337立案通知，几天内要答辩" in page
    assert "passage=us-sample%23" in page


async def test_edit_is_kept_with_its_questions_and_shown_as_it_will_be_indexed(trainer, settings):
    form = await editor(trainer, first(settings).id)
    form.update(
        text="20天之内答辩。", similar="答辩要几天\n\n几天内回ITC", note="更短", action="save"
    )
    assert (await save(trainer, form)).status == 303
    passage = library_of(settings).passages[0]
    assert (passage.text, passage.similar) == ("20天之内答辩。", ("答辩要几天", "几天内回ITC"))
    (edit,) = EditStore(settings.knowledge.draft_dir).edits()
    assert edit.by == "chen"
    page = await (await trainer.get(f"/workbench/drafts/{DOCUMENT}?only=edited")).text()
    assert "20天之内答辩。" in page
    assert "已修改" in page
    assert "尽快联系律师" not in page


async def test_second_editor_is_told_and_keeps_what_was_typed(enter, settings):
    chen = await enter(Role.TRAINER, login="chen")
    form = await editor(chen, first(settings).id)
    form["action"] = "save"
    assert (await save(chen, {**form, "text": "陈的改法，20天。"})).status == 303
    answer = await save(chen, {**form, "text": "王的改法，20天。"})
    text = await answer.text()
    assert answer.status == 409
    assert "没有保存" in text
    assert "王的改法，20天。" in text
    assert library_of(settings).passages[0].text == "陈的改法，20天。"


async def test_passage_is_split_merged_disabled_and_restored(trainer, settings):
    passage = first(settings).id
    form = await editor(trainer, passage)
    await save(trainer, {**form, "action": "save", "text": "20天。\n----\n送达后起算。"})
    assert [item.text for item in library_of(settings).passages][:2] == ["20天。", "送达后起算。"]
    form = await editor(trainer, passage)
    assert form["text"] == "20天。\n----\n送达后起算。"
    await save(trainer, {**form, "action": "drop"})
    form = await editor(trainer, passage)
    await save(trainer, {**form, "action": "merge"})
    assert len(library_of(settings).passages) == 1
    form = await editor(trainer, passage)
    await save(trainer, {**form, "action": "drop"})
    form = await editor(trainer, passage)
    await save(trainer, {**form, "action": "disable"})
    assert [item.id for item in library_of(settings).passages] != [passage]
    assert len(library_of(settings).passages) == 1
    page = await (await trainer.get(f"/workbench/drafts/{DOCUMENT}?only=disabled")).text()
    assert "已停用" in page


async def test_merged_passages_are_edited_further_and_taken_apart_again(trainer, settings):
    passage = first(settings).id
    plain = [item.text for item in library_of(settings).passages]
    form = await editor(trainer, passage)
    await save(trainer, {**form, "action": "save", "text": "20天，改过。", "similar": "几天答"})
    form = await editor(trainer, passage)
    await save(trainer, {**form, "action": "merge"})
    form = await editor(trainer, passage)
    assert form["text"] == f"20天，改过。\n{plain[1]}"
    assert form["similar"] == "几天答"
    answer = await save(
        trainer,
        {**form, "action": "save", "text": "20天。\n合成一段再改。", "heading": "期限和补救"},
    )
    assert answer.status == 303
    (one,) = library_of(settings).passages
    assert (one.text, one.heading) == ("20天。\n合成一段再改。", ("期限和补救",))
    assert one.similar == ("几天答",)
    form = await editor(trainer, passage)
    await save(trainer, {**form, "action": "disable"})
    assert library_of(settings).passages == ()
    form = await editor(trainer, passage)
    await save(trainer, {**form, "action": "enable"})
    assert library_of(settings).passages == (one,)
    form = await editor(trainer, passage)
    await save(trainer, {**form, "action": "unedit"})
    assert [item.text for item in library_of(settings).passages] == ["\n".join(plain)]
    form = await editor(trainer, passage)
    await save(trainer, {**form, "action": "drop"})
    assert [item.text for item in library_of(settings).passages] == plain
    page = await (
        await trainer.get(f"/workbench/drafts/{DOCUMENT}/edit", params={"passage": passage})
    ).text()
    for done in ("修改", "合并", "停用", "启用", "放弃修改"):
        assert f"陈老师 {done}" in page


async def test_editor_of_a_passage_that_was_merged_meanwhile_is_told(enter, settings):
    chen = await enter(Role.TRAINER, login="chen")
    passage = first(settings).id
    seen = await editor(chen, passage)
    await save(chen, {**seen, "action": "merge"})
    answer = await save(chen, {**seen, "action": "save", "text": "20天，别人的改法。"})
    assert answer.status == 409
    assert "没有保存" in await answer.text()
    merged = await editor(chen, passage)
    await save(chen, {**merged, "action": "drop"})
    answer = await save(chen, {**merged, "action": "save", "text": "20天，晚到的改法。"})
    assert answer.status == 409


async def test_merged_passage_whose_second_part_came_anew_is_settled_on_the_page(trainer, settings):
    passage = first(settings).id
    form = await editor(trainer, passage)
    await save(trainer, {**form, "action": "merge"})
    form = await editor(trainer, passage)
    await save(trainer, {**form, "action": "save", "text": "20天。\n合成一段再改。"})
    path = settings.knowledge.sources_dir / "us-sample.md"
    path.write_text(path.read_text("utf-8").replace("尽快联系律师", "当天联系律师"), "utf-8")
    form = await editor(trainer, passage)
    assert form["text"] == "20天。\n合成一段再改。"
    answer = await save(trainer, {**form, "action": "save", "text": "20天。\n按新文再改。"})
    assert answer.status == 303
    library = library_of(settings)
    assert library.conflicts == ()
    assert [item.text for item in library.passages] == ["20天。\n按新文再改。"]


async def test_conflict_after_a_newer_version_is_shown_and_settled(trainer, settings):
    passage = first(settings).id
    form = await editor(trainer, passage)
    await save(trainer, {**form, "action": "save", "text": "改过：20天。"})
    path = settings.knowledge.sources_dir / "us-sample.md"
    path.write_text(path.read_text("utf-8").replace("应在送达后", "须在送达后"), "utf-8")
    page = await (await trainer.get("/workbench/drafts?only=conflict")).text()
    assert "1 处修改与新版本冲突" in page
    assert any(item.code == "edit-conflict" for item in problems_of(settings, library_of(settings)))
    page = await (
        await trainer.get(f"/workbench/drafts/{DOCUMENT}/edit", params={"passage": passage})
    ).text()
    assert "应在送达后" in page
    assert "须在送达后" in page
    assert "改过：20天。" in page
    edit = EditStore(settings.knowledge.draft_dir).of(DOCUMENT).edits[passage]
    form = await editor(trainer, passage)
    answer = await save(
        trainer, {"action": "keep", "passage": passage, "token": form["token"], "edit": edit.id}
    )
    assert answer.status == 303
    library = library_of(settings)
    assert (library.conflicts, library.passages[0].text) == ((), "改过：20天。")


async def test_figure_that_nothing_carries_is_pointed_out_and_stops_the_check(trainer, settings):
    form = await editor(trainer, first(settings).id)
    await save(
        trainer, {**form, "action": "save", "text": "45天。美国337调查应在送达后45天内答辩。"}
    )
    page = await (await trainer.get(f"/workbench/drafts/{DOCUMENT}")).text()
    assert "45日" in page
    problems = problems_of(settings, library_of(settings))
    assert [item.code for item in problems if item.code.startswith("edit")] == ["edit-figure"]


@pytest.mark.parametrize("text", ["", "长" * 5000])
async def test_unusable_text_is_refused_with_the_form_as_it_was_typed(trainer, settings, text):
    form = await editor(trainer, first(settings).id)
    answer = await save(trainer, {**form, "action": "save", "text": text, "note": "我的说明"})
    assert answer.status == 400
    assert "我的说明" in await answer.text()
    assert EditStore(settings.knowledge.draft_dir).edits() == []


async def test_metadata_is_edited_by_a_form_and_a_second_editor_is_told(trainer, settings):
    page = await (await trainer.get(f"/workbench/drafts/{DOCUMENT}/meta")).text()
    token = re.search(r'name="token" value="(\d+)"', page)[1]
    fields = {
        "token": token, "title": "美国337答辩", "jurisdiction": "US", "procedures": "section-337\ncourt",
        "as_of": "2026", "reviewed_on": "2026-11-01", "effective_to": "2027-01-01",
        "sources": "委员会规则 | https://example.org/r | 19 CFR 210", "keywords": "答辩",
    }  # fmt: skip
    answer = await trainer.post(
        f"/workbench/drafts/{DOCUMENT}/meta", data=fields, allow_redirects=False
    )
    assert answer.status == 303, await answer.text()
    meta = draft_of(settings).documents[0].meta
    assert meta.procedures == ("section-337", "court")
    assert (str(meta.effective_to), str(meta.reviewed_on)) == ("2027-01-01", "2026-11-01")
    assert meta.sources[0].url == "https://example.org/r"
    assert meta.facts == ("itc-20",)
    answer = await trainer.post(f"/workbench/drafts/{DOCUMENT}/meta", data=fields)
    assert answer.status == 409
    answer = await trainer.post(
        f"/workbench/drafts/{DOCUMENT}/meta", data={**fields, "token": "1", "effective_to": "明年"}
    )
    assert answer.status == 400
    assert "YYYY-MM-DD" in await answer.text()


async def test_where_a_document_applies_is_read_and_written_in_chinese(trainer, settings):
    path = f"/workbench/drafts/{DOCUMENT}/meta"
    page = await (await trainer.get(path)).text()
    assert re.search(r'name="jurisdiction"[^>]*>美国<', page)
    fields = {"token": "0", "title": "美国337答辩", "as_of": "2026", "reviewed_on": "2026-01-01"}
    answer = await trainer.post(path, data={**fields, "jurisdiction": "火星"})
    assert answer.status == 400
    assert "不认识国家或地区“火星”" in await answer.text()
    answer = await trainer.post(path, data={**fields, "jurisdiction": "德国\n通用\nFR"})
    assert answer.status == 200
    assert draft_of(settings).documents[0].meta.jurisdiction == ("DE", "GENERAL", "FR")
    assert "德国、通用、法国" in await (await trainer.get(f"/workbench/drafts/{DOCUMENT}")).text()


async def test_text_of_a_passage_never_becomes_markup(trainer, settings):
    form = await editor(trainer, first(settings).id)
    await save(trainer, {**form, "action": "save", "text": "<script>alert(1)</script>"})
    page = await (await trainer.get(f"/workbench/drafts/{DOCUMENT}")).text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


async def test_strangers_and_unknown_documents_are_refused(enter):
    client = await enter(Role.AGENT)
    for path in ("", f"/{DOCUMENT}", f"/{DOCUMENT}/edit?passage=x", f"/{DOCUMENT}/meta"):
        assert (await client.get(f"/workbench/drafts{path}")).status == 403
    assert (await save(client, {"action": "drop"})).status == 403
    trainer = await enter(Role.TRAINER, login="chen")
    for path in ("/nothing", "/nothing/meta", f"/{DOCUMENT}/edit?passage=x", "/..%2f..%2fx"):
        assert (await trainer.get(f"/workbench/drafts{path}")).status == 404


async def test_an_imported_document_can_be_taken_out_and_one_of_the_program_cannot(
    trainer, settings, tmp_path
):
    law = tmp_path / "样例保护法.txt"
    law.write_text(
        "第一条 为了保护样例权利，制定本法。\n第二条 本法自2020年1月1日起施行。\n", "utf-8"
    )
    import_files(settings, [law], by="zhao")
    drafts = DraftStore(settings.knowledge.draft_dir)
    (entry,) = drafts.entries()
    words = "拿掉这份文档"
    assert words in await (await trainer.get(f"/workbench/drafts/{entry.document}")).text()
    assert words not in await (await trainer.get(f"/workbench/drafts/{DOCUMENT}")).text()
    done = await trainer.post(f"/workbench/drafts/{entry.document}/remove")
    assert f"拿掉《{entry.title}》" in await done.text()
    assert entry.document not in {item.meta.id for item in library_of(settings).documents}
    assert [item.by for item in drafts.removals()] == ["chen"]
    await trainer.post(f"/workbench/drafts/{DOCUMENT}/remove")
    assert DOCUMENT in {item.meta.id for item in library_of(settings).documents}
