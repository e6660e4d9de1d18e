"""What of a message asks for a day, for a period or for today's date, and which side speaks."""

from dataclasses import replace

import pytest

from actions.deadline_asking import asks_a_period, asks_for_a_day, asks_what_day_it_is
from actions.deadline_choice import (
    asked_in,
    clear_rule,
    guide_rules,
    is_of_platform,
    rights_of,
    side_in,
    situation_of,
)
from actions.deadline_forums import of_named_forum, of_publication
from actions.deadline_order import Meant
from actions.deadline_procedures import as_named, of_the_order
from actions.deadline_rules import default_table
from knowledge.deadline_types import Event
from tests.actions.turn.shelf import answering, passage, services

RULES = default_table().rules
ITC, TTAB = RULES["itc-337-response-20-days"], RULES["ttab-answer-40-days"]


@pytest.mark.parametrize(
    ("text", "day", "period", "today"),
    [
        ("最晚哪天答辩", True, True, False),
        ("答辩期限多久", False, True, False),
        ("律师费要多少钱", False, False, False),
        ("今天是几号", False, False, True),
        ("今天是几号，最晚哪天答辩", True, True, False),
        ("今天收到的", False, False, False),
        ("What is the last day to answer?", True, True, False),
        ("when is the response due?", True, True, False),
        ("how many days do we have", False, True, False),
        ("we received a summons", False, False, False),
    ],
)
def test_a_day_a_period_and_todays_date_are_told_apart(text, day, period, today):
    assert (asks_for_a_day(text), asks_a_period(text), asks_what_day_it_is(text)) == (
        day, period, today
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "known", "side"),
    [
        ("我要提出异议", "respondent", "opponent"),
        ("我们收到起诉状", "owner", "respondent"),
        ("不是同行异议我们，是我们想异议同行", "respondent", "opponent"),
        ("同行异议了我们，不是我们异议他", None, "respondent"),
        ("怎么办", "owner", "owner"),
        ("怎么办", None, None),
    ],
)
def test_the_side_is_the_one_that_the_words_speak_for_else_the_known_one(text, known, side):
    assert side_in(text, known) == side


def test_the_message_goes_before_what_is_known_of_the_matter(make_tracker):
    known = {"country": "US", "procedure": "tro", "right": "patent", "party": "owner"}
    told = situation_of(make_tracker("怎么办", slots=known))
    assert (told.country, told.procedure, told.rights, told.side) == (
        "US", "tro", frozenset({"patent"}), "owner"
    )  # fmt: skip
    said = [("country", "DE"), ("procedure", "fair"), ("right", "design"), ("party", "respondent")]
    now = situation_of(make_tracker("怎么办", entities=said, slots=known))
    assert (now.country, now.procedure, now.rights, now.side) == (
        "DE", "fair", frozenset({"design"}), "respondent"
    )  # fmt: skip
    assert rights_of(make_tracker("怎么办")) == frozenset()


def test_the_place_of_the_last_answer_is_the_place_of_a_message_that_names_none(make_tracker):
    shelf = answering({})
    shelf.passages = [passage("one", country="JP"), passage("all", country="GENERAL")]
    shelf.passages.append(replace(passage("two"), jurisdiction=("JP", "KR")))

    def country(last, **slots):
        tracker = make_tracker("几天", slots={"last_answer": last, **slots})
        return asked_in(services(shelf), tracker, "几天").country

    assert country("one#1") == "JP"
    assert country("one#1", country="US") == "US"
    assert [country(last) for last in ("two#1", "all#1", None)] == [None, None, None]


def test_a_guide_has_the_rules_of_its_procedure_in_the_order_of_its_sections():
    shelf = answering({})
    facts = (TTAB.id, "no-rule", ITC.id)
    shelf.passages = [replace(passage("g", facts=(fact,)), id=f"g#{fact}") for fact in facts]
    shelf.passages.append(replace(passage("g"), id="g#none"))
    assert guide_rules(services(shelf), "g", ITC.procedure) == [ITC]
    assert guide_rules(services(shelf), "g", TTAB.procedure) == [TTAB]


def test_a_paper_that_is_named_goes_before_the_one_in_hand(make_tracker):
    assert situation_of(make_tracker("怎么办"), {"kind": "us-tro"}).paper == "us-tro"
    assert (
        situation_of(make_tracker("收到337立案通知"), {"kind": "us-tro"}).paper == "us-337-notice"
    )
    assert situation_of(make_tracker("怎么办")).paper is None


def meant(rule, chance, *, is_placed=True):
    return Meant(rule, chance, is_placed)


def test_a_rule_is_clear_when_it_is_likely_and_its_place_is_known():
    assert clear_rule([]) is None
    assert clear_rule([meant(ITC, 0.6)]) is ITC
    assert clear_rule([meant(ITC, 0.59), meant(TTAB, 0.41)]) is None
    assert clear_rule([meant(ITC, 0.9, is_placed=False)]) is None


