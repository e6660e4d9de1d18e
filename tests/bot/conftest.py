"""The embedded bot, once for the tests of a file."""

from __future__ import annotations

import pytest_asyncio

from bot.runtime import EmbeddedRasa


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rasa(bot_settings):
    bot = EmbeddedRasa(bot_settings)
    await bot.start()
    yield bot
    await bot.close()
