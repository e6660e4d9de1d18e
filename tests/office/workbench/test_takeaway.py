"""Downloading the knowledge base."""

from __future__ import annotations

import io
import zipfile

from curation.batch_types import State
from curation.importing import import_files
from curation.publishing import library_of
from curation.release import golden_file
from desk.permissions import Role
from indexer.golden import add_case
from knowledge.dictionary import Dictionary, EditKind, new_edit
from tests.office.workbench.test_imports import done, ended, send


async def test_download_holds_the_edited_documents_and_reads_back(trainer, settings, tmp_path):
    answer = await trainer.post("/workbench/export")
    assert answer.status == 200
    assert "huhang-knowledge-2026-11-23.zip" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "out")
    assert {"documents/us-sample.md", "tables/facts.yaml", "huhang-export.json"} <= set(names)
    before = library_of(settings).passages
    import_files(settings, [tmp_path / "out"], by="chen")
    assert library_of(settings).passages == before
    assert not list(settings.data_dir.glob(".export-*"))


async def test_the_download_is_uploaded_whole_on_the_import_page(trainer, app, settings):
    dictionary = Dictionary(settings.data_dir)
    dictionary.add(new_edit(EditKind.WORD, "冻店", by="chen"), settings.knowledge.tables_dir)
    cases = golden_file(settings)
    add_case(cases, "怎么给猫洗澡", by="chen", refuse=True)
    archive, made = await (await trainer.post("/workbench/export")).read(), cases.read_bytes()
    cases.unlink()
    dictionary.path.unlink()
    batch = await done(app, await send(trainer, ("我的知识库.zip", archive)))
    found = {file.name.removeprefix("我的知识库.zip/"): file for file in batch.files}
    assert set(found) == {
        "documents/us-sample.md", "trainers/dictionary.json", "trainers/golden.jsonl",
    }  # fmt: skip
    assert {file.state for file in batch.files} == {State.READY}
    page = await (await trainer.get(f"/workbench/imports/{batch.id}")).text()
    assert "词典修改 1 处" in page
    assert "判定问题 1 条" in page
    assert not cases.exists()
    chosen = [("file", file.number) for name, file in found.items() if name.startswith("trainers")]
    answer = await trainer.post(
        f"/workbench/imports/{batch.id}/take", data=chosen, allow_redirects=False
    )
    assert answer.status == 303
    await ended(app, batch.id)
    page = await (await trainer.get(f"/workbench/imports/{batch.id}")).text()
    assert "1 条判定问题" in page
    assert cases.read_bytes() == made
    assert [edit.text for edit in dictionary.edits()] == ["冻店"]


async def test_only_trainers_may_download_it(enter):
    client = await enter(Role.AGENT)
    assert (await client.post("/workbench/export")).status == 403
