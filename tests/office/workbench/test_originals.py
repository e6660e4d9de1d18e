"""A trainer sees the page of the original beside what was read from it."""

from __future__ import annotations

from curation import importing
from tests.papers.papers import pdf

LINES = ("Sample Rules", "Article 1 An opposition must be filed in time.", "Article 2 A reply is due in two months.")  # fmt: skip


async def test_pages_of_the_original_stand_beside_its_passages(trainer, settings, tmp_path):
    path = pdf(tmp_path / "规则.pdf", [LINES, ("Article 3 Fees are 300 euro.",)])
    (verdict,) = importing.take_in(settings, [path], by="chen")
    home = f"/workbench/drafts/{verdict.document.meta.id}"
    page = await (await trainer.get(home)).text()
    assert f'src="{home}/pages/2.png"' in page
    picture = await trainer.get(f"{home}/pages/2.png")
    assert picture.status == 200
    assert picture.content_type == "image/png"
    assert (await picture.read()).startswith(b"\x89PNG")
    assert (await trainer.get(f"{home}/pages/3.png")).status == 404
    assert (await trainer.get(f"{home}/pages/0.png")).status == 404


async def test_what_was_not_imported_from_a_pdf_has_no_pages(trainer, settings, tmp_path):
    path = tmp_path / "规则.txt"
    path.write_text("\n".join(LINES), encoding="utf-8")
    (verdict,) = importing.take_in(settings, [path], by="chen")
    home = f"/workbench/drafts/{verdict.document.meta.id}"
    assert "pages/" not in await (await trainer.get(home)).text()
    assert (await trainer.get(f"{home}/pages/1.png")).status == 404
    assert (await trainer.get("/workbench/drafts/us-sample/pages/1.png")).status == 404
