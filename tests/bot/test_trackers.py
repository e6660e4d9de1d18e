"""What is kept of a long conversation: its facts, not every event."""

import asyncio
import contextlib
import sqlite3
import time

import pytest

from bot.contract import BotError
from bot.loading import MAX_SESSION_EVENTS
from bot.runtime import EmbeddedRasa
from tests.stores import postgres

__all__ = ["postgres"]

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


async def test_a_session_begins_with_what_is_known_and_not_with_how_it_became_known(bot_settings):
    """However long the conversation, each session is as long as the one before."""
    from rasa.shared.core.events import SlotSet, UserUttered

    said = ("收到337调查立案通知，几天内要答辩？", "那德国呢？", "我们在广州番禺", "谢谢")
    rasa = EmbeddedRasa(bot_settings)
    await rasa.start()
    carried = []
    try:
        for number in range(2 * TURNS):
            await rasa.handle("test-sessions", said[number % len(said)], {})
            events = list((await rasa.tracker("test-sessions")).events)
            heard = [n for n, item in enumerate(events) if isinstance(item, UserUttered)]
            if len(heard) == 1:
                before = events[: heard[0]]
                carried.append([item.key for item in before if isinstance(item, SlotSet)])
    finally:
        await rasa.close()
    assert 1 < len(carried) <= 2 * TURNS * MOST_EVENTS_A_TURN / MAX_SESSION_EVENTS
    assert "country" in carried[-1]
    assert all(len(names) == len(set(names)) for names in carried)


def test_a_day_without_a_message_ends_a_session():
    import yaml

    from settings import ROOT

    domain = yaml.safe_load((ROOT / "bot/domain/dialogue.yml").read_text("utf-8"))
    assert domain["session_config"] == {
        "session_expiration_time": 1440,
        "carry_over_slots_to_new_session": True,
    }


@pytest.fixture
def stores(tmp_path):
    """Two processes' stores over the same database."""
    from rasa.shared.core.domain import Domain

    from bot.trackers import SessionTrackerStore

    domain = Domain.from_dict({"slots": {"city": {"type": "text", "mappings": []}}})
    opened = [SessionTrackerStore(f"sqlite:///{tmp_path / 'trackers.sqlite'}") for _ in range(2)]
    for store in opened:
        store.domain = domain
    yield opened
    for store in opened:
        store.close()


async def started(store, sender="p"):
    from rasa.shared.core.events import ActionExecuted, SessionStarted

    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    tracker.update(ActionExecuted("action_session_start", timestamp=1.0))
    tracker.update(SessionStarted(timestamp=1.0))
    await store.save(tracker)
    return tracker


async def test_a_conversation_under_way_is_not_read_again(stores):
    store, _ = stores
    await started(store)
    first = await store.retrieve("p")
    assert await store.retrieve("p") is first


async def test_what_another_process_stored_is_seen(stores):
    from rasa.shared.core.events import SlotSet

    one, other = stores
    await started(one)
    assert (await one.retrieve("p")).get_slot("city") is None
    theirs = await other.retrieve("p")
    theirs.update(SlotSet("city", "佛山", timestamp=2.0))
    await other.save(theirs)
    assert (await one.retrieve("p")).get_slot("city") == "佛山"


@pytest.mark.postgres
async def test_the_first_message_after_a_restart_of_the_database_is_not_refused(postgres):
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import SlotSet

    from bot.trackers import SessionTrackerStore

    store = SessionTrackerStore(postgres.url)
    store.domain = Domain.from_dict({"slots": {"city": {"type": "text", "mappings": []}}})
    tracker = await started(store)
    await asyncio.to_thread(postgres.stop)
    await asyncio.to_thread(postgres.start)
    assert await store.retrieve("p") is tracker
    await asyncio.to_thread(postgres.stop)
    await asyncio.to_thread(postgres.start)
    tracker.update(SlotSet("city", "佛山", timestamp=2.0))
    await store.save(tracker)
    store.close()


