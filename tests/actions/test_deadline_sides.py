"""Of the periods of both sides, that of the side that is spoken for is meant."""

import pytest

from actions.deadline_order import Meant
from actions.deadline_rules import default_table
from actions.deadline_sides import after_their_answer, of_the_side, opposes

RULES = default_table().rules
OPPOSE, REPLY, APPEAL = "br-tm-opposition-60", "br-tm-reply-60", "br-appeal-60"


def found(*pairs):
    return [Meant(RULES[name], chance) for name, chance in pairs]


def told(rows):
    return [(item.rule.id, pytest.approx(item.chance)) for item in rows]


def test_the_other_sides_chance_counts_for_the_period_of_ones_own():
    rows = of_the_side(found((REPLY, 0.5), (OPPOSE, 0.4)), "respondent", "", is_plain=False)
    assert told(rows) == [(REPLY, 0.9), (OPPOSE, 0.0)]


def test_who_plainly_answers_does_not_mean_the_period_of_who_attacks():
    both = found((OPPOSE, 0.7), (REPLY, 0.2))
    assert told(of_the_side(both, "respondent", "", is_plain=True))[0] == (REPLY, 0.9)
    # Else what the words mean first is asked for, whoever asks it.
    assert of_the_side(both, "respondent", "", is_plain=False) == both


def test_a_period_of_both_sides_gives_way_where_nothing_names_it_alone():
    both = found((APPEAL, 0.7), (OPPOSE, 0.2))
    assert told(of_the_side(both, "opponent", "巴西商标我想异议", is_plain=True))[0] == (
        OPPOSE,
        0.7,
    )
    assert of_the_side(both, "opponent", "巴西商标异议决定要上诉", is_plain=True) == both


def test_another_procedure_or_no_side_changes_nothing():
    rows = found(("br-pan-180", 0.5), (REPLY, 0.4))
    assert of_the_side(rows, "respondent", "", is_plain=True) == rows
    assert of_the_side(rows, None, "", is_plain=False) == rows
    assert of_the_side([], "respondent", "", is_plain=True) == []


@pytest.mark.parametrize(
    "text",
    ["我司是异议人，证据哪天交", "对手11月9日递了反陈述", "申请人上周交了答辩，轮到我们了"],
)
def test_who_opposed_is_known_by_its_own_word_or_by_the_answer_of_the_other_side(text):
    assert opposes(text)


@pytest.mark.parametrize(
    "text",
    [
        "对手要交反陈述吗",
        "作为申请人反陈述怎么写",
        "人家异议我们，反陈述哪天到期",
        "对方反陈述最晚哪天",
    ],
)
def test_whose_answer_is_still_due_has_not_answered(text):
    assert not opposes(text)


def test_after_the_answer_neither_opposing_nor_answering_is_meant():
    rows = found((REPLY, 0.5), (OPPOSE, 0.3), (APPEAL, 0.2))
    assert told(after_their_answer(rows, "对手11月9日递了反陈述")) == [(APPEAL, 0.2)]
    assert after_their_answer(rows, "反陈述怎么写") == rows
