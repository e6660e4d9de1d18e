"""The message contract: what comes in, what goes out, and what each channel can show.

The JSON forms are the public contract of the REST interface; every channel passes these values and
renders them its own way.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeGuard

from desk.conversations import Owner
from knowledge.errors import AssistantError
from knowledge.text import normalise
from knowledge.types import Citation

MAX_SENDER_CHARS = 64
MAX_CLIENT_ID_CHARS = 64
MAX_METADATA_CHARS = 4000
# Zero-width characters, the byte order mark and bidirectional controls: invisible, so a text made
# of them is empty, and an id that holds them cannot be told from another.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# Control characters that carry no meaning in a chat message; NUL is refused before this is used.
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class MessageError(AssistantError, ValueError):
    """A message does not keep the contract; ``code`` is for programs, the text for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class MessageKind(str, Enum):
    """What a message of the assistant is; decides its card."""

    ANSWER = "answer"
    TEXT = "text"
    QUESTION = "question"
    DEADLINE = "deadline"
    CENTER = "center"
    CHECKLIST = "checklist"
    LEAD = "lead"
    HANDOFF = "handoff"
    QUIZ = "quiz"
    REFUSAL = "refusal"
    NOTICE = "notice"


@dataclass(frozen=True)
class Channel:
    """What one way of reaching people can show and carry.

    ``max_bytes`` bounds one outgoing message (None: no bound); ``cards`` says whether citations and
    data are rendered beside the text; ``push`` whether a message may be sent without a question.
    """

    name: str
    max_bytes: int | None
    cards: bool
    buttons: bool
    push: bool


CHANNELS: dict[str, Channel] = {
    channel.name: channel
    for channel in (
        Channel("web", max_bytes=None, cards=True, buttons=True, push=True),
        # The same page, in a frame on a partner's site.
        Channel("widget", max_bytes=None, cards=True, buttons=True, push=True),
        Channel("rest", max_bytes=None, cards=True, buttons=True, push=False),
        Channel("terminal", max_bytes=None, cards=False, buttons=True, push=False),
        # Customer-service text messages of an official account: 2048 bytes, numbered choices only.
        # An application of WeCom, and 微信客服, whose choices can be pressed.
        Channel("wecom", max_bytes=2048, cards=False, buttons=False, push=True),
        Channel("kf", max_bytes=2048, cards=False, buttons=True, push=True),
        Channel("wechat", max_bytes=2048, cards=False, buttons=False, push=True),
    )
}


@dataclass(frozen=True)
class InboundMessage:
    """One message of a person, checked.

    ``client_id`` is chosen by the client so that sending again does not ask again; None where the
    client does not care.
    """

    sender: str
    text: str
    channel: str = "rest"
    client_id: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(
        cls, data: object, *, max_text_chars: int = 2000, channel: str | None = None
    ) -> InboundMessage:
        """Check a decoded request body.

        :param channel: the channel it arrived by; when None the body may name one.
        :raises MessageError: naming the field and what was expected.
        """
        if not isinstance(data, Mapping):
            raise MessageError(
                "invalid_type", '请求正文应为 JSON 对象，例如 {"sender": "…", "text": "…"}'
            )
        named = data.get("channel")
        if named is not None and (not isinstance(named, str) or named not in CHANNELS):
            raise MessageError("invalid_channel", f"channel 应为 {'、'.join(CHANNELS)} 之一")
        metadata = data.get("metadata")
        if metadata is not None and not isinstance(metadata, Mapping):
            raise MessageError("invalid_type", "metadata 应为 JSON 对象")
        _check_metadata(metadata)
        return cls(
            sender=check_sender(data.get("sender")),
            text=check_text(data.get("text"), max_text_chars),
            channel=channel or named or "rest",
            client_id=_check_client_id(data.get("message_id")),
            metadata=dict(metadata or {}),
        )

    def to_json(self) -> dict[str, Any]:
        """The request body that yields this message."""
        body: dict[str, Any] = {"sender": self.sender, "text": self.text, "channel": self.channel}
        if self.client_id is not None:
            body["message_id"] = self.client_id
        if self.metadata:
            body["metadata"] = dict(self.metadata)
        return body


@dataclass(frozen=True)
class Button:
    """A choice offered with a message; ``payload`` is the text that pressing it sends."""

    title: str
    payload: str

    def to_json(self) -> dict[str, str]:
        """The button object of the contract."""
        return {"title": self.title, "payload": self.payload}


