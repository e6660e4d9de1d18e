"""What error codes of WeChat's servers mean: what becomes of the message, and what staff are told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

# Invalid, expired or replaced: another token may be taken.
TOKEN_REFUSED = frozenset({40001, 40014, 42001, 41001})
# The server is busy or asks for patience.
BUSY = frozenset({-1, 45009, 45011})
# Ours: the content of a picture is on no machine any more.
CONTENT_GONE = -1001


class Fate(str, Enum):
    """What becomes of a message that was refused."""

    AGAIN = "again"
    CLOSED = "closed"
    EXHAUSTED = "exhausted"
    LEFT = "left"
    FAILED = "failed"


@dataclass(frozen=True)
class Meaning:
    """A code in words for the staff."""

    fate: Fate
    words: str


_WAITS = "对方下次发消息时自动送达；急的请打电话"
MEANINGS: dict[int, Meaning] = {
    45015: Meaning(Fate.CLOSED, f"对方超过48小时没有发消息，微信不让发。{_WAITS}"),
    45047: Meaning(Fate.EXHAUSTED, f"这一轮能发的条数用完了。{_WAITS}"),
    43004: Meaning(Fate.LEFT, "对方没有关注或已取消关注，发不出去；请打电话"),
    40003: Meaning(Fate.LEFT, "对方的微信标识无效，可能已取消关注；请打电话"),
    45002: Meaning(Fate.FAILED, "内容超过微信的长度限制，请缩短后再发"),
    48001: Meaning(Fate.FAILED, "公众号没有客服消息权限，请管理员在公众平台核对"),
    48002: Meaning(Fate.LEFT, "对方关闭了接收消息，发不出去；请打电话"),
    50002: Meaning(Fate.FAILED, "公众号被限制，请管理员登录公众平台查看"),
    40007: Meaning(Fate.FAILED, "图片已过期或无效，请重新发送"),
    CONTENT_GONE: Meaning(Fate.FAILED, "图片已不在服务器上，没有送达，请重新发送"),
    95001: Meaning(Fate.EXHAUSTED, f"客户上次发消息后已发满5条，微信客服不让再发。{_WAITS}"),
    95002: Meaning(Fate.CLOSED, f"客户超过48小时没有发消息，微信客服不让发。{_WAITS}"),
    95013: Meaning(Fate.CLOSED, f"微信客服的会话已结束。{_WAITS}"),
    95014: Meaning(Fate.FAILED, "接待人员不在微信客服的接待名单里，请管理员添加"),
    95016: Meaning(Fate.CLOSED, f"微信客服的会话状态不允许发送。{_WAITS}"),
    95018: Meaning(Fate.CLOSED, f"微信客服的会话不在可由程序发送的状态。{_WAITS}"),
    60020: Meaning(Fate.AGAIN, "服务器的公网地址不在企业微信的可信IP里，请管理员添加"),
    40056: Meaning(Fate.FAILED, "接收人或应用的设置无效，请管理员核对企业微信后台"),
    81013: Meaning(Fate.LEFT, "对方不在应用的可见范围内，发不出去"),
}
_AGAIN = Meaning(Fate.AGAIN, "微信的服务器暂时没有接收，正在重试")
_UNKNOWN = Meaning(Fate.FAILED, "微信没有接收这条消息，请改用电话联系")


def trouble(code: int | None) -> str:
    """Why a message was given up, in words for the staff."""
    return (_UNKNOWN if code is None else meaning(code)).words


def meaning(code: int | None) -> Meaning:
    """What a code means; None is a server that could not be reached."""
    if code is None or code in BUSY or code in TOKEN_REFUSED:
        return _AGAIN
    return MEANINGS.get(code, _UNKNOWN)
