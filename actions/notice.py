"""A pasted foreign notice: what it is, quoted back before anything is done with it."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.context import AssistantAction, Event
from actions.replies import HUMAN, Reply
from actions.turn.printed import SLOT, paper_of
from knowledge.notices import Notice, recognise

_DATES = 3
_NUMBERS = 2


class ActionNotice(AssistantAction):
    """Says what a pasted notice was recognised as, in its own words."""

    def name(self) -> str:
        """The action's name."""
        return "action_notice"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Quote back; the slots were filled by the entities."""
        notice = recognise(talk.text(tracker), today=self.services.today())
        (Reply("utter_notice_unknown", buttons=[HUMAN]) if notice is None else said(notice)).send(
            dispatcher
        )
        return [] if notice is None else [SlotSet(SLOT, paper_of(notice))]


def said(notice: Notice) -> Reply:
    """What was recognised, with the words that show it."""
    facts = [
        f"机构：{notice.forum}" if notice.forum else "",
        f"编号：{'、'.join(notice.numbers[:_NUMBERS])}" if notice.numbers else "",
        f"文中日期：{'、'.join(notice.dates[:_DATES])}" if notice.dates else "",
    ]
    return Reply(
        "utter_notice",
        fields={
            "title": notice.kind.title,
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
