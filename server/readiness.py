"""Whether the assistant can answer, and why not."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, runtime_checkable

from actions.matter_record import PROBE
from desk.messages import MessageKind, OutboundMessage
from knowledge.errors import AssistantError
from server.dispatch import Dialogue
from server.waiting import is_set_within

logger = logging.getLogger(__name__)

# A question that every published knowledge base of this assistant answers with a source; asking it
# at start also warms what the first person would otherwise wait for.
GOLDEN_QUESTION = "收到337调查立案通知，几天内要答辩？"
# Said once more after that, to nobody: what a period, a story and a form need is then at hand for the first person.
WARMING = (
    "收到337立案通知书，三天前送达的，最晚哪天答辩",
    "我们公司的店铺被美国法院的TRO冻结了，钱取不出来，怎么办？",
    "我要登记援助线索",
)
# A start that failed is tried again, soon at first and then seldom, until its cause is gone.
RETRY_S = (5.0, 60.0)
# After a message that could not be stored the stores are tried no more often than this.
RECHECK_S = 5.0


@runtime_checkable
class AnswersFirst(Protocol):
    """A dialogue that can answer questions from the shelf before it has started."""

    async def open(self) -> None:
        """Get ready for that."""
        ...


class Readiness:
    """Loads the dialogue, knows how that went, and whether what people say is being stored."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self._settled = asyncio.Event()
        self._checked_at = 0.0
        self.is_open = False
        self.is_loaded = False
        self.is_answering = False
        self.is_storing = True
        self.reason = "助手正在启动，请稍候"

    async def load(
        self,
        before: Callable[[], Awaitable[None]] | None = None,
        ready: Callable[[], None] | None = None,
    ) -> None:
        """Start the dialogue and ask the golden question, again until it is answered.

        Failures are kept for :attr:`reason`, not raised.

        :param before: what has to be done before the whole dialogue can start.
        :param ready: called in a thread once all of it answers.
        """
        pause, longest = RETRY_S
        await self._open()
        if before is not None:
            await before()
        while not await self._attempt():
            await asyncio.sleep(pause)
            pause = min(2 * pause, longest)
            if not self.is_loaded and not self.is_open:
                await self._dialogue.close()  # what a start that failed half-way has opened
                await self._open()
        await self._warm()
        if ready is not None:
            await asyncio.to_thread(ready)

    async def wait(self, timeout_s: float) -> bool:
        """Wait until questions can be answered, or for the end of the first attempt to load.

        :return: whether messages can be answered, if only from the shelf.
        """
        if not await is_set_within(self._settled, timeout_s):
            return False
        return self.is_open or self.is_loaded

    def stored(self, *, done: bool) -> None:
        """Note whether the last message could be stored."""
        self.is_storing = done

    async def recheck(self) -> None:
        """After a message that could not be stored: see whether storing works again."""
        if self.is_storing or time.monotonic() < self._checked_at + RECHECK_S:
            return
        self._checked_at = time.monotonic()
        try:
            await self._ask()
        except Exception as error:
            logger.warning("messages cannot be stored yet: %s", type(error).__name__)
        else:
            self.is_storing = True

    @property
    def is_ready(self) -> bool:
        """Whether people should be sent here."""
        return self.is_answering and self.is_storing

    def to_json(self) -> dict[str, Any]:
        """What ``/readyz`` shows."""
        body: dict[str, Any] = {
            "status": "ready" if self.is_ready else "not_ready",
            "checks": {
                "index": self.is_open or self.is_loaded,
                "model": self.is_loaded,
                "golden_question": self.is_answering,
                "storing": self.is_storing,
            },
            "snapshot": self._dialogue.snapshot() if self.is_open or self.is_loaded else None,
        }
        if not self.is_answering:
            body["reason"] = self.reason
        elif not self.is_storing:
            body["reason"] = "最近一条消息没有存下来，请检查数据库和磁盘"
        return body

    async def _open(self) -> None:
        """Have questions answered from the shelf alone, where the dialogue can do that."""
        if not isinstance(self._dialogue, AnswersFirst):
            return
        try:
            await self._dialogue.open()
        except AssistantError as error:
            self.is_open = False
            self.reason = str(error)
            logger.error("nothing can be answered yet: %s", error)
        else:
            self.is_open = True
            self._settled.set()

    async def _attempt(self) -> bool:
        started = time.perf_counter()
        try:
            if not self.is_loaded:
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
        return self.is_answering

    async def _warm(self) -> None:
        probe = f"{PROBE}{uuid.uuid4().hex}"
        try:
            for text in WARMING:
                await self._dialogue.handle(probe, text, {"channel": "probe"})
            await self._dialogue.forget(probe)
        except Exception:
            logger.exception("the first person may wait a little")

    async def _ask(self) -> None:
        # Each time somebody new: who asks the same again is told that it was answered before.
        probe = f"{PROBE}{uuid.uuid4().hex}"
        objects = await self._dialogue.handle(probe, GOLDEN_QUESTION, {"channel": "probe"})
        await self._dialogue.forget(probe)
        messages = [OutboundMessage.from_json(item) for item in objects]
        if not any(item.kind is MessageKind.ANSWER for item in messages):
            self.reason = "知识库没有答出自检问题，请运行 huhang kb build 和 huhang kb publish"
            logger.error("the golden question was not answered")
            return
        self.is_answering = True
        self.reason = ""
