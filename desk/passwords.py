"""Passwords and one-time secrets: how they must look, how they are kept and compared."""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from desk.errors import InvalidRecordError
from knowledge.errors import DeskError

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200


class LoginError(DeskError):
    """The login did not succeed; the message is the same whether the account exists or not."""


def check_password(password: str, login: str) -> None:
    """:raises InvalidRecordError: saying what the password lacks."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidRecordError(f"密码至少{SHORTEST_PASSWORD}个字符")
    if len(password) > LONGEST_PASSWORD:
        raise InvalidRecordError(f"密码最多{LONGEST_PASSWORD}个字符")
    folded = password.casefold()
    if (
        len(set(folded)) < 5
        or login.casefold() in folded
        or folded in "0123456789012345678901234567890"
    ):
        raise InvalidRecordError("密码太容易猜到，请换一个更长、更少规律的")


@lru_cache(maxsize=1)
def hasher() -> PasswordHasher:
    """Argon2 with the library's parameters."""
    # 19 MiB, two passes, one lane: OWASP's minimum for argon2id, about 30 ms on a small server.
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@lru_cache(maxsize=1)
def decoy() -> str:
    """A hash to compare with when there is no account, so that both answers take equally long."""
    return hasher().hash(secrets.token_urlsafe(16))


def verify(stored: str, password: str) -> bool:
    """Whether a password is the one of a hash."""
    try:
        return hasher().verify(stored, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False


def digest(secret: str) -> str:
    """How a one-time secret is kept."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
