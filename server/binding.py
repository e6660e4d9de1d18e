"""One person, two channels: a code shown in one conversation and said in the other makes them one."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine
from typing import Any

from sqlalchemy.engine import Engine

from desk import binding, joining
from desk.engine import writing
from desk.errors import TransitionError
from desk.messages import MessageKind, OutboundMessage
from knowledge.text import normalise
from server.buckets import Allowances

logger = logging.getLogger(__name__)

_ASK = re.compile(r"(?:绑定|关联)(?:网页|网站|账号|微信|对话)?|绑定码")
_CODE = re.compile(r"(?:绑定|关联)(?:码)?[ :：]*([0-9]{8})")
_TRIES_A_MINUTE = 5
_BROWSERS = "web~"


class Binder:
    """Shows codes and takes them.

    :param allowances: in which tries are counted.
    :param forget: removes the dialogue state of a sender whose conversation has become another's; may fail.
    """

    def __init__(
        self,
        engine: Engine,
        allowances: Allowances,
        forget: Callable[[str], Coroutine[Any, Any, None]],
    ) -> None:
        """To be made on the event loop on which ``forget`` runs."""
        self._loop = asyncio.get_running_loop()
        self._engine = engine
        self._allowances = allowances
        self._forget = forget

    def concerns(self, text: str) -> bool:
        """Whether a text wishes to bind; told without the records."""
        said = _bare(text)
        return bool(_ASK.fullmatch(said) or _CODE.fullmatch(said))

    def answer(self, sender: str, text: str) -> OutboundMessage | None:
        """What is said to a wish to bind.  Blocks; not to be called on the event loop.

        :return: None when the text is about something else.
        """
        said = _bare(text)
        if _ASK.fullmatch(said):
            return self._shown(sender)
        found = _CODE.fullmatch(said)
        if found is None:
            return None
        if wait := self._allowances.take([(f"bind {sender}", _TRIES_A_MINUTE)]):
            return _notice(f"试得太多，请 {wait} 秒后再试。")
        return _notice(self._bound(found.group(1), sender))

    def _bound(self, code: str, sender: str) -> str:
        try:
            with writing(self._engine) as conn:
                other = binding.use(conn, code)
                if other is None:
                    return "绑定码不对，或者已经用过、超过10分钟。请在另一边重新取一个。"
                if other == sender:
                    return "这是本对话自己的绑定码，请到另一边去发。"
                # A browser cannot be given another conversation while it talks; a channel can.
                main, joined = (sender, other) if sender.startswith(_BROWSERS) else (other, sender)
                if joined.startswith(_BROWSERS):
                    return "两边都是网页，不能绑定。请在微信里取绑定码。"
                joining.join(conn, joined, main)
        except TransitionError as error:
            return str(error)
        self._let_go(joined)
        return "已绑定：从现在起，这里和另一边是同一段对话，以前的对话、事项和登记都在。"

    def _let_go(self, joined: str) -> None:
        try:
            asyncio.run_coroutine_threadsafe(self._forget(joined), self._loop).result()
        except (
            Exception
        ) as error:  # they are bound; the next start removes it (bot.tracker_erasure)
            logger.error("forgetting failed: error=%s", type(error).__name__)

    def _shown(self, sender: str) -> OutboundMessage:
        with writing(self._engine) as conn:
            code = binding.new_code(conn, sender)
        return _notice(
            f"绑定码：{code}，10分钟内有效，只能用一次。\n"
            f"在另一边（网页或微信）的对话里发「绑定 {code}」，两边就成为同一段对话。请不要把它告诉别人。"
        )


def _bare(text: str) -> str:
    return normalise(text).strip("。！!., ")


def _notice(text: str) -> OutboundMessage:
    return OutboundMessage(MessageKind.NOTICE, text)
