"""Names that are denied, and names of countries that only tell whose company is meant."""

import pytest

from knowledge.denials import denied_from
from knowledge.parties import names_party


@pytest.mark.parametrize(
    ("text", "name", "start"),
    [
        ("不是美国", "美国", 0),
        ("先不管英国那件", "英国", 1),
        ("寄到广州的不是美国", "美国", 5),
        ("不是德国是法国", "法国", None),
        ("不是在德国而是在法国", "法国", None),
        ("美国的", "美国", None),
    ],
)
def test_where_a_denial_begins(text, name, start):
    assert denied_from(text, text.index(name)) == start


@pytest.mark.parametrize(
    ("text", "name", "is_party"),
    [
        ("我们香港公司", "香港", True),
        ("送到美国仓库", "美国", True),
        ("the German customer", "German", True),
        ("加拿大联邦法院", "加拿大", False),
        ("在德国被告", "德国", False),
    ],
)
def test_whose_company_is_meant(text, name, is_party):
    assert names_party(text, text.index(name) + len(name)) is is_party
