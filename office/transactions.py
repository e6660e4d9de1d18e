"""The desk's records from a handler: one transaction, off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from aiohttp import web
from sqlalchemy.engine import Connection, Engine

from desk.engine import reading, writing
from server import keys

P = ParamSpec("P")
R = TypeVar("R")


def engine_of(request: web.Request) -> Engine:
    """The casework database, for the few functions that open their own transactions."""
    return request.config_dict[keys.ENGINE]


async def read(
    request: web.Request,
    function: Callable[Concatenate[Connection, P], R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Call a function of the desk with a connection that only reads."""

    def call() -> R:
        with reading(engine_of(request)) as conn:
            return function(conn, *args, **kwargs)

    return await asyncio.to_thread(call)


async def write(
    request: web.Request,
    function: Callable[Concatenate[Connection, P], R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Call a function of the desk in one transaction: committed when it returns."""

    def call() -> R:
        with writing(engine_of(request)) as conn:
            return function(conn, *args, **kwargs)

    return await asyncio.to_thread(call)
