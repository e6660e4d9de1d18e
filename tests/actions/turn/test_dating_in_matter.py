"""A rule and a day held against the matter: the paper in hand, the step, the side, the place and what was computed."""

from __future__ import annotations

from datetime import date

import pytest

from tests.actions.turn.shelf import Read

ITC, TTAB = "itc-337-response-20-days", "ttab-answer-40-days"
ANSWER_21, JAPAN = "frcp-answer-21-days", "jp-customs-10-days"
DAY = [("date", "11月16日")]
TOLD = date(2026, 11, 16)
REFUSED = Read("refuse", facts=None)
UNCLEAR = ((ITC, 0.5), (TTAB, 0.4))


def paper(kind, *printed, **more):
    return {"kind": kind, "title": "文书", "printed": list(printed), **more}


def row(day, meaning):
    return {"date": day, "time": None, "meaning": meaning, "text": f"原句 {day}"}


# --- a paper in hand ---


def test_what_a_letter_sets_itself_goes_before_any_rule(dated, candidates):
    candidates((ITC, 0.9))
    within = {"count": 10, "unit": "day", "after": "received", "text": "within 10 days of receipt"}
    letter = paper("demand-letter", periods=[within])
    asked = dated("最晚哪天答复", paper=letter)
    assert (asked.rule, asked.printed) == (None, None)
    assert "您是哪天收到的" in asked.misfit
    told = dated("11月16日收到的", entities=DAY, paper=letter)
    assert (told.rule, told.misfit, told.printed.day) == (None, None, date(2026, 11, 26))


def test_a_paper_that_starts_no_rule_is_told_so_unless_the_shelf_answers_another_question(
    dated, candidates
):
    candidates()
    subpoena = paper("us-subpoena")

    def misfit(text, reading, **slots):
        found = dated(text, reading, **slots)
        return found and found.misfit

    for reading in (REFUSED, Read()):  # the day itself is asked: whatever the shelf says
        assert "没有收录" in misfit("最晚哪天", reading, paper=subpoena)
    assert "没有收录" in misfit("还来得及吗", REFUSED, paper=subpoena)
    assert "没有收录" in misfit("还来得及吗", Read(right=0.4), paper=subpoena)
    assert misfit("还来得及吗", Read(), paper=subpoena) is None
    assert misfit("这个怎么回", REFUSED, paper=subpoena) is None
    assert misfit("最晚哪天", REFUSED) is None  # no paper


def test_the_one_rule_that_a_paper_starts_is_counted_from_the_day_it_prints(dated, candidates):
    candidates()
    notice = paper("jp-customs", row("2026-11-18", "received"))
    found = dated("最晚哪天", REFUSED, paper=notice)
    assert (found.rule.id, found.day) == (JAPAN, date(2026, 11, 18))
    assert dated("还剩几天", REFUSED, paper=notice).rule.id == JAPAN
    assert dated("日本海关一般怎么处理", REFUSED, paper=notice) is None
    # The day that is told goes before the one that is printed.
    told = dated("11月16日收到的", REFUSED, entities=DAY, intent="inform", paper=notice)
    assert (told.rule.id, told.day) == (JAPAN, TOLD)
    # A paper that was only spoken of waits for a question.
    spoken = paper("jp-customs", told=["2026-11-16"])
    assert dated("11月16日收到的", REFUSED, entities=DAY, intent="inform", paper=spoken) is None


def test_of_several_rules_of_a_paper_the_one_that_the_words_mean_is_counted(dated, candidates):
    summons = paper("us-summons", row("2026-11-18", "served"))
    candidates((ANSWER_21, 0.3), (TTAB, 0.2))
    found = dated("最晚哪天", REFUSED, paper=summons)
    assert (found.rule.id, found.day) == (ANSWER_21, date(2026, 11, 18))
    candidates((TTAB, 0.3))
    assert dated("最晚哪天", REFUSED, paper=summons) is None


def test_a_paper_whose_rule_is_of_another_country_starts_none(dated, candidates):
    candidates()
    notice = paper("jp-customs", row("2026-11-18", "received"))
    assert dated("最晚哪天", Read(), paper=notice, country="KR") is None


