"""Which of several matters that one message listed a later message means (先说第一件，扣货那件几天).

Who lists a lawsuit in one country and goods seized in another names the country once, and points back later.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from typing import Any

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.turn.parts import Part, parts
from actions.turn.places import OF_PLACE, told_of_places
from indexer.query import QueryUnderstanding

# So many of a person's messages back a list is still pointed to.
_RECENT = 6
_ORDINALS = "一二三"
_ORDINAL = re.compile(rf"第([{_ORDINALS}两1-3])(?:个|件|桩|单|宗|样|项)(?![月年周天日])")
# How matters are counted up: 第一件…第二件, 一是…二是.
_COUNTS_UP = re.compile(
    rf"第([{_ORDINALS}])(?:个|件|桩|单|宗|样|项)(?:是|[,，:：、])?|(?<![\u4e00-\u9fff])([{_ORDINALS}])(?:是|[、.：:])"
)
_POINTS = re.compile(r"([\u4e00-\u9fff]{1,4})的?[那嗰](?:个|边|件|单|批|头|案|桩|宗|样|票)")
# Which part a word is of does not follow from these.
_SAY_NOTHING = frozenset("的了我你他们是说先那就再呢啊吧在有给被回头刚才问一下")


def pointed_at(services: Services, tracker: Tracker) -> dict[str, Any]:
    """The slots to hold where a message points to one of the matters that were listed before.

    :return: empty where it names a country itself, or points to none, or to the one that is spoken of.
    """
    text = talk.text(tracker)
    points = _ORDINAL.search(text) is not None or _POINTS.search(text) is not None
    if not points or "country" in talk.names(tracker):
        return {}
    understanding = services.index.current().understanding
    for said, rows in islice(talk.told_before(tracker), _RECENT):
        listed = parts(understanding, said, rows)
        if len(listed) < 2:
            numbered = _numbered(understanding, said, rows)
            if len(numbered) < 2:
                continue
            part = _meant(text, numbered) if _ORDINAL.search(text) else None
            return _of_number(part) if part is not None else {}
        part = _meant(text, listed)
        is_other = part is not None and part.place != talk.slot(tracker, "country")
        return slots_of(tracker, part, emptied=OF_PLACE) if part is not None and is_other else {}
    return {}


def slots_of(tracker: Tracker, part: Part, *, emptied: Collection[str]) -> dict[str, Any]:
    """What the slots hold where a part of a message is spoken of: what was told of its country, and what it names.

    :param emptied: the slots that hold nothing where neither tells anything.
    """
    named = {row["entity"]: row["value"] for row in reversed(part.rows) if row["role"] == "main"}
    held: dict[str, Any] = dict(told_of_places(tracker).get(part.place, {}))
    for name in OF_PLACE:
        if name not in held and name in emptied:
            held[name] = None
        if name in named:
            held[name] = named[name]
    paper = tracker.get_slot("paper")
    is_elsewhere = isinstance(paper, dict) and paper.get("country") not in (None, part.place)
    return {**held, "country": part.place, **({"paper": None} if is_elsewhere else {})}


def _numbered(
    understanding: QueryUnderstanding, said: str, rows: Sequence[Mapping[str, Any]]
) -> list[Part]:
    """The matters that a message counts up, all in one country (一是商标异议，二是专利诉讼)."""
    marks = [*_COUNTS_UP.finditer(said)]
    if [mark[1] or mark[2] for mark in marks] not in (["一", "二"], ["一", "二", "三"]):
        return []
    place = next((row["value"] for row in rows if row["entity"] == "country"), "")
    stops = [mark.start() for mark in marks[1:]] + [len(said)]
    pieces = [said[mark.end() : stop] for mark, stop in zip(marks, stops, strict=True)]
    found = []
    for piece in pieces:
        names = {
            "procedure": "procedure",
            "right": "right",
            "platform": "platform",
            "role": "party",
        }
        named = [m for m in understanding.mentions(piece) if m.row.kind in names]
        kept = tuple(
            {"entity": names[m.row.kind], "value": m.row.code, "role": "main"} for m in named
        )
        found.append(Part(place, piece, kept, has_day=False, asks=False))
    return found


def _of_number(part: Part) -> dict[str, Any]:
    """What the slots hold where a matter that was counted up is spoken of: what it names, and nothing of the others."""
    named = {row["entity"]: row["value"] for row in reversed(part.rows)}
    held: dict[str, Any] = {name: named.get(name) for name in OF_PLACE}
    return {**held, **({"country": part.place} if part.place else {})}


def _meant(text: str, listed: Sequence[Part]) -> Part | None:
    """The part that a message points to by its number or by a word that only this part has."""
    if (numbered := _ORDINAL.search(text)) is not None:
        number = numbered[1].replace("两", "二")
        place = int(number) if number.isdigit() else _ORDINALS.index(number) + 1
        return listed[place - 1] if place <= len(listed) else None
    pointed = _POINTS.search(text)
    if pointed is None:
        return None
    signs = set(pointed[1]) - _SAY_NOTHING
    shared = [len(signs.intersection(part.own or part.text)) for part in listed]
    most = max(shared)
    return listed[shared.index(most)] if most and shared.count(most) == 1 else None
