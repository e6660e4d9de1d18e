"""A pasted foreign notice: what it is, quoted back before anything is done with it."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.context import AssistantAction, Event
from actions.day import closed
from actions.replies import HUMAN, Reply
from actions.turn.letters import WordsOnDay, letter_in, words_on_day
from actions.turn.printed import SLOT
from knowledge.notices import Notice, recognise

NOTHING = WordsOnDay()
_DATES = 3
_NUMBERS = 2


class ActionNotice(AssistantAction):
    """Says what a pasted notice was recognised as, in its own words."""

    def name(self) -> str:
        """The action's name."""
        return "action_notice"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Quote back; the slots were filled by the entities."""
        text, today = talk.text(tracker), self.services.today()
        notice, letter = recognise(text, today=today), letter_in(text, today)
        day = NOTHING if letter is None else words_on_day(letter, self.services.deadlines, today)
        if notice is not None:
            said(notice, day).send(dispatcher)
        elif letter is not None and day.text:
            reason = closed(f"{letter['title']}{day.text}" if day.is_printed else day.text)
            Reply("utter_deadline_error", fields={"reason": reason}, buttons=[HUMAN]).send(
                dispatcher
            )
        else:
            Reply("utter_notice_unknown", buttons=[HUMAN]).send(dispatcher)
        return [] if letter is None else [SlotSet(SLOT, letter)]


def said(notice: Notice, day: WordsOnDay = NOTHING) -> Reply:
    """What was recognised, with the words that show it.

    :param day: the sentence on the last day that it sets itself; may be empty.
    """
    facts = [
        "" if day.is_set else day.text.rstrip("。"),
        f"机构：{notice.forum}" if notice.forum else "",
        f"编号：{'、'.join(notice.numbers[:_NUMBERS])}" if notice.numbers else "",
        f"文中日期：{'、'.join(notice.dates[:_DATES])}" if notice.dates else "",
    ]
    return Reply(
        "utter_notice",
        fields={
            "title": f"{notice.kind.title}，{day.text}" if day.is_set else notice.kind.title,
            "quotes": "；".join(f"“{quote}”" for quote in notice.quotes),
            "facts": "".join(f"{fact}。" for fact in facts if fact),
        },
        data={
            "notice": {
                "kind": notice.kind.id,
                "title": notice.kind.title,
                "procedure": notice.kind.procedure,
                "country": notice.country,
                "right": notice.right,
                "forum": notice.forum,
                "dates": list(notice.dates),
                "numbers": list(notice.numbers),
                "quotes": list(notice.quotes),
            }
        },
    )
