"""What a person did on WeChat, whatever the form in which it arrived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from wechatpy import parse_message

from server.errors import RequestError


class Kind(str, Enum):
    """What kind of act; ``other`` is acknowledged and not answered."""

    TEXT = "text"
    VOICE = "voice"
    IMAGE = "image"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    LINK = "link"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    SCAN = "scan"
    CLICK = "click"
    VIEW = "view"
    ENTER = "enter"
    ENDED = "ended"
    # What staff of the other side said to the person.
    SERVED = "served"
    OTHER = "other"


@dataclass(frozen=True)
class Heard:
    """One act: ``key`` is the same whenever it is delivered again, ``text`` its words.

    ``details`` has what the kind adds: media, scene, title, url.
    """

    kind: Kind
    key: str
    person: str
    account: str
    text: str = ""
    details: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it is stored until it is answered."""
        return {**asdict(self), "kind": self.kind.value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Heard:
        """Read back what was stored."""
        return cls(**{**data, "kind": Kind(data["kind"])})


_MESSAGES = {
    "text": Kind.TEXT,
    "voice": Kind.VOICE,
    "image": Kind.IMAGE,
    "video": Kind.VIDEO,
    "shortvideo": Kind.VIDEO,
    "location": Kind.LOCATION,
    "link": Kind.LINK,
}
_EVENTS = {
    "subscribe": Kind.SUBSCRIBE,
    "subscribe_scan": Kind.SUBSCRIBE,
    "unsubscribe": Kind.UNSUBSCRIBE,
    "scan": Kind.SCAN,
    "click": Kind.CLICK,
    "view": Kind.VIEW,
    "enter_agent": Kind.ENTER,
}


def read(xml: str) -> Heard:
    """What a message in the clear says.

    :raises RequestError: 400 when it does not say who sent it, or when.
    """
    try:
        message = parse_message(xml)
        data: Mapping[str, Any] = message._data
        person, account = data.get("FromUserName"), data.get("ToUserName")
        kind = _kind(data)
        key = _key(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RequestError(400, "bad_xml", "不是有效的消息") from error
    if not (isinstance(person, str) and isinstance(account, str) and key):
        raise RequestError(400, "bad_xml", "消息不完整")
    return Heard(kind, key, person[:128], account[:64], *_content(kind, data))


def _kind(data: Mapping[str, Any]) -> Kind:
    kind = str(data["MsgType"]).lower()
    if kind != "event":
        return _MESSAGES.get(kind, Kind.OTHER)
    return _EVENTS.get(str(data.get("Event", "")).lower(), Kind.OTHER)


def _key(data: Mapping[str, Any]) -> str:
    """Events have no id of their own, and the parser gives every one of them the id 0."""
    number = data.get("MsgId")
    if number:
        return f"message {number}"
    if not data.get("CreateTime"):
        return ""
    parts = (data.get(name) for name in ("FromUserName", "CreateTime", "Event", "EventKey"))
    return " ".join(("event", *(str(part or "") for part in parts)))


def _content(kind: Kind, data: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    if kind is Kind.TEXT:
        return _text(data, "Content"), {}
    if kind is Kind.VOICE:
        return _text(data, "Recognition"), {"media": _text(data, "MediaId")}
    if kind is Kind.IMAGE:
        return "", {"media": _text(data, "MediaId")}
    if kind is Kind.LOCATION:
        return _text(data, "Label"), {}
    if kind is Kind.LINK:
        return _text(data, "Title"), {"url": _text(data, "Url")}
    if kind is Kind.CLICK:
        return _text(data, "EventKey"), {}
    if kind in (Kind.SUBSCRIBE, Kind.SCAN):
        # The parser has taken off what marks the scene of a first subscription.
        scene = _text(data, "EventKey")
        return "", {"scene": scene} if scene else {}
    return "", {}


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value.strip() if isinstance(value, str) else ""