async def test_what_a_failed_turn_left_behind_is_forgotten(stores):
    from rasa.shared.core.events import SlotSet

    store, _ = stores
    await started(store)
    tracker = await store.retrieve("p")
    tracker.update(SlotSet("city", "佛山", timestamp=2.0))
    again = await store.retrieve("p")
    assert again.get_slot("city") is None
    again.update(SlotSet("city", "中山", timestamp=3.0))
    await store.save(again)
    store._at_hand.clear()
    assert [e.value for e in (await store.retrieve("p")).events if isinstance(e, SlotSet)] == [
        "中山"
    ]


async def test_each_event_is_stored_once_and_in_order(stores):
    from rasa.shared.core.events import SlotSet

    store, other = stores
    await started(store)
    for number in range(5):
        tracker = await store.retrieve("p")
        tracker.update(SlotSet("city", str(number), timestamp=2.0 + number))
        await store.save(tracker)
        await store.save(tracker)
    kept = [e.value for e in (await other.retrieve("p")).events if isinstance(e, SlotSet)]
    assert kept == [str(number) for number in range(5)]


async def test_a_new_session_leaves_the_earlier_one_behind(stores):
    from rasa.shared.core.events import SessionStarted, SlotSet

    store, _ = stores
    tracker = await started(store)
    tracker = await store.retrieve("p")
    tracker.update(SlotSet("city", "佛山", timestamp=2.0))
    tracker.update(SessionStarted(timestamp=3.0))
    await store.save(tracker)
    kept = (await store.retrieve("p")).events
    assert [type(item).__name__ for item in kept] == ["SessionStarted"]


async def test_erased_means_gone_from_memory_too(stores):
    store, _ = stores
    await started(store)
    await store.retrieve("p")
    await store.erase("p")
    assert await store.retrieve("p") is None


async def test_memory_holds_a_bounded_number_of_conversations(stores, monkeypatch):
    import bot.trackers

    monkeypatch.setattr(bot.trackers, "MOST_AT_HAND", 3)
    store, _ = stores
    for number in range(6):
        await started(store, str(number))
    assert sorted(store._at_hand) == ["3", "4", "5"]


@contextlib.contextmanager
def locked(path):
    """Another program writes to the database and does not come to an end."""
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.rollback()


async def test_a_locked_database_fails_soon_and_holds_up_nobody(stores, tmp_path):
    from rasa.shared.core.events import SlotSet

    from bot.trackers import WAIT_S, TrackerError

    store, other = stores
    await started(store)
    tracker = await store.retrieve("p")
    tracker.update(SlotSet("city", "佛山", timestamp=2.0))
    longest, ticking = 0.0, True

    async def tick():
        nonlocal longest
        while ticking:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            longest = max(longest, time.perf_counter() - before)

    ticks = asyncio.create_task(tick())
    begun = time.perf_counter()
    with locked(tmp_path / "trackers.sqlite"):
        failed = await asyncio.gather(
            *(store.save(tracker) for _ in range(5)), return_exceptions=True
        )
    took, ticking = time.perf_counter() - begun, False
    await ticks
    assert [type(item) for item in failed] == [TrackerError] * 5
    assert took < WAIT_S + 1
    assert longest < 0.5
    again = await store.retrieve("p")
    again.update(SlotSet("city", "中山", timestamp=3.0))
    await store.save(again)
    assert (await other.retrieve("p")).get_slot("city") == "中山"


def test_a_store_without_its_table_does_not_open(tmp_path):
    from bot.trackers import SessionTrackerStore, TrackerError

    path = tmp_path / "trackers.sqlite"
    with locked(path), pytest.raises(TrackerError):
        SessionTrackerStore(f"sqlite:///{path}?timeout=0.1")
    SessionTrackerStore(f"sqlite:///{path}").close()


async def test_the_file_belongs_to_the_owner_alone(stores, tmp_path):
    await started(stores[0])
    assert {oct(file.stat().st_mode & 0o777) for file in tmp_path.iterdir()} == {"0o600"}


