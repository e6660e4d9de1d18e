"""Results that leave the server carry a seal, so that no other score can be put in their place."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from server.errors import RequestError

_CHARS = 20


@dataclass(frozen=True)
class Result:
    """What a finished round came to; it names nobody.

    ``best`` is the longest streak, ``team`` the code of a class or unit, empty without one.
    """

    campaign: str
    score: int
    total: int
    best: int
    audience: str
    team: str = ""


class Seals:
    """Seals results and opens them again."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"huhang campaign result\x00" + secret.encode()).digest()

    def query(self, result: Result) -> dict[str, str]:
        """A result as the query of an address."""
        return {
            "s": str(result.score), "t": str(result.total), "b": str(result.best), "g": result.audience,
            "c": result.team, "k": self._sign(result),
        }  # fmt: skip

    def open(self, campaign: str, query: Mapping[str, str]) -> Result:
        """The result that an address holds.

        :raises RequestError: 403 when the seal does not fit it.
        """
        numbers = [query.get(name, "") for name in "stb"]
        if not all(text.isascii() and text.isdigit() and len(text) < 3 for text in numbers):
            raise RequestError(400, "invalid_score", "成绩的网址不完整，请从答题页打开")
        score, total, best = map(int, numbers)
        result = Result(campaign, score, total, best, query.get("g", ""), query.get("c", ""))
        shown = query.get("k", "").encode("utf-8", "replace")
        if not hmac.compare_digest(shown, self._sign(result).encode()):
            raise RequestError(403, "forged_score", "这个成绩不是本站答题得出的")
        return result

    def _sign(self, result: Result) -> str:
        said = "\x00".join(map(str, (
            result.campaign, result.score, result.total, result.best, result.audience, result.team,
        )))  # fmt: skip
        return hmac.new(self._key, said.encode(), hashlib.sha256).hexdigest()[:_CHARS]
