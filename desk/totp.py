"""Time-based one-time passwords as authenticator apps make them (RFC 6238 over RFC 4226, SHA-1)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

STEP_S = 30
DIGITS = 6
_SECRET_BYTES = 20


def new_secret() -> str:
    """A fresh secret in base32, as apps take it."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def code(secret: str, step: int, digits: int = DIGITS) -> str:
    """The code of one time step (RFC 4226, section 5.3)."""
    digest = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(secret: str, typed: str, now: datetime, *, after: int = -1) -> int | None:
    """The step whose code was typed: the present one, or a neighbour for clocks that differ a little.

    :param after: steps up to this one were used and count no more.
    """
    present = int(now.timestamp()) // STEP_S
    near = (present, present - 1, present + 1)
    right = [step for step in near if hmac.compare_digest(code(secret, step), typed)]
    return next((step for step in right if step > after), None)


def address(secret: str, login: str, issuer: str = "护航工作台") -> str:
    """The address that an app reads from a picture or a link."""
    label = f"{quote(issuer)}:{quote(login)}"
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer)}"
