"""Calls to WeChat's and WeCom's servers, with one access token for all copies of ours.

An answer with an error code becomes an :class:`ApiError`; a token that the server no longer takes is
fetched anew once, whoever fetches it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import aiohttp
from sqlalchemy.engine import Engine

from desk import access_tokens
from desk.engine import reading, writing
from desk.times import utc_now
from knowledge.errors import AssistantError
from server.delivery_errors import TOKEN_REFUSED

logger = logging.getLogger(__name__)
T = TypeVar("T")

TIMEOUT_S = 10.0
_MOST_BYTES = 20 * 1024 * 1024
_EARLY = timedelta(minutes=5)
_LOOK_AGAIN_S = 0.2
_LOOKS = 60


class ApiError(AssistantError):
    """The other server refused a call or could not be reached (``code`` None)."""

    def __init__(self, code: int | None, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Application:
    """Whose token is fetched, and where: ``name`` tells its token apart in the database."""

    name: str
    token_url: str
    parameters: Mapping[str, str]


class Api:
    """One account's calls."""

    def __init__(self, engine: Engine, base: str, application: Application) -> None:
        self._engine = engine
        self._base = base
        self._application = application
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Release the connections."""
        if self._session is not None:
            await self._session.close()

    async def call(
        self, path: str, data: Mapping[str, Any] | None = None, **query: str
    ) -> dict[str, Any]:
        """Post JSON, or get where there is nothing to post.

        :raises ApiError: with the server's code.
        """

        async def ask(token: str) -> dict[str, Any]:
            body = await self._json(path, data, {"access_token": token, **query})
            code = int(body.get("errcode") or 0)
            if code:
                raise ApiError(code, f"{self._application.name} 的接口返回错误 {code}")
            return body

        return await self._with_token(ask)

    async def fetch(self, path: str, **query: str) -> tuple[bytes, str]:
        """The bytes of a file and its type.

        :raises ApiError: when the server has an error instead, or the file is too large.
        """

        async def ask(token: str) -> tuple[bytes, str]:
            async with self._open("GET", path, {"access_token": token, **query}) as response:
                body = await _whole(response)
            if response.content_type in ("application/json", "text/plain"):
                code = int(_parsed(body).get("errcode") or -1)
                raise ApiError(code, f"取文件时返回错误 {code}")
            return body, response.content_type

        return await self._with_token(ask)

    async def upload(self, path: str, name: str, content: bytes, **query: str) -> str:
        """Hand over a file.

        :return: its media id.
        """

        async def ask(token: str) -> str:
            form = aiohttp.FormData()  # can be sent once
            form.add_field("media", content, filename=name)
            async with self._open("POST", path, {"access_token": token, **query}, form) as response:
                body = _parsed(await response.read())
            if not body.get("media_id"):
                code = int(body.get("errcode") or -1)
                raise ApiError(code, f"上传文件时返回错误 {code}")
            return str(body["media_id"])

        return await self._with_token(ask)

    async def token(self, refused: str | None) -> str:
        """The access token; fetched by one copy of the server while the others wait for it.

        :param refused: a token that was not accepted.
        :raises ApiError: when none could be had.
        """
        name = self._application.name
        for _ in range(_LOOKS):
            access = await asyncio.to_thread(self._lease, refused)
            if access.token is not None:
                return access.token
            if access.lease is not None:
                return await self._renewed(access.lease)
            await asyncio.sleep(_LOOK_AGAIN_S)
        raise ApiError(None, f"{name} 的令牌没有按时取到")

    async def _with_token(self, ask: Callable[[str], Awaitable[T]]) -> T:
        """Ask with the token, and once more with another where it is refused."""
        token = await self.token(None)
        try:
            return await ask(token)
        except ApiError as error:
            if error.code not in TOKEN_REFUSED:
                raise
            logger.info("%s: token refused (%d)", self._application.name, error.code)
        return await ask(await self.token(token))

    async def _renewed(self, lease: str) -> str:
        application = self._application
        try:
            body = await self._json(application.token_url, None, application.parameters)
            code = int(body.get("errcode") or 0)
            if code or not body.get("access_token"):
                raise ApiError(code or None, f"取 {application.name} 的令牌时返回错误 {code}")
        except ApiError:
            await asyncio.to_thread(self._give_up, lease)
            raise
        token = str(body["access_token"])
        ends = utc_now() + timedelta(seconds=int(body.get("expires_in") or 7200))
        await asyncio.to_thread(self._store, lease, token, ends)
        return token

    def _lease(self, refused: str | None) -> access_tokens.Access:
        until = utc_now() + _EARLY
        with reading(self._engine) as conn:
            known = access_tokens.get(conn, self._application.name)
        is_good = known.token is not None and known.token != refused
        if is_good and known.expires_at is not None and known.expires_at > until:
            return known
        with writing(self._engine) as conn:
            return access_tokens.lease(conn, self._application.name, refused, until)

    def _store(self, lease: str, token: str, ends: Any) -> None:
        with writing(self._engine) as conn:
            access_tokens.store(conn, self._application.name, lease, token, ends)

    def _give_up(self, lease: str) -> None:
        with writing(self._engine) as conn:
            access_tokens.give_up(conn, self._application.name, lease)

    async def _json(
        self, path: str, data: Mapping[str, Any] | None, query: Mapping[str, str]
    ) -> dict[str, Any]:
        # Chinese has to arrive as such: escaped it would be shown escaped, and counted sixfold.
        body = None if data is None else json.dumps(data, ensure_ascii=False).encode()
        async with self._open("GET" if data is None else "POST", path, query, body) as response:
            return _parsed(await response.read())

    def _open(self, method: str, path: str, query: Mapping[str, str], body: Any = None) -> _Opening:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
            self._session = aiohttp.ClientSession(timeout=timeout)
        return _Opening(self._session.request(method, self._base + path, params=query, data=body))


class _Opening:
    """A request whose failures are ours."""

    def __init__(self, request: Any) -> None:
        self._request = request

    async def __aenter__(self) -> aiohttp.ClientResponse:
        try:
            response: aiohttp.ClientResponse = await self._request.__aenter__()
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            # The error's own words may hold the address, and with it the token.
            raise ApiError(None, f"连不上微信的服务器（{type(error).__name__}）") from None
        return response

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        await self._request.__aexit__(kind, error, trace)
        if isinstance(error, (aiohttp.ClientError, asyncio.TimeoutError)):
            raise ApiError(None, f"微信的服务器没有答完（{type(error).__name__}）") from None


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    """The body, which comes in pieces, each as it arrives.

    :raises ApiError: it is too large.
    """
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > _MOST_BYTES:
            raise ApiError(None, "文件太大")
    return bytes(body)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body.decode("utf-8", "replace"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ApiError(None, "微信的服务器答的不是 JSON")
    return found
