"""Every researched fact is stated somewhere, or left out for a reason that is written down."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge.coverage import check_coverage, check_unanswered, counts, coverage, unanswered
from knowledge.errors import SourceError
from knowledge.library import load_library
from knowledge.types import Kind
from settings import load_settings


@pytest.fixture
def library(folders, today):
    loaded = load_library(*folders, today=today)
    fact = loaded.ledger["itc-20"]
    more = {name: replace(fact, id=name) for name in ("in-a-table", "forgotten")}
    return replace(loaded, ledger={**loaded.ledger, **more})


def write(folders, name, text):
    (folders[1] / name).write_text(text, encoding="utf-8")


def problems(library, folders):
    return [(problem.where, problem.message) for problem in check_coverage(library, folders[1])]


def test_a_fact_in_a_document_or_in_a_table_is_used(library, folders):
    write(folders, "checklists.yaml", "- {id: list, items: [{text: 甲, facts: [in-a-table]}]}\n")
    found = coverage(library, folders[1])
    assert found.used == {"itc-20": ("us-sample",), "in-a-table": ("checklists.yaml",)}
    assert found.unused("us") == ["forgotten"]


@pytest.mark.parametrize(
    "row", ["- {id: in-a-table}", "rules:\n- {id: in-a-table}", "- {id: x, program: in-a-table}"]
)
def test_a_row_may_bear_the_name_of_its_fact(library, folders, row):
    write(folders, "deadlines.yaml", row + "\n")
    assert "in-a-table" in coverage(library, folders[1]).used


def test_a_word_that_looks_like_a_fact_is_none(library, folders):
    write(folders, "centers.yaml", "- {id: x, name: forgotten, note: in-a-table}\n")
    assert set(coverage(library, folders[1]).used) == {"itc-20"}


def test_an_unused_fact_needs_its_reason(library, folders):
    assert [where for where, _ in problems(library, folders)] == ["in-a-table", "forgotten"]
    write(folders, "unused_facts.yaml", "forgotten: 来源已撤回\nin-a-table: 只作内部溯源\n")
    assert problems(library, folders) == []


def test_a_reason_that_no_longer_holds_is_refused(library, folders):
    write(
        folders,
        "unused_facts.yaml",
        "forgotten: 甲\nin-a-table: 乙\nitc-20: 丙\nunheard-of: 丁\n",
    )
    found = dict(problems(library, folders))
    assert "已被使用" in found["itc-20"]
    assert "不在事实台账里" in found["unheard-of"]


def test_a_reason_has_words(library, folders):
    write(folders, "unused_facts.yaml", "forgotten:\n")
    with pytest.raises(SourceError, match="原因"):
        coverage(library, folders[1])


def test_a_superseded_document_uses_nothing(folders, guide_text, today):
    text = guide_text.replace("as_of:", "superseded_by: us-newer\nas_of:")
    (folders[0] / "guides" / "us-sample.md").write_text(text, encoding="utf-8")
    loaded = load_library(*folders, today=today)
    assert coverage(loaded, folders[1]).used == {}


def test_counts_name_every_kind_and_table(library, folders):
    write(folders, "deadlines.yaml", "calendars: {A: {}}\nrules:\n- {id: a}\n- {id: b}\n")
    lines = counts(library, folders[1])
    assert lines[0] == "文档 1 份：指南 1"
    assert "事实 3 条：已写入 1 条" in lines[2]
    assert lines[3].startswith("期限规则 2 条，材料清单 0 份")


def test_a_fact_that_only_a_table_or_a_course_names_answers_nobody(library, folders):
    write(folders, "checklists.yaml", "- {id: list, items: [{text: 甲, facts: [in-a-table]}]}\n")
    assert unanswered(library) == ["in-a-table", "forgotten"]
    document, *others = library.documents
    course = replace(document, meta=replace(document.meta, kind=Kind.TRAINING))
    assert "itc-20" in unanswered(replace(library, documents=(course, *others)))


def test_a_fact_left_out_for_a_reason_needs_no_answer(library, folders):
    write(folders, "unused_facts.yaml", "forgotten: 来源互相矛盾\n")
    found = list(check_unanswered(library, folders[1]))
    assert [(problem.severity, problem.where) for problem in found] == [("warning", "in-a-table")]


def test_every_researched_fact_has_a_section_that_answers_it():
    settings = load_settings({})
    shelf = load_library(
        settings.knowledge.sources_dir, settings.knowledge.tables_dir, today=date.today()
    )
    assert not [problem.where for problem in check_unanswered(shelf, settings.knowledge.tables_dir)]
