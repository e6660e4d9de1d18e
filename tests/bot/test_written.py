"""What a turn of a written conversation is for, by what is expected of the reply."""

import json

import pytest

from actions.turn.purpose import DECLINE, OTHER, SHELF
from bot.written import conversations, expects_a_day, lines_of, purpose_in

OPEN = {
    "kind_any": None,
    "owner": None,
    "must": [],
    "must_not": [],
    "data": {},
    "cite_country": None,
}


@pytest.mark.parametrize(
    ("expected", "purpose"),
    [
        ({}, None),
        ({"must": [["20天"]]}, None),
        ({"must": [["20天"]], "cite_country": ["US"]}, SHELF),
        ({"must": [["20天"]], "fact_ids": ["us-1"]}, SHELF),
        ({"kind_any": ["answer"]}, SHELF),
        ({"kind_any": ["answer", "text"]}, None),
        ({"kind_any": ["answer", "text"], "fact_ids": ["us-1"]}, SHELF),
        ({"kind_any": ["deadline"], "data": {"due_date": "2026-12-07"}}, SHELF),
        ({"must": [["2026年12月7日"]]}, SHELF),
        ({"kind_any": ["refusal", "question"]}, DECLINE),
        ({"kind_any": ["handoff"]}, OTHER),
        ({"kind_any": ["refusal"], "owner": "waiting|human"}, OTHER),
    ],
)
def test_what_is_expected_tells_what_a_message_is_for(expected, purpose):
    assert purpose_in(OPEN | expected) == purpose


def test_a_day_is_expected_as_data_or_in_words():
    assert expects_a_day(OPEN | {"data": {"due_date": "2026-12-07"}})
    assert expects_a_day(OPEN | {"must": [["第一", "2026年12月7日"]]})
    assert not expects_a_day(OPEN | {"must": [["20天"]], "data": {"ticket": "."}})


def test_every_second_line_is_read_and_only_conversations_are_held(tmp_path):
    rows = [
        {"text": "甲"}, {"text": "乙"}, {"turns": [{"text": "丙", "expect": OPEN}]}, {"turns": ["丁"]},
    ]  # fmt: skip
    lines = "\n".join(json.dumps(row) for row in rows) + "\n\n"
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")
    assert [*lines_of(tmp_path)] == rows
    assert [*lines_of(tmp_path, step=2)] == [rows[0], rows[2]]
    assert conversations(rows) == [rows[2]]