def test_rules_that_give_the_same_day_from_the_same_event_speak_for_each_other():
    by_period = {}
    for rule in RULES.values():
        key = (rule.event, rule.direction, rule.period, rule.bound, rule.start_rule)
        by_period.setdefault(key, []).append(rule)
    one, other = next(rules for rules in by_period.values() if len(rules) > 1)[:2]
    assert clear_rule([meant(one, 0.4), meant(other, 0.3)]) is one
    assert clear_rule([meant(one, 0.3), meant(other, 0.2)]) is None


def test_the_order_that_was_told_of_goes_before_the_suit_where_the_words_mean_either():
    rules = default_table().rules
    suit, order = rules["upc-appeal-final-2-months"], rules["upc-appeal-order-15-days"]
    found = [Meant(suit, 0.7), Meant(rules["upc-defence-3-months"], 0.2), Meant(order, 0.1)]
    swapped = of_the_order(found, {"pi", "court"}, "上诉最晚几号")
    assert [(m.rule.id, m.chance) for m in swapped] == [
        (order.id, 0.7), (suit.id, 0.1), ("upc-defence-3-months", 0.2),
    ]  # fmt: skip
    assert of_the_order(found, {"court"}, "上诉最晚几号") == found  # no order was told of
    assert of_the_order(found, {"pi", "court"}, "终局裁判上诉到几号") == found
    assert of_the_order([], {"pi"}, "上诉") == []


def test_a_procedure_that_is_named_speaks_against_the_periods_of_others():
    rules = default_table().rules
    tro, suit = rules["tro-duration-14-days"], rules["frcp-answer-21-days"]
    opposition, decision = rules["eutm-opposition-3-months"], rules["upc-defence-3-months"]
    found = [Meant(opposition, 0.5), Meant(decision, 0.3), Meant(rules["eutm-opposition-evidence"], 0.2)]  # fmt: skip
    chances = [item.chance for item in as_named(found, [opposition.procedure])]
    assert chances == pytest.approx([0.8, 0.0, 0.2])
    after = [Meant(tro, 0.05), Meant(suit, 0.9)]
    assert as_named(after, [suit.procedure])[0].rule is suit
    assert (
        as_named(after, [tro.procedure]) == after
    )  # 临时禁令送到了，哪天提异议 may mean none of them
    assert as_named(after, []) == after
    likelier = [Meant(tro, 0.1), Meant(suit, 0.9)]
    assert as_named(likelier, [suit.procedure]) == likelier
    assert as_named([], [suit.procedure]) == []


@pytest.mark.parametrize(
    ("text", "names", "slots", "is_its"),
    [
        ("appeal 有几天", [], {"platform": "tiktok"}, True),
        ("appeal 有几天", [], {"platform": "tiktok", "procedure": "platform"}, True),
        ("appeal 有几天", [], {}, False),
        ("appeal 有几天", [], {"platform": "amazon", "procedure": "tro"}, False),
        ("上诉有几天", [("procedure", "court")], {"platform": "amazon"}, False),
        ("德国几天", [("country", "DE")], {"platform": "amazon"}, False),
        ("商标几天", [("right", "trademark")], {"platform": "amazon"}, False),
    ],
)
def test_a_platform_is_spoken_of_until_something_else_is_named(
    make_tracker, text, names, slots, is_its
):
    assert is_of_platform(make_tracker(text, "ask", entities=names, slots=slots)) is is_its


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("EUIPO的决定，上诉到哪天", ["euipo-appeal"]),
        ("euipo decision, appeal by when", ["euipo-appeal"]),
        ("欧洲专利局的决定，上诉到哪天", ["epo-appeal-2-4-months"]),
        ("EPO和EUIPO各来了一份决定", ["epo-appeal-2-4-months", "euipo-appeal"]),
        ("欧盟来的决定，上诉到哪天", ["epo-appeal-2-4-months", "euipo-appeal"]),
        ("REPORT的决定", ["epo-appeal-2-4-months", "euipo-appeal"]),
        ("INPI的决定，上诉到哪天", ["epo-appeal-2-4-months", "euipo-appeal"]),
    ],
)
def test_the_office_that_is_named_rules_out_another_one_of_its_place(text, left):
    found = [
        Meant(RULES["epo-appeal-2-4-months"], 0.9),
        Meant(RULES["euipo-appeal"], 0.1),
    ]
    kept = of_named_forum(found, default_table(), text)
    assert [item.rule.id for item in kept] == left
    assert sum(item.chance for item in kept) == pytest.approx(1.0)


def test_a_place_whose_named_office_is_hardly_meant_keeps_its_rules():
    found = [
        Meant(RULES["epo-appeal-2-4-months"], 0.99),
        Meant(RULES["euipo-appeal"], 0.01),
    ]
    assert of_named_forum(found, default_table(), "EUIPO的决定") == found


@pytest.mark.parametrize(
    ("events", "first"),
    [
        ([Event.PUBLISHED], "th-tm-opposition-60d"),
        ([Event.PUBLISHED, Event.REGISTERED], "th-badfaith-5y"),
        ([], "th-badfaith-5y"),
    ],
)
def test_what_was_published_and_not_registered_is_opposed(events, first):
    found = [
        Meant(RULES["th-badfaith-5y"], 0.6), Meant(RULES["th-tm-opposition-60d"], 0.4),
    ]  # fmt: skip
    assert of_publication(found, events)[0].rule.id == first
    assert of_publication([], events) == []
