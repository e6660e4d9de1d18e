"""How many messages a person and an address may send a minute, at all copies of the server together."""

from __future__ import annotations

import asyncio

from server.allowances import OwnAllowances
from server.buckets import Allowances, Wanted

# Many people share one address (an office, a phone network), so an address may send as much as this
# many people together.
PEOPLE_PER_ADDRESS = 20
# Conversations that an address may begin a minute: without it, a fresh id would be a fresh allowance.
BEGINNERS_PER_MINUTE = 30
# Kept links that an address may open a minute, right or wrong: nobody has more, who guesses has less.
LINKS_PER_MINUTE = 30
# Rounds of a quiz that an address may begin a minute: a school's whole assembly hall behind one address.
ROUNDS_PER_MINUTE = 600
# Passwords, codes and invitations that an address may try a minute; a single login is locked by the desk itself.
LOGINS_PER_MINUTE = 30
# Pages of a campaign that are counted, and pictures and PDFs that are drawn, a minute: the same hall.
VISITS_PER_MINUTE = 600
DRAWINGS_PER_MINUTE = 600
# What a person's pages may say a minute besides messages: that somebody writes, which messages they show.
EVENTS_PER_MINUTE = 120


class RateLimits:
    """The limit of each sender and of each address."""

    def __init__(self, per_minute: int, allowances: Allowances) -> None:
        """Count in ``allowances``.

        :param per_minute: messages of one sender.
        """
        self._per_minute = per_minute
        self._allowances = allowances
        # Events are many and small: each copy of the server counts its own.
        self._events = OwnAllowances()

    async def admit(self, address: str | None) -> int:
        """Use one allowance of an address to begin a conversation.

        :return: 0 when allowed, else the seconds after which to try again.
        """
        return await self._of(address, "begin", BEGINNERS_PER_MINUTE)

    async def open(self, address: str | None) -> int:
        """Use one allowance of an address to open a kept link.

        :return: 0 when allowed, else the seconds after which to try again.
        """
        return await self._of(address, "link", LINKS_PER_MINUTE)

    async def play(self, address: str | None) -> int:
        """Use one allowance of an address to begin a round of a campaign's quiz.

        :return: 0 when allowed, else the seconds after which to try again.
        """
        return await self._of(address, "round", ROUNDS_PER_MINUTE)

    async def visit(self, address: str | None) -> int:
        """Use one allowance of an address to be counted at a campaign.

        :return: 0 when allowed, else the seconds after which to try again.
        """
        return await self._of(address, "visit", VISITS_PER_MINUTE)

    async def draw(self, address: str | None) -> int:
        """Use one allowance of an address to have a picture or a PDF drawn.

        :return: 0 when allowed, else the seconds after which to try again.
        """
        return await self._of(address, "draw", DRAWINGS_PER_MINUTE)

    async def log_in(self, address: str | None) -> int:
        """Use one allowance of an address to try a password.

        :return: 0 when allowed, else the seconds after which to try again.
        """
        return await self._of(address, "login", LOGINS_PER_MINUTE)

    async def take(self, sender: str, address: str | None) -> int:
        """Use one allowance of both.

        :param address: None where the caller's address says nothing about who calls.
        :return: 0 when allowed, else the seconds after which to try again.
        """
        wanted: list[Wanted] = [(f"sender {sender}", self._per_minute)]
        if address is not None:
            wanted.insert(0, (f"address {address}", self._per_minute * PEOPLE_PER_ADDRESS))
        return await self._take(wanted)

    def hears(self, sender: str, address: str | None) -> bool:
        """Use one allowance of both to say something besides messages.

        :return: whether there was one.
        """
        wanted: list[Wanted] = [(f"sender {sender}", EVENTS_PER_MINUTE)]
        if address is not None:
            wanted.append((f"address {address}", EVENTS_PER_MINUTE * PEOPLE_PER_ADDRESS))
        return self._events.take(wanted) == 0

    async def _of(self, address: str | None, what: str, per_minute: int) -> int:
        return 0 if address is None else await self._take([(f"{what} {address}", per_minute)])

    async def _take(self, wanted: list[Wanted]) -> int:
        if self._allowances.is_quick:
            return self._allowances.take(wanted)
        return await asyncio.to_thread(self._allowances.take, wanted)
