"""Handing the conversation to a person, and taking it back."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.context import AssistantAction, Event, Services
from actions.matter import dispute_procedure, route, told
from actions.replies import HUMAN, Button, Reply
from desk import handoffs, phrases
from desk.casework import Casework
from desk.engine import writing
from desk.errors import TransitionError
from desk.service_clock import ServiceHours, answer_in_words, hours_of, service_hours
from desk.tickets import Ticket
from desk.times import utc_now

BACK = Button.same("继续问机器人")
REASON_CHARS = 200
# Who says this while waiting wants to know how the wait stands.
ASKS_FOR_STAFF = ("human", "complaint")
# Slots whose values the staff should see with the ticket.
FACTS = {
    "country": "争议国家",
    "right": "权利类型",
    "procedure": "程序",
    "party": "身份",
    "region": "所在地",
    "industry": "行业",
    "platform": "平台",
    "date_text": "提到的日期",
    "lead_company": "企业名称",
    "last_question": "最近的问题",
}
# What the record of the matter adds to them.
RECORDED = {"paper": "文书", "received_on": "收到日期"}


class ActionHandoff(AssistantAction):
    """Opens a ticket; from then on the desk gate keeps the bot silent."""

    def name(self) -> str:
        """The action's name."""
        return "action_handoff"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Open the ticket with everything collected so far."""
        hand_off(self.services, tracker, talk.text(tracker)).send(dispatcher)
        return [SlotSet("last_topic", "handoff"), SlotSet("form_outcome", None)]


class ActionTakeBack(AssistantAction):
    """Gives the conversation back to the bot; the ticket stays open as a callback."""

    def name(self) -> str:
        """The action's name."""
        return "action_take_back"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Take the ticket back, if there is one waiting."""
        try:
            with writing(self.services.engine) as conn:
                ticket = handoffs.take_back(conn, tracker.sender_id)
        except TransitionError:  # nobody was being waited for
            dispatcher.utter_message(response="utter_bot_here")
            return []
        Reply(
            "utter_taken_back",
            kind="notice",
            fields={"ticket": ticket.reference},
            buttons=[HUMAN],
            data=ticket.to_json(),
        ).send(dispatcher)
        return []


class ActionKeepWaiting(AssistantAction):
    """Keeps for staff what asks nothing while somebody is waited for, and says how the wait stands."""

    def name(self) -> str:
        """The action's name."""
        return "action_keep_waiting"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Say it; the message itself is in the record that staff read."""
        casework = Casework(self.services.engine, self.services.settings.knowledge.tables_dir)
        standing = casework.standing(tracker.sender_id)
        if standing is None:  # closed in this moment
            dispatcher.utter_message(response="utter_bot_here")
            return []
        if standing.told and tracker.get_intent_of_latest_message() not in ASKS_FOR_STAFF:
            said = phrases.kept_for_staff(standing.ticket)
        else:
            said = standing.in_words()
        Reply(
            "utter_keep_waiting",
            kind=said.kind.value,
            fields={"body": said.text},
            buttons=[BACK],
            data=said.data,
        ).send(dispatcher)
        return []


def facts(services: Services, tracker: Tracker) -> dict[str, Any]:
    """What the person told, in the words staff read: the record of the matter, else what was said."""
    words = services.vocabulary
    matter = told(services, tracker.sender_id)
    known: dict[str, Any] = {}
    for slot, label in {**FACTS, **RECORDED}.items():
        if slot == "procedure":  # a button that names funding changes none
            value = matter.get(slot) or dispute_procedure(tracker)
        else:
            value = talk.entity(tracker, slot) or matter.get(slot)
            value = value or (talk.slot(tracker, slot) if slot in FACTS else None)
        if value:
            known[label] = words.country(value) if slot == "country" else words.name(slot, value)
    if done := matter.get("done"):
        known["已完成的步骤"] = "；".join(done)
    return known


def hand_off(services: Services, tracker: Tracker, reason: str) -> Reply:
    """Open a ticket and say where the person stands."""
    routing = route(services, tracker, talk.slot(tracker, "region"))
    with writing(services.engine) as conn:
        ticket = handoffs.open_ticket(
            conn,
            tracker.sender_id,
            reason[:REASON_CHARS],
            channel=talk.channel(tracker),
            center=routing.primary.center.id,
            facts={**facts(services, tracker), "分派理由": routing.primary.reason},
        )
    hours = hours_of(service_hours(services.settings.knowledge.tables_dir), ticket.center)
    return ticket_reply(ticket, hours)


def ticket_reply(ticket: Ticket, hours: ServiceHours) -> Reply:
    """The confirmation: number, place, expected time, and what to do meanwhile."""
    place = f"，目前排在第{ticket.position}位" if ticket.position else ""
    expected = answer_in_words(
        hours,
        ticket.queued_at,
        utc_now(),
        minutes=ticket.expected.minutes if ticket.expected else None,
        is_online=ticket.staff_online,
    )
    return Reply(
        "utter_handoff" if ticket.staff_online else "utter_handoff_offline",
        kind="handoff",
        fields={"ticket": ticket.reference, "place": place, "wait": f"，{expected}"},
        buttons=[BACK],
        data={**ticket.to_json(), "expected": expected},
    )
