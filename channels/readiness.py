"""Whether the assistant can answer, and why not."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from typing import Any

from channels.dispatch import Dialogue
from channels.messages import MessageKind, OutboundMessage
from knowledge.errors import AssistantError

logger = logging.getLogger(__name__)

# A question that every published knowledge base of this assistant answers with a source; asking it
# at start also warms what the first person would otherwise wait for.
GOLDEN_QUESTION = "收到337调查立案通知，几天内要答辩？"


class Readiness:
    """Loads the dialogue once and knows how that went."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self._settled = asyncio.Event()
        self.is_loaded = False
        self.is_answering = False
        self.reason = "助手正在启动，请稍候"
        self.snapshot: str | None = None

    async def load(self) -> None:
        """Start the dialogue and ask the golden question; failures are kept, not raised."""
        started = time.perf_counter()
        try:
            await self._dialogue.start()
            self.is_loaded = True
            await self._ask()
        except AssistantError as error:
            self.reason = str(error)
            logger.error("the assistant is not ready: %s", error)
        except Exception:
            self.reason = "助手没有启动成功，请联系管理员查看日志，或运行 huhang doctor"
            logger.exception("the assistant is not ready")
        finally:
            self._settled.set()
        if self.is_answering:
            logger.info("ready after %.1f s", time.perf_counter() - started)

    async def wait(self, timeout_s: float) -> bool:
        """Wait for the end of loading.

        :return: whether messages can be answered.
        """
        try:
            await asyncio.wait_for(self._settled.wait(), timeout_s)
        except asyncio.TimeoutError:
            return False
        return self.is_loaded

    def to_json(self) -> dict[str, Any]:
        """What ``/readyz`` shows."""
        body: dict[str, Any] = {
            "status": "ready" if self.is_answering else "not_ready",
            "checks": {"model": self.is_loaded, "golden_question": self.is_answering},
            "snapshot": self.snapshot,
        }
        if not self.is_answering:
            body["reason"] = self.reason
        return body

    async def _ask(self) -> None:
        sender = f"probe~{uuid.uuid4().hex}"
        objects = await self._dialogue.handle(sender, GOLDEN_QUESTION, {"channel": "probe"})
        messages = [OutboundMessage.from_json(item) for item in objects]
        answer = next((item for item in messages if item.kind is MessageKind.ANSWER), None)
        if answer is None:
            self.reason = "知识库没有答出自检问题，请运行 huhang kb build 和 huhang kb publish"
            logger.error("the golden question was not answered")
            return
        self.snapshot = answer.citations[0].snapshot
        self.is_answering = True
        self.reason = ""
