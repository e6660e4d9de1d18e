"""What every message passes before the dispatcher: whose it is, the limits, readiness.

Who may do what with a sender id:

* A fresh id is anybody's: the first message needs nothing and its response carries the sender's
  token in ``X-Sender-Token``, once (and again if the same message is sent again under its id soon
  after, by a client that never got the answer).
* From then on posting needs the token, so that guessing or overhearing an id opens nothing and
  nobody speaks in another's name.  The ids that the server itself gives browsers always need it.
* Reading a conversation always needs the token.
* A program that carries another channel (its own users are known to it) posts for any id with the
  key of the settings in ``X-Channel-Key``.  The key reads nothing; the program keeps each person's token.
"""

from __future__ import annotations

import asyncio

from aiohttp import web

from desk.messages import InboundMessage, Reply
from server import keys
from server.errors import RequestError, new_number, not_ready, too_many
from server.hub import Listener
from server.security import (
    CHANNEL_KEY_HEADER,
    TOKEN_HEADER,
    client_address,
    cookie_sender,
    is_issued_by_server,
    is_key,
    presented_sender,
)

# How long a message waits for the assistant to finish loading before it is refused.
LOADING_WAIT_S = 30.0


async def authorise(request: web.Request, sender: str, said: InboundMessage | None = None) -> bool:
    """Check that the request may speak for the sender.

    :param said: the message, if it is one.
    :return: whether it proved to be the sender.
    :raises RequestError: 401 where a token is needed, 403 where another sender's was shown.
    """
    if _proves(request, sender):
        return True
    if TOKEN_HEADER in request.headers or "Authorization" in request.headers:
        raise token_needed(request)
    if CHANNEL_KEY_HEADER in request.headers:
        if not has_key(request):
            raise RequestError(403, "wrong_key", f"{CHANNEL_KEY_HEADER} 不对，不能代用户发送")
        return False
    casework = request.app[keys.CASEWORK]
    if is_issued_by_server(sender) or not await asyncio.to_thread(casework.is_free, sender, said):
        raise token_needed(request)
    await _limit_beginning(request)
    return False


async def answer(
    request: web.Request, inbound: InboundMessage, *, besides: Listener | None = None
) -> Reply:
    """Pass one message to the assistant, within the limits, and show it on the sender's other pages.

    :param besides: the connection it came by, which is answered by the caller.
    :raises RequestError: 429 or 503.
    """
    await admit(request, inbound.sender)
    return await admitted(request, inbound, besides=besides)


async def admit(request: web.Request, sender: str) -> None:
    """Let a sender say one message, once the assistant can answer it.

    :raises RequestError: 429 or 503.
    """
    await limit(request, sender)
    casework = request.app[keys.CASEWORK]
    # A page is given its id and token for the asking; only its first message begins a conversation.
    if is_issued_by_server(sender) and await asyncio.to_thread(casework.is_free, sender):
        await _limit_beginning(request)
    readiness = request.app[keys.READINESS]
    if not await readiness.wait(LOADING_WAIT_S):
        raise not_ready(readiness.reason)


async def admitted(
    request: web.Request, inbound: InboundMessage, *, besides: Listener | None = None
) -> Reply:
    """As :func:`answer`, of a message that :func:`admit` let through."""
    return await _handled(request.app, inbound, request[keys.REQUEST_ID], besides)


async def announce(app: web.Application, inbound: InboundMessage) -> Reply:
    """Pass a message that the server itself sends for a person, and show it on their pages.

    :raises RequestError: 429 or 503; it has to be sent again.
    """
    readiness = app[keys.READINESS]
    if not await readiness.wait(LOADING_WAIT_S):
        raise not_ready(readiness.reason)
    return await _handled(app, inbound, new_number(), None)


async def _handled(
    app: web.Application, inbound: InboundMessage, request_id: str, besides: Listener | None
) -> Reply:
    reply = await app[keys.DISPATCHER].handle(inbound, request_id=request_id)
    await app[keys.DELIVERY].show_exchange(inbound, reply, besides=besides)
    return reply


def require_token(request: web.Request, sender: str) -> None:
    """:raises RequestError: unless the request carries the sender's token."""
    if not _proves(request, sender):
        raise token_needed(request)


async def limit(request: web.Request, sender: str) -> None:
    """Use one allowance of the sender and of the caller's address.

    Everybody behind a trusted channel calls from its one address, which says nothing about who calls.

    :raises RequestError: 429 with the seconds to wait.
    """
    settings = request.app[keys.SETTINGS].channels
    address = None if has_key(request) else client_address(request, settings.trusted_proxies)
    wait = await request.app[keys.LIMITS].take(sender, address)
    if wait:
        raise too_many(wait)


def has_key(request: web.Request) -> bool:
    """Whether a request shows the key of trusted channels."""
    key = request.app[keys.SETTINGS].channels.channel_key
    shown = request.headers.get(CHANNEL_KEY_HEADER)
    return key is not None and shown is not None and is_key(shown, key)


async def _limit_beginning(request: web.Request) -> None:
    address = client_address(request, request.app[keys.SETTINGS].channels.trusted_proxies)
    wait = await request.app[keys.LIMITS].admit(address)
    if wait:
        raise too_many(wait)


def _proves(request: web.Request, sender: str) -> bool:
    tokens = request.app[keys.TOKENS]
    return sender in (presented_sender(request, tokens), cookie_sender(request, tokens))


def token_needed(request: web.Request) -> RequestError:
    """The refusal of a request that does not prove whose conversation it is."""
    if TOKEN_HEADER in request.headers or "Authorization" in request.headers:
        return RequestError(403, "wrong_token", "令牌与 sender 不符，不能读取或续写这段对话")
    return RequestError(
        401,
        "token_required",
        f"这段对话已经开始，请在请求头 {TOKEN_HEADER} 里带上首次回复时得到的令牌；"
        "没有令牌请换一个新的 sender",
        {"WWW-Authenticate": "Bearer"},
    )
