"""Addresses that leave this site: in previews of a link, in QR codes on paper."""

from __future__ import annotations

from aiohttp import web

from channels import keys
from channels.security import is_secure


def origin_of(request: web.Request) -> str:
    """Scheme and host under which people reach this site.

    The setting says it; else it is the address that this request was made to.
    """
    settings = request.config_dict[keys.SETTINGS].channels
    if settings.public_url:
        return settings.public_url
    secure = is_secure(request, settings.trusted_proxies)
    return f"{'https' if secure else 'http'}://{request.host}"


def place_link(origin: str, campaign: str, place: str) -> str:
    """What the QR code of a place opens."""
    return f"{origin}/c/{campaign}?p={place}"
