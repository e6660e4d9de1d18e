"""Of rules that a message may mean, those of the office or tribunal that it names.  Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from actions.deadline_order import Meant
from actions.deadline_procedures import exchanged, with_chances_of
from knowledge.deadline_types import DeadlineTable, Event

# How a forum's own name ends; what is said of it otherwise (courts of a country) names many.
_OFFICE = re.compile(r"(?:知识产权|专利|商标|版权)[\u4e00-\u9fff]{0,3}[局署厅处]$")
_LETTERS = re.compile(r"[A-Z]{3,}")
_PARTED = re.compile(r"[（）()/，、]|与")
# Tribunals that sit in an office and are called by its name too.
_SEATED_IN: Mapping[str, str] = {"TTAB": "USPTO", "PTAB": "USPTO"}
# From this chance on a rule may be meant although another one is likelier.
_MAY_BE = 0.1
# Where all that is left has less than this, the place has no rule that is meant.
_HARDLY = 0.02


def of_named_forum(found: list[Meant], table: DeadlineTable, text: str) -> list[Meant]:
    """Rules without those of another office of the same place than the one that is named.

    The union's trade mark office and the European patent office have an appeal of two months each, which
    count from other days.
    """
    forums = frozenset(rule.forum for rule in table.rules.values())
    heard = {name.upper() for name in _any_of(forums).findall(text)}
    if not heard:
        return found
    named = [rule for rule in table.rules.values() if heard & _forum(rule.forum)]
    places = {rule.jurisdiction for rule in named}
    # An office has a name and letters, its board of appeal only the letters.
    said = frozenset(name for rule in named for name in _forum(rule.forum))
    others = [
        item
        for item in found
        if item.rule.jurisdiction in places and (own := _forum(item.rule.forum)) and not said & own
    ]
    left = [item for item in found if item not in others]
    rest = sum(item.chance for item in left)
    if not others or rest < _HARDLY:
        return found
    return [replace(item, chance=item.chance / rest) for item in left]


def of_publication(found: list[Meant], events: list[Event]) -> list[Meant]:
    """Rules with one that counts from publication before one that counts from registration, where only the former is told.

    What was published is not registered yet (公告了抢注的商标): the suit against a registration comes later.
    """
    if not found or found[0].rule.event is not Event.REGISTERED or Event.REGISTERED in events:
        return found
    place = found[0].rule.jurisdiction
    other = next(
        (
            i
            for i in found[1:]
            if i.rule.event is Event.PUBLISHED
            and i.rule.jurisdiction == place
            and i.chance >= _MAY_BE
        ),
        None,
    )
    if other is None or Event.PUBLISHED not in events:
        return found
    meant = exchanged(found, other)
    return with_chances_of(meant, [item for item in meant if item.rule is found[0].rule])


@lru_cache(maxsize=4)
def _any_of(forums: frozenset[str]) -> re.Pattern[str]:
    """What finds the name of any office in a message; letters stand alone."""
    names = sorted({name for forum in forums for name in _forum(forum)}, key=len, reverse=True)
    return re.compile(
        rf"(?<![A-Za-z])(?:{'|'.join(map(re.escape, names))})(?![A-Za-z])", re.IGNORECASE
    )


@lru_cache(maxsize=256)
def _forum(forum: str) -> frozenset[str]:
    """The names of an office in the words of a rule: its letters and its Chinese name."""
    letters = set(_LETTERS.findall(forum))
    letters.update(office for tribunal, office in _SEATED_IN.items() if tribunal in letters)
    parts = (part.strip() for part in _PARTED.split(forum))
    return frozenset(letters.union(part for part in parts if _OFFICE.search(part)))
