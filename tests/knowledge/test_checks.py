"""What ``kb check`` finds wrong with a knowledge base."""

import pytest

from knowledge.checks import check
from knowledge.library import load_library
from knowledge.loaders import load


@pytest.fixture
def found(folders, today, guide_text):
    """Write changed guides, then run the checks and return (code, severity) → places."""

    def run(*changes, drafts=()):
        for change in changes:
            name, text = change(guide_text)
            (folders[0] / "guides" / name).write_text(text, encoding="utf-8")
        library = load_library(*folders, drafts, today=today)
        problems = check(library, sources_dir=folders[0], tables_dir=folders[1], today=today)
        return {
            (problem.code, problem.severity): problem
            for problem in problems
            if problem.code != "table"
        }

    return run


def changed(*pairs, name="us-sample.md"):
    def change(text):
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        return name, text

    return change


OTHER = (("id: us-sample", "id: us-other"),)


def test_sound_guide_has_no_problem(found):
    assert found() == {}


def test_official_law_has_no_problem(found, law_file):
    assert found(drafts=[load(law_file)]) == {}


def test_figure_that_no_fact_carries_is_an_error(found):
    problems = found(changed(("20天。美国", "30天。美国")))
    assert "30d" in problems["figure", "error"].message
    assert "收到337立案通知" in problems["figure", "error"].where


def test_missing_source_is_an_error(found):
    problems = found(
        changed(
            (
                "sources: [{title: 委员会规则, url: 'https://example.org/rule', basis: 19 CFR § 210.13}]\n",
                "",
            ),
            ("<!-- facts: itc-20 -->\n", ""),
            ("20天。美国337调查的被诉企业应在送达后20天内答辩。", "尽快答辩。"),
        )
    )
    assert ("no-source", "error") in problems


def test_missing_date_is_an_error(found):
    assert ("no-date", "error") in found(changed(("as_of: '2026'\n", "")))


def test_duplicate_id_is_an_error(found):
    assert ("duplicate-id", "error") in found(changed(name="copy.md"))


def test_file_name_must_be_the_id(found):
    assert ("file-name", "error") in found(
        changed(*OTHER, ("尽快联系律师", "先找人"), ("20天。", "二十天。"), name="else.md")
    )


def test_same_text_in_two_places_is_an_error(found):
    assert ("duplicate", "error") in found(changed(*OTHER, name="us-other.md"))


LONG = "马上保存店铺后台的全部通知、订单和沟通记录，找熟悉当地法院的律师看案卷，再决定和解还是答辩，不要自行删除商品链接或转移资金，{}内给出书面答复。"


def test_near_duplicates_are_errors_and_with_other_figures_conflicts(found):
    sentence = "尽快联系律师，向行政法官说明理由。"
    first = changed((sentence, LONG.format("20天")))
    assert ("near-duplicate", "error") in found(
        first,
        changed(
            *OTHER,
            (sentence, LONG.format("20天").replace("马上", "立即")),
            ("20天。美国", "美国"),
            name="us-other.md",
        ),
    )
    problems = found(
        first,
        changed(
            *OTHER, (sentence, LONG.format("21天")), ("20天。美国", "美国"), name="us-other.md"
        ),
    )
    assert ("conflict", "error") in problems


def test_one_question_with_two_periods_is_a_conflict(found):
    problems = found(
        changed(
            *OTHER,
            (
                "20天。美国337调查的被诉企业应在送达后20天内答辩。",
                "答辩期是3个月，从送达起算，超期就来不及了。",
            ),
            ("尽快联系律师", "先找人"),
            name="us-other.md",
        )
    )
    assert "期限不同" in problems["conflict", "error"].message


def test_question_claimed_twice_is_a_warning_and_denied_by_its_owner_an_error(found):
    problems = found(
        changed(
            *OTHER, ("20天。美国", "二十天，美国"), ("尽快联系律师", "先找人"), name="us-other.md"
        )
    )
    assert ("question", "warning") in problems
    problems = found(changed(("<!-- not: UPC答辩要多久 -->", "<!-- not: 337答辩期限是多久 -->")))
    assert ("question", "error") in problems


def test_expired_document_needs_a_successor_or_a_title_that_says_so(found):
    ended = ("as_of: '2026'", "as_of: '2026'\neffective_to: 2025-12-31")
    assert ("expired", "error") in found(changed(ended))
    assert ("expired", "error") not in found(
        changed(ended, ("title: 美国337答辩", "title: 美国337答辩（已失效）"))
    )


def test_successor_must_exist(found):
    problems = found(changed(("as_of: '2026'", "as_of: '2026'\nsuperseded_by: us-new")))
    assert "us-new" in problems["no-successor", "error"].message


def test_dead_internal_link_is_an_error(found):
    assert ("dead-link", "error") in found(changed(("尽快联系", "见[这里](us-none.md)，尽快联系")))
    assert (
        found(changed(("尽快联系", "见[这里](us-sample)和[官网](https://example.org)，尽快联系")))
        == {}
    )


def test_unreadable_source_is_an_error(found):
    assert (
        "第" in found(lambda text: ("bad.md", "---\nid: [\n---\n"))["unreadable", "error"].message
    )


def test_malformed_table_is_an_error(folders, today):
    (folders[1] / "quiz.yaml").write_text("- id: q\n", encoding="utf-8")
    library = load_library(*folders, today=today)
    problems = check(library, sources_dir=folders[0], tables_dir=folders[1], today=today)
    assert any(problem.where == "quiz.yaml" and problem.is_error for problem in problems)
