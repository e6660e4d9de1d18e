"""What Rasa repeats is left out, and what it computes stays the same."""

import pytest

from bot.runtime import EmbeddedRasa

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]

SAID = (
    "我们在广州番禺，做珠宝，在德国被告了商标侵权",
    "我要算期限",
    "收到337调查立案通知，几天内要答辩？",
    "转人工",
)


async def test_a_copied_tracker_is_what_applying_every_event_again_gives(bot_settings):
    rasa = EmbeddedRasa(bot_settings)
    await rasa.start()
    try:
        for text in SAID:
            await rasa.handle("test-copied", text, {})
            tracker = await rasa.tracker("test-copied")
            twin, replayed = tracker.copy(), tracker.travel_back_in_time(float("inf"))
            for name in ("active_loop", "latest_action", "latest_message", "followup_action"):
                assert getattr(twin, name) == getattr(replayed, name), name
            assert twin.current_slot_values() == replayed.current_slot_values()
            assert list(twin.events) == list(replayed.events)
            assert (twin.is_paused(), twin.sender_id) == (replayed.is_paused(), "test-copied")
    finally:
        await rasa.close()


async def test_slots_are_filled_as_rasa_fills_them_from_all_that_there_are(bot_settings):
    from rasa.core.actions.action import ActionExtractSlots

    rasa = EmbeddedRasa(bot_settings)
    await rasa.start()
    try:
        domain = rasa._agent.domain
        action = ActionExtractSlots(None)
        for text in SAID:
            await rasa.handle("test-filled", text, {})
            tracker = await rasa.tracker("test-filled")
            own = await ActionExtractSlots.run.__wrapped__(action, None, None, tracker, domain)
            assert await action.run(None, None, tracker, domain) == own
    finally:
        await rasa.close()
    fewer = domain.fillable.slots
    assert 0 < len(fewer) < len(domain.slots)


async def test_what_happens_to_a_copy_leaves_the_tracker_alone(bot_settings):
    from rasa.shared.core.events import ActiveLoop, LoopInterrupted, SlotSet

    rasa = EmbeddedRasa(bot_settings)
    await rasa.start()
    try:
        await rasa.handle("test-apart", "我要算期限", {})
        tracker = await rasa.tracker("test-apart")
    finally:
        await rasa.close()
    before = (len(tracker.events), tracker.active_loop_name, tracker.get_slot("country"))
    twin = tracker.copy()
    twin.update(LoopInterrupted(True))
    assert not tracker.active_loop.is_interrupted
    twin.update(ActiveLoop(None))
    twin.update(SlotSet("country", "JP"))
    assert (len(tracker.events), tracker.active_loop_name, tracker.get_slot("country")) == before
    assert tracker.active_loop_name is not None


async def test_a_graph_gives_what_rasas_own_runner_gives(bot_settings):
    from rasa.core.processor import MessageProcessor

    from bot.direct import DirectRunner
    from bot.training import newest_model

    rasa = EmbeddedRasa(bot_settings)
    await rasa.start()
    try:
        own = MessageProcessor._load_model(newest_model(bot_settings))[2]
        direct = DirectRunner(own)
        target = [name for name in own._graph_schema.nodes if "LinearIntentClassifier" in name]
        for text in SAID:
            read = [
                runner.run({"__message__": _messages(text), "__tracker__": None}, targets=target)
                for runner in (own, direct)
            ]
            assert [*read[0]] == [*read[1]] == target
            said = [result[target[0]][0].as_dict() for result in read]
            for one in said:
                one.pop("message_id")  # a new one at each reading
            assert said[0] == said[1]
            assert said[0]["intent"]["name"]
    finally:
        await rasa.close()


def _messages(text):
    from rasa.core.channels.channel import UserMessage

    return [UserMessage(text)]


def test_the_events_that_count_are_those_that_rasa_finds():
    from rasa.shared.core import events as kinds
    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.direct import after_latest_restart, in_one_look

    own = DialogueStateTracker.applied_events
    own = getattr(own, "__wrapped__", own)  # another test may have started an assistant
    direct = in_one_look(own)
    act, said = kinds.ActionExecuted, kinds.UserUttered("多久")

    class Otherwise(kinds.ActionExecuted):
        """As Rasa's walk through stories notes what was predicted otherwise."""

    class Beginning(kinds.SessionStarted):
        """A kind of beginning."""

    for events in (
        [],
        [act("action_listen"), said, act("action_answer")],
        [said, kinds.SessionStarted(), act("action_listen"), said],
        [said, kinds.Restarted()],
        [said, kinds.Restarted(), act("utter_a"), kinds.Restarted(), said, act("utter_b")],
        [act("action_listen"), said, act("utter_a"), kinds.ActionReverted(), act("utter_b")],
        [act("action_listen"), said, kinds.UserUtteranceReverted(), act("utter_b")],
        [
            said, act("deadline_form"), kinds.ActiveLoop("deadline_form"), act("action_listen"),
            said, act("deadline_form"), act("action_listen"), said, kinds.ActiveLoop(None),
        ],
        [kinds.ActionReverted(), kinds.SessionStarted(), said, act("deadline_form")],
        [
            said, Otherwise("deadline_form"), kinds.ActiveLoop("deadline_form"), act("action_listen"),
            said, Otherwise("deadline_form"), act("action_listen"), said, kinds.ActiveLoop(None),
        ],
        [said, act("utter_a"), Beginning(), said, act("utter_b")],
    ):  # fmt: skip
        tracker = DialogueStateTracker.from_events("test-events", events)
        assert direct(tracker) == own(tracker), events
        restarts = [n for n, item in enumerate(events, 1) if isinstance(item, kinds.Restarted)]
        assert after_latest_restart(tracker) == max(restarts, default=0), events
