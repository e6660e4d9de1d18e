"""Which body helps: the center form and the card."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.context import Event
from actions.forms import FormEnd, SlotForm, steers
from actions.matter import route
from actions.replies import HUMAN, LEAD, Button, Reply, unique
from actions.routing import Referral, Routing
from actions.turn.asking import asks

# 不在广东 names where the company is not; what is left is the whole country.
_ELSEWHERE = re.compile(r"^(?:公司|我们|我司)?(?:都)?不在")
OUTSIDE = "外省"


class ValidateCenterForm(SlotForm):
    """Asks where the company is, unless it was said."""

    form = "center_form"
    slots = ("center_region",)

    def prefill(self, tracker: Tracker) -> dict[str, Any]:
        """The place named earlier."""
        return {"center_region": talk.slot(tracker, "region")}

    def others(self, tracker: Tracker) -> dict[str, Any]:
        """The place named now."""
        return {"center_region": talk.entity(tracker, "region")}

    def extract_center_region(self, tracker: Tracker) -> str | None:
        """A place, or a place we do not know if the message is short and no question."""
        place = talk.entity(tracker, "region")
        if place is not None:
            return place
        text = talk.text(tracker)
        if _ELSEWHERE.match(text):
            return OUTSIDE
        is_bare = len(text) <= 12 and not asks(text) and not talk.has_entities(tracker)
        return text if is_bare and not steers(tracker) else None


# What a follow-up hangs on (他们收费吗).
_ABOUT = "知识产权维权援助中心"


class ActionCenter(FormEnd):
    """Names the body that helps, and why."""

    def name(self) -> str:
        """The action's name."""
        return "action_center"

    def end(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Route by what is known."""
        region = talk.slot(tracker, "center_region") or talk.slot(tracker, "region")
        routing = route(self.services, tracker, region)
        reply = center_reply(routing)
        if str(reply.fields["body"]) in talk.said_before(tracker):
            reply = contact_reply(routing)
        reply.send(dispatcher)
        return [
            SlotSet("center_region", None),
            SlotSet("region", region),
            SlotSet("last_topic", "center"),
            SlotSet("last_question", _ABOUT),
        ]


def contact_reply(routing: Routing) -> Reply:
    """How to reach the primary body, for who asks again after the card."""
    card = routing.card()
    lines = [
        f"还是建议先联系：{routing.primary.center.name}。联系方式：",
        contact_line(routing.primary) or "电话没有核实过的，不写给您，免得打错。",
        _other_ways(card),
    ]
    return Reply(
        "utter_center",
        kind="center",
        fields={"body": "\n".join(line for line in lines if line)},
        buttons=unique([LEAD, HUMAN]),
        data={**card, "routing": routing.to_json()},
    )


def center_reply(
    routing: Routing, *, buttons: Sequence[Button] = (), data: Mapping[str, Any] | None = None
) -> Reply:
    """The card of the primary body with the fallback.

    :param buttons: instead of the usual ones.
    :param data: beside the card's own.
    """
    primary, fallback = routing.primary, routing.fallback
    card = routing.card()
    second = "" if fallback.center.id == primary.center.id else f"备选：{fallback.center.name}。"
    lines = [
        f"建议先联系：{primary.center.name}。",
        f"理由：{primary.reason}",
        contact_line(primary),
        _other_ways(card),
        second,
        routing.question or "",
    ]
    return Reply(
        "utter_center",
        kind="center",
        fields={"body": "\n".join(line for line in lines if line)},
        buttons=unique(buttons or [LEAD, Button.same("要准备什么材料"), HUMAN]),
        data={**card, "routing": routing.to_json(), **(data or {})},
    )


def _other_ways(card: Mapping[str, Any]) -> str:
    """Where no number is known: how to find it, and which hotlines help meanwhile."""
    if "phone" in card:
        return ""
    calls = "；".join(f"{line['number']}：{line['does']}" for line in card["hotlines"])
    return f"怎么找到它：{card['find']}。\n也可以先打热线：{calls}。"


def contact_line(referral: Referral) -> str:
    """Phone and address where the table has a source for them, else where to look."""
    data = referral.to_json()
    parts = [
        f"{label}：{data[key]}"
        for key, label in (("phone", "电话"), ("address", "地址"), ("hours", "服务时间"))
        if key in data
    ]
    if not parts:
        return f"{data.get('contact_note', '')}。" if data.get("contact_note") else ""
    if data.get("entered_on"):
        return "；".join(parts) + f"（中心自己填写，{data['entered_on']}）"
    year = data.get("phone_as_of") or data.get("address_as_of")
    return "；".join(parts) + (f"（{year}年资料，请先核实）" if year else "")
