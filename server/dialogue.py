"""Which bot answers: the one in this process, or a remote Rasa where the settings name one."""

from __future__ import annotations

from server.dispatch import Dialogue
from settings import Settings


def make_dialogue(settings: Settings) -> Dialogue:
    """The bot that the settings name, not yet started."""
    # Imported here: Rasa takes seconds to import, and tests and light commands do without it.
    from bot.remote import RemoteRasa
    from bot.runtime import EmbeddedRasa

    if settings.bot.rasa_url is not None:
        return RemoteRasa(settings)
    return EmbeddedRasa(settings)
