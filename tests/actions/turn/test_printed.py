"""A paper in hand: what it prints, what is read off it, and when its card has settled the day."""

from datetime import date

import pytest

from actions.deadline_rules import find_rule
from actions.turn.own_days import own_day
from actions.turn.printed import (
    Printed,
    day_of,
    paper_in_hand,
    printed_for,
    settled_by_card,
)
from tests.actions.turn.shelf import TODAY, answering, services


def row(day, meaning="due", time=None):
    return {"date": day, "time": time, "meaning": meaning, "text": f"原句 {day}"}


def paper(*rows, **more):
    return {"kind": "demand-letter", "title": "警告函", "printed": list(rows), **more}


def shown(make_tracker, kept, uid="u1"):
    tracker = make_tracker("", slots={"paper": kept})
    tracker.latest_message["metadata"] = {"paper": uid}
    return tracker


def test_a_card_that_says_or_asks_the_day_settles_it_in_the_turn_that_shows_it(make_tracker):
    settling = paper(uid="u1", settles_day=True)
    assert settled_by_card(shown(make_tracker, settling)) is settling
    assert settled_by_card(shown(make_tracker, paper(row("2026-12-05"), uid="u1"))) is None
    # Another paper's card says nothing of this one, which has no day of its own.
    assert settled_by_card(shown(make_tracker, settling, uid="u2")) is None


def test_later_only_a_last_day_that_the_paper_says_itself_settles_it(make_tracker):
    def settles(kept, procedure=None):
        tracker = make_tracker("我们在德国卖", slots={"paper": kept})
        return settled_by_card(tracker, procedure) is not None

    assert settles(paper(row("2026-12-05")))
    assert settles(paper(due="2026-12-05"))
    assert not settles(paper())
    assert not settles(paper(row("2026-12-05", "issued")))
    assert not settles(paper(row("2026-12-05"), told=["2026-11-20"]))  # only spoken of
    assert not settles(None)
    assert settles({**paper(row("2026-12-05")), "kind": "us-summons"}, "court")
    assert not settles({**paper(row("2026-12-05")), "kind": "us-summons"}, "customs")
    assert settles({**paper(row("2026-12-05")), "kind": "of no kind"}, "customs")


def test_the_day_of_an_event_is_the_one_printed_for_it_or_the_only_one_told():
    rule = find_rule("itc-337-response-20-days")
    assert day_of(paper(row("2026-11-20", "served")), rule) == date(2026, 11, 20)
    assert day_of(paper(row("2026-11-20", "issued")), rule) is None
    assert day_of(paper(told=["2026-11-18"]), rule) == date(2026, 11, 18)
    assert day_of(paper(told=["2026-11-18", "2026-11-19"]), rule) is None
    # What was told with the paper's name goes before what was read into it.
    both = paper(row("2026-11-20", "served"), told=["2026-11-18"])
    assert day_of(both, rule) == date(2026, 11, 18)


def test_a_day_of_receipt_told_with_the_papers_name_is_none_of_sending():
    rule = find_rule("cbp-seizure-petition-30-days")
    came = paper(row("2026-11-18", "received"), told=["2026-11-18"])
    assert day_of(came, rule) is None
    sent = paper(row("2026-11-18", "issued"), told=["2026-11-18"])
    assert day_of(sent, rule) == date(2026, 11, 18)


def test_the_date_of_a_letter_that_only_passes_a_paper_on_is_not_counted_from():
    rule = find_rule("uspto-madrid-section66-6-months")
    issued = row("2026-06-26", "issued")
    assert day_of({**paper(issued), "kind": "uspto-office-action"}, rule) == date(2026, 6, 26)
    assert day_of({**paper(issued), "kind": "wipo-notification"}, rule) is None


def test_of_several_last_days_the_next_one_counts_with_its_hour_and_words():
    letter = paper(row("2026-11-01"), row("2026-12-09", time="17:00"), row("2026-12-20"))
    found = printed_for("最晚哪天答复", letter, TODAY)
    assert found == Printed("警告函", date(2026, 12, 9), "17:00", "原句 2026-12-09", "due", None)
    assert found.to_json() == {
        "title": "警告函", "day": "2026-12-09", "hour": "17:00", "quote": "原句 2026-12-09",
        "meaning": "due", "how": None,
    }  # fmt: skip
    past = printed_for("最晚哪天答复", paper(row("2026-11-01"), row("2026-10-01")), TODAY)
    assert past.day == date(2026, 11, 1)


def test_asked_whether_it_still_holds_its_end_is_told_else_what_is_due():
    order = paper(row("2026-12-01"), row("2026-12-30", "expires"))
    assert printed_for("这个令还有效吗", order, TODAY).day == date(2026, 12, 30)
    assert printed_for("最晚哪天答复", order, TODAY).day == date(2026, 12, 1)
    assert printed_for("这个令还有效吗", paper(row("2026-12-01")), TODAY).day == date(2026, 12, 1)
    assert printed_for("最晚哪天答复", paper(row("2026-12-30", "expires")), TODAY) is None


