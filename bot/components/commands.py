"""Commands: short whole phrases that the examples show, with the polite words around them taken off.

A command acts at once; so it is certain or it is none.  The phrases are those of the training examples
of the acts below, so a trainer's example makes a command without any list being touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# Acts that a short phrase may ask for.  Telling, asking and correcting are no commands.
COMMANDS = frozenset(
    (
        "human", "take_back", "cancel", "start_over", "repeat", "erase_data", "quiz", "quiz_choice", "lead",
        "lead_status", "center", "deadline", "checklist", "affirm", "deny", "skip", "greet", "thanks", "bye",
        "help", "identity", "praise", "not_helpful", "complaint", "privacy", "triage", "funding",
        "source", "simpler",
    )
)  # fmt: skip
LONGEST = 12
_MARKS = re.compile(r"[\s，,。.；;：:！!？?~～…、]+")
_BETWEEN = re.compile(r"[\s，,。.；;：:！!？?~～…、—-]+")
_STAFF = re.compile("人工|真人")
_LEAD = re.compile(
    r"^(?:请问一?下?|请|麻烦(?:你|您)?|劳驾|帮(?:我|忙)|给我|我想要?|我要|想要?|那就?|好的?|嗯+|唔该|现在|咱们?|还是)+"
)
_TAIL = re.compile(r"(?:谢谢(?:你|您)?|多谢|一下|吧|啊|呀|哦|喔|啦|了|呗|嘛|哈|哟)+$")


def core(text: str) -> str:
    """A phrase without marks, politeness and particles; the phrase itself if nothing else is left."""
    bare = _MARKS.sub("", text).lower()
    return _TAIL.sub("", _LEAD.sub("", bare)) or bare


def command_in(text: str, phrases: Mapping[str, str]) -> str | None:
    """The command that a message is, or that one of its parts is where it calls for staff by their name.

    :param phrases: as :func:`command_phrases` makes them.
    """
    whole = phrases.get(core(text))
    if whole is not None:
        return whole
    parts = (part for part in _BETWEEN.split(text) if _STAFF.search(part))
    return "human" if any(phrases.get(core(part)) == "human" for part in parts) else None


def command_phrases(examples: Iterable[tuple[str, str, bool]]) -> dict[str, str]:
    """The intent of every phrase that means one command and nothing else.

    :param examples: text, intent, and whether anything is named in it.
    """
    intents: dict[str, set[str]] = {}
    for text, intent, names in examples:
        phrase = core(text)
        if phrase and len(phrase) <= LONGEST and not (names and intent != "quiz_choice"):
            intents.setdefault(phrase, set()).add(intent)
    return {
        phrase: next(iter(found))
        for phrase, found in intents.items()
        if len(found) == 1 and found <= COMMANDS
    }