def test_of_two_rules_that_a_paper_starts_and_no_word_tells_apart_neither_is_counted(
    dated, candidates
):
    complaint = paper("udrp-complaint", row("2026-11-18", "issued"))
    candidates()
    asked = dated("最晚哪天", REFUSED, paper=complaint)
    assert (asked.rule, asked.day) == (None, None)
    assert "先看原件" in asked.misfit
    candidates(("udrp-response-20d", 0.3))
    assert dated("最晚哪天", REFUSED, paper=complaint).rule.id == "udrp-response-20d"


def test_for_a_paper_in_hand_its_own_rule_is_counted_whatever_other_one_the_words_mean(
    dated, candidates
):
    candidates((TTAB, 0.9))
    notice = paper("us-337-notice", row("2026-11-18", "served"))
    found = dated("最晚哪天", REFUSED, intent="deadline", paper=notice, party="respondent")
    assert (found.rule.id, found.day) == (ITC, date(2026, 11, 18))
    told = dated(
        "11月16日收到的，最晚哪天", REFUSED, intent="deadline", entities=DAY, paper=notice,
        party="respondent",
    )  # fmt: skip
    assert (told.rule.id, told.day) == (ITC, TOLD)


# --- the day ---


def test_a_day_told_with_the_question_makes_a_period_of_it_though_the_shelf_names_none(
    dated, candidates
):
    candidates((ITC, 0.9))
    found = dated("11月16日收到的，最晚哪天", Read(), entities=DAY)
    assert (found.rule.id, found.day) == (ITC, TOLD)
    assert dated("最晚哪天", Read()) is None


def test_of_two_days_the_one_that_the_rule_counts_from_is_taken(dated, candidates):
    candidates((ITC, 0.9))
    days = [("date", "11月9日"), ("date", "11月18日")]
    text = "通知11月9日寄出，11月18日才送达，最晚哪天答辩"
    found = dated(text, REFUSED, intent="deadline", entities=days, country="US")
    assert (found.rule.id, found.day) == (ITC, date(2026, 11, 18))


# --- the step and the side ---


def test_where_a_step_is_not_known_to_be_taken_the_period_is_said_first_if_the_shelf_says_it(
    dated, candidates
):
    candidates((ITC, 0.9))

    def found(text, reading, **more):
        return dated(text, reading, intent="deadline", procedure="customs", **more)

    said = found("答辩最晚哪天", Read(facts=(ITC,)))
    assert (said.rule, said.day, said.is_said) == (None, None, True)
    assert "还不知道有没有这一步" in said.misfit
    unsaid = found("答辩最晚哪天", REFUSED)
    assert (unsaid.rule, unsaid.is_said, unsaid.misfit) == (None, False, said.misfit)
    # The shelf says another period: that is the answer.
    assert found("帮我算一下答辩", Read(facts=())) is None


def test_who_tells_the_day_of_a_step_has_seen_it_taken_as_soon_as_its_rule_is_clear(
    dated, candidates
):
    candidates((ITC, 0.6))
    text = "11月16日收到的，最晚哪天答辩"
    found = dated(text, REFUSED, intent="deadline", entities=DAY, procedure="customs")
    assert (found.rule.id, found.day, found.misfit) == (ITC, TOLD, None)


def test_a_period_that_runs_up_to_a_day_is_not_counted_from_one(dated, candidates):
    candidates(("tro-dissolve-two-days-notice", 0.9))
    text = "11月16日收到的，帮我算一下"
    found = dated(text, Read(facts=()), intent="deadline", entities=DAY)
    assert (found.rule, found.day, found.is_said) == (None, None, False)
    assert "往前数" in found.misfit


def test_who_asks_for_the_other_sides_period_by_its_name_means_it(dated, candidates):
    def found(chance):
        candidates((ITC, chance))
        return dated("337最晚哪天", REFUSED, intent="deadline", party="owner")

    assert (found(0.8).rule.id, found(0.8).misfit) == (ITC, None)
    unsure = found(0.7)
    assert unsure.rule is None
    assert "权利人" in unsure.misfit


# --- after a day was computed ---

