"""Everyday wordings: read, added to their sections, checked."""

from __future__ import annotations

import pytest

from knowledge.checks import check
from knowledge.errors import SourceError
from knowledge.library import load_library
from knowledge.wordings import check_wordings, every_wording, folder_of, key_of, load_wordings

DEADLINE = "收到337立案通知，几天内要答辩"
MISSED = "错过答辩怎么办"


@pytest.fixture
def wordings(folders):
    """Write the wordings of a document beside the small shelf."""
    folder = folder_of(folders[0])
    folder.mkdir()

    def write(text, identifier="us-sample"):
        path = folder / f"{identifier}.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def shelf(folders, guide_text, today):
    """Read the small shelf with the wordings as they are now."""
    (folders[0] / "guides" / "us-sample.md").write_text(guide_text, encoding="utf-8")
    return lambda: load_library(*folders, today=today)


def problems(library, folders):
    documents = {document.meta.id: document for document in library.documents}
    return [problem.message for problem in check_wordings(documents, folder_of(folders[0]))]


def test_wordings_are_added_to_what_the_section_says_itself(shelf, wordings):
    wordings(f'"{DEADLINE}":\n- 337多久要回\n- 337答辩期限是多久\n')
    first, second = shelf().passages
    assert first.similar == ("337答辩期限是多久", "我们被ITC告了多久要回", "337多久要回")
    assert second.similar == ()


def test_a_changed_file_is_read_anew(shelf, wordings):
    wordings(f'"{MISSED}":\n- 忘了回怎么办\n')
    before = shelf().passages[1]
    wordings(f'"{MISSED}":\n- 忘了回怎么办\n- 逾期了还能补救吗\n')
    after = shelf().passages[1]
    assert (before.similar, after.similar) == (
        ("忘了回怎么办",),
        ("忘了回怎么办", "逾期了还能补救吗"),
    )
    assert before.id == after.id


def test_a_document_without_a_file_stays_as_it_is(shelf, wordings):
    wordings('"别的标题":\n- 问题\n', identifier="another")
    assert shelf().passages[1].similar == ()


def test_no_file_means_no_wording(tmp_path):
    assert load_wordings(tmp_path / "none.yaml") == {}
    assert list(every_wording(tmp_path / "none")) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- 只有问法\n", "us-sample.yaml：应是"),
        (f'"{MISSED}": 一句话\n', f"us-sample.yaml《{MISSED}》"),
        (f'"{MISSED}":\n- 337\n- 12\n', f"us-sample.yaml《{MISSED}》"),
        (f'"{MISSED}":\n- "  "\n', f"us-sample.yaml《{MISSED}》"),
        ('"没有闭合:\n- 问题\n', "us-sample.yaml"),
    ],
    ids=["no table", "no list", "number", "blank", "no yaml"],
)
def test_a_malformed_file_is_named_and_its_document_not_read_without_it(
    shelf, wordings, text, said
):
    path = wordings(text)
    with pytest.raises(SourceError, match=said):
        load_wordings(path)
    library = shelf()
    assert library.documents == ()
    assert any(said in reason for reason in library.unreadable)


def test_an_article_is_named_by_its_headings_and_number(shelf, folders, law_text):
    (folders[0] / "law.md").write_text(law_text, encoding="utf-8")
    keys = {key_of(section) for document in shelf().documents for section in document.sections}
    assert {DEADLINE, MISSED, "第一章 总 则 / 第一条"} <= keys


def test_every_wording_tells_where_it_stands(wordings, folders):
    wordings(f'"{DEADLINE}":\n- 甲问\n- 乙问\n')
    wordings('"小节":\n- 丙问\n', identifier="another")
    assert list(every_wording(folder_of(folders[0]))) == [
        ("another", "小节", "丙问"),
        ("us-sample", DEADLINE, "甲问"),
        ("us-sample", DEADLINE, "乙问"),
    ]


def test_the_check_reports_a_malformed_file_and_goes_on(shelf, wordings, folders):
    library = shelf()
    wordings("- 只有问法\n", identifier="another")
    wordings('"改过的标题":\n- 甲问\n')
    malformed, unknown = problems(library, folders)
    assert "another.yaml" in malformed
    assert "没有这份文档或这个小节" in unknown


def test_a_wording_belongs_to_a_section_that_exists(shelf, wordings, folders):
    wordings('"改过的标题":\n- 甲问\n')
    wordings(f'"{MISSED}":\n- 乙问\n', identifier="no-document")
    found = problems(shelf(), folders)
    assert len(found) == 2
    assert all("没有这份文档或这个小节" in message for message in found)


def test_a_wording_belongs_to_one_section(shelf, wordings, folders):
    wordings(f'"{DEADLINE}":\n- 337 多久要回\n"{MISSED}":\n- 337 多久要回\n- 忘了回\n')
    (message,) = problems(shelf(), folders)
    assert "337 多久要回" in message
    assert DEADLINE in message


def test_the_check_of_the_shelf_includes_its_wordings(shelf, wordings, folders, today):
    wordings('"改过的标题":\n- 甲问\n')
    found = check(shelf(), sources_dir=folders[0], tables_dir=folders[1], today=today)
    assert [problem.where for problem in found if problem.code == "wording"] == [
        "wordings/us-sample.yaml《改过的标题》"
    ]
