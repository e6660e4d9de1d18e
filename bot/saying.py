"""The last look at what a turn says: one to four messages, no two alike, and not the reply before again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

# The slot that keeps the texts of the reply before, also over the end of a session.
SAID = "said"
MOST = 4
GIST_CHARS = 90
_AGAIN, _ANSWERED = "utter_same_again", "utter_answer_again"
_ASKED_FOR = frozenset(("action_repeat", "action_submit_lead", "action_handoff"))
# Of more messages than a turn may have, these are left out first; a button offers them.
_SPARED = ("checklist", "answer", "text", "notice")
Message = Mapping[str, Any]


def say_tidily(processor: MessageProcessor) -> None:
    """Have every turn tidied before it is stored, so that what is kept is what was said."""
    save = processor.save_tracker

    async def tidy_and_save(tracker: DialogueStateTracker) -> None:
        tidy(tracker, processor.domain)
        await save(tracker)

    processor.save_tracker = tidy_and_save


def tidy(tracker: DialogueStateTracker, domain: Domain) -> None:
    """Leave of the last turn's messages what is said, and note it for the next turn; once a turn."""
    events = list(tracker.events)
    places = range(len(events) - 1, -1, -1)
    start = next((n for n in places if isinstance(events[n], UserUttered)), 0)
    turn = events[start:]
    meant = [event for event in turn if isinstance(event, BotUttered)]
    before = tracker.get_slot(SAID) or {}
    now = str(tracker.latest_message.message_id) if tracker.latest_message else ""
    if not meant or before.get("turn") == now:
        return
    acts = {event.action_name for event in turn if isinstance(event, ActionExecuted)}
    said = _kept(meant)
    if [event.text for event in said] == before.get("texts") and _ASKED_FOR.isdisjoint(acts):
        said = [_said_again(said, domain)]
    first = next(n for n, event in enumerate(turn) if isinstance(event, BotUttered))
    rest = [event for event in turn[first:] if not isinstance(event, BotUttered)]
    tracker.events.clear()
    tracker.events.extend([*events[: start + first], *said, *rest])
    tracker.update(SlotSet(SAID, {"turn": now, "texts": [event.text for event in said]}))


def said_in(tracker: DialogueStateTracker) -> list[Message]:
    """The messages of the last turn, as Rasa's output channels get them."""
    said: list[Message] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered):
            said.append(event.message())
    return said[::-1]


def _kept(meant: Sequence[BotUttered]) -> list[BotUttered]:
    kept: list[BotUttered] = []
    for event in meant:
        if not any(event.text == other.text for other in kept):
            kept.append(event)
    while len(kept) > MOST:
        kept.remove(_least(kept))
    return kept


def _least(kept: Sequence[BotUttered]) -> BotUttered:
    """The message that a long turn does without: the last of the kind that is spared first."""
    for kind in _SPARED:
        of_kind = [event for event in kept[1:] if _kind(event) == kind]
        if of_kind:
            return of_kind[-1]
    return kept[-1]


def _said_again(kept: Sequence[BotUttered], domain: Domain) -> BotUttered:
    """One short message in place of the same reply; a day stays a day, and an answer one with its sources."""
    template = domain.responses[_AGAIN][0]
    day = next((event for event in kept if _kind(event) == "deadline"), None)
    lines = str((day or kept[0]).text or "").split("\n")
    gist = lines[0].removeprefix(_opening(domain))[:GIST_CHARS].rstrip("，、；。：")
    text = str(template["text"]).format(gist=f"{gist}……")
    kind = "question" if _kind(kept[-1]) == "question" else "text"
    custom = {"kind": kind} if day is None else dict(day.data["custom"])
    answered = kept[0].data.get("custom") or {}
    if custom == {"kind": "text"} and answered.get("citations") and _kind(kept[0]) == "answer":
        custom, text = dict(answered), f"{text}\n{lines[-1]}"
    buttons = kept[-1].data.get("buttons") or template.get("buttons") or []
    return BotUttered(text, {"buttons": buttons, "custom": custom})


def _opening(domain: Domain) -> str:
    """What an answer begins with that was given before; said once, not within itself."""
    rows = domain.responses.get(_ANSWERED) or ({"text": ""},)
    return str(rows[0]["text"]).split("{")[0]


def _kind(event: BotUttered) -> Any:
    return (event.data.get("custom") or {}).get("kind")
