"""Downloading the knowledge base."""

from __future__ import annotations

import io
import zipfile

from channels.publishing import import_files, library_of
from desk.permissions import Role


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


async def test_only_trainers_may_download_it(enter):
    client = await enter(Role.AGENT)
    assert (await client.post("/workbench/export")).status == 403
