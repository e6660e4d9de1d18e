"""The last look at what a turn says: one to four messages, no two alike, and not the reply before again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

MOST = 4
GIST_CHARS = 90
_AGAIN = "utter_same_again"
_ASKED_FOR = frozenset(("action_repeat", "action_submit_lead", "action_handoff"))
# Of more messages than a turn may have, these are left out first; a button offers them.
_SPARED = ("checklist", "answer", "text", "notice")

Message = Mapping[str, Any]


def tidy(
    messages: Sequence[Message], tracker: DialogueStateTracker, domain: Domain
) -> list[Message]:
    """What of a turn's messages is said.

    :param messages: as Rasa made them, in order.
    :param tracker: the conversation with this turn in it.
    """
    kept: list[Message] = []
    for message in messages:
        if not any(message.get("text") == other.get("text") for other in kept):
            kept.append(message)
    while len(kept) > MOST:
        kept.remove(_least(kept))
    before, acts = _before(tracker)
    is_repeated = bool(kept) and [m.get("text") for m in kept] == before
    if is_repeated and _ASKED_FOR.isdisjoint(acts):
        return [_said_again(kept, domain)]
    return kept


def _least(kept: Sequence[Message]) -> Message:
    """The message that a long turn does without: the last of the kind that is spared first."""
    for kind in _SPARED:
        of_kind = [m for m in kept[1:] if (m.get("custom") or {}).get("kind") == kind]
        if of_kind:
            return of_kind[-1]
    return kept[-1]


def _before(tracker: DialogueStateTracker) -> tuple[list[str], set[str]]:
    """The texts of the reply before, and the acts of this turn."""
    texts: list[str] = []
    acts: set[str] = set()
    turn = 0
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            turn += 1
            if turn == 2:
                break
        elif isinstance(event, BotUttered) and turn == 1:
            texts.append(event.text or "")
        elif isinstance(event, ActionExecuted) and turn == 0 and event.action_name:
            acts.add(event.action_name)
    return texts[::-1], acts


def _said_again(kept: Sequence[Message], domain: Domain) -> Message:
    """One short message in place of the same reply."""
    template = domain.responses[_AGAIN][0]
    gist = str(kept[0].get("text") or "").split("\n")[0][:GIST_CHARS].rstrip("，、；。：")
    last = kept[-1]
    return {
        "text": str(template["text"]).format(gist=f"{gist}……"),
        "buttons": last.get("buttons") or template.get("buttons") or [],
        "custom": {
            "kind": "question" if (last.get("custom") or {}).get("kind") == "question" else "text"
        },
    }
