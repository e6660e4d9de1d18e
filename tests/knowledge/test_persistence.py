"""Passages come back from JSON as they went in, whatever fields they have."""

from dataclasses import fields, replace
from datetime import date

from knowledge.persistence import passage_from_json, passage_to_json
from knowledge.types import Kind, Passage


def test_every_date_of_a_passage_comes_back_as_a_date():
    bare = Passage("d#1", "v", "d", "题", ("节",), "文", Kind.GUIDE, ("US",))
    dated = [f.name for f in fields(Passage) if str(f.type).startswith("date")]
    assert "review_due" in dated
    passage = replace(bare, **dict.fromkeys(dated, date(2026, 11, 25)))
    assert passage_from_json(passage_to_json(passage)) == passage
