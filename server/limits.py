"""How many messages a person and an address may send a minute.

Counted in this process: N copies behind a load balancer allow N times as much, which still bounds a
single caller.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

_REMEMBERED = 20_000
# Many people share one address (an office, a phone network), so an address may send as much as this
# many people together.
PEOPLE_PER_ADDRESS = 20
# Conversations that an address may begin a minute: without it, a fresh id would be a fresh allowance.
BEGINNERS_PER_MINUTE = 30
# Kept links that an address may open a minute, right or wrong: nobody has more, who guesses has less.
LINKS_PER_MINUTE = 30
# Rounds of a quiz that an address may begin a minute: a school's whole assembly hall behind one address.
ROUNDS_PER_MINUTE = 600


class TokenBuckets:
    """One bucket of allowances a key, refilled steadily; the least recently used are forgotten."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = float(per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> int:
        """Use one allowance.

        :return: 0 when allowed, else the seconds after which to try again.
        """
        now = self._clock()
        level, since = self._buckets.pop(key, (self._capacity, now))
        level = min(self._capacity, level + (now - since) * self._per_second)
        allowed = level >= 1
        self._buckets[key] = (level - 1 if allowed else level, now)
        while len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1 - level) / self._per_second))


class RateLimits:
    """The limit of each sender and of each address."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._senders = TokenBuckets(per_minute, clock)
        self._beginners = TokenBuckets(BEGINNERS_PER_MINUTE, clock)
        self._links = TokenBuckets(LINKS_PER_MINUTE, clock)
        self._addresses = TokenBuckets(per_minute * PEOPLE_PER_ADDRESS, clock)
        self._rounds = TokenBuckets(ROUNDS_PER_MINUTE, clock)

    def admit(self, address: str | None) -> int:
        """Use one allowance of an address to begin a conversation.

        :return: 0 when allowed, else the seconds after which to try again.
        """
        return 0 if address is None else self._beginners.take(address)

    def open(self, address: str | None) -> int:
        """Use one allowance of an address to open a kept link.

        :return: 0 when allowed, else the seconds after which to try again.
        """
        return 0 if address is None else self._links.take(address)

    def play(self, address: str | None) -> int:
        """Use one allowance of an address to begin a round of a campaign's quiz.

        :return: 0 when allowed, else the seconds after which to try again.
        """
        return 0 if address is None else self._rounds.take(address)

    def take(self, sender: str, address: str | None) -> int:
        """Use one allowance of both.

        :param address: None where the caller's address says nothing about who calls.
        :return: 0 when allowed, else the seconds after which to try again.
        """
        wait = self._addresses.take(address) if address is not None else 0
        return wait or self._senders.take(sender)
