"""Trainers' golden questions, and the comparison of two indexes by them."""

import json

import pytest

from indexer.comparison import Comparison, compare
from indexer.golden import GoldenQuestion, Outcome, add_case, read_golden
from knowledge.errors import SourceError


def asked(identifier, **kwargs):
    return GoldenQuestion(identifier, f"问题{identifier}", **kwargs)


def test_a_saved_case_is_read_back_and_replaces_an_equal_question(tmp_path):
    path = tmp_path / "golden.jsonl"
    add_case(path, "337 几天内答辩？", by="li", documents=["us-337"])
    add_case(path, "今天天气", by="li", refuse=True)
    again = add_case(path, "337 几天内答辩？", by="wang", passages=["us-337#答辩/0"])
    found = read_golden(path)
    assert [question.question for question in found] == ["今天天气", "337 几天内答辩？"]
    assert found[1] == again
    assert found[1].passages == {"us-337#答辩/0"}
    assert json.loads(path.read_text("utf-8").splitlines()[1])["by"] == "wang"


@pytest.mark.parametrize(
    "case",
    [
        {"question": " ", "refuse": True},
        {"question": "问题"},
        {"question": "问题", "refuse": True, "documents": ["a"]},
    ],
)
def test_a_case_without_expectation_is_refused(tmp_path, case):
    with pytest.raises(SourceError, match="请填写问题"):
        add_case(tmp_path / "golden.jsonl", by="li", **case)
    assert not (tmp_path / "golden.jsonl").exists()


def test_gained_lost_and_changed_are_told_apart():
    wanted = frozenset({"d"})
    gained, lost, moved, same, off = (
        asked("gained", documents=wanted),
        asked("lost", documents=wanted),
        asked("moved", documents=wanted),
        asked("same", documents=wanted),
        asked("off", refuse=True),
    )
    before = [
        Outcome(gained, 0, True),
        Outcome(lost, 1, False, "p1", "《甲》答辩"),
        Outcome(moved, 1, False, "p1", "《甲》答辩"),
        Outcome(same, 2, False, "p1", "《甲》答辩"),
        Outcome(off, 0, True),
    ]
    after = [
        Outcome(gained, 1, False, "p2", "《乙》期限"),
        Outcome(lost, 4, False, "p9", "《丙》费用"),
        Outcome(moved, 2, False, "p3", "《丁》送达"),
        Outcome(same, 3, False, "p1", "《甲》答辩"),
        Outcome(off, 0, False, "p9", "《丙》费用"),
    ]
    result = compare(before, after)
    assert [row.id for row in result.gained] == ["gained"]
    assert [row.id for row in result.lost] == ["lost", "off"]
    assert [row.id for row in result.changed] == ["moved"]
    assert result.lost[0].after == "《丙》费用（应引用的在第 4 位）"
    assert (result.right_before, result.right) == (4, 3)
    assert result.refusal_before == {"refusal_precision": 0.5, "refusal_recall": 1.0}
    assert result.refusal == {"refusal_precision": 0.0, "refusal_recall": 0.0}
    assert Comparison.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_nothing_can_be_lost_by_the_first_publication():
    result = compare(None, [Outcome(asked("a", documents=frozenset({"d"})), 0, True)])
    assert (result.lost, result.right_before) == ((), None)
