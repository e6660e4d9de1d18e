"""The table of English words and their Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.checks import _tables
from knowledge.errors import SourceError
from knowledge.glossary_table import load_glossary, stems_of

TABLES = Path(__file__).resolve().parents[2] / "knowledge" / "tables"


def test_the_shipped_glossary_is_sound_and_large():
    assert len(load_glossary(TABLES)) >= 900


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("fee: 费用\nfee: 官费\n", "重复"),
        ("opt out: 退出\nOpt-Out: 退出\n", "重复"),
        ("patent: 专利\n", "aliases.yaml"),
        ("fee: ''\n", "中文"),
        ("fee: money\n", "中文"),
        ("费用: 官费\n", "英文"),
        ("- fee\n", "列表"),
        ("fee: [费用]\n", "英文: 中文"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path, content, reason):
    (tmp_path / "aliases.yaml").write_text(
        "- {id: p, kind: right, code: patent, name: 专利, aliases: [Patent], expand: false}\n",
        encoding="utf-8",
    )
    (tmp_path / "glossary.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=reason):
        load_glossary(tmp_path)
    told = [problem for problem in _tables(tmp_path) if problem.where == "glossary.yaml"]
    assert [problem.is_error for problem in told] == [True]


@pytest.mark.parametrize(
    ("forms", "others"),
    [
        (("file", "files", "filed", "filing"), "fill"),
        (("cancel", "cancelled", "canceling"), "cancer"),
        (("party", "parties"), "part"),
        (("stop", "stopped", "stopping"), "step"),
        (("use", "uses", "used", "using"), "us"),
        (("dismiss", "dismissed", "dismisses"), "miss"),
    ],
)
def test_forms_of_a_word_are_one(forms, others):
    assert len(set(map(stems_of, forms))) == 1
    assert stems_of(others) != stems_of(forms[0])
