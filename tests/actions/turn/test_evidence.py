"""What is seen of a message before anything is decided."""

from __future__ import annotations

from datetime import date

import pytest

from actions.turn.evidence import Evidence
from desk import handoffs
from desk.engine import writing
from desk.references import LEAD_PREFIX, new_reference
from tests.actions.turn.shelf import answering, services

SUMMONS = (
    "UNITED STATES DISTRICT COURT. SUMMONS IN A CIVIL ACTION. Within 21 days after service of this summons "
    "on you, you must serve on the plaintiff an answer to the attached complaint."
)


@pytest.fixture
def seen(make_tracker):
    """The evidence of a message; ``ranking`` is the classifier's."""
    at_hand = services(answering({}))

    def look(text="说点什么", intent="ask", *, ranking=(("ask", 0.6),), events=(), **options):
        tracker = make_tracker(text, intent, events=list(events), **options)
        rows = [{"name": name, "confidence": chance} for name, chance in ranking]
        tracker.latest_message["intent_ranking"] = rows
        return Evidence.of(at_hand, tracker)

    return look


def test_the_chance_of_some_intents_is_the_sum_of_theirs(seen):
    evidence = seen(ranking=(("ask", 0.5), ("deadline", 0.25), ("bye", 0.1)))
    assert evidence.likely("ask", "deadline") == 0.75
    assert evidence.likely("greet") == 0.0


def test_the_intent_that_was_taken_counts_even_where_it_was_not_ranked(seen):
    assert seen(intent="greet").likely("greet") == pytest.approx(0.9)
    assert seen().likely("ask") == 0.6  # what was ranked stays


def test_a_command_is_certain_and_so_is_what_names_its_intent_without_words(seen):
    assert not seen().is_certain
    assert seen("").is_certain
    assert seen(ranking=()).is_certain
    evidence = seen()
    evidence.tracker.latest_message["is_command"] = True
    assert Evidence.of(evidence.services, evidence.tracker).is_certain


def test_a_pasted_paper_is_told_from_foreign_words_in_a_question(seen):
    assert seen(SUMMONS).is_paper
    assert seen("Por meio desta notificamos V.Sa. para que cesse imediatamente o uso indevido da marca registrada " * 3).is_paper  # fmt: skip
    assert not seen("TRO和preliminary injunction哪个更快，我们应该先做哪一个").is_paper
    assert not seen("收到法院的文件怎么办").is_paper
    assert not seen("TRO").is_paper  # few Chinese letters make no paper


def test_a_few_words_that_follow_up_hang_on_nothing_at_the_beginning(seen):
    hangs = {"ranking": (("follow_up", 0.95),)}
    assert seen("多少天", "follow_up", **hangs).hangs_on_nothing
    assert not seen("多少天", ranking=(("ask", 0.9),)).hangs_on_nothing
    assert not seen("没收到正本的话也算送达了吗", "follow_up", **hangs).hangs_on_nothing
    named = seen("德国多少天", "follow_up", entities=[("country", "DE")], **hangs)
    assert not named.hangs_on_nothing
    before = [{"event": "user", "text": "收到337立案通知"}]
    assert not seen("多少天", "follow_up", events=before, **hangs).hangs_on_nothing
    assert not seen(
        "多少天", "follow_up", slots={"paper": {"kind": "us-tro"}}, **hangs
    ).hangs_on_nothing


def test_names_are_what_was_found_and_not_denied(seen):
    evidence = seen("德国", entities=[("country", "DE"), ("right", "patent")])
    assert evidence.names == {"country", "right"}
    evidence = seen("不是德国", entities=[("country", "DE")])
    evidence.tracker.latest_message["entities"][0]["role"] = "denied"
    assert evidence.names == frozenset()


@pytest.mark.parametrize(
    ("text", "is_bare"),
    [("德国呢？", True), ("亚马逊", True), ("德国商标", True), ("德国怎么办", False), ("", False)],
)
def test_a_name_alone_is_bare(seen, text, is_bare):
    assert seen(text).is_bare is is_bare


