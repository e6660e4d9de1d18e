"""Signals through Redis: one channel that every copy has subscribed to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from redis import asyncio as redis
from redis.exceptions import RedisError

from server.carriers.line import CarrierError

_CONNECT_S = 3.0
_CHECK_S = 5.0
_FAILURES = (RedisError, OSError, asyncio.TimeoutError)


class Subscription:
    """A connection that is subscribed and one to publish by."""

    def __init__(self, url: str, channel: str) -> None:
        """Nothing is opened yet.

        :param url: ``redis://…``
        :param channel: a name that other deployments on the same Redis do not use.
        """
        self._url = url
        self._channel = channel
        self._client: Any = None
        self._pubsub: Any = None
        self._asking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect and subscribe; returns once Redis has confirmed it."""
        client = redis.Redis.from_url(
            self._url,
            socket_connect_timeout=_CONNECT_S,
            socket_keepalive=True,
        )
        self._client = client
        self._pubsub = client.pubsub()
        try:
            await asyncio.wait_for(self._pubsub.subscribe(self._channel), _CONNECT_S)
            answer = await asyncio.wait_for(self._pubsub.parse_response(), _CONNECT_S)
        except _FAILURES as error:
            await self.close()
            raise CarrierError(type(error).__name__) from error
        if answer is None or answer[0] != b"subscribe":
            await self.close()
            raise CarrierError("not subscribed")
        self._asking = asyncio.create_task(self._ask(self._pubsub))

    async def heard(self) -> Sequence[str]:
        """The next message; a connection that dies without a word is noticed by asking it."""
        if self._pubsub is None:
            raise CarrierError("closed")
        while True:
            # Not get_message's own timeout: it may give up in the middle of a message.
            waiting = self._pubsub.get_message(ignore_subscribe_messages=True, timeout=None)
            try:
                message = await asyncio.wait_for(waiting, 2 * _CHECK_S)
            except _FAILURES as error:
                raise CarrierError(type(error).__name__) from error
            if message is not None and message["type"] == "message":
                return [message["data"].decode("utf-8")]

    async def send(self, texts: Sequence[str]) -> None:
        """Publish, all in one round trip."""
        if self._client is None:
            raise CarrierError("closed")
        try:
            async with self._client.pipeline(transaction=False) as pipe:
                for text in texts:
                    pipe.publish(self._channel, text)
                await asyncio.wait_for(pipe.execute(), _CONNECT_S)
        except _FAILURES as error:
            raise CarrierError(type(error).__name__) from error

    async def close(self) -> None:
        """Disconnect."""
        pubsub, client, self._pubsub, self._client = self._pubsub, self._client, None, None
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        with contextlib.suppress(*_FAILURES):
            if pubsub is not None:
                await pubsub.close()
            if client is not None:
                await client.close()
                await client.connection_pool.disconnect()

    @staticmethod
    async def _ask(pubsub: Any) -> None:
        """Have something to hear every few seconds, so that silence means a dead line."""
        with contextlib.suppress(*_FAILURES):  # heard() says that the line broke
            while True:
                await asyncio.sleep(_CHECK_S)
                await pubsub.ping()
