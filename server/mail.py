"""Mail to staff through one SMTP server; what it does not take is said in words that help."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid

from knowledge.errors import AssistantError
from settings import MailSettings

_PATIENCE_S = 20.0
_FROM = "护航工作台"


class MailError(AssistantError):
    """A mail could not be sent; the message says why."""


def message(settings: MailSettings, to: str, subject: str, text: str) -> EmailMessage:
    """A plain mail from the center to one address."""
    mail = EmailMessage()
    mail["From"] = formataddr((_FROM, settings.sender))
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    return mail


def send(settings: MailSettings, mails: Mapping[str, EmailMessage]) -> dict[str, str]:
    """Hand mails over, each by its address, over one connection.

    :return: why not, by the address of each mail that was not taken.
    """
    refused: dict[str, str] = {}
    left = dict(mails)
    try:
        with _connected(settings) as server:
            for address, mail in mails.items():
                try:
                    server.send_message(mail)
                except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
                    refused[address] = reason(error)
                del left[address]
    except (smtplib.SMTPException, OSError) as error:
        refused.update(dict.fromkeys(left, reason(error)))
    return refused


def check(settings: MailSettings) -> None:
    """Connect and log in, sending nothing.

    :raises MailError: it does not work.
    """
    try:
        with _connected(settings) as server:
            server.noop()
    except (smtplib.SMTPException, OSError) as error:
        raise MailError(reason(error)) from error


def reason(error: Exception) -> str:
    """Why a mail server did not take a mail, in Chinese; no address and no answer of the server is in it."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "邮件服务器不接受用户名或密码"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "邮件服务器不收寄往这个地址的邮件"
    if isinstance(error, smtplib.SMTPSenderRefused):
        return "邮件服务器不接受发件地址（HUHANG_SMTP_FROM）"
    if isinstance(error, ssl.SSLError):
        return "邮件服务器的证书不被信任，或加密方式（HUHANG_SMTP_TLS）不对"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "邮件服务器不支持设置的加密或登录方式"
    if isinstance(error, smtplib.SMTPException):
        return "邮件服务器没有收下"
    return "连不上邮件服务器，请检查 HUHANG_SMTP_HOST 和端口"


@contextmanager
def _connected(settings: MailSettings) -> Iterator[smtplib.SMTP]:
    if settings.host is None:
        raise MailError("没有设置邮件服务器（HUHANG_SMTP_HOST）")
    context = ssl.create_default_context()
    where = (settings.host, settings.port)
    server = (
        smtplib.SMTP_SSL(*where, timeout=_PATIENCE_S, context=context)
        if settings.tls == "ssl"
        else smtplib.SMTP(*where, timeout=_PATIENCE_S)
    )
    with server:
        if settings.tls == "starttls":
            server.starttls(context=context)
        if settings.user is not None:
            server.login(settings.user, settings.password or "")
        yield server
