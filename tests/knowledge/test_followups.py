"""Follow-ups that name nothing: read with their place in the file, checked against the documents."""

from __future__ import annotations

import pytest

from knowledge.checks import check
from knowledge.errors import SourceError
from knowledge.followups import FollowUp, check_followups, every_followup, folder_of, load_followups
from knowledge.library import load_library

DEADLINE = "收到337立案通知，几天内要答辩"
MISSED = "错过答辩怎么办"


@pytest.fixture
def folder(folders):
    """Where the follow-ups of the small shelf lie."""
    made = folder_of(folders[0])
    made.mkdir()
    return made


@pytest.fixture
def followups(folder):
    """Write the follow-ups of a document."""

    def write(text, identifier="us-sample"):
        path = folder / f"{identifier}.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def library(folders, guide_text, today):
    """The small shelf."""
    (folders[0] / "guides" / "us-sample.md").write_text(guide_text, encoding="utf-8")
    return load_library(*folders, today=today)


def row(say, after=DEADLINE, answer=MISSED, **more):
    fields = {"after": after, "say": say, "answer": answer, **more}
    return "- " + "\n  ".join(f"{key}: {value}" for key, value in fields.items()) + "\n"


def problems(library, folder):
    documents = {document.meta.id: document for document in library.documents}
    return [(found.where, found.message) for found in check_followups(documents, folder)]


def test_rows_are_read_in_order_with_the_document_that_answers(followups, folder):
    followups(row("过了呢") + row("换个事", document="another"))
    own, other = every_followup(folder)
    assert own == FollowUp("us-sample", DEADLINE, "过了呢", MISSED, "us-sample")
    assert (own.leaves, other.leaves) == (False, True)
    assert other.document == "another"


def test_a_follow_up_that_nothing_answers_has_no_answer(library, followups, folder):
    followups(f"- after: {DEADLINE}\n  say: 律师收多少\n")
    (alone,) = every_followup(folder)
    assert alone == FollowUp("us-sample", DEADLINE, "律师收多少", None, "us-sample")
    assert not alone.leaves
    assert problems(library, folder) == []


def test_no_file_means_no_followup(tmp_path):
    assert load_followups(tmp_path / "none.yaml") == ()
    assert list(every_followup(tmp_path / "none")) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("after: 甲\n", "us-sample.yaml：应是列表"),
        (row("过了呢") + "- 一句话\n", "us-sample.yaml第2条：应写"),
        (row("过了呢") + f"- after: {DEADLINE}\n", "us-sample.yaml第2条：缺少 say"),
        (
            f"- after: {DEADLINE}\n  say: 那呢\n  document: another\n",
            "us-sample.yaml第1条：写了 document 就要写 answer",
        ),
        (row("337"), "us-sample.yaml第1条：say 应是一句话"),
        (row("'  '"), "us-sample.yaml第1条：say 应是一句话"),
        (row("过了呢", doc="甲"), "us-sample.yaml第1条：不认得的字段 doc"),
        ('- say: "没有闭合\n', "us-sample.yaml"),
    ],
    ids=["no list", "no row", "missing", "no answer", "number", "blank", "unknown", "no yaml"],
)
def test_a_malformed_file_is_named_with_its_row(library, followups, folder, text, said):
    path = followups(text)
    with pytest.raises(SourceError, match=said):
        load_followups(path)
    followups(row("过了呢", after="改过的标题"), identifier="zz")
    first, *others = problems(library, folder)
    assert said in first[1]
    assert others, "the files after a malformed one are checked too"


def test_good_followups_have_no_problem(library, followups, folder):
    followups(row("过了呢") + row("过了呢", after=MISSED, answer=DEADLINE))
    assert problems(library, folder) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (row("过了呢", after="改过的标题"), "after《改过的标题》"),
        (row("过了呢", answer="改过的标题"), "answer《改过的标题》"),
        (row("过了呢", document="no-document"), "没有文档 no-document"),
    ],
    ids=["after", "answer", "document"],
)
def test_a_followup_leads_between_sections_that_exist(library, followups, folder, text, said):
    followups(row("谁去弄") + text)
    ((where, message),) = problems(library, folder)
    assert where == "followups/us-sample.yaml第2条"
    assert said in message


def test_a_followup_is_written_once_after_a_section(library, followups, folder):
    followups(row("过了呢？") + row("谁去弄") + row("过了呢?"))
    ((where, message),) = problems(library, folder)
    assert where == "followups/us-sample.yaml第3条"
    assert "与第1条重复" in message


def test_the_check_of_the_shelf_includes_its_followups(library, followups, folders, today):
    followups(row("过了呢", after="改过的标题"))
    found = check(library, sources_dir=folders[0], tables_dir=folders[1], today=today)
    assert [problem.where for problem in found if problem.code == "followup"] == [
        "followups/us-sample.yaml第1条"
    ]
