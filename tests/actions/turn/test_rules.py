"""Which rule a day or a word belongs to within a conversation, over candidates as a test makes them."""

from __future__ import annotations

from datetime import date

from actions.turn.counted_days import told_before
from actions.turn.rules import (
    asks_of_another,
    chance_of_rule,
    corrects_place,
    known_day,
    like_rule,
    likely,
    named_beside,
    names_of,
    only_tells,
    resting,
    rule_meant,
    told_day,
    told_of,
)
from tests.actions.turn.shelf import Read

ITC, TTAB = "itc-337-response-20-days", "ttab-answer-40-days"
ANSWER_21, SEIZURE = "frcp-answer-21-days", "cbp-seizure-petition-30-days"


def test_a_day_told_alone_belongs_to_the_open_rule_unless_it_is_hardly_meant(
    at_hand, make_tracker, candidates
):
    table = at_hand.deadlines.rules
    tracker = make_tracker("11月16日收到的")
    candidates()
    assert told_of(at_hand, tracker, table[ITC]) is table[ITC]
    candidates((TTAB, 0.9), (ITC, 0.05))
    assert told_of(at_hand, tracker, table[ITC]) is table[TTAB]
    candidates((TTAB, 0.8), (ITC, 0.05))
    assert told_of(at_hand, tracker, table[ITC]) is table[TTAB]
    candidates((TTAB, 0.85), (ITC, 0.1))  # not unlikely enough
    assert told_of(at_hand, tracker, table[ITC]) is table[ITC]
    candidates((TTAB, 0.7), (ITC, 0.05))  # not sure enough
    assert told_of(at_hand, tracker, table[ITC]) is table[ITC]


def test_without_an_open_rule_a_day_belongs_to_the_period_that_was_asked(
    at_hand, make_tracker, candidates
):
    candidates((ITC, 0.7))
    asked = make_tracker("11月16日收到的", slots={"last_question": "337答辩期限多久"})
    assert told_of(at_hand, asked, None).id == ITC
    other = make_tracker("11月16日收到的", slots={"last_question": "337律师费多少钱"})
    assert told_of(at_hand, other, None) is None


def test_another_rule_of_the_place_is_named_beside_where_nothing_names_the_open_one(
    at_hand, make_tracker, candidates
):
    table = at_hand.deadlines.rules
    candidates((ANSWER_21, 0.9))
    text = "那法院传票呢"
    assert named_beside(at_hand, make_tracker(text), table[TTAB], text).id == ANSWER_21
    assert named_beside(at_hand, make_tracker(text), None, text) is None
    assert named_beside(at_hand, make_tracker(text), table[ANSWER_21], text) is None
    both = f"337和{text}"
    assert named_beside(at_hand, make_tracker(both), table[ITC], both) is None
    german = next(r for r in table.values() if r.jurisdiction == "DE")
    assert named_beside(at_hand, make_tracker(text), german, text) is None  # another place


def said_in(make_tracker, text, *before, **slots):
    """A conversation in which these were said before: (text, country, date words)."""
    tracker = make_tracker(text, slots=slots)
    tracker.events[:] = [
        {"event": "user", "text": said, "parse_data": {"entities": [
            *([{"entity": "country", "value": place, "role": "main"}] if place else []),
            *([{"entity": "date", "value": words}] if words else []),
        ]}}
        for said, place, words in before
    ] + [{"event": "user", "text": text}]  # fmt: skip
    return tracker


