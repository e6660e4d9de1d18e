"""Pictures that people send on WeChat, into the intake of papers: agreed to first, then fetched and read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from channels.wechat import words
from channels.wechat.api import ApiError
from desk import conversations, paper_files, paper_pages, paper_terms, papers, reach
from desk.engine import reading, writing
from desk.errors import InvalidRecordError
from desk.messages import OutboundMessage
from desk.papers import Paper, Sending
from desk.reach import Reached
from server import keys

logger = logging.getLogger(__name__)

_MOST = 9

# Gives the bytes of a picture by its media id.
Fetch = Callable[[str], Awaitable[bytes]]


class Intake:
    """Takes pictures of papers that are sent in a chat."""

    def __init__(self, app: web.Application, fetch: Fetch) -> None:
        self._app = app
        self._fetch = fetch

    async def take(self, person: Reached, media: Sequence[str]) -> OutboundMessage:
        """Keep pictures until the terms are agreed to, or have those read that WeChat still gives.

        What cannot be taken then waits no longer: it would stand in the way of what is sent next.

        :param media: ids; the last one is new.  Agreeing is what a person does who calls again.
        """
        if not await asyncio.to_thread(self._agreed, person, media):
            days = self._app[keys.SETTINGS].desk.paper_days
            return words.terms(paper_terms.text(days))
        await self._app[keys.READING_ROOM].admit(person.sender)
        fetched = [await self._fetched(item) for item in media]
        pictures = [picture for picture in fetched if picture is not None]
        if not pictures:
            await asyncio.to_thread(self._let_go, person)
            return words.not_taken("微信没有给出这张图片，请重新发一次。")
        try:
            paper, is_new = await asyncio.to_thread(self._keep, person, pictures)
        except InvalidRecordError as error:
            await asyncio.to_thread(self._let_go, person)
            return words.not_taken(f"{error}。")
        if not is_new:
            return words.sent_before(is_pending=paper.is_pending)
        self._app[keys.READING_ROOM].call_later(papers.GATHERS.total_seconds())
        return words.reading(
            page=len(paper.files) if len(paper.files) > len(pictures) else 0,
            missing=len(media) - len(pictures),
            gathers_s=int(papers.GATHERS.total_seconds()),
        )

    async def _fetched(self, media: str) -> bytes | None:
        try:
            return await self._fetch(media)
        except ApiError as error:  # such as one that was sent days ago
            logger.info("a picture could not be fetched: %s", error.code)
            return None

    def _agreed(self, person: Reached, media: Sequence[str]) -> bool:
        with reading(self._app[keys.ENGINE]) as conn:
            if papers.has_agreed(conn, person.sender, paper_terms.VERSION):
                return True
        if list(media) == list(person.pending.get("pictures", ())):
            return True  # they were told the terms, and said yes
        with writing(self._app[keys.ENGINE]) as conn:
            reach.put_off(conn, person.id, {"pictures": list(media)[-_MOST:]})
        return False

    def _let_go(self, person: Reached) -> None:
        with writing(self._app[keys.ENGINE]) as conn:
            reach.put_off(conn, person.id, {})

    def _keep(self, person: Reached, pictures: Sequence[bytes]) -> tuple[Paper, bool]:
        folder = self._app[keys.SETTINGS].desk.attachments_dir
        with paper_files.receiving(folder) as incoming:
            for number, content in enumerate(pictures, start=1):
                with incoming.file(f"微信图片{number}.jpg") as arriving:
                    arriving.write(content)
            with writing(self._app[keys.ENGINE]) as conn:
                channel = person.address.channel
                conversations.ensure(conn, person.sender, channel)
                sending = Sending(person.sender, channel, paper_terms.VERSION)
                kept = paper_pages.add(conn, folder, sending, incoming)
                reach.put_off(conn, person.id, {})
        return kept