def test_a_question_is_told_from_what_is_only_said(seen):
    assert seen("德国商标异议要几天？").asks
    assert not seen("我们在德国卖灯").asks


def test_what_went_before_is_seen(seen):
    assert not seen().has_called
    assert seen(events=[{"event": "action", "name": "action_handoff"}]).has_called
    assert not seen(events=[{"event": "action", "name": "action_answer"}]).has_called
    slots = {"last_rule": "a-rule", "last_day": "2026-11-16"}
    assert seen(slots=slots).computed == ("a-rule", date(2026, 11, 16))
    assert seen().computed == (None, None)
    assert seen(slots={"last_topic": "center"}).topic == "center"
    assert seen(slots={"plan": {"acts": ["action_answer"]}}).acts_before == ("action_answer",)
    assert seen().acts_before == ()


def test_the_number_of_a_lead_is_seen(seen):
    assert seen(f"{new_reference(LEAD_PREFIX)}办到哪了").names_lead
    assert not seen("我登记过，办到哪了").names_lead


def test_so_few_signs_follow_up_and_from_which_chance_on(seen):
    assert seen("还有多少天才到", ranking=(("follow_up", 0.8),)).hangs_on_nothing
    assert seen("还有多少天才到期", ranking=(("follow_up", 0.8),)).hangs_on_nothing
    assert not seen("还有多少天才到期呢", ranking=(("follow_up", 0.8),)).hangs_on_nothing
    assert not seen("还有多少天才到", ranking=(("follow_up", 0.79),)).hangs_on_nothing


def test_a_human_is_waited_for_only_by_whom_one_was_called_and_while_nobody_serves(
    seen, fresh_db, monkeypatch
):
    called = seen(events=[{"event": "action", "name": "action_handoff"}])
    monkeypatch.setattr(called.services, "engine", fresh_db, raising=False)
    assert not called.waits
    with writing(fresh_db) as conn:
        handoffs.open_ticket(conn, "someone")
    assert Evidence.of(called.services, called.tracker).waits
    assert not Evidence.of(called.services, seen().tracker).waits  # nobody was called here


def test_without_the_trees_the_classifier_tells_what_a_message_is_for(seen):
    given = seen("商标异议要几天", ranking=()).purpose
    assert (given.shelf, given.decline) == (0.9, 0.0)
    assert given.other == pytest.approx(0.1)


def test_a_message_that_completes_the_question_before_it_is_a_question(seen):
    ranking = (("ask", 0.2), ("deadline", 0.1), ("out_of_scope", 0.3), ("bye", 0.4))
    completed = seen("那德国呢", ranking=ranking, slots={"last_question": "美国商标异议期多久"})
    assert completed.best.name == "follow"
    assert completed.purpose.shelf == 0.9
    assert completed.purpose.decline == pytest.approx(0.1)
    assert completed.purpose.other == 0.0
    weighed = seen("那德国商标异议呢", ranking=ranking)
    assert weighed.best.name != "follow"
    assert weighed.purpose is weighed.best.purpose


def test_a_form_that_would_begin_lacks_what_was_not_told(seen):
    told = seen("番禺找谁", "center", entities=[("region", "番禺区")])
    assert seen("找谁", "center").lacks("center_form")
    assert not told.lacks("center_form")
    assert not seen().lacks("no_form")


def test_an_open_form_says_what_it_takes(seen):
    free = seen("星火灯饰", "inform", loop="lead_form", slots={"requested_slot": "lead_company"})
    assert free.form == "lead_form"
    assert free.fits_form
    assert seen().slot_form is None
    assert not seen().fits_form
    assert not seen().closes_form
    assert not seen().wants_free_words
    brief = seen("说来话长", "inform", loop="lead_form", slots={"requested_slot": "lead_brief"})
    assert brief.wants_free_words
    phone = seen("说来话长", "inform", loop="lead_form", slots={"requested_slot": "lead_phone"})
    assert not phone.wants_free_words
    assert seen(
        "就这些", "bye", loop="lead_form", slots={"requested_slot": "lead_brief"}
    ).closes_form
