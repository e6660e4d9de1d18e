"""What may not be published of the trainers' edits: figures without a source, edits without a footing."""

from __future__ import annotations

import pytest

from knowledge.edit_checks import check_edits
from knowledge.edit_types import Action, edit_of
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
        edit = edit_of([passage], by="li", action=Action.EDIT, texts=texts, **changes)
        store.save(edit, [passage], [token])
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


@pytest.mark.parametrize(
    ("file", "before", "after", "text"),
    [
        ("guide", "向行政法官说明理由。", "向行政法官说明理由，最晚90天。", "最晚90天内说明理由。"),
        ("guide", "title: 委员会规则", "title: 委员会2018年规则", "按2018年的规则说明理由。"),
        ("guide", "19 CFR § 210.13}", "19 CFR § 210.16}", "按第210.16条说明理由。"),
        ("ledger", "figures: ['19',", "figures: ['19', 90d,", "90天内说明理由。"),
    ],
    ids=["text", "source", "basis", "fact"],
)
def test_each_of_text_source_basis_and_fact_carries_a_figure(
    folders, publishing, file, before, after, text
):
    path = {"guide": folders[0] / "guides" / "us-sample.md", "ledger": folders[1] / "facts.yaml"}
    assert [found.code for found in publishing(text, place=1)] == ["edit-figure"]
    old = path[file].read_text("utf-8")
    assert before in old
    path[file].write_text(old.replace(before, after), "utf-8")
    assert publishing(text, place=1) == []


def test_the_heading_over_a_text_carries_a_figure(folders, publishing):
    guide = folders[0] / "guides" / "us-sample.md"
    guide.write_text(guide.read_text("utf-8").replace("错过答辩怎么办", "错过90天怎么办"), "utf-8")
    assert publishing("错过90天要说明理由。", place=1) == []
    assert [found.code for found in publishing("错过80天要说明理由。", place=1)] == ["edit-figure"]


def test_a_fact_that_the_whole_document_rests_on_carries_its_figures(folders, publishing):
    guide, ledger = folders[0] / "guides" / "us-sample.md", folders[1] / "facts.yaml"
    other = ledger.read_text("utf-8").replace("itc-20:", "itc-90:").replace("20d", "90d")
    ledger.write_text(ledger.read_text("utf-8") + other, "utf-8")
    assert [found.code for found in publishing("90天内说明理由。", place=1)] == ["edit-figure"]
    guide.write_text(
        guide.read_text("utf-8").replace("---\n\n#", "facts: [itc-90]\n---\n\n#"), "utf-8"
    )
    assert publishing("90天内说明理由。", place=1) == []


def test_an_edit_of_the_metadata_whose_source_changed_is_refused_for_the_document(
    folders, tmp_path, today
):
    store = EditStore(tmp_path / "draft")
    token = store.of(DOCUMENT).meta_token
    store.save_meta(DOCUMENT, token, {"as_of": "2025"}, {"as_of": "2024"}, by="li")
    edits = {DOCUMENT: store.of(DOCUMENT)}
    (found,) = check_edits(load_library(*folders, today=today, edits=edits))
    assert (found.is_error, found.code, found.where) == (True, "edit-conflict", DOCUMENT)


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
    assert found.where.startswith(f"{DOCUMENT}#")
    assert "li 的修改与新版本冲突" in found.message
