"""A period or an option of the other side is never taken for one's own."""

from types import SimpleNamespace

import pytest

from actions.deadline_choice import binds
from actions.deadline_rules import default_table
from actions.triage_options import _own


@pytest.fixture(scope="module")
def rules():
    return default_table().rules


@pytest.mark.parametrize(
    ("rule", "party", "may"),
    [
        ("eutm-opposition-3-months", "respondent", False),
        ("eutm-opposition-3-months", "owner", True),
        ("eutm-cooling-off", "respondent", True),
        ("ttab-answer-40-days", "respondent", True),
        ("ttab-answer-40-days", "owner", False),
        ("eu-customs-detention-10-days", "owner", False),
        ("eu-customs-exofficio-4-days", "respondent", False),
        ("epo-opposition-reply", "respondent", True),
        ("eutm-opposition-3-months", None, True),
    ],
)
def test_a_rule_binds_its_side(rules, rule, party, may):
    assert binds(rules[rule], party) is may


CARDS = ["公告期内异议", "被异议后交反陈述（英国）", "以不使用请求撤销（瑞士）", "冷静期内谈共存"]


@pytest.mark.parametrize(
    ("party", "procedure", "kept"),
    [
        ("respondent", "opposition", CARDS[1::2]),
        ("owner", "opposition", [CARDS[0], CARDS[2]]),
        ("owner", "squatting", [CARDS[0], CARDS[2]]),
        (None, "opposition", CARDS),
        ("respondent", "court", CARDS),
    ],
)
def test_option_cards_are_those_of_the_side(party, procedure, kept):
    cards = [SimpleNamespace(heading=("选项对比", name)) for name in CARDS]
    given = {"party": party, "procedure": procedure, "country": "GB"}
    assert [card.heading[-1] for card in _own(cards, given)] == kept


def test_a_design_may_be_a_patent_and_an_office_stands_for_the_rights_it_grants(rules):
    reexamined = next(rule for rule in rules.values() if rule.title.startswith("美国单方再审"))
    assert reexamined.is_about({"design"})
    cooling = rules["eutm-cooling-off"]
    assert [cooling.is_about({right}) for right in ("trademark", "design", "patent")] == [
        True, True, False,
    ]  # fmt: skip
