"""The day by which a document is to be reviewed."""

from datetime import date

import pytest

from knowledge.chunking import passages
from knowledge.freshness import end_of, review_due
from knowledge.loaders import load
from knowledge.types import DocumentMeta, Kind


def meta(**values) -> DocumentMeta:
    base = {"id": "a", "title": "甲", "kind": Kind.GUIDE, "jurisdiction": ("US",)}
    return DocumentMeta(**{**base, **values})


@pytest.mark.parametrize(
    ("as_of", "end"),
    [
        ("2026-11-23", date(2026, 11, 23)),
        ("2024-02", date(2024, 2, 29)),
        ("2025", date(2025, 12, 31)),
        ("2025-13", None),
        ("2025-02-30", None),
        ("近年", None),
        (None, None),
    ],
)
def test_a_date_ends_with_its_day_month_or_year(as_of, end):
    assert end_of(as_of) == end


def test_review_is_due_half_a_year_after_the_last_and_a_year_after_the_sources():
    assert review_due(meta(as_of="2020", reviewed_on=date(2026, 1, 1))) == date(2026, 6, 30)
    assert review_due(meta(as_of="2025-04")) == date(2026, 4, 30)
    assert review_due(meta()) is None


def test_official_texts_are_not_reviewed_but_replaced():
    assert review_due(meta(kind=Kind.LAW, as_of="2019")) is None


def test_passages_of_curated_documents_carry_the_day(tmp_path, guide_text, law_file, ledger):
    path = tmp_path / "us-sample.md"
    path.write_text(guide_text, encoding="utf-8")
    assert {p.review_due for p in passages(load(path), ledger)} == {date(2027, 12, 31)}
    assert {p.review_due for p in passages(load(law_file), ledger)} == {None}