def test_the_paper_in_hand_is_the_pasted_one_then_the_kept_one_then_the_one_told_of(make_tracker):
    kept = paper(row("2026-12-01"))
    pasted = make_tracker("Please reply in writing by December 5, 2026.", slots={"paper": kept})
    assert paper_in_hand(pasted, TODAY)["printed"][0]["date"] == "2026-12-05"
    assert paper_in_hand(make_tracker("怎么办", slots={"paper": kept}), TODAY) is kept
    assert paper_in_hand(make_tracker("怎么办"), TODAY) == {}


def test_a_past_day_told_with_a_papers_name_is_when_it_came(make_tracker):
    told = paper_in_hand(make_tracker("11月18日收到337立案通知"), TODAY)
    assert told["kind"] == "us-337-notice"
    assert told["told"] == ["2026-11-18"]
    assert [(one["date"], one["meaning"]) for one in told["printed"]] == [
        ("2026-11-18", "received")
    ]
    ahead = paper_in_hand(make_tracker("12月8日前要答复337立案通知"), TODAY)
    assert [(one["date"], one["meaning"]) for one in ahead["printed"]] == [("2026-12-08", "due")]
    assert ahead["told"] == []
    past = paper_in_hand(make_tracker("11月8日前要答复337立案通知"), TODAY)
    assert (past["printed"], past["told"]) == ([], ["2026-11-08"])
    asked = paper_in_hand(make_tracker("11月18日收到337立案通知，几天内答辩？"), TODAY)
    assert asked["told"] == []


def test_what_was_said_some_messages_ago_still_tells_of_the_paper(make_tracker):
    def after(*between):
        said = ["11月18日收到337立案通知", *between]
        tracker = make_tracker("怎么办")
        tracker.events[:] = [{"event": "user", "text": text} for text in (*said, "怎么办")]
        return paper_in_hand(tracker, TODAY)

    assert after()["told"] == ["2026-11-18"]
    assert after("好的", "嗯")["told"] == ["2026-11-18"]
    assert after("好的", "嗯", "谢谢") == {}


# --- the day that a paper sets itself ---


@pytest.fixture
def own(make_tracker):
    """What ``own_day`` says of a message with a paper in hand."""
    at_hand = services(answering({}))

    def said(text, letter, *, entities=(), **slots):
        return own_day(at_hand, make_tracker(text, entities=entities, slots=slots), letter)

    return said


WITHIN = {"count": 10, "unit": "day", "after": "received", "text": "within 10 days of receipt"}


def test_the_printed_day_is_said_when_a_day_is_asked_and_only_then(own):
    letter = paper(row("2026-12-09"))
    assert own("最晚哪天答复", letter).day == date(2026, 12, 9)
    assert own("什么时候之前要回", letter).day == date(2026, 12, 9)
    assert own("还剩几天", letter).day == date(2026, 12, 9)
    assert own("律师费要多少钱", letter) is None
    assert own("最晚哪天答复", {}) is None


def test_a_long_message_is_about_more_than_the_paper(own):
    long = "我们在佛山做灯具，九月在汉堡参展，十月律师寄来了德国的警告函，说我们外观侵权，要三天内签字，我们没有回过，请问最晚哪天答复"
    assert len(long) > 60
    assert own(long, paper(row("2026-12-09"))) is None


def test_a_day_to_come_that_is_read_off_a_paper_is_its_last_day(own):
    found = own("单子上写着11月27号到期", {})
    assert (found.title, found.day) == ("手里的文书", date(2026, 11, 27))
    assert found.quote == "单子上写着11月27号到期"
    today = own("单子上写着11月23号到期", {})
    assert today.day == TODAY
    assert own("单子上写着11月20号到期", {}) is None  # past
    assert own("11月27号到期", {}) is None  # read off nothing
    assert own("单子上写着11月27号到期，另一张写着12月27号到期", {}) is None
    assert own("单子上写着11月27号到期吗", {}) is None  # asked


def test_a_letters_own_period_is_counted_from_the_day_told(own):
    letter = paper(periods=[WITHIN])
    asked = own("最晚哪天答复", letter)
    assert isinstance(asked, str)
    assert "您是哪天收到的" in asked
    told = own("11月16日收到的", letter, entities=[("date", "11月16日")])
    assert (told.day, told.meaning, told.quote) == (date(2026, 11, 26), "due", WITHIN["text"])
    assert "11月26日" in told.how
    assert own("谢谢", letter) is None
    # A period of a paper that was only spoken of waits for a question.
    spoken = paper(periods=[WITHIN], told=[])
    assert own("11月16日收到的", spoken, entities=[("date", "11月16日")]) is None


def test_a_period_is_of_the_paper_that_is_spoken_of(own):
    letter = paper(periods=[WITHIN])
    assert own("337立案通知最晚哪天答辩", letter) is None
    assert own("警告函最晚哪天答复", letter) is not None


def test_the_days_of_rest_are_those_of_the_letters_country_before_the_matters(own):
    period = {**WITHIN, "count": 8, "unit": "business_day"}

    def last(letter, **slots):
        day = [("date", "11月16日")]
        return own(
            "11月16日收到的", paper(periods=[period], country=letter), entities=day, **slots
        ).day

    assert last(None) == date(2026, 11, 26)
    # 26 November 2026 is Thanksgiving.
    assert last("US") == last(None, country="US") == last("US", country="DE") == date(2026, 11, 27)
    assert last("DE", country="US") == date(2026, 11, 26)
