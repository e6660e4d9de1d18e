"""The last look at a turn: four messages at most, no two alike, not the reply before again."""

from itertools import count, pairwise

import pytest

# Loads Rasa, which takes longer than all of these.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

ANSWER = ("20天内答辩。\n来源：规则", "answer", ["转人工"])
QUESTION = ("哪一天送达？", "question", ["今天"])


@pytest.fixture
def domain():
    from rasa.shared.core.domain import Domain

    again = {"text": "和刚才说的一样：{gist}", "buttons": [{"title": "转人工"}]}
    return Domain.from_dict(
        {
            "slots": {"said": {"type": "any", "mappings": [{"type": "custom"}]}},
            "responses": {"utter_same_again": [again]},
        }
    )


@pytest.fixture
def turn(domain):
    """Says what a turn meant to say, and tells what is kept of it: texts, kinds, titles of buttons."""
    from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.saying import said_in, tidy

    tracker, numbers = DialogueStateTracker("p", domain.slots), count()

    def say(*meant, act="action_answer"):
        tracker.update(UserUttered("说", message_id=str(next(numbers))))
        tracker.update(ActionExecuted(act))
        for text, kind, titles in meant:
            buttons = [{"title": title} for title in titles]
            tracker.update(BotUttered(text, {"buttons": buttons, "custom": {"kind": kind}}))
        tracker.update(ActionExecuted("action_listen"))
        tidy(tracker, domain)
        tidy(tracker, domain)  # a turn may be stored twice
        assert tracker.latest_action_name == "action_listen"
        return [
            (m["text"], m["custom"]["kind"], [b["title"] for b in m["buttons"]])
            for m in said_in(tracker)
        ]

    return say


def test_what_differs_is_said_as_it_is(turn):
    assert turn(ANSWER, QUESTION) == [ANSWER, QUESTION]
    assert turn() == []


def test_the_same_sentence_is_said_once(turn):
    assert turn(ANSWER, ANSWER, QUESTION) == [ANSWER, QUESTION]


def test_a_long_turn_keeps_its_first_and_its_last_word(turn):
    kept = turn(ANSWER, *[(f"清单{n}", "checklist", []) for n in range(4)], QUESTION)
    assert len(kept) == 4
    assert (kept[0], kept[-1]) == (ANSWER, QUESTION)


def test_questions_alone_are_cut_too(turn):
    many = [(f"问{n}", "question", []) for n in range(6)]
    assert turn(*many) == many[:4]


def test_the_reply_before_is_not_said_again(turn):
    turn(ANSWER)
    [(text, kind, titles)] = turn(ANSWER)
    assert text == "和刚才说的一样：20天内答辩……"
    assert (kind, titles) == ("text", ["转人工"])


def test_nor_is_that_it_is_the_same_said_again(turn):
    said = [turn(ANSWER) for _ in range(4)]
    assert all(one != other for one, other in pairwise(said))


def test_a_long_turn_is_not_said_again_either(turn):
    meant = [ANSWER, *[(f"清单{n}", "checklist", []) for n in range(4)], QUESTION]
    turn(*meant)
    assert len(turn(*meant)) == 1


def test_a_question_said_again_stays_a_question_with_its_buttons(turn):
    turn(QUESTION)
    [(_, kind, titles)] = turn(QUESTION)
    assert (kind, titles) == ("question", ["今天"])


@pytest.mark.parametrize("act", ["action_repeat", "action_handoff"])
def test_who_asks_for_it_hears_it_again(turn, act):
    turn(ANSWER)
    assert turn(ANSWER, act=act) == [ANSWER]


def test_a_reply_of_two_turns_ago_may_come_back(turn):
    turn(ANSWER)
    turn(("不客气。", "text", []))
    assert turn(ANSWER) == [ANSWER]


async def test_what_is_kept_of_a_turn_is_what_was_said(bot_settings):
    """A message sent again gets the answer that was lost, also where a turn meant to say more."""
    from bot.runtime import EmbeddedRasa

    rasa = EmbeddedRasa(bot_settings)
    await rasa.start()
    try:
        for number, text in enumerate(("找援助中心", "找援助中心", "你好", "你好")):
            sent = {"message_id": f"m{number}"}
            first = await rasa.handle("test-kept", text, dict(sent))
            again = await rasa.handle("test-kept", text, {**sent, "repeated": True})
            assert [m["text"] for m in again] == [m["text"] for m in first]
    finally:
        await rasa.close()


def test_an_answer_said_again_keeps_its_sources_and_says_once_that_it_was_given(turn, domain):
    from rasa.shared.core.events import BotUttered

    from bot.saying import _said_again

    domain.responses["utter_answer_again"] = [{"text": "刚才答过：{body}"}]
    custom = {"kind": "answer", "citations": [{"title": "规则"}]}
    meant = BotUttered("刚才答过：20天内答辩。\n来源：规则\n不构成法律意见。", {"custom": custom})
    said = _said_again([meant], domain)
    assert said.text == "和刚才说的一样：20天内答辩……\n不构成法律意见。"
    assert said.data["custom"] == custom
