"""Names lead to codes, and short names only as whole words."""

from __future__ import annotations

import itertools

import pytest

from knowledge.alias_table import CodeTable, load_alias_rows
from settings import KnowledgeSettings

ROWS = load_alias_rows(KnowledgeSettings().tables_dir)


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("country", "US", "US"),
        ("country", "us", "US"),
        ("country", "美国", "US"),
        ("country", "美國", "US"),
        ("country", "德", "DE"),
        ("country", "慕尼黑地方分院", "UPC"),
        ("country", "慕尼黑", "DE"),
        ("country", "迪拜", "AE"),
        ("country", "印度尼西亚", "ID"),
        ("country", "巴黎公约", "GENERAL"),
        ("country", "亚马逊美国站", "US"),
        ("country", "康德", None),
        ("country", "status", None),
        ("procedure", "337", "section-337"),
        ("procedure", "附表A", "tro"),
        ("procedure", "海关", "customs"),
        ("procedure", "海关扣货", "customs"),
        ("procedure", "被人注册了", "squatting"),
        ("procedure", "撤三", "cancellation"),
        ("procedure", "Schutzschrift", "pi"),
        ("right", "版权", "copyright"),
        ("right", "外观", "design"),
        ("platform", "亚马逊", "amazon"),
        ("industry", "卖手机壳的", "electronics"),
        ("role", "我被诉", "respondent"),
    ],
)
def test_name_leads_to_its_code(kind, text, code):
    assert CodeTable(ROWS, kind).find(text) == code


def test_a_name_means_one_code_within_a_kind():
    codes: dict[tuple[str, str], set[str]] = {}
    for row in ROWS:
        for name in (row.name, *row.aliases):
            codes.setdefault((row.kind, name.casefold()), set()).add(row.code)
    assert {key: found for key, found in codes.items() if len(found) > 1} == {}


def test_rows_do_not_repeat_a_name_of_the_same_code():
    seen = itertools.groupby(
        sorted((row.kind, row.code, name) for row in ROWS for name in row.aliases)
    )
    assert [key for key, group in seen if len(list(group)) > 1 and key[0] == "country"] == []


def test_single_characters_match_only_as_words():
    loose = [
        (row.id, name)
        for row in ROWS
        if row.match is None
        for name in (row.name, *row.aliases)
        if len(name) == 1
    ]
    assert loose == []
