"""A request that is refused, with what a program and what a person is told."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from knowledge.errors import AssistantError

_LETTERS = str.maketrans("0123456789", "ghjkmnpqrs")


class RequestError(AssistantError):
    """A request refused with an HTTP status, a stable code and a Chinese sentence."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})


def refusal_of(error: web.HTTPException, sentences: Mapping[int, tuple[str, str]]) -> RequestError:
    """What the web server refuses by itself, as a refusal of ours.

    :param sentences: the code and the Chinese sentence for each status that has one of its own.
    :raises HTTPException: the error itself, where it refuses nothing (a redirection).
    """
    if error.status < 400:
        raise error
    code, message = sentences.get(error.status, ("bad_request", "请求有误，请检查后重试"))
    kept = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    return RequestError(error.status, code, message, kept)


def new_number() -> str:
    """A number under which a failure is found in the log: of letters alone, so that it is never masked
    as somebody's phone there.
    """
    return uuid.uuid4().hex[:16].translate(_LETTERS)


def json_text(data: Any) -> str:
    """JSON with Chinese written as such, so that it is readable where it is looked at."""
    return json.dumps(data, ensure_ascii=False)


def error_json(code: str, message: str, request_id: str) -> dict[str, Any]:
    """The error object of the contract."""
    return {"error": {"code": code, "message": message, "request_id": request_id}}


def too_many(wait_s: int) -> RequestError:
    """The refusal of a message that came too fast."""
    return RequestError(
        429,
        "rate_limited",
        f"发送太频繁，请 {wait_s} 秒后再试",
        {"Retry-After": str(wait_s)},
    )


def not_ready(reason: str) -> RequestError:
    """The refusal of a message while the assistant is loading or cannot load."""
    return RequestError(503, "not_ready", reason, {"Retry-After": "5"})
