"""What fits on a connection that another server holds open for an answer (a passive reply)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from channels.wechat.courier import Courier
from channels.wechat.rendering import render
from desk.messages import OutboundMessage
from desk.outgoing import Part

# What one answer on the open connection may hold.
IMMEDIATE_BYTES = 2048
GAP = "\n\n"


@dataclass(frozen=True)
class ImmediateReply:
    """What goes back on the open connection, and the parts that it holds."""

    text: str | None
    parts: tuple[Part, ...] = ()


def more(left: int) -> str:
    return f"（还有{left}段，回复「1」接着看）"


def joined(messages: Sequence[OutboundMessage], courier: Courier) -> str | None:
    form = courier.account.form
    parts = [body["text"] for item in messages for body in render(item, form).bodies]
    return parts[0] if parts else None