KNOWN = {"last_rule": ITC, "last_day": "2026-11-10", "last_topic": "deadline"}
COMPUTED = date(2026, 11, 10)


def test_another_paper_named_by_itself_asks_of_its_own_period(dated, candidates):
    candidates((ANSWER_21, 0.9))
    known = {**KNOWN, "last_rule": TTAB}
    found = dated("那法院传票呢", ranking={"follow_up": 0.9}, **known)
    assert (found.rule.id, found.day) == (ANSWER_21, COMPUTED)
    found = dated("法院传票最晚哪天", ranking={"ask": 0.9}, **known)
    assert (found.rule.id, found.day) == (ANSWER_21, COMPUTED)
    # What asks of no day, or follows up nothing, names no other period.
    for ranking, more in (
        ({"ask": 0.9}, {}),
        ({"follow_up": 0.9}, {"last_topic": "answer"}),
        ({"follow_up": 0.9}, {"last_day": None}),
    ):
        assert dated("那法院传票呢", ranking=ranking, **{**known, **more}) is None
    long = "法院的传票收到了，接下来我们怎么办"
    assert dated(long, ranking={"follow_up": 0.9}, **known) is None


def test_another_day_that_is_only_supposed_is_counted_though_which_rule_is_meant_is_unclear(
    dated, candidates
):
    candidates(*UNCLEAR)
    ranking = {"ask": 0.9}
    found = dated("如果是11月16日呢", entities=DAY, ranking=ranking, **KNOWN)
    assert (found.rule.id, found.day) == (ITC, TOLD)
    assert dated("11月16日算不算呢", entities=DAY, ranking=ranking, **KNOWN) is None
    told = dated("11月16日才收到", entities=DAY, ranking={"inform": 0.3}, **KNOWN)
    assert (told.rule.id, told.day) == (ITC, TOLD)
    assert dated("11月16日去了工厂", entities=DAY, ranking={"thanks": 0.9}, **KNOWN) is None


def test_a_day_asked_for_with_its_own_paper_is_not_the_open_rules_though_a_word_is_of_both(
    dated, candidates
):
    candidates((ANSWER_21, 0.9))
    text = "11月16日收到传票，最晚哪天答辩"
    found = dated(text, REFUSED, entities=DAY, ranking={"ask": 0.9}, **KNOWN)
    assert (found.rule.id, found.day) == (ANSWER_21, TOLD)


def test_a_day_that_cannot_be_read_is_asked_again_for_the_rule_that_is_spoken_of(dated, candidates):
    candidates()
    found = dated("农历九月初八收到", last_topic="deadline", last_rule=ITC)
    assert (found.rule.id, found.day) == (ITC, None)
    assert "农历" in found.misfit
    candidates((TTAB, 0.9))
    assert dated("农历九月初八收到", last_topic="deadline", last_rule=ITC).rule.id == TTAB


def test_a_day_told_beside_another_question_is_no_day_of_another_rule(dated, candidates):
    candidates((ANSWER_21, 0.9))
    ranking = {"ask": 0.9}
    assert dated("11月16日收到传票，程序怎么走", entities=DAY, ranking=ranking, **KNOWN) is None
    told = dated("11月16日收到传票", entities=DAY, ranking=ranking, **KNOWN)
    assert (told.rule.id, told.day) == (ANSWER_21, TOLD)
    long = "11月16日收到法院的传票和起诉状一共三十多页，是前台代收的，我们老板上周才看到这些东西"
    assert dated(long, entities=DAY, ranking=ranking, **KNOWN) is None
    asked = dated(f"{long}，最晚哪天", REFUSED, entities=DAY, ranking=ranking, **KNOWN)
    assert (asked.rule.id, asked.day) == (ANSWER_21, TOLD)


def test_another_place_named_next_asks_for_the_like_period_there(dated, candidates):
    candidates()
    known = {**KNOWN, "last_rule": "eutm-opposition-3-months"}
    there = [("country", "GB")]
    found = dated("那英国呢", entities=there, **known)
    assert (found.rule.jurisdiction, found.day) == ("GB", COMPUTED)
    assert dated("那英国呢", entities=there, **{**known, "last_topic": "answer"}) is None
    long = "英国那边我们也有公司在卖灯具，货从宁波发"
    assert dated(long, entities=there, **known) is None
    assert dated("那韩国呢", entities=[("country", "XX")], **known) is None  # none there


