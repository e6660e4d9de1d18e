"""Write tests/conversations/*.yml: the golden dialogues as Rasa test stories, a file a topic.

Rasa's own test tool does not run custom actions, so a story must hold the slots and forms they set;
they are taken from the conversation as it goes today and reviewed in the diff.  Run it after a change
of dialogue that is meant: HUHANG_TODAY=2026-11-23 .venv/bin/python scripts/record_conversations.py
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FILES = (
    ROOT / "tests" / "golden" / "dialogues.jsonl",
    ROOT / "tests" / "golden" / "situations.jsonl",
)
TARGET = ROOT / "tests" / "conversations"
_SILENT = frozenset({"action_listen", "action_session_start", "action_extract_slots"})
# Left out: nothing of the conversation is kept to record, an action names the one that follows, or the
# words of a message with names decide, none of which a story can say.
NOT_RECORDED = frozenset(
    {
        "day-asked-with-its-day",
        "deadline-at-once",
        "deadline-correct-1",
        "deadline-correct-2",
        "deadline-knowledge-2",
        "erase-confirmed",
        "follow-up-with-a-day",
        "lead-edit-and-correct",
        "lead-happy",
        "lead-in-one-breath",
        "letter-with-a-demand",
        "pasted-unknown",
        "period-after-triage",
        "quiz-knowledge-2",
        "squatted-by-dealer",
        "triage-change-country",
        "triage-invalid-input-1",
        "triage-knowledge-2",
        "triage-then-day",
    }
)


def steps(events: Iterable[Any]) -> list[dict[str, Any]]:
    """The steps of a story from a conversation's events.

    A message in which nothing was recognised stands with its words, so its intent is predicted anew;
    one with entities stands with its intent, because stories cannot write entities that overlap.
    """
    from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered

    found: list[dict[str, Any]] = []
    for event in events:
        if isinstance(event, UserUttered):
            step = {"intent": event.intent["name"]}
            if not event.entities and event.intent["name"] != "nlu_fallback":
                step = {"user": event.text, **step}
            found.append(step)
        elif isinstance(event, ActionExecuted):
            if event.action_name not in _SILENT:
                found.append({"action": event.action_name})
        elif isinstance(event, ActiveLoop):
            found.append({"active_loop": event.name})
        elif isinstance(event, SlotSet) and event.key == "requested_slot":
            found.append({"slot_was_set": [{"requested_slot": event.value}]})
    return found


async def record(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Hold each dialogue and keep its story."""
    from bot.runtime import EmbeddedRasa
    from settings import load_settings

    settings = load_settings()
    stories: dict[str, list[Any]] = {}
    recorded: list[Any] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = dataclasses.replace(
            settings,
            desk=dataclasses.replace(settings.desk, database_url=f"sqlite:///{folder}/desk.sqlite"),
            bot=dataclasses.replace(
                settings.bot, tracker_url=f"sqlite:///{folder}/trackers.sqlite"
            ),
        )
        rasa = EmbeddedRasa(settings)
        await rasa.start()
        for row in rows:
            for turn in row["turns"]:
                await rasa.handle(row["id"], turn["say"], {})
            tracker = await rasa.tracker(row["id"])
            story = {"story": row["id"], "steps": steps(tracker.events)}
            seen = stories.setdefault(row["topic"], [])
            # Rasa counts stories of equal steps once.
            if story["steps"] not in recorded:
                recorded.append(story["steps"])
                seen.append(story)
        await rasa.close()
    return stories


def main() -> None:
    """Write the files."""
    import yaml

    lines = [line for path in FILES for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [row for line in lines if line and (row := json.loads(line))["id"] not in NOT_RECORDED]
    for topic, stories in asyncio.run(record(rows)).items():
        body = yaml.safe_dump({"stories": stories}, allow_unicode=True, sort_keys=False, width=120)
        (TARGET / f"test_{topic}.yml").write_text('version: "3.1"\n' + body, encoding="utf-8")


if __name__ == "__main__":
    main()
