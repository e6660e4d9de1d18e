"""Where people reach this service, as far as the settings tell somebody at a terminal."""

from __future__ import annotations

import ipaddress

from settings import Settings


def address(settings: Settings) -> str:
    """The address of the chat page on this machine."""
    host = settings.channels.host or "0.0.0.0"  # noqa: S104  every address of the machine
    try:
        given = ipaddress.ip_address(host)
    except ValueError:
        return f"http://{host}:{settings.channels.port}"
    if given.is_unspecified:  # listens everywhere, which is no place that a browser opens
        given = ipaddress.ip_address("127.0.0.1" if given.version == 4 else "::1")
    shown = str(given) if given.version == 4 else f"[{given}]"
    return f"http://{shown}:{settings.channels.port}"


def public_address(settings: Settings) -> str:
    """The address under which people reach the service: the setting, else this machine's."""
    return settings.channels.public_url or address(settings)


def invitation_link(settings: Settings, secret: str) -> str:
    """The page on which whoever holds the secret of an invitation sets a password."""
    return f"{public_address(settings)}/desk/invitation/{secret}"