@dataclass(frozen=True)
class OutboundMessage:
    """One message of the assistant (or of staff), complete as plain text."""

    kind: MessageKind
    text: str
    citations: tuple[Citation, ...] = ()
    buttons: tuple[Button, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @classmethod
    def from_json(cls, data: object) -> OutboundMessage:
        """Check a message object that the bot or the desk produced.

        :raises MessageError: where it breaks the contract; an answer without a citation does.
        """
        if not isinstance(data, Mapping):
            raise MessageError("invalid_message", "消息应为 JSON 对象")
        text = data.get("text")
        if not isinstance(text, str) or not text.strip():
            raise MessageError("invalid_message", "消息缺少 text")
        try:
            kind = MessageKind(data.get("kind", "text"))
        except ValueError as error:
            names = "、".join(item.value for item in MessageKind)
            raise MessageError("invalid_message", f"消息的 kind 应为 {names} 之一") from error
        citations = tuple(_citation(item) for item in _items(data, "citations"))
        if kind is MessageKind.ANSWER and not citations:
            raise MessageError("uncited_answer", "answer 消息没有出处，不能发出")
        extra = data.get("data") or {}
        if not isinstance(extra, Mapping):
            raise MessageError("invalid_message", "消息的 data 应为 JSON 对象")
        identity = data.get("id")
        if identity is not None and not (isinstance(identity, str) and identity):
            raise MessageError("invalid_message", "消息的 id 应为非空字符串")
        return cls(
            kind=kind,
            text=text,
            citations=citations,
            buttons=tuple(_button(item) for item in _items(data, "buttons")),
            data=dict(extra),
            id=identity or uuid.uuid4().hex,
        )

    def to_json(self) -> dict[str, Any]:
        """The message object of the contract."""
        return {
            "id": self.id,
            "kind": self.kind.value,
            "text": self.text,
            "citations": [citation.to_json() for citation in self.citations],
            "buttons": [button.to_json() for button in self.buttons],
            "data": dict(self.data),
        }


@dataclass(frozen=True)
class Reply:
    """What one message brought: who owns the conversation now, and the messages in order.

    ``is_first`` says that the message opened the conversation; it is not part of the contract.
    """

    sender: str
    owner: Owner
    messages: tuple[OutboundMessage, ...] = ()
    is_first: bool = False

    def to_json(self) -> dict[str, Any]:
        """The response object of the contract."""
        return {
            "sender": self.sender,
            "owner": self.owner.value,
            "messages": [message.to_json() for message in self.messages],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reply:
        """Read a response object back (clients of the REST interface, tests)."""
        return cls(
            sender=check_sender(data.get("sender")),
            owner=Owner(data.get("owner")),
            messages=tuple(OutboundMessage.from_json(item) for item in _items(data, "messages")),
        )


def check_sender(value: object) -> str:
    """:raises MessageError: unless 1 to 64 visible characters."""
    if not isinstance(value, str):
        raise MessageError("invalid_sender", "sender 应为字符串，写明是谁在提问")
    if not 1 <= len(value) <= MAX_SENDER_CHARS:
        raise MessageError("invalid_sender", f"sender 应为 1 到 {MAX_SENDER_CHARS} 个字符")
    if not value.isprintable() or _INVISIBLE.search(value) or value != value.strip():
        raise MessageError("invalid_sender", "sender 不能含有空白、控制字符或无法编码的字符")
    return value


def check_text(value: object, max_chars: int = 2000) -> str:
    """Check what the person wrote; meaningless control characters are dropped.

    :raises MessageError: when it is not text, empty, too long, or cannot be stored.
    """
    if not isinstance(value, str):
        raise MessageError("invalid_text", "text 应为字符串")
    if len(value) > max_chars:
        raise MessageError(
            "text_too_long",
            f"内容太长：最多 {max_chars} 个字，这次是 {len(value)} 个字，请分几次发送",
        )
    if "\x00" in value:
        raise MessageError("invalid_text", "内容里有空字符（NUL），无法处理，请删去后重发")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise MessageError("invalid_text", "内容里有不完整的字符编码，请重新输入后发送")
    text = _CONTROL.sub("", value)
    known = normalise(text)
    if len(known) > max_chars:
        raise MessageError(
            "text_too_long",
            f"内容里的合成字符展开后超过 {max_chars} 个字，请改用普通文字或分几次发送",
        )
    if not known:
        raise MessageError("empty_text", "内容是空的，请写下您的问题")
    return text


def is_identity(value: object) -> TypeGuard[str]:
    """Whether a value can be the id of a message: short, visible, storable."""
    return isinstance(value, str) and 1 <= len(value) <= MAX_CLIENT_ID_CHARS and value.isprintable()


def _check_metadata(metadata: object) -> None:
    """:raises MessageError: unless it is small and can be stored as JSON in any database."""
    try:
        written = json.dumps(metadata, ensure_ascii=False, allow_nan=False)
        written.encode("utf-8")
    except (ValueError, TypeError, RecursionError) as error:
        raise MessageError(
            "invalid_metadata", "metadata 里有不能保存的数字或不完整的字符编码"
        ) from error
    if "\\u0000" in written:
        raise MessageError("invalid_metadata", "metadata 里有空字符（NUL），无法保存")
    if len(written) > MAX_METADATA_CHARS:
        raise MessageError("metadata_too_long", f"metadata 太长，最多 {MAX_METADATA_CHARS} 个字符")


def _check_client_id(value: object) -> str | None:
    if value is None:
        return None
    if not is_identity(value):
        raise MessageError(
            "invalid_message_id", f"message_id 应为 1 到 {MAX_CLIENT_ID_CHARS} 个字符的字符串"
        )
    return value


def _items(data: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = data.get(key) or ()
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise MessageError("invalid_message", f"消息的 {key} 应为数组")
    return value


def _button(data: object) -> Button:
    if not isinstance(data, Mapping):
        raise MessageError("invalid_message", "按钮应为 JSON 对象")
    title, payload = data.get("title"), data.get("payload")
    if not (isinstance(title, str) and title and isinstance(payload, str) and payload):
        raise MessageError("invalid_message", "按钮缺少 title 或 payload")
    return Button(title, payload)


def _citation(data: object) -> Citation:
    if not isinstance(data, Mapping):
        raise MessageError("invalid_message", "出处应为 JSON 对象")
    for key in ("document", "title", "quote", "snapshot"):
        if not isinstance(data.get(key), str) or not data[key]:
            raise MessageError("invalid_message", f"出处缺少 {key}")
    return Citation(
        document=data["document"],
        title=data["title"],
        heading=tuple(str(item) for item in _items(data, "heading")),
        jurisdiction=_optional(data, "jurisdiction"),
        basis=_optional(data, "basis"),
        as_of=_optional(data, "as_of"),
        url=_optional(data, "url"),
        quote=data["quote"],
        snapshot=data["snapshot"],
        passage=_optional(data, "passage") or "",
        version=_optional(data, "version") or "",
    )


def _optional(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise MessageError("invalid_message", f"出处的 {key} 应为字符串或 null")
    return value or None
