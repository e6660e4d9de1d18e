"""A message about several countries is heard once for each, as it stands for that country alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from actions.lookup import look_up
from actions.turn import each_place
from actions.turn.each_place import OfPlace, of_each_place
from actions.turn.held_rules import Dating
from actions.turn.readings import ALONE, Reading
from knowledge.types import GENERAL
from tests.actions.turn.shelf import TODAY, Shelf, answering, hit, services
from tests.actions.turn.test_places import BRITISH, JAPANESE, conversation, said, slots

__all__ = ["conversation"]
GB_RULE, JP_RULE = "gb-tm-opposition-2-months", "jp-tm-opposition-2-months"
TOLD = date(2026, 11, 6)
AGAIN = {"plan": {"acts": ["action_each_place"]}}


@pytest.fixture
def at_hand() -> Any:
    return services(answering({}))


class Heard:
    """What the shelf and the dates say to a part, by a word in it; and what was heard, in order."""

    def __init__(self, at_hand: Any) -> None:
        self.at_hand = at_hand
        self.trackers: list[Any] = []
        self.answers: dict[str, Any] = {}
        self.dates: dict[str, Dating] = {}

    def readings(self, services: Any, tracker: Any, text: str) -> list[Reading]:
        self.trackers.append(tracker)
        found = look_up(answering({}), text, TODAY)
        for word, hits in self.answers.items():
            if word in text:
                found = replace(found, band="answer", hits=tuple(hits))
        return [Reading(ALONE, text, found)]

    def dating(self, services: Any, tracker: Any, readings: Any) -> Dating | None:
        text = tracker.latest_message["text"]
        return next((dated for word, dated in self.dates.items() if word in text), None)

    def day(self, word: str, rule: str, day: date | None = TOLD, **more: Any) -> None:
        """A day is computed for a part in which the word stands."""
        self.dates[word] = Dating(self.at_hand.deadlines.rules[rule], day, **more)


@pytest.fixture
def heard(at_hand, monkeypatch) -> Heard:
    made = Heard(at_hand)
    monkeypatch.setattr(each_place, "readings", made.readings)
    monkeypatch.setattr(each_place, "dating", made.dating)
    return made


def day_row(text: str, words: str) -> dict[str, Any]:
    start = text.index(words)
    return {
        "entity": "date",
        "value": words,
        "start": start,
        "end": start + len(words),
        "role": "main",
    }


def message(make_tracker: Any, text: str, *days: str, **held: Any) -> Any:
    tracker = make_tracker(text, "deadline", slots=held)
    tracker.latest_message["entities"] = [day_row(text, words) for words in days]
    return tracker


def places(found: list[OfPlace]) -> list[str]:
    return [one.place for one in found]


# --- a message that names them ---

BOTH = "英国11月3日公告,日本11月6日公告,分别最晚哪天"


def test_each_country_is_heard_with_its_own_words_and_day(at_hand, heard, make_tracker):
    heard.day("英国", GB_RULE, date(2026, 11, 3))
    heard.day("日本", JP_RULE)
    found = of_each_place(at_hand, message(make_tracker, BOTH, "11月3日", "11月6日", country="DE"))
    assert [one.to_json() for one in found] == [
        {"place": "GB", "rule": GB_RULE, "day": "2026-11-03"},
        {"place": "JP", "rule": JP_RULE, "day": "2026-11-06"},
    ]  # fmt: skip
    british, japanese = heard.trackers
    assert (british.get_slot("country"), japanese.get_slot("country")) == ("GB", "JP")
    assert "日本" not in british.latest_message["text"]
    assert [r["value"] for r in japanese.latest_message["entities"] if r["entity"] == "date"] == [
        "11月6日"
    ]
    assert all(one.is_asked and one.extends is None for one in found)


def test_a_message_about_one_country_is_heard_as_it_stands(at_hand, heard, make_tracker):
    assert (
        of_each_place(at_hand, message(make_tracker, "英国11月3日公告,最晚哪天", "11月3日")) == []
    )
    assert of_each_place(at_hand, message(make_tracker, "最晚哪天")) == []
    # Two that are named for two reasons are no question of each.
    text = "我们在英国卖货,日本那边谁都没通知我们,怎么办"
    assert of_each_place(at_hand, message(make_tracker, text)) == []
    assert heard.trackers == []


def test_of_a_country_that_is_only_told_the_day_is_remembered(at_hand, heard, make_tracker):
    heard.day("英国", GB_RULE)
    heard.day("日本", JP_RULE)
    text = "英国11月3日公告,日本11月6日公告还来得及吗"
    british, japanese = of_each_place(at_hand, message(make_tracker, text, "11月3日", "11月6日"))
    assert (british.is_asked, japanese.is_asked) == (False, True)
    assert heard.trackers[0].latest_message["text"] == "英国11月3日公告，截止哪天"
    assert heard.trackers[1].latest_message["text"] == "日本11月6日公告还来得及吗"
    # Where nothing is asked at all each is told for its day.
    text = "英国11月3日公告,日本11月6日公告"
    found = of_each_place(at_hand, message(make_tracker, text, "11月3日", "11月6日"))
    assert [one.is_asked for one in found] == [True, True]
    assert heard.trackers[2].latest_message["text"] == "英国11月3日公告,"


def test_it_is_of_each_only_where_periods_are_asked_that_are_known_or_refused(
    at_hand, heard, make_tracker
):
    def found() -> list[str]:
        # What a message says is read once a turn: another text, another turn.
        made = message(
            make_tracker, BOTH, "11月3日", "11月6日", last_answer=str(len(heard.trackers))
        )
        return places(of_each_place(at_hand, made))

    assert found() == []  # nothing is known of either
    heard.day("英国", GB_RULE)
    assert found() == ["GB", "JP"]  # the other one is refused
    heard.answers["日本"] = [hit("jp", country="JP")]
    assert found() == []  # of the other one something else is said
    heard.answers["日本"] = [hit("jp", country="JP", facts=(JP_RULE,))]
    assert found() == ["GB", "JP"]
    heard.answers["日本"] = [hit("jp", country="JP", facts=("no-rule", JP_RULE))]
    assert found() == []
    heard.answers["日本"] = [hit("kr", country="KR", facts=(JP_RULE,))]
    assert found() == []  # what holds elsewhere is no answer
    heard.dates.clear()
    heard.answers = {word: [hit(word, country=place, facts=(rule,))]
                     for word, place, rule in (("英国", "GB", GB_RULE), ("日本", "JP", JP_RULE))}  # fmt: skip
    assert found() == ["GB", "JP"]


def test_a_day_that_is_not_known_or_may_not_be_given_is_none(at_hand, heard, make_tracker):
    heard.day("英国", GB_RULE)
    heard.day("日本", JP_RULE, None)
    found = of_each_place(at_hand, message(make_tracker, BOTH, "11月3日", "11月6日"))
    assert [one.is_dated for one in found] == [True, False]
    assert found[1].to_json() == {"place": "JP", "rule": JP_RULE, "day": None}
    heard.day("日本", JP_RULE, misfit="不是这里的")
    again = message(make_tracker, BOTH, "11月3日", "11月6日", last_answer="x")
    assert [one.to_json()["rule"] for one in of_each_place(at_hand, again)] == [GB_RULE, None]


@pytest.mark.parametrize(
    ("band", "country", "is_answered"),
    [("answer", "GB", True), ("choices", "GB", False), ("answer", "JP", False), ("answer", GENERAL, False)],
)  # fmt: skip
def test_a_country_is_answered_from_what_holds_in_it(band, country, is_answered, make_tracker):
    found = replace(
        look_up(answering({}), "x", TODAY), band=band, hits=(hit("a", country=country),)
    )
    one = OfPlace("GB", make_tracker(), Reading(ALONE, "x", found), None, is_asked=True)
    assert one.is_answered is is_answered
    nothing = replace(one, reading=Reading(ALONE, "x", replace(found, hits=())))
    assert not nothing.is_answered
    both = replace(found.hits[0].passage, jurisdiction=("GB", GENERAL))
    mixed = replace(found, hits=(replace(found.hits[0], passage=both),))
    assert not replace(one, reading=Reading(ALONE, "x", mixed)).is_answered


# --- the conversation as it stands for one of them ---


def test_what_held_for_a_country_holds_again_and_a_side_or_platform_of_another_does_not(
    at_hand, heard, make_tracker
):
    heard.day("英国", GB_RULE)
    heard.day("日本", JP_RULE)
    tracker = message(
        make_tracker, BOTH, "11月3日", "11月6日", party="owner", platform="amazon", procedure="opposition",
        right="trademark", country="JP",
    )  # fmt: skip
    tracker.events[:] = [
        said("日本", "JP"), *slots(country="JP", party="respondent", right="patent"),
        {"event": "action", "name": "action_day"}, *tracker.events,
    ]  # fmt: skip
    of_each_place(at_hand, tracker)
    british, japanese = heard.trackers
    assert [british.get_slot(name) for name in ("party", "platform", "procedure", "right")] == [
        None, None, "opposition", "trademark",
    ]  # fmt: skip
    assert [japanese.get_slot(name) for name in ("party", "platform", "right")] == [
        "respondent", None, "patent",
    ]  # fmt: skip


def test_what_a_part_names_itself_goes_before_what_held(at_hand, heard, make_tracker):
    heard.day("英国", GB_RULE)
    heard.day("日本", JP_RULE)
    text = "英国专利11月3日公告,日本商标11月6日公告,分别最晚哪天"
    tracker = message(make_tracker, text, "11月3日", "11月6日", right="design")
    of_each_place(at_hand, tracker)
    assert [one.get_slot("right") for one in heard.trackers] == ["patent", "trademark"]


def test_a_paper_of_another_country_is_not_in_hand(at_hand, heard, make_tracker):
    heard.day("英国", GB_RULE)
    heard.day("日本", JP_RULE)

    def kept(country: str | None) -> list[bool]:
        heard.trackers.clear()
        paper = {"kind": "other", "country": country}
        made = message(
            make_tracker, BOTH, "11月3日", "11月6日", paper=paper, last_answer=str(country)
        )
        of_each_place(at_hand, made)
        return [one.get_slot("paper") is not None for one in heard.trackers]

    assert kept("GB") == [True, False]
    assert kept(None) == [True, True]
    assert kept("DE") == [False, False]


# --- a message that names none and asks of all that were spoken of ---


@pytest.fixture
def after(at_hand, heard, conversation):
    """The countries that a message after Britain and Japan is heard for."""
    heard.day("", GB_RULE)

    def found(
        text: str, *days: str, events: Any = (*BRITISH, *JAPANESE), rows: Any = (), **held: Any
    ):
        tracker = conversation(text, None, *events)
        tracker.latest_message["entities"] = [*(day_row(text, words) for words in days), *rows]
        tracker.slots.update(held)
        return places(of_each_place(at_hand, tracker))

    return found


def test_which_of_them_is_asked_of_each(after, heard):
    assert after("哪个能延期") == ["GB", "JP"]
    # The name of each stands where none was named.
    assert [one.latest_message["text"] for one in heard.trackers] == ["英国能延期", "日本能延期"]
    rows = heard.trackers[0].latest_message["entities"]
    assert [(r["entity"], r["value"], r["start"], r["end"], r["role"]) for r in rows] == [
        ("country", "GB", 0, 2, "main")
    ]
    assert after("哪个能延期", events=BRITISH) == []  # only one was spoken of
    assert after("能延期吗") == []  # it asks of the last one


def test_a_day_told_of_all_is_each_ones(after):
    assert after("都是11月6日公告的", "11月6日") == ["GB", "JP"]
    assert after("都没有收到") == []
    assert after("都怎么办") == []  # 都 alone is said of anything
    assert after("两件都怎么办") == ["GB", "JP"]
    assert after("两件我都知道了") == []  # it asks and tells nothing


def test_after_an_answer_of_each_what_hangs_on_it_is_of_each_again(after):
    assert after("能延期吗", **AGAIN) == ["GB", "JP"]
    assert after("最晚是哪天", **AGAIN) == ["GB", "JP"]
    assert after("律师费多少", **AGAIN) == []
    assert after("好的谢谢", **AGAIN) == []


def test_what_names_something_else_or_is_long_is_about_something_else(after):
    company = {"entity": "company", "value": "x", "start": 0, "end": 1, "role": "main"}
    assert after("哪个公司能延期", rows=[company]) == []
    assert after("哪个公司能延期", rows=[{**company, "role": "denied"}]) == ["GB", "JP"]
    assert after("哪个能延期" + "我们有点着急" * 5) == []
    assert len("哪个能延期" + "我们有点着急" * 4 + "呢") == 30
    assert after("哪个能延期" + "我们有点着急" * 4 + "呢") == ["GB", "JP"]


def test_each_of_them_must_be_known(at_hand, heard, conversation):
    tracker = conversation("哪个最晚到期", None, *BRITISH, *JAPANESE)
    tracker.latest_message["entities"] = []
    heard.day("英国", GB_RULE)
    assert of_each_place(at_hand, tracker) == []
    heard.answers["日本"] = [hit("jp", country="JP")]
    tracker.slots["last_answer"] = "x"
    assert places(of_each_place(at_hand, tracker)) == ["GB", "JP"]


def test_where_an_extension_is_asked_for_the_rule_that_was_computed_is_extended(
    at_hand, heard, conversation
):
    extended = at_hand.deadlines.rules[JP_RULE]
    assert extended.extension
    plain = replace(at_hand.deadlines.rules[GB_RULE], extension=None)
    table = {**at_hand.deadlines.rules, plain.id: plain}
    at_hand.deadlines = replace(at_hand.deadlines, rules=table)

    def rules(text: str, rule: Any) -> list[Any]:
        events = [*BRITISH, *slots(last_rule=rule.id), *JAPANESE, *slots(last_rule=rule.id)]
        tracker = conversation(text, None, *events)
        tracker.latest_message["entities"] = []
        return [one.extends for one in of_each_place(at_hand, tracker)]

    assert rules("哪个能延期", extended) == [extended, extended]
    assert rules("哪个能延期", plain) == []  # nothing is known of it
    heard.day("", GB_RULE)
    assert rules("哪个能延期呢", plain) == [None, None]
    assert rules("哪个最晚到期", extended) == [None, None]


def test_what_a_shelf_says_is_searched_for_each(at_hand, make_tracker):
    """Without stand-ins: the parts reach the shelf as questions of their own."""
    shelf = Shelf(lambda _: ("refuse", 0.1, []))
    at_hand.index.current = lambda: shelf
    of_each_place(at_hand, message(make_tracker, "英国和日本商标异议期多久"))
    assert any("英国" in text and "日本" not in text for text in shelf.searched)
    assert any("日本" in text and "英国" not in text for text in shelf.searched)
