"""A paper that was sent and read: what it is, and what is asked about it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import AssistantAction, Event
from actions.dialogue import FORM_SLOTS
from actions.paper_due import IS_IT_A_NOTICE
from actions.paper_view import AHEAD, InHand, card_data, words
from actions.replies import HUMAN, LEAD, Button, Reply, unique
from actions.turn.letters import period_row
from actions.turn.plan import SLOT as PLAN
from actions.turn.printed import SLOT
from desk import papers
from desk.engine import reading
from desk.errors import NotFoundError
from knowledge.paper_kinds import KINDS
from knowledge.printed_dates import Meaning
from papers.kinds import OTHER
from papers.types import Reading

FACT = "action_paper_fact"
READ = "action_paper"
_FORMS = {kind.id: kind for kind in KINDS}
_RECEIPT = (Meaning.SERVED, Meaning.RECEIVED)
_MOST_DAYS = 4
# What a paper is that may be no notice at all; whether it is one is asked first.
OPEN = "open"
# Papers that tell of no dispute: nothing is asked after their card.
NO_DISPUTE = frozenset(("contract", OPEN))
IS_ONE, IS_NONE = "这是要处理的通知", "这不是要处理的通知"
_OPEN = [Button("是，要处理", IS_ONE), Button("不是", IS_NONE), HUMAN]
GIVES_WAY = frozenset(("deadline_form", "center_form", "triage_form", "status_form"))


def sent_paper(tracker: Tracker) -> str | None:
    """The paper that the last message tells of; None for every other message."""
    metadata = tracker.latest_message.get("metadata") or {}
    uid = metadata.get("paper")
    return uid if isinstance(uid, str) and uid else None


def is_further_page(form: str | None, in_hand: object, kind: str | None) -> bool:
    """Whether a paper of this kind goes with the one that began the triage: a page without a heading.

    :param in_hand: the paper that the conversation has already.
    """
    return kind in (OTHER, OPEN) and form == "triage_form" and bool(in_hand)


def asks_what(held: InHand) -> bool:
    """Whether the card of a paper asks if it is a notice at all."""
    return IS_IT_A_NOTICE in held.reading.questions


class ActionPaper(AssistantAction):
    """Says what a paper is, and keeps for the conversation what it says of the matter."""

    def name(self) -> str:
        """The action's name."""
        return READ

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Show the card; the triage goes on from the facts that it gives."""
        held = self._held(tracker)
        if held is None:
            Reply("utter_paper_gone", kind="notice", buttons=[HUMAN]).send(dispatcher)
            return []
        today = self.services.today()
        form, in_hand = (tracker.active_loop or {}).get("name"), tracker.get_slot(SLOT)
        goes_on = is_further_page(form, in_hand, held.reading.kind)
        if goes_on and held.reading.is_open:  # what it belongs to is known
            held = replace(held, reading=held.reading.with_due(None, ()))
        asked = _OPEN if asks_what(held) else [*_days(held, today), LEAD, HUMAN]
        Reply(
            "utter_paper",
            kind="notice",
            fields={"card": words(held, today)},
            buttons=unique(asked, 6),
            data={"paper": card_data(held, today)},
        ).send(dispatcher)
        slots = _slots(held)
        if goes_on:
            return [SlotSet(SLOT, _with_page(in_hand, slots[SLOT]))]
        told = [SlotSet(name, value) for name, value in slots.items()]
        return [*_closed(tracker), *told]

    def _held(self, tracker: Tracker) -> InHand | None:
        uid = sent_paper(tracker)
        if uid is None:
            return None
        try:
            with reading(self.services.engine) as conn:
                return InHand.of(papers.get(conn, uid, sender=tracker.sender_id))
        except NotFoundError:  # erased in this moment, or somebody else's
            return None


class ActionPaperFact(AssistantAction):
    """Answers a question about a paper with the line that says so."""

    def name(self) -> str:
        """The action's name."""
        return FACT

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Say what the plan found in the paper, or that it does not say it."""
        fact = (tracker.get_slot(PLAN) or {}).get("fact") or {}
        found = fact.get("found") or []
        if not found:
            Reply(
                "utter_paper_silent",
                kind="notice",
                fields={"title": str(fact.get("title")), "label": str(fact.get("label"))},
                buttons=[HUMAN],
            ).send(dispatcher)
            return []
        Reply(
            "utter_paper_fact",
            kind="notice",
            fields={"title": fact["title"], "values": "\n".join(_said(item) for item in found)},
            buttons=[HUMAN],
            data={"fact": fact},
        ).send(dispatcher)
        return []


def _closed(tracker: Tracker) -> list[Event]:
    """A form that asks what the paper tells begins anew with it."""
    form = (tracker.active_loop or {}).get("name")
    if form not in GIVES_WAY:
        return []
    given_up = ("requested_slot", *FORM_SLOTS[form])
    return [ActiveLoop(None), *(SlotSet(name, None) for name in given_up)]


def _said(item: Mapping[str, Any]) -> str:
    """A value with the line that shows it."""
    source = item["source"]
    if source is None:
        return f"· {item['label']}：{item['value']}"
    doubt = "" if source["certain"] else "，这一行没看清，请看原件"
    return (
        f"· {item['label']}：{item['value']}（第{source['page']}页原句：“{source['text']}”{doubt}）"
    )


def _slots(held: InHand) -> dict[str, Any]:
    """What the paper tells of the matter; what it does not tell stays as it was."""
    found = held.reading
    form = _FORMS.get(found.form or "")
    told = {
        "country": found.country,
        "procedure": form.procedure if form else None,
        "right": form.right if form else None,
        "platform": form.platform if form else None,
        "party": found.side if found.side != "unknown" else None,
    }
    paper = {
        "uid": held.paper.uid,
        "kind": found.form or found.kind,
        "title": found.title,
        "case": held.case,
        "rule": (found.due or {}).get("rule"),
        "country": found.country,
        "periods": [period_row(period) for period in found.periods],
        "due": (found.due or {}).get("due_date"),
        "is_open": found.is_open,
        "settles_day": _settles_day(found),
        "printed": [
            {
                "date": item.date.isoformat(),
                "time": f"{item.time.hour}:{item.time.minute:02d}" if item.time else None,
                "meaning": item.meaning.value,
                "text": item.text,
            }
            for item in found.dates
            if item.is_certain
        ],
    }
    return {**{name: value for name, value in told.items() if value}, SLOT: paper}


def _settles_day(found: Reading) -> bool:
    """Whether the card says the day that counts, or asks for it."""
    if found.is_open:
        return False
    return found.due is not None or bool(found.questions) or _sets_a_day(found)


def _with_page(first: Mapping[str, Any], page: Mapping[str, Any]) -> dict[str, Any]:
    """A paper in hand with what a further page adds: its days and periods."""
    return {
        **first,
        "due": min((day for day in (first.get("due"), page["due"]) if day), default=None),
        "settles_day": bool(first.get("settles_day") or page["due"]),
        "printed": [*first.get("printed", ()), *page["printed"]],
        "periods": [*first.get("periods", ()), *page["periods"]],
    }


def _sets_a_day(found: Reading) -> bool:
    """Whether the paper prints a day that lies ahead of whoever received it, read for certain."""
    return any(item.is_certain and item.meaning in AHEAD for item in found.dates)


def _days(held: InHand, today: date) -> list[Button]:
    """Answers to the question when it came: the days that the paper suggests, today and yesterday."""
    if held.reading.due is not None or held.reading.is_open or not held.reading.questions:
        return []
    printed = [d.date for d in held.reading.dates if d.meaning in _RECEIPT and d.date <= today]
    days = [*printed, today, today - timedelta(days=1)]
    names = {today: "今天收到的", today - timedelta(days=1): "昨天收到的"}
    return [
        Button(names.get(day, f"{day.month}月{day.day}日送达"), f"{day.year}年{day.month}月{day.day}日收到")
        for day in dict.fromkeys(days)
    ][:_MOST_DAYS]  # fmt: skip
