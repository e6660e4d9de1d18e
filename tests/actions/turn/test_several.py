"""A message that asks several things: each is searched with what the message names, and after the one before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.lookup import look_up
from actions.turn import heard as heard_module
from actions.turn.several import asks_more, each_question, one_each
from tests.actions.turn.shelf import TODAY, Shelf, answering, hit, services


@pytest.fixture
def hears(monkeypatch):
    """What the trees of a conversation are asked: (text, question before, document before, country)."""
    calls = []

    class Trees:
        def hear(self, index, text, said, named, today):
            before = said.passage and said.passage.document
            calls.append((text, said.question, before, said.country))
            return look_up(index, text, today)

    monkeypatch.setattr(heard_module, "trained", Trees)
    return calls


def test_each_question_is_heard_after_the_one_before_it_was_answered(make_tracker, hears):
    shelf = answering({"解冻": (0.9, hit("unfreeze")), "律师费": (0.9, hit("fee"))})
    text = "美国的账户什么时候能解冻？律师费一般多少钱？谁来付呢？"
    found = each_question(services(shelf), make_tracker(text, "ask"), text)
    assert [one.band for one in found] == ["answer", "answer", "refuse"]
    # The first names its place itself and hangs on nothing.
    assert hears == [
        ("律师费一般多少钱？", "美国的账户什么时候能解冻？", "unfreeze", "US"),
        ("谁来付呢？", "律师费一般多少钱？", "fee", "US"),
    ]


def test_what_was_not_answered_is_nothing_to_go_on_from(make_tracker, hears):
    shelf = answering({"律师费": (0.9, hit("fee"))})
    text = "美国的账户什么时候能解冻？律师费一般多少钱？"
    each_question(services(shelf), make_tracker(text, "ask"), text)
    assert hears == [("律师费一般多少钱？", None, None, "US")]


def test_what_the_message_names_takes_the_place_of_what_was_known(make_tracker, hears):
    shelf = answering({})
    slots = {"country": "JP", "platform": "temu", "procedure": "customs", "right": "patent"}
    text = "美国亚马逊上的商标TRO，什么时候能解冻？律师费多少钱？"
    each_question(services(shelf), make_tracker(text, "ask", slots=slots), text)
    assert [country for *_, country in hears] == ["US"]  # the first part names all itself
    hears.clear()
    text = "什么时候能解冻？律师费多少钱？"
    each_question(services(shelf), make_tracker(text, "ask", slots=slots), text)
    assert [country for *_, country in hears] == ["JP", "JP"]


def test_only_the_first_question_for_a_day_is_left_to_the_day_that_is_computed(make_tracker):
    shelf = answering({"最后": (0.9, hit("kr")), "最晚": (0.9, hit("late"))})
    text = "韩国商标最后哪一天能异议？补充理由最晚哪天交？"
    tracker = make_tracker(
        text, "deadline", slots={"plan": {"acts": ["action_day"], "day": "2026-11-16"}}
    )
    found = each_question(services(shelf), tracker, text)
    assert [one.hits[0].passage.document for one in found] == ["late"]
    tracker.slots["plan"]["day"] = None
    assert len(each_question(services(shelf), tracker, text)) == 2


def test_more_is_asked_only_beside_another_question():
    assert asks_more("最晚哪天交？理由书写什么？")
    assert not asks_more("理由书写什么？")
    assert not asks_more("最晚哪天交？")


def test_a_matter_is_a_part_that_names_another_place_or_platform():
    shelf = answering({})
    assert one_each(shelf, "亚马逊：有人投诉我专利；墨西哥：有人申请了我们的牌子。各有多久") == [
        "亚马逊：有人投诉我专利，有多久", "墨西哥：有人申请了我们的牌子，有多久",
    ]  # fmt: skip
    assert one_each(shelf, "有人投诉；墨西哥有人申请了我们的牌子。各有多久") == []
    assert one_each(shelf, "亚马逊被投诉；墨西哥牌子被抢注") == []  # nothing is asked
    # Asked once for all without a word for each, two matters are two all the same.
    assert one_each(shelf, "亚马逊有人投诉；墨西哥牌子被抢注。要多久") == [
        "亚马逊有人投诉，要多久", "墨西哥牌子被抢注，要多久",
    ]  # fmt: skip
    # What is asked at the end of a matter's own part is said once.
    assert one_each(shelf, "亚马逊有人投诉；墨西哥牌子被抢注，分别要多久") == [
        "亚马逊有人投诉，要多久", "墨西哥牌子被抢注，要多久",
    ]  # fmt: skip


def test_two_countries_named_in_one_breath_are_asked_about_each():
    shelf = answering({})
    asked = one_each(shelf, "墨西哥跟日本，牌子几年不用会被拿掉？")
    assert len(asked) == 2
    assert {one.split()[0] for one in asked} == {"墨西哥", "日本"}
    assert one_each(shelf, "墨西哥的客户要把货转到日本去卖，牌子几年不用会被拿掉？") == []
    assert one_each(shelf, "中国和日本，牌子几年不用会被拿掉？") == []  # home is no foreign law


def test_the_place_of_the_conversation_holds_for_each_of_the_questions(make_tracker):
    shelf = Shelf(lambda question: ("refuse", 0.1, []))
    seen = []
    search = shelf.search
    shelf.search = lambda *args: (seen.append(args[2].jurisdictions), search(*args))[1]
    text = "亚马逊有人投诉；Temu也有人投诉。要多久"
    tracker = make_tracker(text, "ask", slots={"country": "JP"})
    assert len(each_question(services(shelf), tracker, text)) == 2
    assert any("JP" in places for places in seen)


def test_what_was_found_is_kept_under_its_whole_question(make_tracker, hears):
    shelf = answering({"解冻": (0.9, hit("unfreeze"))})
    text = "美国的账户什么时候能解冻？律师费一般多少钱？"
    found = each_question(services(shelf), make_tracker(text, "ask"), text)
    assert [one.question for one in found] == [
        "美国的账户什么时候能解冻？",
        "美国 律师费一般多少钱？",
    ]
    assert replace(found[0], question="") == replace(
        look_up(shelf, "美国的账户什么时候能解冻？", TODAY), question=""
    )
