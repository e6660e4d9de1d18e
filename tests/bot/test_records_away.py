"""The records are away while a turn is worked out: it does not happen, and the message is sent again."""

import pytest

from actions.turn import papers
from bot.runtime import EmbeddedRasa
from knowledge.errors import StorageError

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]

TOLD = ("我要登记援助线索", "同意", "广州小白制造有限公司", "跳过", "张三", "13812345678", "白云区")


def away(*_args, **_options):
    raise StorageError("away")


async def test_a_value_told_while_the_records_are_away_is_taken_when_it_is_sent_again(
    bot_settings, monkeypatch
):
    rasa = EmbeddedRasa(bot_settings)
    await rasa.start()
    try:
        for number, text in enumerate(TOLD):
            await rasa.handle("test-away", text, {"message_id": f"m{number}"})
        asked = (await rasa.tracker("test-away")).get_slot("requested_slot")
        again = {"message_id": "m7"}
        with monkeypatch.context() as patch:
            patch.setattr(papers, "paper_plan", away)
            with pytest.raises(StorageError):
                await rasa.handle("test-away", "美国", again)
        assert (await rasa.tracker("test-away")).latest_message.text == TOLD[-1]
        replies = await rasa.handle("test-away", "美国", {**again, "repeated": True})
        tracker = await rasa.tracker("test-away")
    finally:
        await rasa.close()
    assert asked is not None
    assert tracker.get_slot("requested_slot") not in (asked, None)
    assert "哪个国家" not in replies[-1]["text"]
