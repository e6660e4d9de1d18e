"""Whether people's questions reach a document: how many answers of ``faq/`` rest on its facts."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.library import Library
from knowledge.problems import Problem, error
from knowledge.types import Document, Kind

LEAST_ANSWERS = 5


def answers_of(document: Document, library: Library) -> int:
    """:return: how many answers of the question collections rest on a fact of the document."""
    own = {*document.meta.facts, *(fact for s in document.sections for fact in s.facts)}
    return sum(
        not own.isdisjoint(section.facts)
        for other in library.documents
        if other.meta.kind is Kind.FAQ
        for section in other.sections
    )


def check_answers(library: Library) -> Iterator[Problem]:
    """Refuse a document that fewer than five questions lead to, unless it says why."""
    if not any(document.meta.kind is Kind.FAQ for document in library.documents):
        return
    for document in library.documents:
        curated = document.meta.facts or any(section.facts for section in document.sections)
        if document.meta.kind is Kind.FAQ or not curated or document.meta.superseded_by:
            continue
        answers = answers_of(document, library)
        if answers < LEAST_ANSWERS and not document.meta.no_faq:
            yield error(
                "faq",
                document.path,
                f"只有 {answers} 条问答用到它的事实（至少 {LEAST_ANSWERS} 条），请补问答，或写 no_faq: 原因",
            )