def test_who_tells_on_which_side_he_stands_is_held_against_it_and_who_asks_is_not(
    dated, candidates
):
    candidates()
    side = [("party", "owner")]
    found = dated("我们是权利人", entities=side, ranking={"inform": 0.9}, **KNOWN)
    assert "权利人" in found.misfit
    for text, more in (
        ("我们是权利人吗", {}),
        ("我们是权利人", {"last_topic": "answer"}),
        ("我们是权利人，注册商标三年多了，产品在德国和法国的商场里都有得卖，对方是佛山的同行", {}),
    ):
        assert dated(text, entities=side, ranking={"inform": 0.9}, **{**KNOWN, **more}) is None


def test_the_day_is_asked_for_again_in_a_few_words(dated, candidates):
    candidates(*UNCLEAR)
    for text in ("还剩几天", "最晚是哪天", "那个日子准吗"):
        found = dated(text, **KNOWN)
        assert (found.rule.id, found.day) == (ITC, COMPUTED), text
    assert dated("除了那个日子，还有什么手续是我们先要办的", **KNOWN) is None


# --- a period asked for with its day ---


def test_a_day_that_is_the_same_as_before_is_taken_from_there(dated, candidates):
    candidates((TTAB, 0.9))
    found = dated(
        "同一天收到的，异议答辩多久", REFUSED, ranking={"ask": 0.9}, last_day="2026-11-10"
    )
    assert (found.rule.id, found.day) == (TTAB, COMPUTED)
    assert dated("另外收到的，异议答辩多久", REFUSED, ranking={"ask": 0.9}, last_day="2026-11-10") is None  # fmt: skip


def test_a_period_named_without_asking_is_counted_only_where_hardly_another_is_meant(
    dated, candidates
):
    def found(chance, text="337那件11月16日公告，答辩呢"):
        candidates((ITC, chance))
        return dated(text, REFUSED, entities=DAY, ranking={"ask": 0.9})

    assert (found(0.8).rule.id, found(0.8).day, found(0.8).is_said) == (ITC, TOLD, True)
    assert found(0.7) is None
    assert found(0.7, "337那件11月16日公告，多久要答") is not None
    assert found(0.9, "337那件11月16日公告，谁来答辩呢") is None  # something else is asked


def test_a_period_with_its_day_is_counted_whatever_paper_was_spoken_of_before(dated, candidates):
    candidates((ANSWER_21, 0.9))
    found = dated(
        "11月16日签收的，多久要答", REFUSED, entities=DAY, said=("收到TRO",), procedure="tro", country="US"
    )  # fmt: skip
    assert (found.rule.id, found.day, found.misfit) == (ANSWER_21, TOLD, None)
    named = dated("TRO那边11月16日签收的传票，多久要答", REFUSED, entities=DAY, country="US")
    assert (named.rule.id, named.day, named.misfit) == (ANSWER_21, TOLD, None)


def test_for_a_paper_that_starts_no_rule_none_is_counted_however_sure_the_words_are(
    dated, candidates
):
    candidates((ANSWER_21, 0.9))
    found = dated("11月16日收到的警告函，最晚哪天", REFUSED, intent="deadline", entities=DAY)
    assert found.rule is None
    assert "没有收录" in found.misfit
    other = dated("11月16日收到的TRO，最晚哪天", REFUSED, intent="deadline", entities=DAY)
    assert (other.rule.id, other.day) == (ANSWER_21, TOLD)


@pytest.mark.parametrize("chance", [0.49, 0.5])
def test_what_is_as_likely_strange_as_not_has_no_date(dated, candidates, chance):
    candidates((ITC, 0.9))
    ranking = {"deadline": 1 - chance, "out_of_scope": chance}
    found = dated("最晚哪天", REFUSED, intent="deadline", ranking=ranking)
    assert (found is None) is (chance == 0.5)
