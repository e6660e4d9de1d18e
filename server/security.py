"""Who may read and continue a conversation, and which browser requests are refused.

A token proves that its holder is the person behind a sender id.  It is an HMAC of the id under the
server's secret, so nothing is stored and every copy of the server with the same secret accepts it.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import logging
import os
import re
import secrets
import time
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from desk.messages import MAX_SENDER_CHARS
from knowledge.errors import SettingsError
from settings import ChannelSettings

logger = logging.getLogger(__name__)

TOKEN_COOKIE = "huhang_token"  # noqa: S105  the name of a cookie
TOKEN_HEADER = "X-Sender-Token"  # noqa: S105  the name of a header
PROTOCOL = "huhang"
CHANNEL_KEY_HEADER = "X-Channel-Key"
COOKIE_MAX_AGE_S = 180 * 24 * 3600
_VERSION = "v1"
_SHORT = "w1"
# How long a token in a frame on another site is good, and after that may be changed for a fresh one.
SHORT_S = 30 * 60
RENEWABLE_S = 7 * 24 * 3600
_ISSUED = re.compile(r"(?:web|wechat|wecom|kf)~[A-Za-z0-9_-]{22}")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_PORTS = {"http": 80, "https": 443}
# Pages of other sites that asked under our address and were refused, as far as the log has them.
_told: set[tuple[str, str]] = set()
_MOST_TOLD = 20

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors {ancestors}",
    )
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Tokens:
    """Signs and checks sender tokens."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"huhang sender token\x00" + secret.encode()).digest()

    def issue(self, sender: str) -> str:
        """The token of a sender."""
        name = base64.urlsafe_b64encode(sender.encode()).decode().rstrip("=")
        return f"{_VERSION}.{name}.{self._sign(sender)}"

    def sender(self, token: str | None) -> str | None:
        """The sender whose token this is; None when it is missing, forged or of another secret."""
        if not token or len(token) > 4 * MAX_SENDER_CHARS * 2 + 64:
            return None
        short = self._short(token)
        if short is not None:
            return short[0] if short[2] > time.time() else None
        parts = token.split(".")
        if len(parts) != 3 or parts[0] != _VERSION or not token.isascii():
            return None
        try:
            sender = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)).decode()
        except (binascii.Error, ValueError):
            return None
        is_ours = "\x00" not in sender and hmac.compare_digest(parts[2], self._sign(sender))
        return sender if is_ours else None

    def issue_short(self, sender: str, site: str, now_s: float | None = None) -> str:
        """A token for half an hour, in a frame on another site (by the site's key)."""
        name = base64.urlsafe_b64encode(f"{sender}\n{site}".encode()).decode().rstrip("=")
        ends = int((time.time() if now_s is None else now_s) + SHORT_S)
        return f"{_SHORT}.{name}.{ends}.{self._sign_short(name, ends)}"

    def renewable(self, token: str | None, now_s: float | None = None) -> tuple[str, str] | None:
        """The sender and the site of a short token that may be changed for a fresh one.

        :return: None for one that is forged or has ended a week ago.
        """
        held = self._short(token)
        moment = time.time() if now_s is None else now_s
        return None if held is None or held[2] + RENEWABLE_S < moment else held[:2]

    def _short(self, token: str | None) -> tuple[str, str, int] | None:
        parts = (token or "").split(".")
        if len(parts) != 4 or parts[0] != _SHORT or not (token or "").isascii():
            return None
        _, name, ends, mark = parts
        if not hmac.compare_digest(mark, self._sign_short(name, ends)):
            return None
        sender, _, site = (
            base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode().partition("\n")
        )
        return sender, site, int(ends)

    def seal(self, message: str) -> str:
        """The id of a message with the mark that we gave it out."""
        return f"{message}.{self._mark(message)}"

    def sealed(self, token: str) -> str | None:
        """The id of the message that a token opens; None for one that we did not give out."""
        message, _, mark = token.rpartition(".")
        is_ours = hmac.compare_digest(mark.encode(), self._mark(message).encode())
        return message if is_ours and message else None

    def _mark(self, message: str) -> str:
        # Short, since it is read in a chat; guessing 96 bits is hopeless all the same.
        whole = hmac.new(self._key, b"message\x00" + message.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(whole[:12]).decode()

    def _sign_short(self, name: str, ends: int | str) -> str:
        return self._sign(f"{_SHORT}\x00{name}.{ends}")

    def _sign(self, sender: str) -> str:
        # People choose their ids; whatever else is signed holds a NUL, which no id may, so that the mark
        # of a sender is never that of anything else.
        return hmac.new(self._key, sender.encode(), hashlib.sha256).hexdigest()


def new_web_sender() -> str:
    """A fresh sender id for a browser; it cannot be guessed."""
    return f"web~{secrets.token_urlsafe(16)}"


def is_issued_by_server(sender: str) -> bool:
    """Whether the id has the form that only the server gives out, together with its token."""
    return _ISSUED.fullmatch(sender) is not None


def is_key(shown: str, key: str) -> bool:
    """Whether a request shows the key of trusted channels."""
    return hmac.compare_digest(shown.encode("utf-8", "replace"), key.encode())


def load_secret(configured: str | None, data_dir: Path) -> str:
    """The configured secret, else the one kept in the data folder, made at first use.

    :raises SettingsError: when the file cannot be read or made.
    """
    if configured is not None:
        return configured
    path = data_dir / "secret.key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"secret.key.{secrets.token_hex(8)}")
        if not path.exists():
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
                file.flush()
                os.fsync(file.fileno())
            # A link fails where another process was first; then its secret is the one.
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)
            fresh.unlink()
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"无法读写令牌密钥 {path}，请检查权限，或设置 HUHANG_SECRET_KEY"
        ) from error
    if len(secret) < 32:
        raise SettingsError(f"令牌密钥 {path} 不完整，请删除该文件后重新启动")
    return secret


