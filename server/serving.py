"""The socket side of ``huhang serve``: connections that are bounded, patient for a while, and answered in Chinese.

aiohttp answers what is no HTTP by itself, in English and with a stack trace in the log, and waits without
end for the headers of a request that has begun.
"""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import resource
import socket
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from knowledge.errors import SettingsError
from server.accepting import Accepting
from server.draining import DRAINING, Asked
from server.ending import ended
from server.errors import error_json, json_text, new_number
from server.shares import Shares

logger = logging.getLogger(__name__)

# From the first byte of a request to the end of its headers.
HEADERS_S = 15.0
# A page holds one connection open and fetches by a few more; files and databases need some, too.
MOST_CONNECTIONS = 2000
_OTHER_FILES = 200
_BACKLOG = 128
# Seconds that a connection may stay open with nothing asked; browsers open a new one.
_IDLE_S = 75.0
# When the server ends: for requests under way, and once more for those that go on when they are cut off.
_FINISH_S = 15.0
_LAST_PORT = 65535
_REASONS = {
    errno.EADDRINUSE: "端口已被占用，请换一个",
    errno.EADDRNOTAVAIL: "这不是本机的地址，请换一个",
    errno.EACCES: "没有权限，请用 1024 以上的端口",
    socket.EAI_NONAME: "主机名无法解析，请换一个",
}


def listen(host: str, port: int) -> socket.socket:
    """Take an address.

    :raises SettingsError: it is taken, not this machine's, or not allowed.
    """
    where = f"不能在 {host}:{port} 上监听"
    if not 0 <= port <= _LAST_PORT:
        raise SettingsError(f"{where}：端口应为 0 到 {_LAST_PORT}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, "请检查 --host 和 --port")
        raise SettingsError(f"{where}：{reason}") from error


def serve(app: web.Application, listening: socket.socket, shares: Shares | None = None) -> None:
    """Serve until the process is asked to end; requests under way are finished.

    :param shares: what other workers have, who take connections from the same socket.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    main = loop.create_task(_serve(app, listening, shares))
    try:
        loop.run_until_complete(main)
    except (web.GracefulExit, KeyboardInterrupt):
        logger.info("stopping")
    finally:
        loop.run_until_complete(ended([main]))
        loop.run_until_complete(ended(asyncio.all_tasks(loop)))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        loop.close()


async def _serve(app: web.Application, listening: socket.socket, shares: Shares | None) -> None:
    asked = Asked()
    runner = Runner(app, access_log=None, keepalive_timeout=_IDLE_S, shutdown_timeout=_FINISH_S)
    await runner.setup()
    server = runner.server
    assert isinstance(server, _Server)  # noqa: S101  (it has been set up)
    accepting = Accepting(listening, server, shares)
    if shares is not None:
        shares.enter()
        server.shares = shares
    try:
        accepting.start()
        await asked.wait()
        logger.info("stopping")
        if DRAINING in app:
            await app[DRAINING].finish()
    finally:
        if shares is not None:
            shares.leave()
        await accepting.close()
        await runner.cleanup()


class Runner(web.AppRunner):
    """Runs an application over :class:`Connection`."""

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        server.__class__ = _Server
        return server


class _Server(web.Server):
    shares: Shares | None = None

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        if self.shares is not None:
            self.shares.tell(len(self.connections))

    def __call__(self) -> RequestHandler:
        return Connection(self, loop=self._loop, **self._kwargs)


class Connection(RequestHandler):
    """One connection: closed when its headers take too long, refused when there are too many."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, unless there are too many."""
        super().connection_made(transport)
        if self._manager is not None and len(self._manager.connections) > most_connections():
            logger.warning("a connection was refused: there are %d", most_connections())
            assert isinstance(transport, asyncio.Transport)  # noqa: S101
            transport.write(_FULL)
            self.force_close()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; those that begin a request start the clock, its headers' end stops it."""
        before = self._request_count
        super().data_received(data)
        if self._request_count != before or self._is_busy():
            self._stop_waiting()
        elif self._patience is None:
            self._patience = self._loop.call_later(HEADERS_S, self._give_up)

    def log_exception(self, *args: Any, **options: Any) -> None:
        """One line, without what was sent."""
        error = options.get("exc_info")
        logger.warning("a request was not read or answered to its end: %s", type(error).__name__)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Say in Chinese what could not be read; one line in the log, without what was sent."""
        number = new_number()
        logger.warning("request=%s no HTTP: %s", number, type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("the response has begun")
        is_client = status < HTTPStatus.INTERNAL_SERVER_ERROR
        code, words = (
            ("bad_request", "请求不是有效的 HTTP，或请求头太大，请检查后重试")
            if is_client
            else ("internal", "服务出了点问题，请稍后再试；反映问题时请提供编号")
        )
        response = web.json_response(
            error_json(code, words, number), status=status, dumps=json_text
        )
        response.force_close()
        return response

    def _is_busy(self) -> bool:
        return self._current_request is not None or bool(self._messages) or self._upgraded

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._patience = None
        if not self._is_busy():
            logger.info("a connection was closed: its request did not come")
            self.force_close()


def most_connections() -> int:
    """As many as the process may have files open, less those it needs for itself."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(_OTHER_FILES, min(MOST_CONNECTIONS, allowed - _OTHER_FILES))


def _full() -> bytes:
    body = json.dumps(
        error_json("too_many_connections", "现在连接太多，请稍后再试", ""), ensure_ascii=False
    ).encode()
    head = (
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nRetry-After: 5\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


_FULL = _full()
