"""Long texts are cut between sentences, never inside a citation, and nothing is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.wechat.splitting import split

SENTENCE = "收到通知先核对案号和法院，再保全证据。"
CITED = "依据《中华人民共和国反垄断法（2022年修正）》第二十三条第一款，主管部门可以处罚。"


def test_a_short_text_is_one_part() -> None:
    assert split(SENTENCE, 2048) == [SENTENCE]
    assert split("  ", 2048) == []


def test_parts_end_with_sentences() -> None:
    parts = split(SENTENCE * 100, 2048)
    assert len(parts) == 3
    assert all(part.endswith("。") and len(part.encode()) <= 2048 for part in parts)
    assert "".join(parts) == SENTENCE * 100


@pytest.mark.parametrize("most", range(110, 400, 7))
def test_a_citation_stays_whole(most: int) -> None:
    parts = split((SENTENCE + CITED) * 8, most)
    assert "".join(parts).count("《中华人民共和国反垄断法（2022年修正）》第二十三条第一款") == 8
    for part in parts:
        assert part.count("《") == part.count("》")
        assert part.count("（") == part.count("）")
        assert len(re.findall("》第二十三条第一款", part)) == part.count("《")


@pytest.mark.parametrize(
    "whole",
    [
        "19 CFR § 210.13(a)",
        "“到期。不顺延！”",
        "（见第3条。另有规定的除外）",
        "https://example.org/a?b=1;c=2",
        "2026年11月25日 12:30",
        "3.14",
    ],
)
def test_other_wholes_stay_together(whole: str) -> None:
    text = "".join(f"说明{n}：{whole}，照办。" for n in range(60))
    for most in range(120, 300, 11):
        assert sum(part.count(whole) for part in split(text, most)) == 60


def test_a_source_line_stays_whole() -> None:
    line = "来源：店铺被冻结；先做什么。怎么办？"
    assert any(line in part for part in split(f"{SENTENCE * 5}\n{line}\n{SENTENCE}", 120))


def test_what_is_longer_than_a_message_is_cut_all_the_same() -> None:
    parts = split("《" + "长" * 2000 + "》", 2048)
    assert "".join(parts) == "《" + "长" * 2000 + "》"
    assert all(len(part.encode()) <= 2048 for part in parts)


@given(st.text(max_size=600), st.integers(min_value=8, max_value=200))
def test_nothing_is_lost_but_space_and_nothing_is_too_long(text: str, most: int) -> None:
    parts = split(text, most)
    assert all(0 < len(part.encode()) <= most for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)
