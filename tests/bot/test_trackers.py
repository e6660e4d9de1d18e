"""What is kept of a long conversation: its facts, not every event."""

import pytest

from bot.runtime import MAX_SESSION_EVENTS, EmbeddedRasa

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]

TURNS = 90
# One turn may still be written to a session that has just reached its bound.
MOST_EVENTS_A_TURN = 40


async def test_a_long_conversation_stays_bounded_and_keeps_its_facts(bot_settings):
    rasa = EmbeddedRasa(bot_settings)
    await rasa.start()
    longest = 0
    try:
        await rasa.handle("test-long", "我们在广州番禺，做珠宝，在德国被告了商标侵权", {})
        await rasa.handle("test-long", "取消", {})
        for _ in range(TURNS):
            replies = await rasa.handle("test-long", "谢谢", {})
            longest = max(longest, len((await rasa.tracker("test-long")).events))
        tracker = await rasa.tracker("test-long")
    finally:
        await rasa.close()
    assert replies
    assert longest <= MAX_SESSION_EVENTS + MOST_EVENTS_A_TURN
    assert len(tracker.events) < longest
    assert (tracker.get_slot("country"), tracker.get_slot("industry")) == ("DE", "jewellery")


def test_a_day_without_a_message_ends_a_session():
    import yaml

    from settings import ROOT

    domain = yaml.safe_load((ROOT / "bot/domain/dialogue.yml").read_text("utf-8"))
    assert domain["session_config"] == {
        "session_expiration_time": 1440,
        "carry_over_slots_to_new_session": True,
    }
