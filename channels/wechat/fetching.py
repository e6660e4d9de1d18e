"""微信客服 only says that something came in: it is fetched by a cursor, and again until it is stored."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

from channels.wechat.api import ApiError
from channels.wechat.in_time_or_late import TimedAnswers
from channels.wechat.insisting import surely
from channels.wechat.service import heard_of
from channels.wechat.wecom import SERVICE, CustomerService
from desk import access_tokens
from desk.engine import reading, writing
from knowledge.errors import DeskError
from server import keys
from server.waiting import is_set_within

logger = logging.getLogger(__name__)

# Between the tries of one fetch.
_PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
# After which what still could not be fetched is tried anew; in every fifth round every account is looked
# at, since calls may be lost.  Without a call's token the server allows few fetches.
_AGAIN_S = 60.0
_ALL_EVERY = 5


class Fetcher:
    """Fetches what came in, one service account at a time, and keeps how far it got."""

    def __init__(self, app: web.Application, account: CustomerService, timed: TimedAnswers) -> None:
        self._app = app
        self._account = account
        self._timed = timed
        # Accounts of which something has to be fetched, with the token of the latest call.
        self._due: dict[str, str] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._closing = asyncio.Event()

    def call(self, account: str, token: str = "") -> None:
        """Something may have come in; it is fetched beside the callback, which must be answered at once."""
        self._due[account] = token or self._due.get(account, "")
        if account not in self._running and not self._closing.is_set():
            self._running[account] = asyncio.create_task(self._fetch(account))

    async def run(self) -> None:
        """Fetch what came while nobody listened, now and from time to time, until cancelled."""
        rounds = 0
        while True:
            known = await self._known() if rounds % _ALL_EVERY == 0 else ()
            for account in {*known, *self._due}:
                self.call(account)
            rounds += 1
            await asyncio.sleep(_AGAIN_S)

    async def close(self) -> None:
        """Wait for what is being fetched; what fails now is fetched after the next start."""
        self._closing.set()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _fetch(self, account: str) -> None:
        try:
            while account in self._due and not self._closing.is_set():
                if not await self._all(account, self._due.pop(account)):
                    self._due.setdefault(account, "")  # the token of a call does not last
                    return
        finally:
            del self._running[account]

    async def _all(self, account: str, token: str) -> bool:
        """Store everything after the cursor; whether it could be done, after some tries."""
        for pause_s in (*_PAUSES_S, 0.0):
            try:
                while await self._page(account, token):
                    pass
            except ApiError as error:
                logger.warning("messages of 微信客服 could not be fetched: %s", error.code)
            except DeskError as error:
                logger.warning("messages of 微信客服 could not be stored: %s", error)
            except Exception:  # the same may be well in a minute, and others must not suffer for it
                logger.exception("fetching messages of 微信客服 failed")
                return False
            else:
                return True
            if await is_set_within(self._closing, pause_s):
                return False
        return False

    async def _page(self, account: str, token: str) -> bool:
        """Store one page, then move the cursor; whether there is more."""
        name = f"{SERVICE}:{account}"
        cursor = await surely(self._cursor, name)
        found = await self._account.sync(account, cursor, token)
        for item in found.get("msg_list") or ():
            act = heard_of(item)
            if act is not None:
                await self._timed.keep(act)
        moved = str(found.get("next_cursor") or "")
        if moved and moved != cursor:
            await surely(self._move, name, moved)
        return bool(found.get("has_more")) and moved != cursor

    async def _known(self) -> tuple[str, ...]:
        """The accounts of which something was ever fetched."""

        def accounts() -> tuple[str, ...]:
            with reading(self._app[keys.ENGINE]) as conn:
                return access_tokens.cursors(conn, f"{SERVICE}:")

        try:
            return await asyncio.to_thread(accounts)
        except DeskError as error:
            logger.warning("the records are not available: %s", error)
            return ()

    def _cursor(self, name: str) -> str:
        with reading(self._app[keys.ENGINE]) as conn:
            return access_tokens.cursor(conn, name)

    def _move(self, name: str, to: str) -> None:
        with writing(self._app[keys.ENGINE]) as conn:
            access_tokens.move_cursor(conn, name, to)
