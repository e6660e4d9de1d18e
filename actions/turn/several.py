"""A message that asks several things: its questions, or one question for each of the places it names."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.deadline_asking import asks_for_a_day
from actions.lookup import CHINA, Found, look_up
from actions.turn.asking import asks, clauses, questions
from actions.turn.bare import PLACES
from actions.turn.counted_items import before_items
from actions.turn.heard import conversation, heard_after
from actions.turn.hearing import Conversation
from actions.turn.plan import plan_in
from actions.turn.readings import names_left_out
from indexer.hybrid import HybridIndex
from indexer.query import AND
from indexer.types import QueryInfo
from knowledge.types import GENERAL

# Where one thing ends and another begins.
_APART = re.compile(r"[；;。！!\n]|另外|还有一[件个]|另一[件个]|再有")
_EACH_OF_THEM = re.compile(r"分别|各自|各(?=[有是要系係多几赔给]|为|延)")


def each_question(services: Services, tracker: Tracker, text: str) -> list[Found]:
    """What the shelf says to each question of a message that asks several; empty if it asks one.

    Each is heard as if it had been asked after the one before it was answered.  A day that the turn
    computes anyway is not looked for.
    """
    index, today = services.index.current(), services.today()
    country = talk.slot(tracker, "country")
    parts = questions(text)
    if len(parts) < 2:
        return [look_up(index, part, today, country=country) for part in one_each(index, text)]
    shared = before_items(text)
    whole = index.understand(text if shared is None else shared)
    said = _told(conversation(services, tracker), whole)
    found: list[Found] = []
    is_dated = plan_in(tracker).get("day") is not None
    computed = next(filter(asks_for_a_day, parts), None) if is_dated else None
    for part in parts:
        if part == computed:
            continue
        info = index.understand(part)
        words = f"{names_left_out(services, whole, info)} {part}".strip()
        # What is counted is asked for itself.
        heard = heard_after(services, said, part, info) if shared is None else None
        one = heard[1] if heard else look_up(index, words, today, country=country)
        found.append(replace(one, question=words))
        if one.band == "answer":
            said = replace(said, question=part, passage=one.hits[0].passage)
    return found


def _told(said: Conversation, whole: QueryInfo) -> Conversation:
    """The conversation with what the message itself names in the place of what was named before."""
    return replace(
        said,
        country=next(iter(whole.countries), said.country),
        platform=next(iter(whole.platforms), said.platform),
        procedure=next(iter(whole.procedures), said.procedure),
        right=next(iter(whole.ip_types), said.right),
    )


def asks_more(text: str) -> bool:
    """Whether a message asks for a day, and for something else in another of its questions."""
    parts = questions(text)
    return len(parts) > 1 and not all(map(asks_for_a_day, parts))


def one_each(index: HybridIndex, text: str) -> list[str]:
    """One question a matter, where a message tells of several and asks once for all (分别有多少时间).

    Matters are parts that name different places or platforms; what is asked is the last asking clause.
    """
    asking = [clause for clause in clauses(text) if asks(clause)]
    if not asking:
        return []
    tail = asking[-1]
    told: list[tuple[str, frozenset[str]]] = []
    for part in _APART.split(text):
        info = index.understand(part)
        places = frozenset((*info.countries, *info.platforms))
        if places and part.strip() != tail and all(places.isdisjoint(p) for _, p in told):
            told.append((part.replace(tail, "").strip("，,：: "), places))
    each = _EACH_OF_THEM.sub("", tail)
    if len(told) > 1:
        return [f"{part}，{each}" for part, _ in told]
    is_of_each = _EACH_OF_THEM.search(text) is not None or _are_side_by_side(index, text)
    return _one_a_place(index, text) if is_of_each else []


def _are_side_by_side(index: HybridIndex, text: str) -> bool:
    """Whether two foreign countries are named in one breath (马来西亚跟新加坡，商标几年不用会被撤)."""
    info = index.understand(text)
    named = [m for m in index.understanding.mentions(info.text) if m.row.kind == "country"]
    asked = set(info.countries) - {CHINA, GENERAL}
    named = sorted((m for m in named if m.row.code in asked), key=lambda m: m.start)
    return any(
        one.row.code != two.row.code and AND.fullmatch(info.text[one.stop : two.start]) is not None
        for one, two in pairwise(named)
    )


def _one_a_place(index: HybridIndex, text: str) -> list[str]:
    """The question once for every place that it names (告到首尔和告到加州，各赔几倍)."""
    info = index.understand(text)
    named = [m for m in index.understanding.mentions(info.text) if m.row.kind in PLACES]
    rest = _EACH_OF_THEM.sub("", index.understanding.without(info.text, PLACES))
    words = {m.row.code: info.text[m.start : m.stop] for m in reversed(named)}
    return [f"{words[code]} {rest}" for code in reversed(words)] if len(words) > 1 else []