def test_the_last_day_told_in_the_same_country_serves_a_question_that_tells_none(
    at_hand, make_tracker
):
    def day(*before, text="最晚哪天", country="US"):
        found = told_before(at_hand, said_in(make_tracker, text, *before, country=country))
        return found and found.day

    first, second = ("11月16日收到的", None, "11月16日"), ("11月18日又收到", None, "11月18日")
    assert day(first) == date(2026, 11, 16)
    assert day(first, second) == date(2026, 11, 18)
    assert day(first, ("谢谢", None, None)) == date(2026, 11, 16)
    assert day(("11月16日在美国收到", "US", "11月16日")) == date(2026, 11, 16)
    german = ("11月16日在德国收到", "DE", "11月16日")
    assert day(german) is None
    assert day(german, text="同一天收到的，最晚哪天") == date(2026, 11, 16)
    assert day(german, country=None) == date(2026, 11, 16)
    assert day(("明年1月3日开庭", None, "明年1月3日")) is None
    assert day() is None


def test_the_like_rule_of_another_country_starts_with_the_same_event(at_hand, make_tracker):
    table = at_hand.deadlines.rules
    mine = table["eutm-opposition-3-months"]
    there = make_tracker("那英国呢", entities=[("country", "GB")])
    found = like_rule(at_hand, there, mine)
    assert found is not None
    assert (found.jurisdiction, found.procedure, found.event, found.bound) == (
        "GB", mine.procedure, mine.event, mine.bound
    )  # fmt: skip
    assert like_rule(at_hand, make_tracker("那欧盟呢", entities=[("country", "EU")]), mine) is None
    assert like_rule(at_hand, make_tracker("那呢"), mine) is None


def test_the_rule_is_the_named_one_else_the_one_that_the_answer_rests_on(
    at_hand, make_tracker, candidates
):
    def meant(text, *readings, intent="deadline", is_told=False, **slots):
        tracker = make_tracker(text, intent, slots=slots)
        found = rule_meant(at_hand, tracker, readings, is_told=is_told)
        return found.id if found else None

    text = "最晚哪天答辩"
    candidates((ITC, 0.9))
    assert meant(text, Read("refuse", facts=None)) == ITC
    # The shelf answers, and with no period: only a known day or the wish to count makes it one.
    assert meant(text, Read(facts=())) is None
    assert meant(text, Read(facts=()), is_told=True) == ITC
    assert meant("帮我算一下", Read(facts=())) == ITC
    assert meant(text, Read(right=0.4, facts=())) == ITC
    # Words alone name many rules by chance.
    assert meant(text, Read("refuse", facts=None), intent="ask") is None
    assert meant(text, Read("refuse", facts=None), intent="ask", is_told=True) == ITC
    candidates((ITC, 0.5), (TTAB, 0.4))
    assert meant(text, Read(facts=(ITC,))) == ITC
    assert meant(text, Read(facts=(TTAB,))) is None  # of two that may be meant neither
    candidates((ITC, 0.5), is_placed=False)
    assert meant(text, Read(facts=(ITC,))) is None
    # A court or an office known by its own words needs no country, where the answer rests on the rule too.
    candidates((ITC, 0.9), is_placed=False)
    assert meant(text, Read(facts=(ITC,))) == ITC
    assert meant(text, Read(right=0.4, facts=(ITC,))) is None
    candidates()
    assert meant(text, Read(facts=(ITC,))) is None


def test_the_first_hit_of_an_answer_lends_its_first_fact_if_it_binds(at_hand, make_tracker):
    nobody = make_tracker("")
    assert resting(at_hand, nobody, Read(facts=(ITC,))).id == ITC
    assert resting(at_hand, nobody, Read(facts=("no-rule", ITC))) is None
    assert resting(at_hand, nobody, Read(facts=None)) is None
    assert resting(at_hand, nobody, Read("choices", facts=(ITC,))) is None
    said = make_tracker("", entities=[("party", "owner")], slots={"party": "respondent"})
    assert resting(at_hand, said, Read(facts=(ITC,))) is None  # the message goes before the slot


