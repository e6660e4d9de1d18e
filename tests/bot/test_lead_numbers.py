"""A message with the number of a lead is a question about it, whatever stands around it."""

from __future__ import annotations

import pytest

from bot.runtime import EmbeddedRasa

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize(
    "text",
    [
        "XS-ACEF-HJKM 8000",
        "xs7k4a9txm，手机尾号8000",
        "我的登记编号是XS-3479-ACEF，手机后四位8000，现在到哪一步了？",
        "ＸＳ－ＡＣＥＦ－ＨＪＫＭ和XS-7K4A-9TXM，13800138000",
    ],
)
async def test_a_lead_is_looked_up_by_one_message(bot_settings, text):
    rasa = EmbeddedRasa(bot_settings)
    await rasa.start()
    try:
        replies = await rasa.handle("test-lead-number", text, {})
    finally:
        await rasa.close()
    assert len(replies) == 1
    assert "没有查到编号XS-" in replies[0]["text"]
    assert "后四位" in replies[0]["text"]