def presented_sender(request: web.Request, tokens: Tokens) -> str | None:
    """The sender whose token a request's headers carry (for programs); None without a valid one."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return tokens.sender(credentials.strip())
    return tokens.sender(request.headers.get(TOKEN_HEADER)) or tokens.sender(_offered(request))


def frame_site(request: web.Request, tokens: Tokens) -> str | None:
    """The key of the site in whose frame the request arose; None on our own page."""
    shown = request.headers.get(TOKEN_HEADER) or _offered(request)
    held = tokens.renewable(shown)
    return None if held is None else held[1]


def _offered(request: web.Request) -> str | None:
    """What a page offers with a WebSocket, whose headers it cannot set."""
    offered = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
    return offered[1].strip() if len(offered) == 2 and offered[0].strip() == PROTOCOL else None


def cookie_sender(request: web.Request, tokens: Tokens) -> str | None:
    """The sender whose token the browser's cookie carries; None without a valid one."""
    return tokens.sender(request.cookies.get(TOKEN_COOKIE))


def set_token_cookie(response: web.StreamResponse, token: str, *, secure: bool) -> None:
    """Let the browser prove who it is: not readable by scripts, not sent along by other sites."""
    response.set_cookie(
        TOKEN_COOKIE,
        token,
        max_age=COOKIE_MAX_AGE_S,
        httponly=True,
        samesite="Lax",
        secure=secure,
        path="/",
    )


def is_cross_site(request: web.Request, channels: ChannelSettings) -> bool:
    """Whether another site's page caused an unsafe request.

    Programs send neither header and are let through; they carry no cookie that could be abused.
    """
    if request.method in _SAFE_METHODS:
        return False
    return not is_same_origin(request, channels)


def is_same_origin(request: web.Request, channels: ChannelSettings) -> bool:
    """Whether the request comes from our own page or from no page at all.

    Our own is the page under the address that was asked, or under our public one, whatever the proxies in
    front made of the former.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    if origin is None or urlsplit(origin).netloc.lower() == request.host.lower():
        return True
    public = _origin(channels.public_url)
    if public is not None and public == _origin(origin):
        return True
    _tell_of_host(origin, request.host)
    return False


def _origin(address: str | None) -> tuple[str, str, int | None] | None:
    """Scheme, host and port of an address; None where it names no host."""
    try:
        parts = urlsplit(address or "")
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:  # no number where the port stands
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None


def _tell_of_host(origin: str, host: str) -> None:
    """Say once of each pair why it was refused: a proxy that does not pass Host has everything refused."""
    pair = (origin[:200], host[:200])
    if pair not in _told and len(_told) < _MOST_TOLD:
        _told.add(pair)
        logger.warning(
            "a page under %r asked under the Host %r and was refused; if it is ours, have the proxy in front"
            " pass Host, or set HUHANG_PUBLIC_URL",
            *pair,
        )


def client_address(request: web.Request, trusted_proxies: int) -> str | None:
    """The caller's address, seen through the configured number of reverse proxies.

    :return: None for the machine itself: behind an undeclared proxy everybody looks like that, and
        limiting that address would limit everybody.
    """
    if trusted_proxies:
        # A proxy may add its entry to the caller's line, or write a line of its own below it.
        lines = ",".join(request.headers.getall("X-Forwarded-For", ()))
        known = [item.strip() for item in lines.split(",") if item.strip()]
        if known:
            return known[-min(trusted_proxies, len(known))]
    address = request.remote
    return None if address is None or address in {"127.0.0.1", "::1"} else address


def is_secure(request: web.Request, channels: ChannelSettings) -> bool:
    """Whether the person's connection is encrypted, as far as a trusted proxy or the setting tells.

    Under our public address it is what that address says, whatever the last of several proxies saw.
    """
    public = urlsplit(channels.public_url or "")
    if public.scheme == "https" and public.netloc.lower() == request.host.lower():
        return True
    told = ",".join(request.headers.getall("X-Forwarded-Proto", ())).lower().split(",")
    if channels.trusted_proxies and "https" in (item.strip() for item in told):
        return True
    return request.secure
