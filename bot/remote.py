"""A remote Rasa behind the same protocol."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import aiohttp

from bot import tracker_erasure
from bot.contract import BotError, contract, plain
from settings import Settings

logger = logging.getLogger(__name__)
REMOTE_TIMEOUT_S = 30.0
# What a server that is away, slow or no Rasa at all makes of a request.
_FAILURES = (aiohttp.ClientError, asyncio.TimeoutError, ValueError)


class RemoteRasa:
    """A Rasa server reached by its REST channel."""

    def __init__(self, settings: Settings) -> None:
        if settings.bot.rasa_url is None:
            raise BotError("没有设置 HUHANG_RASA_URL")
        self._base = settings.bot.rasa_url.rstrip("/")
        self._tracker_url = settings.bot.tracker_url
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Check that the server answers.

        :raises BotError: it does not.
        """
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=REMOTE_TIMEOUT_S))
        try:
            async with self._session.get(f"{self._base}/") as response:
                response.raise_for_status()
        except _FAILURES as error:
            await self.close()
            raise BotError(f"连不上远端 Rasa：{self._base}") from error

    async def handle(
        self, sender: str, text: str, metadata: Mapping[str, Any]
    ) -> Sequence[Mapping[str, Any]]:
        """Answer one message of a sender; where everything of theirs was erased, also what the server keeps.

        :raises BotError: not started, or the server failed.
        :raises StorageError: the server's tracker store cannot be written.
        """
        if self._session is None:
            raise BotError("机器人还没有启动")
        body = {"sender": sender, "message": plain(text), "metadata": dict(metadata)}
        try:
            async with self._session.post(
                f"{self._base}/webhooks/rest/webhook", json=body
            ) as response:
                response.raise_for_status()
                items = await response.json()
        except _FAILURES as error:
            raise BotError("远端 Rasa 没有应答") from error
        replies = [contract(item) for item in merge_split(items)]
        if any(reply["data"].get("erased") for reply in replies):
            await asyncio.to_thread(self._erase, sender)
        return replies

    def _erase(self, sender: str) -> None:
        with tracker_erasure.opened(self._tracker_url) as trackers:
            if trackers is None:
                logger.error(
                    "HUHANG_TRACKER_URL names no tracker store: the remote Rasa's is not erased"
                )
            else:
                tracker_erasure.forget(trackers, sender)

    async def forget(self, sender: str) -> None:
        """Begin the conversation anew on the other server, by the event that its interface takes.

        :raises BotError: not started, or the server does not do it (``rasa run`` without ``--enable-api``).
        """
        if self._session is None:
            raise BotError("机器人还没有启动")
        try:
            async with self._session.post(
                f"{self._base}/conversations/{quote(sender, safe='')}/tracker/events",
                json={"event": "restart"},
            ) as response:
                response.raise_for_status()
        except _FAILURES as error:
            raise BotError("远端 Rasa 没有清除对话状态") from error

    def snapshot(self) -> str | None:
        """The knowledge is the other server's."""
        return None

    async def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def merge_split(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Put together what Rasa's REST channel sends apart: a text, then its custom part."""
    merged: list[dict[str, Any]] = []
    for item in items:
        is_custom_only = "custom" in item and not item.get("text")
        if is_custom_only and merged and "custom" not in merged[-1]:
            merged[-1]["custom"] = item["custom"]
        else:
            merged.append(dict(item))
    return merged
