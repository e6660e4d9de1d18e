"""微信客服: what its customers do, and who serves, kept the same on both sides.

The states of the other side: 0 new, 1 with the assistant, 2 in the queue, 3 with a member of staff, 4
ended.  While our side serves, the conversation stays in 0 or 1; it is moved to 2 where the settings hand
it to WeCom's own staff, and our bot says nothing until they have ended.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from channels.wechat import words
from channels.wechat.answers import Answers
from channels.wechat.api import ApiError
from channels.wechat.content import menu
from channels.wechat.heard import Heard, Kind
from channels.wechat.insisting import surely
from channels.wechat.pictures import Intake
from channels.wechat.wecom import SERVICE, CustomerService
from desk import (
    conversations,
    deliveries,
    handoffs,
    outgoing,
    reach,
    recording,
    transcripts,
)
from desk.conversations import Owner
from desk.engine import reading, writing
from desk.messages import OutboundMessage
from desk.reach import Reached
from desk.tickets import Status
from server import keys

logger = logging.getLogger(__name__)

QUEUED = 2
_ENDED = 3  # what a change of the session is called when it has ended
_CUSTOMER, _SYSTEM, _STAFF = 3, 4, 5
_LOOK_AGAIN_S = 0.2
_LOOKS = 75
_RECEPTION = "reception"
_KINDS = {
    "text": Kind.TEXT,
    "image": Kind.IMAGE,
    "voice": Kind.VOICE,
    "video": Kind.VIDEO,
    "file": Kind.FILE,
    "location": Kind.LOCATION,
    "link": Kind.LINK,
}


def heard_of(item: Mapping[str, Any]) -> Heard | None:
    """One message or event of the list; None for what asks for nothing here."""
    event = item.get("event") or {}
    person = item.get("external_userid") or event.get("external_userid")
    account = item.get("open_kfid") or event.get("open_kfid")
    if not (person and account and item.get("msgid")):
        return None
    key, kind = f"kf {item['msgid']}", str(item.get("msgtype"))
    if item.get("origin") == _CUSTOMER:
        found = _KINDS.get(kind, Kind.OTHER)
        return Heard(found, key, str(person), str(account), *_content(found, item.get(kind) or {}))
    if item.get("origin") == _STAFF:
        found = _KINDS.get(kind, Kind.OTHER)
        text = _content(found, item.get(kind) or {})[0] or words.NAMED.get(found, "[消息]")
        details = {"by": str(item.get("servicer_userid") or "")}
        return Heard(Kind.SERVED, key, str(person), str(account), text, details)
    if item.get("origin") != _SYSTEM and kind != "event":
        return None
    named = event.get("event_type")
    if named == "enter_session":
        details = {
            "scene": str(event.get("scene") or ""),
            "code": str(event.get("welcome_code") or ""),
        }
        return Heard(Kind.ENTER, key, str(person), str(account), "", details)
    if named == "session_status_change" and event.get("change_type") == _ENDED:
        details = {"code": str(event.get("msg_code") or "")}
        return Heard(Kind.ENDED, key, str(person), str(account), "", details)
    return None


def _content(kind: Kind, said: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    if kind is Kind.TEXT:
        # A choice that was pressed comes with its id, which is the number of the choice.
        return str(said.get("menu_id") or said.get("content") or "").strip(), {}
    if kind is Kind.LOCATION:
        return str(said.get("address") or said.get("name") or "").strip(), {}
    if kind is Kind.LINK:
        return str(said.get("title") or ""), {"url": str(said.get("url") or "")}
    return "", {"media": str(said.get("media_id") or "")}


class ServiceAnswers(Answers):
    """Answers where staff may be WeCom's own.

    :param hands_over: whether asking for a human leads to WeCom's staff.
    """

    def __init__(self, app: web.Application, account: CustomerService, *, hands_over: bool) -> None:
        super().__init__(app, Intake(app, account.fetch))
        self._account = account
        self._hands_over = hands_over
        self._handing: set[asyncio.Task[None]] = set()

    async def answer(self, heard: Heard, person: Reached, delivery: int) -> list[OutboundMessage]:
        """What is said; nothing while WeCom's staff serve."""
        if heard.kind is Kind.ENTER:
            await self._welcome(heard, person)
            return []
        if heard.kind is Kind.ENDED:
            await self._ended(heard, person)
            return []
        if heard.kind is Kind.SERVED:
            await surely(self._note_staff, heard, person, delivery)
            return []
        if person.pending.get(_RECEPTION):
            await surely(self._note, heard, person, delivery)
            return []
        said = await super().answer(heard, person, delivery)
        if self._hands_over and await asyncio.to_thread(self._waits, person):
            task = asyncio.create_task(self._hand_over(person, delivery))
            self._handing.add(task)
            task.add_done_callback(self._handing.discard)
        return said

    async def close(self) -> None:
        """Wait for what is being handed over."""
        await asyncio.gather(*self._handing, return_exceptions=True)

    async def _welcome(self, heard: Heard, person: Reached) -> None:
        if heard.details.get("scene"):
            await asyncio.to_thread(self._came_by, person, heard.details["scene"])
        if not heard.details.get("code"):
            return
        greeting = words.welcome()
        items = {str(n): button.title for n, button in enumerate(greeting.buttons, start=1)}
        await surely(self._offer, person, [button.payload for button in greeting.buttons])
        await self._on_event(heard.details["code"], menu(greeting.text, items))

    async def _ended(self, heard: Heard, person: Reached) -> None:
        was_theirs = bool(person.pending.get(_RECEPTION))
        await surely(self._take_back, person)
        if was_theirs and heard.details.get("code"):
            text = "人工服务已结束，现在由护航继续回答。有新的问题直接发来就可以。"
            await self._on_event(
                heard.details["code"], {"msgtype": "text", "text": {"content": text}}
            )

    async def _on_event(self, code: str, message: Mapping[str, Any]) -> None:
        try:
            await self._account.send_on_event(code, message)
        except ApiError as error:  # too late, or not allowed: the person writes all the same
            logger.info("an event was not answered: %s", error.code)

    async def _hand_over(self, person: Reached, delivery: int) -> None:
        """Once what was said has been sent: afterwards the server takes nothing from us."""
        for _ in range(_LOOKS):
            if await surely(self._is_said, person, delivery):
                break
            await asyncio.sleep(_LOOK_AGAIN_S)
        try:
            await self._account.move_to(person, QUEUED)
        except ApiError as error:  # the request stays with our own desk
            logger.warning("a conversation could not be handed to WeCom's staff: %s", error.code)
            return
        await surely(self._handed, person)

    def _is_said(self, person: Reached, delivery: int) -> bool:
        with reading(self._app[keys.ENGINE]) as conn:
            found = deliveries.find(conn, delivery)
            return (found is None or found.is_done) and outgoing.is_idle(conn, person.id)

    def _handed(self, person: Reached) -> None:
        with writing(self._app[keys.ENGINE]) as conn:
            reach.put_off(conn, person.id, {_RECEPTION: SERVICE})

    def _take_back(self, person: Reached) -> None:
        with writing(self._app[keys.ENGINE]) as conn:
            if not person.pending.get(_RECEPTION):
                return
            reach.put_off(conn, person.id, {})
            ticket = handoffs.current(conn, person.sender)
            if ticket is not None and ticket.status is Status.WAITING:
                handoffs.abandon(conn, person.sender)

    def _note(self, heard: Heard, person: Reached, delivery: int) -> None:
        said = heard.text or words.said(heard.kind, "") if heard.kind in words.NAMED else heard.text
        with writing(self._app[keys.ENGINE]) as conn:
            recording.receive(
                conn, person.sender, SERVICE, said or "[消息]", client_id=f"{SERVICE}-{delivery}"
            )

    def _note_staff(self, heard: Heard, person: Reached, delivery: int) -> None:
        """What WeCom's staff said, as it reached the person: nothing of it is sent again."""
        with writing(self._app[keys.ENGINE]) as conn:
            said = recording.add_message(
                conn, person.sender, "out", "text", heard.text,
                channel=SERVICE,
                author=f"{conversations.RECEPTION}:{heard.details.get('by', '')}"[:40],
                client_id=f"{SERVICE}-{delivery}",
            )  # fmt: skip
            transcripts.mark_delivered(conn, [said.id])

    def _offer(self, person: Reached, choices: list[str]) -> None:
        with writing(self._app[keys.ENGINE]) as conn:
            reach.offer(conn, person.id, choices)

    def _waits(self, person: Reached) -> bool:
        with reading(self._app[keys.ENGINE]) as conn:
            return conversations.owner(conn, person.sender) is Owner.WAITING
