"""Every document can be asked about."""

import pytest

from knowledge.faq_checks import answers_of, check_answers
from knowledge.library import load_library

FAQ = """\
---
id: us-faq
title: 美国问答
kind: faq
jurisdiction: [US]
as_of: '2026'
facts: [itc-20]
---
"""


@pytest.fixture
def library_with(folders, guide_text, today):
    def build(answers, header="kind: guide\n"):
        (folders[0] / "guides" / "us-sample.md").write_text(
            guide_text.replace("kind: guide\n", header), encoding="utf-8"
        )
        entries = [
            f"## 第{number}问怎么办\n<!-- facts: itc-20 -->\n答案{number}。\n"
            for number in range(answers)
        ]
        (folders[0] / "us-faq.md").write_text(
            FAQ + "\n".join([*entries, "## 别的问题\n别的答案。\n"]), encoding="utf-8"
        )
        return load_library(*folders, today=today)

    return build


def test_five_answers_are_enough(library_with):
    library = library_with(5)
    guide = next(d for d in library.documents if d.meta.id == "us-sample")
    assert answers_of(guide, library) == 5
    assert list(check_answers(library)) == []


def test_fewer_need_a_reason(library_with):
    (problem,) = check_answers(library_with(4))
    assert problem.is_error
    assert "只有 4 条" in problem.message
    assert list(check_answers(library_with(4, "kind: guide\nno_faq: 事实很少\n"))) == []


def test_a_shelf_without_question_collections_is_not_judged(folders, today):
    assert list(check_answers(load_library(*folders, today=today))) == []
