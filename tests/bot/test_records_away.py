"""The records are away while a turn is worked out or noted: the message is sent again and loses nothing."""

import pytest

from actions import matter_record
from actions.turn import papers
from bot.runtime import EmbeddedRasa
from desk import matters
from desk.engine import open_engine, reading
from desk.migrations import migrate
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


STORY = "我是中山做灯具的，昨天收到德国律师的警告函，怎么办？"


async def _told(rasa, patch, monkeypatch, sender):
    """The story, said while the record of matters fails as patched, and what came of it."""
    with monkeypatch.context() as patched:
        patched.setattr(matter_record, "keep", patch)
        return await rasa.handle(sender, STORY, {"message_id": "story"})


@pytest.fixture
def engine(bot_settings):
    engine = open_engine(bot_settings.desk.database_url)
    migrate(engine)
    yield engine
    engine.dispose()


async def test_what_was_told_is_noted_when_the_message_is_sent_again(
    bot_settings, engine, monkeypatch
):
    rasa = EmbeddedRasa(bot_settings)
    await rasa.start()
    try:
        with pytest.raises(StorageError):
            await _told(rasa, away, monkeypatch, "test-unnoted")
        for _ in range(2):
            replies = await rasa.handle(
                "test-unnoted", STORY, {"message_id": "story", "repeated": True}
            )
            assert replies
            with reading(engine) as conn:
                (known,) = matters.listing(conn, "test-unnoted")
            assert (known.text("country"), known.is_current) == ("DE", True)
    finally:
        await rasa.close()


async def test_a_record_that_cannot_be_worked_out_costs_no_answer(bot_settings, monkeypatch):
    def broken(*_args):
        raise ValueError(STORY)

    rasa = EmbeddedRasa(bot_settings)
    await rasa.start()
    try:
        replies = await _told(rasa, broken, monkeypatch, "test-broken-record")
    finally:
        await rasa.close()
    assert replies[0]["kind"] == "answer"