def test_names_of_the_rules_own_matter_are_no_other_names(at_hand, make_tracker):
    rule = at_hand.deadlines.rules[ITC]
    tracker = make_tracker("", entities=[("country", "US"), ("procedure", "section-337")])
    assert names_of(tracker) == {"country", "procedure"}
    assert names_of(tracker, besides=rule) == frozenset()
    other = make_tracker("", entities=[("country", "DE"), ("date", "昨天")])
    assert names_of(other, besides=rule) == {"country"}
    other.latest_message["entities"][0]["role"] = "denied"
    assert names_of(other) == frozenset()
    assert names_of(make_tracker("")) == frozenset()


def test_one_country_put_in_the_place_of_another_corrects_the_place(make_tracker):
    def corrects(text, *roles):
        tracker = make_tracker(text)
        tracker.latest_message["entities"] = [
            {"entity": "country", "value": "DE", "role": role} for role in roles
        ]
        return corrects_place(tracker)

    assert corrects("不是美国，是德国", "denied", "main")
    assert not corrects("不是美国，是德国吗", "denied", "main")
    assert not corrects("不是美国", "denied")
    assert not corrects("是德国", "main")


def test_the_chance_of_a_rule_or_of_an_intent_is_nothing_where_it_is_not_among_them(
    at_hand, make_tracker, candidates
):
    candidates((TTAB, 0.3), (ITC, 0.2))
    table = at_hand.deadlines.rules
    assert chance_of_rule(at_hand, make_tracker("x"), table[ITC]) == 0.2
    assert chance_of_rule(at_hand, make_tracker("x"), table[ANSWER_21]) == 0.0
    tracker = make_tracker("x", "inform")
    assert (likely(tracker, "inform", "ask"), likely(tracker, "ask")) == (1.0, 0.0)
    tracker.latest_message["intent_ranking"] = [
        {"name": "inform", "confidence": 0.5}, {"name": "ask", "confidence": 0.25},
    ]  # fmt: skip
    assert likely(tracker, "inform", "ask", "bye") == 0.75
    assert likely(tracker, "bye") == 0.0


def test_the_day_from_which_was_counted_is_kept_as_a_day(make_tracker):
    assert told_day(make_tracker("", slots={"last_day": "2026-11-16"})) == date(2026, 11, 16)
    assert told_day(make_tracker("")) is None


def test_the_answers_rule_that_fits_the_matter_is_meant_before_one_that_does_not(
    at_hand, make_tracker, candidates
):
    def meant(*readings, **slots):
        tracker = make_tracker("最晚哪天答辩", "deadline", slots={"country": "US", **slots})
        found = rule_meant(at_hand, tracker, readings, is_told=False)
        return found.id if found else None

    german = Read(facts=("de-opposition-9-months",))
    candidates((ITC, 0.5))
    assert meant(german, Read(facts=(ITC,))) == ITC
    assert meant(german, german, Read(facts=(ITC,))) is None  # only the two best readings count
    candidates(("de-opposition-9-months", 0.5))
    assert meant(german) == "de-opposition-9-months"  # none fits: the first is meant all the same


def test_from_which_chance_on_the_shelf_is_taken_at_its_word(at_hand, make_tracker, candidates):
    def meant(right, facts, text="最晚哪天答辩"):
        tracker = make_tracker(text, "deadline")
        found = rule_meant(at_hand, tracker, [Read(right=right, facts=facts)], is_told=False)
        return found.id if found else None

    candidates((ITC, 0.6), is_placed=False)
    assert meant(0.7, (ITC,)) == ITC
    assert meant(0.69, (ITC,)) is None
    candidates((ITC, 0.59), is_placed=False)
    assert meant(0.7, (ITC,)) is None
    candidates((ITC, 0.9))
    assert meant(0.5, ()) is None
    assert meant(0.49, ()) == ITC


