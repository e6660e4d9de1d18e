"""What may not be published of the trainers' edits: figures without a source, edits without a footing."""

from __future__ import annotations

import pytest

from knowledge.edit_checks import check_edits
from knowledge.edit_types import Action
from knowledge.edits import EditStore
from knowledge.library import load_library

DOCUMENT = "us-sample"


@pytest.fixture
def publishing(folders, tmp_path, today):
    """Saves a text for a passage of the sample guide; what the checks then say."""
    store = EditStore(tmp_path / "draft")

    def checked(text=None, place=0, **changes):
        library = load_library(*folders, today=today)
        passage = library.passages[place]
        token = store.of(DOCUMENT).token(passage)
        texts = None if text is None else [text]
        store.save([passage], [token], by="li", action=Action.EDIT, texts=texts, **changes)
        edits = {DOCUMENT: store.of(DOCUMENT)}
        return list(check_edits(load_library(*folders, today=today, edits=edits)))

    return checked


@pytest.mark.parametrize(
    "text",
    [
        "应在送达后20天内答辩。",  # stands in the source text
        "依照第210.13条答辩。",  # carried by the fact
        "依照19 CFR答辩。",  # carried by the document's source
        "分3步准备，337调查的被诉企业都要答辩。",
    ],
)
def test_what_the_source_its_facts_or_its_basis_carry_may_be_published(publishing, text):
    assert publishing(text) == []


@pytest.mark.parametrize(
    ("text", "figure"), [("应在30天内答辩。", "30日"), ("20天内答辩，费用350美元。", "350美元")]
)
def test_a_figure_that_nothing_carries_is_refused_with_passage_person_and_figure(
    publishing, text, figure
):
    (found,) = publishing(text)
    assert (found.is_error, found.code) == (True, "edit-figure")
    assert found.where.startswith(DOCUMENT)
    assert "li" in found.message
    assert figure in found.message
    assert "20日" not in found.message


def test_an_edit_that_leaves_the_text_alone_is_not_asked_for_figures(publishing):
    assert publishing(similar=["要多少天"]) == []


def test_a_passage_without_the_figure_is_not_carried_by_its_neighbour(publishing):
    assert [found.code for found in publishing("40天内说明理由。", place=1)] == ["edit-figure"]


def test_an_edit_whose_source_changed_is_refused(folders, publishing, today, tmp_path):
    publishing("20天内一定要答辩。")
    guide = folders[0] / "guides" / "us-sample.md"
    guide.write_text(
        guide.read_text("utf-8").replace("20天。美国337调查的被诉企业", "20天。被诉的企业"), "utf-8"
    )
    edits = {DOCUMENT: EditStore(tmp_path / "draft").of(DOCUMENT)}
    (found,) = check_edits(load_library(*folders, today=today, edits=edits))
    assert (found.is_error, found.code) == (True, "edit-conflict")
    assert "li 的修改与新版本冲突" in found.message
