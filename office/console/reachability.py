"""Whether and how a person of another server's channel can be answered now, in words for the staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from desk import outgoing, reach
from desk.outgoing import State
from desk.reach import Reached
from desk.times import utc_now
from server.couriers import Account, Courier
from server.delivery_errors import trouble
from server.template_filters import CHANNELS, moment

_BYTES_A_CHARACTER = 3
_WAITS = "现在写的会保存，在对方下次发消息时送达；急的请打电话，或结束时约好回访日期。"


@dataclass(frozen=True)
class Limits:
    """What the channel allows now; ``chars`` fit into one message there."""

    words: str
    is_open: bool
    chars: int


def limits(conn: Connection, sender: str, couriers: Mapping[str, Courier]) -> Limits | None:
    """The limits of the channel on which a person was heard last; None where there are none."""
    for person in reach.of_sender(conn, sender):
        courier = couriers.get(person.address.channel)
        if courier is not None:
            return _limits(person, courier.account)
    return None


def troubles(conn: Connection, messages: Sequence[str]) -> dict[str, str]:
    """Why messages have not arrived, in words."""
    return {
        uid: trouble(code) if code is not None or state is State.FAILED else _WAITS
        for uid, (state, code) in outgoing.errors(conn, messages).items()
    }


def _limits(person: Reached, account: Account) -> Limits:
    name = CHANNELS[account.channel]
    chars = (account.form.max_bytes or 0) // _BYTES_A_CHARACTER
    if not person.is_reachable:
        return Limits(f"对方在{name}里已取消关注或停止接收，发不出去，请打电话。", False, chars)
    if not account.may_push:
        return Limits(f"这个{name}没有客服消息权限，不能主动发。{_WAITS}", False, chars)
    if account.has_window and not person.may_be_written_to():
        is_late = person.window_until is None or person.window_until <= utc_now()
        why = (
            f"对方发消息后48小时内才能回复，已在 {moment(person.window_until)} 截止。"
            if is_late
            else "对方上次发消息后能发的条数用完了。"
        )
        return Limits(f"{name}：{why}{_WAITS}", False, chars)
    length = f"每条最多约{chars}个字，更长会分成几条"
    if not account.has_window:
        return Limits(f"{name}：随时可以发；{length}。", True, chars)
    until = f"{moment(person.window_until)} 前可以发，还能发 {person.window_left} 条"
    return Limits(f"{name}：{until}；{length}。", True, chars)
