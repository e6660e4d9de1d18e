"""What a person did on WeChat, as the assistant takes it, and what is said back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

from channels.wechat import words
from channels.wechat.heard import Heard, Kind
from channels.wechat.rendering import MORE, chosen
from desk import outgoing, reach
from desk.engine import reading, writing
from desk.messages import InboundMessage, MessageError, OutboundMessage, check_text
from desk.outgoing import State
from desk.reach import Reached
from knowledge.errors import DeskError
from knowledge.text import normalise
from server import keys
from server.errors import RequestError, new_number

logger = logging.getLogger(__name__)

# How long a message waits for the assistant to load, and then for a place: two minutes and a half.
_LOADING_S = 60.0
_WAITS_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0)
_MORE = frozenset({MORE, "继续", "接着看"})


class Pictures(Protocol):
    """Takes the pictures that people send into the intake of papers."""

    async def take(self, person: Reached, media: Sequence[str]) -> OutboundMessage:
        """:return: what is said of them."""
        ...


class Answers:
    """Passes what was heard to the assistant.

    :param pictures: None where the account cannot fetch what people send.
    """

    def __init__(self, app: web.Application, pictures: Pictures | None) -> None:
        self._app = app
        self._pictures = pictures

    async def answer(self, heard: Heard, person: Reached, delivery: int) -> list[OutboundMessage]:
        """What is said to something that a person did; nothing where nobody speaks.

        :raises DeskError: it could not be stored.
        """
        match heard.kind:
            case Kind.SUBSCRIBE | Kind.SCAN:
                return await self._greeted(heard, person, delivery)
            case Kind.UNSUBSCRIBE:
                await asyncio.to_thread(self._left, person)
                return []
            case Kind.TEXT | Kind.CLICK:
                return await self._said(heard.text, person, delivery)
            case Kind.VOICE if heard.text:
                return await self._said(heard.text, person, delivery)
            case Kind.LOCATION if heard.text:
                return await self._said(f"我在{heard.text}", person, delivery)
            case Kind.IMAGE if self._pictures is not None:
                return await self._pictured(heard, person, delivery)
            case Kind.LINK:
                noted = words.said(
                    Kind.LINK, f"{heard.text} {heard.details.get('url', '')}".strip()
                )
                return await self._pass(noted, person, delivery, (words.link(heard.text),))
            case Kind.IMAGE | Kind.VOICE | Kind.VIDEO | Kind.FILE:
                noted = words.said(heard.kind, "")
                return await self._pass(noted, person, delivery, (words.unread(heard.kind),))
            case _:
                return []

    async def _greeted(self, heard: Heard, person: Reached, delivery: int) -> list[OutboundMessage]:
        scene = heard.details.get("scene", "")
        if scene:
            await asyncio.to_thread(self._came_by, person, scene)
        if scene.lower().startswith("quiz"):
            return await self._pass(words.QUIZ, person, delivery, None)
        return [words.welcome(is_back=heard.kind is Kind.SCAN)]

    async def _said(self, text: str, person: Reached, delivery: int) -> list[OutboundMessage]:
        if not normalise(text):
            return []
        if normalise(text) in _MORE and await asyncio.to_thread(self._has_kept, person):
            return []  # what was kept goes back with this message
        meant = chosen(text, person.choices) or text
        binder = self._app[keys.BINDER]
        if binder.concerns(meant):
            # Not beside a message that is being answered: its answer would stay with a sender who is no more.
            async with self._app[keys.TURNS].turn(person.sender):
                bound = await asyncio.to_thread(binder.answer, person.sender, meant)
            return [] if bound is None else [bound]
        if meant == words.AGREE and person.pending.get("pictures") and self._pictures is not None:
            taken = await self._take_pictures(person, person.pending["pictures"])
            return await self._pass(meant, person, delivery, (taken,))
        return await self._pass(meant, person, delivery, None)

    async def _pictured(
        self, heard: Heard, person: Reached, delivery: int
    ) -> list[OutboundMessage]:
        waiting = [*person.pending.get("pictures", ()), heard.details.get("media", "")]
        taken = await self._take_pictures(person, waiting)
        # Beside staff who serve nothing is said by itself; what becomes of the picture is.
        said = await self._pass(words.said(Kind.IMAGE, ""), person, delivery, (taken,))
        return said or [taken]

    async def _take_pictures(self, person: Reached, media: Sequence[str]) -> OutboundMessage:
        assert self._pictures is not None  # noqa: S101  # asked before
        return await self._pictures.take(person, [item for item in media if item])

    async def _pass(
        self,
        text: str,
        person: Reached,
        delivery: int,
        prepared: Sequence[OutboundMessage] | None,
    ) -> list[OutboundMessage]:
        """Through gate and bot; what cannot be stored now is tried again while the person waits."""
        limits = self._app[keys.SETTINGS].channels
        try:
            inbound = InboundMessage(
                sender=person.sender,
                text=check_text(text, limits.max_text_chars),
                channel=person.address.channel,
                client_id=f"{person.address.channel}-{delivery}",
                metadata=_metadata(person),
            )
        except MessageError as error:
            return [words.too_fast(str(error))]
        if prepared is None and (wait := await self._app[keys.LIMITS].take(person.sender, None)):
            return [words.too_fast(f"发送太频繁，请 {wait} 秒后再试")]
        await self._app[keys.READINESS].wait(_LOADING_S)
        for wait_s in (*_WAITS_S, None):
            try:
                reply = await self._app[keys.DISPATCHER].handle(
                    inbound, request_id=new_number(), prepared=prepared
                )
            except (RequestError, DeskError) as error:
                if wait_s is None:
                    raise DeskError(f"{person.address.channel} 的一条消息还没有处理") from error
                await asyncio.sleep(wait_s)
            else:
                await self._app[keys.DELIVERY].show_exchange(inbound, reply)
                return list(reply.messages)
        raise AssertionError  # the last turn returns or raises

    def _came_by(self, person: Reached, scene: str) -> None:
        with writing(self._app[keys.ENGINE]) as conn:
            reach.came_by(conn, person.id, scene)

    def _left(self, person: Reached) -> None:
        with writing(self._app[keys.ENGINE]) as conn:
            reach.left(conn, person.id)
            outgoing.keep(conn, person.id, None)

    def _has_kept(self, person: Reached) -> bool:
        with reading(self._app[keys.ENGINE]) as conn:
            return any(part.state is State.KEPT for part in outgoing.waiting(conn, person.id))


def _metadata(person: Reached) -> dict[str, str]:
    return {} if person.campaign is None else {"campaign": person.campaign}
