"""The last look at a turn: four messages at most, no two alike, not the reply before again."""

import pytest

pytestmark = pytest.mark.filterwarnings("ignore")

ANSWER = {"text": "20天内答辩。\n来源：规则", "custom": {"kind": "answer"}, "buttons": []}
QUESTION = {"text": "哪一天送达？", "custom": {"kind": "question"}, "buttons": [{"title": "今天"}]}


@pytest.fixture
def domain():
    from rasa.shared.core.domain import Domain

    return Domain.from_dict(
        {
            "responses": {
                "utter_same_again": [
                    {"text": "和刚才说的一样：{gist}", "buttons": [{"title": "转人工"}]}
                ]
            }
        }
    )


def conversation(*turns):
    """A tracker of turns, each what was said before and which acts there were."""
    from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    events = []
    for acts, texts in turns:
        events.append(UserUttered("说"))
        events += [ActionExecuted(act) for act in acts]
        events += [BotUttered(text) for text in texts]
        events.append(ActionExecuted("action_listen"))
    return DialogueStateTracker.from_events("p", events)


def tidied(messages, domain, *turns):
    from bot.saying import tidy

    return list(tidy(messages, conversation(*turns), domain))


def test_what_differs_is_said_as_it_is(domain):
    assert tidied([ANSWER, QUESTION], domain, (["action_answer"], [])) == [ANSWER, QUESTION]
    assert tidied([], domain, (["action_answer"], [])) == []


def test_the_same_sentence_is_said_once(domain):
    assert tidied([ANSWER, dict(ANSWER), QUESTION], domain, ([], [])) == [ANSWER, QUESTION]


def test_a_long_turn_keeps_its_first_and_its_last_word(domain):
    more = [{"text": f"清单{n}", "custom": {"kind": "checklist"}} for n in range(4)]
    kept = tidied([ANSWER, *more, QUESTION], domain, ([], []))
    assert len(kept) == 4
    assert (kept[0], kept[-1]) == (ANSWER, QUESTION)


def test_questions_alone_are_cut_too(domain):
    many = [{"text": f"问{n}", "custom": {"kind": "question"}} for n in range(6)]
    kept = tidied(many, domain, ([], []))
    assert kept == many[:4]


def test_the_reply_before_is_not_said_again(domain):
    said = (["action_answer"], [ANSWER["text"]])
    [again] = tidied([ANSWER], domain, said, (["action_answer"], [ANSWER["text"]]))
    assert again["text"] == "和刚才说的一样：20天内答辩……"
    assert again["custom"] == {"kind": "text"}
    assert again["buttons"]


def test_a_question_said_again_stays_a_question_with_its_buttons(domain):
    said = (["deadline_form"], [QUESTION["text"]])
    [again] = tidied([QUESTION], domain, said, said)
    assert again["custom"] == {"kind": "question"}
    assert again["buttons"] == QUESTION["buttons"]


@pytest.mark.parametrize("act", ["action_repeat", "action_handoff"])
def test_who_asks_for_it_hears_it_again(domain, act):
    said = (["action_answer"], [ANSWER["text"]])
    assert tidied([ANSWER], domain, said, ([act], [ANSWER["text"]])) == [ANSWER]


def test_a_reply_of_two_turns_ago_may_come_back(domain):
    said = (["action_answer"], [ANSWER["text"]])
    other = (["utter_thanks"], ["不客气。"])
    assert tidied([ANSWER], domain, said, other, said) == [ANSWER]