def test_a_day_asked_for_in_words_of_another_rule_is_its_own_where_it_is_by_far_the_likelier(
    at_hand, make_tracker, candidates
):
    table = at_hand.deadlines.rules
    tracker = make_tracker("11月16日收到的，最晚哪天")

    def told_day(open_chance, *, is_asked):
        candidates((TTAB, 0.6), (ITC, open_chance))
        return told_of(at_hand, tracker, table[ITC], is_asked=is_asked).id

    assert told_day(0.12, is_asked=True) == TTAB
    assert told_day(0.13, is_asked=True) == ITC
    assert told_day(0.12, is_asked=False) == ITC


def test_a_day_told_in_another_country_is_no_day_of_the_open_rule(
    at_hand, make_tracker, candidates
):
    table = at_hand.deadlines.rules
    german = "de-opposition-9-months"

    def told_day(country, open_rule=ITC):
        tracker = make_tracker("11月16日公告的", entities=[("country", country)])
        candidates((german, 0.7), (open_rule, 0.05))
        return told_of(at_hand, tracker, table[open_rule]).id

    assert told_day("DE") == german
    assert told_day("US") == ITC
    assert (
        told_day("DE", "eutm-opposition-3-months") == "eutm-opposition-3-months"
    )  # it holds there too
    assert told_day("DE", "paris-priority-6m") == "paris-priority-6m"  # and a treaty anywhere


def test_the_one_rule_of_the_same_procedure_that_the_words_name_best_is_named_beside(
    at_hand, make_tracker, candidates
):
    table = at_hand.deadlines.rules
    text = "那补充理由呢"
    opposition, reasons = table["kr-tm-opposition-30-days"], "kr-opposition-supplement-30"
    candidates()
    assert named_beside(at_hand, make_tracker(text), opposition, text).id == reasons
    # The words of the open rule name no other.
    assert named_beside(at_hand, make_tracker(text), table[reasons], text) is None
    assert named_beside(at_hand, make_tracker("那呢"), opposition, "那呢") is None
    candidates(("kr-tm-opposition-30-days", 0.9))  # what the trees mean is the open one itself
    assert named_beside(at_hand, make_tracker(text), opposition, text).id == reasons


def test_the_first_of_two_days_told_in_words_is_taken_and_a_denied_place_is_none(
    at_hand, make_tracker
):
    tracker = said_in(make_tracker, "最晚哪天", ("18号或者19号收到的", None, "18号"), country="US")
    told = told_before(at_hand, tracker)
    assert (told.day, told.text) == (date(2026, 11, 18), "18号或者19号收到的")
    tracker = said_in(
        make_tracker, "最晚哪天", ("不是德国，11月16日收到", "DE", "11月16日"), country="US"
    )
    assert told_before(at_hand, tracker) is None
    for role in ("denied", "home"):
        tracker.events[0]["parse_data"]["entities"][0]["role"] = role
        assert told_before(at_hand, tracker).day == date(2026, 11, 16)
    tracker.events.insert(0, {"event": "slot", "name": "country", "value": "DE"})
    assert told_before(at_hand, tracker).day == date(2026, 11, 16)


def test_the_day_counted_from_goes_before_the_one_told_before(at_hand, make_tracker):
    said = ("11月16日收到的", None, "11月16日")
    tracker = said_in(make_tracker, "最晚哪天", said, country="US", last_day="2026-11-10")
    assert known_day(at_hand, tracker) == date(2026, 11, 10)
    assert known_day(at_hand, said_in(make_tracker, "最晚哪天", said)) == date(2026, 11, 16)


def test_the_like_rule_is_about_the_same_right(at_hand, make_tracker):
    table = at_hand.deadlines.rules
    mine = table["de-opposition-9-months"]
    there = make_tracker("那欧洲呢", entities=[("country", "EU")])
    found = like_rule(at_hand, there, mine)
    assert found.id == "epo-opposition-9-months"
    trademark = make_tracker("那欧洲的商标呢", entities=[("country", "EU"), ("right", "trademark")])
    assert like_rule(at_hand, trademark, mine) is None


