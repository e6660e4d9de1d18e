"""A rule that is another side's, another paper's or another country's is refused with the reason."""

from datetime import date

import pytest

from actions.deadline_choice import binds
from actions.deadline_fit import (
    OTHER_PAPER,
    Situation,
    fits,
    lacks_step,
    rules_for,
    side_fits,
    told_apart,
    without_rule,
)
from actions.deadline_rules import default_table
from knowledge.deadline_types import Direction, Event
from knowledge.paper_kinds import BY_ID

TABLE = default_table()
DAY = date(2026, 11, 20)

FITS = [
    ("itc-337-response-20-days", Situation("respondent", "us-337-notice", "US")),
    ("frcp-answer-21-days", Situation("respondent", "us-summons", "US")),
    ("frcp-answer-21-days", Situation(procedure="tro", events={Event.SERVED: DAY})),
    ("frcp-answer-21-days", Situation()),
    ("uspto-madrid-section66-6-months", Situation(said=("马德里的",))),
    ("uspto-madrid-section66-6-months", Situation(paper="wipo-notification", said=("通知到了",))),
    ("uspto-madrid-section66-6-months", Situation(paper="uspto-office-action")),
    ("br-tm-reply-60", Situation("respondent", country="BR")),
    ("br-pan-reply-60", Situation("respondent", country="BR")),
    ("ttab-answer-40-days", Situation("applicant", "ttab-institution", "US")),
    ("ttab-answer-40-days", Situation("respondent", "ttab-institution", "US")),
    ("uspto-office-action-3-months", Situation("applicant", "uspto-office-action", "US")),
    ("cbp-seizure-petition-30-days", Situation("respondent", "us-customs-seizure", "US")),
    ("eu-customs-detention-10-days", Situation("respondent", "eu-customs-suspension", "DE")),
    ("tro-dissolve-two-days-notice", Situation("respondent", "us-tro", events={Event.HEARING: DAY})),
    ("upc-defence-3-months", Situation("respondent", "upc-claim", "FR")),
    ("de-nullity-response", Situation("respondent", country="DE")),
    ("paris-priority-6m", Situation("applicant", country="JP")),
    ("eutm-opposition-3-months", Situation("opponent", country="EU", procedure="opposition")),
]  # fmt: skip
MISFITS = [
    # the special way of another rule is not taken where nobody said it
    ("uspto-madrid-section66-6-months", Situation(paper="uspto-office-action", said=("驳回通知",)), "没有说"),
    ("gb-patents-defence-42", Situation(country="GB", said=("诉状送到了",)), "没有说"),
    # a "before an event" rule needs the event's date
    ("tro-dissolve-two-days-notice", Situation("respondent", "us-tro"), "往前数"),
    ("eutm-renewal", Situation("owner", country="EU"), "要先知道那一天"),
    # in a TRO matter the answer period needs the day the summons was served
    ("frcp-answer-21-days", Situation("respondent", "us-tro", "US"), "哪一天送达"),
    ("frcp-answer-21-days", Situation("respondent", "us-tro", "US", events={Event.ISSUED: DAY}), "传票"),
    ("frcp-answer-21-days", Situation(procedure="tro"), "哪一天送达"),
    # a seizure is not a detention
    ("cbp-detention-counterfeit-5-30-days", Situation(paper="us-customs-seizure"), "扣押"),
    ("cbp-seizure-petition-30-days", Situation(paper="us-customs-detention"), "扣留"),
    # the opposed applicant is not given the opponent's dates
    ("ttab-opposition-30-days", Situation("applicant", country="US"), "异议人"),
    ("br-pan-180", Situation("respondent", country="BR"), "异议人"),
    ("ttab-opposition-30-days", Situation(paper="ttab-institution"), "起算"),
    ("eutm-opposition-3-months", Situation("respondent", country="EU"), "异议人"),
    # an office action is answered, not opposed or cancelled
    ("jp-tm-opposition-2-months", Situation(paper="jpo-office-action", country="JP"), "拒绝理由通知书"),
    ("kr-patent-cancel-6m", Situation(paper="kipo-office-action", country="KR"), "意见提出通知书"),
    ("epo-opposition-reply", Situation(paper="epo-communication", country="EU"), "审查意见"),
    # a letter has the date it prints, not a court's or an office's
    ("de-tm-opposition-3-months", Situation(paper="de-abmahnung", country="DE"), "警告函"),
    # another country's
    ("gb-defence-28", Situation(country="US"), "不是这里说的国家"),
    ("de-zpo-276-defence", Situation(country="FR"), "不是这里说的国家"),
    # the other side's
    ("itc-337-response-20-days", Situation("owner", "us-337-notice"), "被诉方"),
    ("pl-preliminary-injunction", Situation("respondent", country="PL"), "权利人"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "situation"), FITS)
def test_a_rule_of_this_matter_fits(rule, situation):
    assert fits(TABLE.rules[rule], situation) is None


@pytest.mark.parametrize(("rule", "situation", "words"), MISFITS)
def test_a_misfit_is_refused_with_its_reason(rule, situation, words):
    reason = fits(TABLE.rules[rule], situation)
    assert reason is not None
    assert words in reason


