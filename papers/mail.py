"""E-mails as papers: the words of one, and the files that hang on it."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from pathlib import Path

from knowledge.errors import SourceError
from knowledge.loaders import parse_bytes
from knowledge.loaders.encoding import decode

_UNNAMED = "没有名字的附件"
_LONGEST_NAME = 80
_HEADERS = ("From", "To", "Date", "Subject")
# A picture drawn into a mail that is smaller is a letterhead or a signature, no photo of a paper.
_LETTERHEAD_BYTES = 40_000
# What the library raises on mails that keep to no rules.
_MALFORMED = (MessageError, LookupError, ValueError, AttributeError, TypeError)


@dataclass(frozen=True)
class Attached:
    """A file that hangs on a mail; ``data`` is empty where the mail does not hold it as plain bytes."""

    name: str
    data: bytes


def lines_of_mail(data: bytes, name: str) -> list[str]:
    """The heads of a mail that name people, day and subject, and its body.

    :raises SourceError: it is no mail, or a damaged one.
    """
    message = _message(data)
    try:
        if message is None or not any(message[key] for key in _HEADERS):
            raise SourceError(
                f"{name}：不是可以读的邮件文件，请在邮箱里重新导出 .eml，或另存为 PDF"
            )
        return list(_lines(message, name))
    except SourceError:
        raise
    except _MALFORMED as error:
        raise SourceError(
            f"{name}：邮件的格式不合规范，读不了；请在邮箱里重新导出 .eml，或另存为 PDF"
        ) from error


def attached_to(data: bytes) -> list[Attached]:
    """The files that hang on a mail, one level deep, in order; empty where it cannot be told."""
    message = _message(data)
    try:
        parts = [] if message is None else list(message.iter_attachments())
        return [
            Attached(_name(part), content)
            for part in parts
            for content in [_content(part)]
            if not _is_letterhead(part, content)
        ]
    except _MALFORMED:
        return []


def _message(data: bytes) -> EmailMessage | None:
    message = email.message_from_bytes(data, policy=email.policy.default)
    return message if isinstance(message, EmailMessage) else None


def _name(part: MIMEPart) -> str:
    return " ".join((part.get_filename() or _UNNAMED).split())[:_LONGEST_NAME]


def _content(part: MIMEPart) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _is_letterhead(part: MIMEPart, content: bytes) -> bool:
    is_drawn_in = part.get_content_maintype() == "image" and not part.is_attachment()
    return is_drawn_in and len(content) < _LETTERHEAD_BYTES


def _lines(message: EmailMessage, name: str) -> Iterator[str]:
    for key in _HEADERS:
        if message[key]:
            yield f"{key}: {message[key]}"
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return
    content = _content(body)
    if not content.strip():
        return
    if body.get_content_type() == "text/html":
        parsed = parse_bytes(Path("mail.html"), content)
        yield from ([parsed.title] if parsed.title else [])
        yield from (block.text for block in parsed.blocks)
    else:
        yield from decode(content, name, declared=body.get_content_charset()).split("\n")
