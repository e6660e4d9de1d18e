"""Addresses that leave this site: in previews of a link, in QR codes on paper."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from desk.messages import OutboundMessage
from server import keys
from server.security import Tokens, is_secure


def origin_of(request: web.Request) -> str:
    """Scheme and host under which people reach this site.

    The setting says it; else it is the address that this request was made to.
    """
    settings = request.config_dict[keys.SETTINGS].channels
    if settings.public_url:
        return settings.public_url
    return f"{'https' if is_secure(request, settings) else 'http'}://{request.host}"


def place_link(origin: str, campaign: str, place: str) -> str:
    """What the QR code of a place opens."""
    return f"{origin}/c/{campaign}?p={place}"


def address_of(public_url: str | None, tokens: Tokens) -> Callable[[OutboundMessage], str | None]:
    """How a message's page is addressed; None where our own address is not known.

    The link opens this answer alone, to whoever has it, until the conversation is erased.
    """

    def address(message: OutboundMessage) -> str | None:
        return None if public_url is None else f"{public_url}/a/{tokens.seal(message.id)}"

    return address