async def test_a_turn_that_is_not_stored_did_not_happen(bot_settings):
    from rasa.shared.core.events import UserUttered

    from bot.trackers import TrackerError

    rasa = EmbeddedRasa(bot_settings)
    await rasa.start()
    path = bot_settings.bot.tracker_url.removeprefix("sqlite:///")
    sent = {"message_id": "m1"}
    try:
        await rasa.handle("test-unstored", "我要登记援助线索", {"message_id": "m0"})
        with locked(path), pytest.raises(TrackerError):
            await rasa.handle("test-unstored", "同意", sent)
        replies = await rasa.handle("test-unstored", "同意", {**sent, "repeated": True})
        events = (await rasa.tracker("test-unstored")).events
    finally:
        await rasa.close()
    assert "企业全称" in replies[0]["text"]
    said = [item.metadata["message_id"] for item in events if isinstance(item, UserUttered)]
    assert said == ["m0", "m1"]


async def test_a_message_whose_turn_is_stored_is_answered_the_same_and_not_run_again(bot_settings):
    from rasa.shared.core.events import UserUttered

    rasa = EmbeddedRasa(bot_settings)
    await rasa.start()
    try:
        first = await rasa.handle("test-repeat", "收到337通知几天内答辩", {"message_id": "m1"})
        await rasa.handle("test-repeat", "谢谢", {"message_id": "m2"})
        again = await rasa.handle(
            "test-repeat", "收到337通知几天内答辩", {"message_id": "m1", "repeated": True}
        )
        events = (await rasa.tracker("test-repeat")).events
    finally:
        await rasa.close()
    assert [{**item, "id": ""} for item in again] == [{**item, "id": ""} for item in first]
    assert sum(isinstance(item, UserUttered) for item in events) == 2


def conversation(*events):
    from rasa.shared.core.trackers import DialogueStateTracker

    return DialogueStateTracker.from_events("p", list(events))


def test_a_turn_that_never_listened_is_noticed_and_closed():
    from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered

    from bot.sessions import is_cut_off, mend

    said = [ActionExecuted("action_listen"), UserUttered("算期限")]
    whole = conversation(*said, ActionExecuted("action_answer"), ActionExecuted("action_listen"))
    assert not is_cut_off(whole)
    assert not is_cut_off(conversation(ActionExecuted("action_session_start")))
    assert not is_cut_off(conversation())
    cut = conversation(
        *said, ActiveLoop("deadline_form"), *(ActionExecuted("deadline_form") for _ in range(12)),
        SlotSet("requested_slot", "deadline_rule"),
    )  # fmt: skip
    assert is_cut_off(cut)
    mend(cut)
    assert not is_cut_off(cut)
    assert cut.active_loop_name is None
    assert cut.latest_action_name == "action_listen"


async def test_a_conversation_cut_off_before_an_upgrade_is_heard_again(bot_settings):
    """Its person says something, and is not met with silence for good."""
    from rasa.shared.core.events import ActionExecuted, ActiveLoop, UserUttered

    rasa = EmbeddedRasa(bot_settings)
    await rasa.start()
    sender = "test-cut-off"
    try:
        await rasa.handle(sender, "你好", {})
        tracker = await rasa.tracker(sender)
        intent = {"name": "deadline", "confidence": 0.9}
        for event in (
            UserUttered("算期限", intent=intent), ActiveLoop("deadline_form"),
            *(ActionExecuted("deadline_form") for _ in range(10)),
        ):  # fmt: skip
            tracker.update(event)
        await rasa._store.save(tracker)
        rasa._store._at_hand.clear()
        first = await rasa.handle(sender, "收到337调查立案通知，几天内要答辩？", {})
        person = await rasa.handle(sender, "转人工", {})
        events = (await rasa.tracker(sender)).events
    finally:
        await rasa.close()
    assert first[0]["kind"] == "answer"
    assert "20天" in first[0]["text"]
    assert "handoff" in [reply["kind"] for reply in person]
    acts = [event.action_name for event in events if isinstance(event, ActionExecuted)]
    assert acts[-1] == "action_listen"


async def test_a_forgotten_conversation_begins_anew(bot_settings):
    rasa = EmbeddedRasa(bot_settings)
    with pytest.raises(BotError):
        await rasa.forget("test-forgotten")
    await rasa.start()
    try:
        await rasa.handle("test-forgotten", "算期限", {})
        assert (await rasa.tracker("test-forgotten")).active_loop_name == "deadline_form"
        await rasa.forget("test-forgotten")
        assert await rasa.tracker("test-forgotten") is None
    finally:
        await rasa.close()