def ranked(make_tracker, text, ranking, *, entities=(), **slots):
    tracker = make_tracker(text, entities=entities, slots=slots)
    tracker.latest_message["intent_ranking"] = [
        {"name": name, "confidence": chance} for name, chance in ranking.items()
    ]
    return tracker


def test_a_few_words_after_a_computed_day_ask_of_another_paper(make_tracker):
    known = {"last_topic": "deadline", "last_day": "2026-11-16"}

    def asks(text, chance=0.5, **slots):
        tracker = ranked(make_tracker, text, {"follow_up": chance}, **{**known, **slots})
        return asks_of_another(tracker, text)

    assert asks("那份答辩状的呢呢")
    assert not asks("那份答辩状的那个呢")  # more than a name
    assert not asks("答辩状呢", 0.49)
    assert not asks("答辩状呢", last_topic="answer")
    assert not asks("答辩状呢", last_day=None)


def test_a_message_only_tells_unless_it_asks_more_than_the_same_of_another_place(make_tracker):
    there = [("country", "US")]

    def tells(text, *, entities=there, ranking=None, **slots):
        slots = {"last_topic": "deadline", **slots}
        tracker = ranked(make_tracker, text, ranking or {"follow_up": 0.3, "inform": 0.2}, entities=entities, **slots)  # fmt: skip
        return only_tells(tracker, text)

    assert tells("11月10日公告的")
    assert tells("美国那边呢，11月10日公告的")
    assert not tells("美国那边呢，11月10日公告的", ranking={"ask": 0.9})
    assert not tells("美国那边呢，11月10日公告的", last_topic="answer")
    assert not tells("美国商标呢，11月10日公告的", entities=[*there, ("right", "trademark")])


# --- what is asked or told of a date, as a whole ---


DAY = [("date", "11月16日")]


def test_a_period_asked_for_with_a_day_is_said_and_counted(dated, candidates):
    candidates((ITC, 0.9))
    text = "11月16日签收的，多久要答"
    found = dated(text, entities=DAY)
    assert (found.rule.id, found.day, found.is_said, found.chance) == (
        ITC, date(2026, 11, 16), True, 0.9
    )  # fmt: skip
    assert dated(text, entities=DAY, country="DE") is None
    assert dated("多久要答") is None  # no day
    assert dated("11月16日签收的，谁来答", entities=DAY) is None
    candidates((ITC, 0.5), (TTAB, 0.4))
    assert dated(text, entities=DAY) is None  # which rule is not clear


def test_after_a_day_was_computed_the_most_that_can_be_had_is_no_new_day(dated, candidates):
    candidates((ITC, 0.9))
    known = {"last_rule": ITC, "last_day": "2026-11-16", "last_topic": "deadline"}
    assert dated("最多能拖到哪天", **known) is None
    again = dated("那是哪天", **known)
    assert (again.rule.id, again.day) == (ITC, date(2026, 11, 16))
    other = dated("11月18日收到的话最多到哪天", entities=[("date", "11月18日")], **known)  # fmt: skip
    assert (other.rule.id, other.day) == (ITC, date(2026, 11, 18))
    # Before a day was computed it is asked like any other.
    first = dated("最多能拖到哪天", last_rule=ITC)
    assert (first.rule.id, first.day) == (ITC, None)


def test_what_is_plainly_out_of_scope_has_no_date(dated, candidates):
    candidates((ITC, 0.9))
    assert dated("11月16日最晚哪天", intent="out_of_scope", entities=DAY) is None


def test_a_day_of_no_calendar_of_ours_is_said_so_where_a_day_is_asked(dated, candidates):
    candidates()
    found = dated("农历九月初八收到，最晚哪天")
    assert (found.rule, found.day) == (None, None)
    assert "农历" in found.misfit
    assert not found.misfit.endswith("。")
    assert dated("农历九月初八收到", last_topic="deadline").misfit
    assert dated("农历九月初八过节") is None