@pytest.mark.parametrize(
    ("paper", "rules"),
    [
        ("us-customs-seizure", ["cbp-seizure-petition-30-days"]),
        ("ttab-institution", ["ttab-answer-40-days"]),
        ("amazon", []),
        ("demand-letter", []),
        ("jpo-office-action", []),
        ("kipo-office-action", []),
        ("epo-communication", []),
    ],
)
def test_a_paper_has_its_own_rules_or_none(paper, rules):
    assert [rule.id for rule in rules_for(paper, TABLE)] == rules


@pytest.mark.parametrize("paper", ["jpo-office-action", "kipo-office-action", "epo-communication"])
def test_a_paper_without_a_rule_says_so(paper):
    sentence = without_rule(paper, TABLE)
    assert sentence is not None
    assert BY_ID[paper].title in sentence
    assert without_rule("uspto-office-action", TABLE) is None


def test_every_rule_that_counts_back_names_what_it_counts_from():
    back = [rule for rule in TABLE.rules.values() if rule.direction is Direction.BEFORE]
    assert {rule.id for rule in back} == {
        "tro-dissolve-two-days-notice", "upc-optout-deadline", "eutm-renewal", "cu-05", "fx-02",
    }  # fmt: skip
    assert all(fits(rule, Situation()) for rule in back)
    assert all(fits(rule, Situation(events={rule.event: DAY})) is None for rule in back)


@pytest.mark.parametrize(
    ("rule", "side", "worth"),
    [
        ("itc-337-response-20-days", "respondent", 1.0),
        ("itc-337-response-20-days", "owner", -1.0),
        ("itc-337-response-20-days", None, 0.0),
        ("ttab-answer-40-days", "respondent", 1.0),
        ("ttab-answer-40-days", "applicant", 0.0),  # the respondent by another name
        ("ttab-opposition-30-days", "applicant", -1.0),
    ],
)
def test_a_rule_of_the_own_side_is_worth_more_than_one_of_neither_and_of_the_other(
    rule, side, worth
):
    assert side_fits(TABLE.rules[rule], side) == worth


def test_a_rule_that_binds_no_side_is_worth_the_same_to_all():
    either = [r for r in TABLE.rules.values() if r.bound.value in ("either", "authority")]
    assert either
    assert {side_fits(rule, side) for rule in either for side in ("owner", "respondent")} == {0.0}
    assert {side_fits(rule, None) for rule in TABLE.rules.values()} == {0.0}


def test_a_side_is_bound_by_its_own_rules_and_the_owner_answers_a_cancellation():
    def bound(side):
        return {(r.bound.value, r.procedure) for r in TABLE.rules.values() if binds(r, side)}

    every = {(r.bound.value, r.procedure) for r in TABLE.rules.values()}
    assert bound(None) == every
    assert {kind for kind, _ in bound("owner")} == {"owner", "opponent", "either"}
    of_owners = {procedure for kind, procedure in bound("respondent") if kind == "owner"}
    assert of_owners
    assert of_owners <= {"cancellation", "invalidation"}
    assert "applicant" not in {kind for kind, _ in bound("respondent")}


def test_a_paper_of_no_known_kind_hinders_no_rule_and_is_told_no_lack():
    rule = TABLE.rules["itc-337-response-20-days"]
    assert fits(rule, Situation(paper=OTHER_PAPER)) is None
    assert without_rule(OTHER_PAPER, TABLE) is None
    assert "别的文书" in fits(rule, Situation(paper="of no kind"))


def test_a_step_is_lacking_until_its_day_is_known():
    backwards = next(r for r in TABLE.rules.values() if r.direction is Direction.BEFORE)
    assert backwards.trigger_question in lacks_step(backwards, Situation())
    assert lacks_step(backwards, Situation(events={backwards.event: DAY})) is None
    answer = TABLE.rules["frcp-answer-21-days"]
    assert lacks_step(answer, Situation(procedure="court")) is None
    assert answer.trigger_question in lacks_step(answer, Situation(procedure="customs"))
    # With the paper in hand the procedure needs no asking.
    assert lacks_step(answer, Situation(procedure="customs", paper="us-summons")) is None
    # Ways to attack a right at an office are called by one another's names.
    opposed = TABLE.rules["eutm-opposition-3-months"]
    assert lacks_step(opposed, Situation(procedure="cancellation")) is None


def test_an_order_that_binds_its_court_is_told_apart_with_the_answer_beside_it():
    tro = TABLE.rules["tro-duration-14-days"]
    answer = TABLE.rules["frcp-answer-21-days"]
    words, other = told_apart("us-tro", [tro, answer], Situation("respondent", country="US"))
    assert words.startswith(f"手里的是{BY_ID['us-tro'].title}，先看原件：{tro.trigger_question}")
    assert answer.title in words
    assert other is answer
    alone, none = told_apart("us-tro", [tro], Situation("respondent", country="US"))
    assert none is None
    assert "另外算" not in alone
    # The answer is no rule of the side that got the order.
    assert told_apart("us-tro", [tro, answer], Situation("owner", country="US"))[1] is None
    assert told_apart("us-tro", [answer], Situation()) is None
    assert told_apart("of no kind", [tro], Situation()) is None