def test_a_day_alone_goes_to_the_rule_that_is_surely_meant(dated, candidates):
    candidates((TTAB, 0.9), (ITC, 0.02))
    found = dated("11月16日寄出的", entities=DAY, intent="inform", last_rule=ITC)  # fmt: skip
    assert found.rule.id == TTAB
    assert found.day == date(2026, 11, 16)
    assert found.chance == 0.9


def test_the_day_that_is_being_asked_goes_to_the_rule_it_is_asked_for(dated, candidates):
    candidates((TTAB, 0.9), (SEIZURE, 0.02))
    asked = {"loop": "deadline_form", "deadline_rule": SEIZURE}
    found = dated("信封上打的11月16日", entities=DAY, intent="inform", **asked)
    assert (found.rule.id, found.day) == (SEIZURE, date(2026, 11, 16))
    # What only came that day is none of sending.
    came = dated("11月16日收到的", entities=DAY, intent="inform", **asked)
    assert (came.rule.id, came.day) == (SEIZURE, None)


def test_supposing_another_day_counts_it_again(dated, candidates):
    candidates((ITC, 0.9))
    known = {"last_rule": ITC, "last_day": "2026-11-10", "last_topic": "deadline"}
    found = dated("如果是11月16日呢", entities=DAY, **known)
    assert (found.rule.id, found.day) == (ITC, date(2026, 11, 16))
    assert dated("11月16日是星期几吗", entities=DAY, **known) is None


def test_a_name_of_another_matter_leaves_the_open_rule(dated, candidates):
    candidates()
    known = {"last_rule": ITC, "last_day": "2026-11-10", "last_topic": "deadline"}
    other = [("procedure", "customs")]
    assert dated("海关扣货最晚哪天", entities=other, **known) is None
    own = [("procedure", "section-337")]
    assert dated("337最晚哪天", entities=own, **known).rule.id == ITC


def test_a_rule_of_another_country_is_refused_with_the_reason(dated, candidates):
    candidates((ITC, 0.9))
    found = dated(
        "最晚哪天答辩", Read("refuse", facts=None), intent="deadline", country="DE"
    )  # fmt: skip
    assert (found.rule, found.day) == (None, None)
    assert "不是这里说的国家" in found.misfit
    assert not found.is_said


def test_who_tells_the_day_of_a_step_has_seen_it_taken_whatever_paper_was_spoken_of(
    dated, candidates
):
    def found(chance, day=True):
        candidates((ANSWER_21, chance))
        text, entities = ("11月16日收到的，最晚哪天", DAY) if day else ("最晚哪天", ())
        return dated(
            text, Read("refuse", facts=None), entities=entities, intent="deadline", said=("收到TRO",),
            procedure="tro", country="US",
        )  # fmt: skip

    sure = found(0.9)
    assert (sure.rule.id, sure.day, sure.misfit) == (ANSWER_21, date(2026, 11, 16), None)
    # Untold, the order in hand is what is asked about; unsure, another rule may be meant after all.
    assert found(0.9, day=False).rule.id == "tro-duration-14-days"
    assert found(0.65).misfit is not None


def test_a_day_of_receipt_gives_the_latest_day_where_sending_counts(dated, candidates):
    candidates((SEIZURE, 0.95))
    found = dated("11月16日收到的，最晚哪天交", entities=DAY, intent="deadline", country="US")
    assert (found.rule.id, found.day) == (SEIZURE, date(2026, 11, 16))


def test_a_day_put_right_stays_with_the_rule_that_was_counted(dated, candidates):
    known = {"last_rule": ITC, "last_day": "2026-11-10", "last_topic": "deadline"}
    candidates((TTAB, 0.4), (ITC, 0.3))
    found = dated(
        "哦不，11月16日", entities=DAY, intent="correct", said=("收到TRO",), country="US", **known
    )
    assert (found.rule.id, found.day, found.misfit) == (ITC, date(2026, 11, 16), None)
