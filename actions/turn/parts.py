"""What a message that concerns several countries says of each of them.

A message is cut where it turns from one country to the next: what is said between belongs to the country
that it stands with, a day, a paper and a side as well; what is said at the end of all of them belongs to
each.  Countries in a row (德国和瑞士) share everything else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from actions.deadline_asking import asks_a_period
from actions.deadline_fit import MEMBERS
from actions.followup import core
from actions.turn.asking import asks
from indexer.query import QueryUnderstanding
from knowledge.parties import names_party
from knowledge.types import GENERAL

MOST_PLACES = 3
# What is longer is a story, in which countries are named for many reasons.
_LONGEST = 220
_MARKS = "，,。；;：:！!？?、\n "
_MARK = re.compile(f"[{_MARKS}]")
_ENDS_CLAUSE = re.compile("[，,。；;：:！!？?、\n]")
# Said of each country, or of all of them together.
OF_ALL = re.compile(
    r"分别|各自|各(?![国地位种类方界州省市级项部])|每[个边国家]|[两二三](?:[边地国处家件单头票者]|"
    r"个(?![多半]?[月星礼周年小工自日])(?:国家?|地方|地区)?)|"
    r"哪[个边国家件单](?:国家|地方)?|边[个度]|一个(?=[几多])|(?<![首成京谁么啥哪连点])都(?![市灵柏没不已快])"
)
# Whether periods are alike asks how long each is.
_ALIKE = re.compile(
    r"(?:是否|是不是|也)?(?:不?一样|相同|不同)(?:长|多)?(?:吗|么|嘛|不)?(?=[?？]?$)"
)
# Between countries in a row, what they have or are called by left out.
_IN_A_ROW = re.compile(
    r"(?:的|那边|这边|那里|方面|[这那]个?)?(?:和|与|跟|及|同|以及|还有|或者?|[、/,，&])(?:在)?(?:[这那]边)?"
)
# The names of a table of which a part has its own.
_KINDS: Mapping[str, str] = {
    "right": "right", "procedure": "procedure", "platform": "platform", "role": "party",
}  # fmt: skip
_HOME = frozenset(("CN", GENERAL))
_BARE = 2  # signs beside a country's name that say nothing more
_AT_ONCE = 2  # signs between a day and the country that it is said before


@dataclass(frozen=True)
class Part:
    """What a message says of one country, as if it said nothing else.

    ``rows`` are its entities with their places in ``text``, ``own`` its clauses without what is said of all;
    ``has_day`` tells that a day stands in its own clauses, ``asks`` that it asks something itself or shares
    what is asked of all.
    """

    place: str
    text: str
    rows: tuple[Mapping[str, Any], ...]
    has_day: bool
    asks: bool
    own: str = ""


@dataclass(frozen=True)
class _Clauses:
    """Countries in a row with the stretch of the message in which they stand.

    ``names`` tells where each is named first, ``named`` where the last name ends.
    """

    names: Mapping[str, tuple[int, int]]
    start: int
    stop: int
    named: int


def parts(
    understanding: QueryUnderstanding, text: str, rows: Sequence[Mapping[str, Any]]
) -> list[Part]:
    """The parts of a message in its order; empty where it names fewer than two countries.

    :param text: the normalised message.
    :param rows: its entities.
    """
    if len(text) > _LONGEST:
        return []
    days = [(int(r["start"]), int(r["end"])) for r in rows if r["entity"] == "date"]
    found = _stretches(understanding, text, rows, days)
    places = list(dict.fromkeys(place for one in found for place in one.names))
    if len(places) < 2:
        return []
    tail = _tail(text, found, days)
    lead = _lead(understanding, text, found[0].start)
    kept = [
        _part(understanding, text, rows, place, found, (lead, tail))
        for place in places[:MOST_PLACES]
    ]
    return [_completed(understanding, part, kept, rows) for part in kept]


def is_of_each(found: Sequence[Part], text: str) -> bool:
    """Whether a message tells or asks something of each of its countries."""
    if all(part.has_day for part in found):
        return True
    places = {part.place for part in found}
    # A court or an office of several countries acts in one of them (米兰展位上的UPC禁令).
    if any(not places.isdisjoint(MEMBERS.get(place, ())) for place in places):
        return all(part.asks for part in found) and OF_ALL.search(text) is not None
    return all(part.asks for part in found) and (
        OF_ALL.search(text) is not None or asks_a_period(text)
    )


def part_about(
    understanding: QueryUnderstanding,
    text: str,
    rows: Sequence[Mapping[str, Any]],
    places: frozenset[str],
) -> Part | None:
    """What a message of several countries says of one of these; None where it names no two, or none of these."""
    return next((p for p in parts(understanding, text, rows) if p.place in places), None)


def places_in(
    understanding: QueryUnderstanding, text: str, rows: Sequence[Mapping[str, Any]]
) -> list[tuple[str, int, int]]:
    """The countries in which something happens, with where they are named, in order."""
    denied = {int(row["start"]) for row in rows if row.get("role") == "denied"}
    named: list[tuple[str, int, int]] = []
    mentions = (m for m in understanding.mentions(text) if m.row.kind == "country")
    for mention in sorted(mentions, key=lambda m: (m.start, -m.stop)):
        is_inside = bool(named) and mention.start < named[-1][2]
        is_other = mention.row.code in _HOME or mention.start in denied
        if not (is_inside or is_other or names_party(text, mention.stop)):
            named.append((mention.row.code, mention.start, mention.stop))
    return named


def _stretches(
    understanding: QueryUnderstanding,
    text: str,
    rows: Sequence[Mapping[str, Any]],
    days: Sequence[tuple[int, int]],
) -> list[_Clauses]:
    """The message from its first country on, cut where another one is named."""
    found: list[_Clauses] = []
    for place, start, stop in places_in(understanding, text, rows):
        now = found[-1] if found else None
        last = now.named if now else 0
        if now and place in now.names:
            found[-1] = replace(now, named=stop)
        elif now and _is_in_a_row(
            understanding, text[max(e for _, e in now.names.values()) : start]
        ):
            found[-1] = replace(now, names={**now.names, place: (start, stop)}, named=stop)
        else:
            cut = _cut(text, last, start, [day for day in days if now and now.start <= day[0]])
            if now:
                found[-1] = replace(now, stop=cut)
            found.append(_Clauses({place: (start, stop)}, cut, len(text), stop))
    return found


def _cut(text: str, last: int, start: int, days: Sequence[tuple[int, int]]) -> int:
    """Where begins what is said of a country that is named at ``start``: after a mark, or where it is named."""
    marks = [mark.end() for mark in _MARK.finditer(text, last, start)]
    if marks or not last:
        return marks[-1] if marks else 0
    before = [day for day in days if day[0] < start]
    is_its = len(before) > 1 and start - before[-1][1] <= _AT_ONCE
    return before[-1][0] if is_its else start  # 11月10日美国公告的11月18日土耳其收到的


def _is_in_a_row(understanding: QueryUnderstanding, between: str) -> bool:
    rest = understanding.without(between, {"right"}) if between.strip(_MARKS) else between
    return _IN_A_ROW.fullmatch(rest.replace(" ", "") or " ") is not None


def _tail(text: str, found: Sequence[_Clauses], days: Sequence[tuple[int, int]]) -> int:
    """Where begins what is said of all; the end of the message where nothing is."""
    last = found[-1]
    told = [stop for start, stop in days if last.start <= start]
    anchor = max((last.named, *told))
    marks = [mark.end() for mark in _ENDS_CLAUSE.finditer(text, anchor)]
    of_all = OF_ALL.search(text, anchor)
    if of_all is not None:
        return max((mark for mark in marks if mark <= of_all.start()), default=of_all.start())
    has_days = all(any(one.start <= start < one.stop for start, _ in days) for one in found)
    is_shared = has_days and bool(marks) and asks_a_period(text[marks[0] :])
    return marks[0] if is_shared else len(text)


def _lead(understanding: QueryUnderstanding, text: str, start: int) -> int:
    """Where ends what is said before the first country and belongs to all; 0 where that tells nothing."""
    before = text[:start]
    names = any(m.row.kind in _KINDS for m in understanding.mentions(before))
    return start if names or asks(before) else 0


def _part(
    understanding: QueryUnderstanding,
    text: str,
    rows: Sequence[Mapping[str, Any]],
    place: str,
    found: Sequence[_Clauses],
    shared: tuple[int, int],
) -> Part:
    """A country's own clauses between what is said of all before and after them."""
    lead, tail = shared
    spans = [(0, lead)] if lead else []
    own: list[tuple[int, int]] = []
    for one in found:
        if place not in one.names:
            continue
        first = min(start for start, _ in one.names.values())
        after = max(stop for _, stop in one.names.values())
        own += [(one.start, first), one.names[place], (after, min(one.stop, tail))]
    spans += own
    if tail < len(text):
        spans.append((tail, len(text)))
    said, kept = _joined(text, [span for span in spans if span[0] < span[1]], rows, tail)
    days = [row for row in kept if row["entity"] == "date" and row.get("role") != "denied"]
    for row in days[1:]:
        row["role"] = "other"
    for row in days[:1]:
        row["role"] = "main"
    asks_itself = any(asks(text[start:stop]) for start, stop in own)
    return Part(
        place,
        said,
        tuple([*_named(understanding, said, place, rows), *kept]),
        bool(days),
        asks_itself or (tail < len(text)) or (lead > 0 and asks(text[:lead])),
        " ".join(text[start:stop] for start, stop in own).strip(_MARKS),
    )


def _completed(
    understanding: QueryUnderstanding,
    part: Part,
    every: Sequence[Part],
    rows: Sequence[Mapping[str, Any]],
) -> Part:
    """A part that only names its country says what was said of the one before (韩国要几天，日本呢)."""
    own = core(understanding.without(part.own, {"country"}).strip(_MARKS))
    before = every[: every.index(part)]
    if len(own) > _BARE or not before or part.has_day or not part.rows:
        return part
    rest = understanding.without(before[-1].text, {"country"}).strip(_MARKS)
    name = part.rows[0]
    said = f"{part.text[name['start'] : name['end']]}{rest}"
    kept = [
        _moved(row, before[-1].text, said) for row in before[-1].rows if row["entity"] == "date"
    ]
    named = _named(understanding, said, part.place, rows)
    return replace(part, text=said, rows=(*named, *filter(None, kept)), has_day=bool(kept))


def _moved(row: Mapping[str, Any], text: str, said: str) -> Mapping[str, Any] | None:
    """An entity at its place in another text."""
    at = said.find(text[row["start"] : row["end"]])
    return None if at < 0 else {**row, "start": at, "end": at + row["end"] - row["start"]}


def _joined(
    text: str,
    spans: Sequence[tuple[int, int]],
    rows: Sequence[Mapping[str, Any]],
    tail: int,
) -> tuple[str, list[dict[str, Any]]]:
    """Stretches of a message one after the other without what is said of all, and its shapes in them."""
    said = ""
    kept: list[dict[str, Any]] = []
    for start, stop in spans:
        stretch = text[start:stop]
        if start == tail:
            stretch = OF_ALL.sub("", stretch)
            if said and said[-1] not in _MARKS:
                said += "，"
        for row in rows:
            is_shape = row["entity"] == "date" and start <= int(row["start"]) < stop
            if is_shape and (place := stretch.find(text[row["start"] : row["end"]])) >= 0:
                at = len(said) + place
                kept.append({**row, "start": at, "end": at + row["end"] - row["start"]})
        said += stretch
    return _ALIKE.sub("多久", said.strip()), kept


def _named(
    understanding: QueryUnderstanding, said: str, place: str, rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The entities of a part that are names: its country and what else it names."""
    denied = {(row["entity"], row["value"]) for row in rows if row.get("role") == "denied"}
    seen: dict[str, str] = {}
    found: list[dict[str, Any]] = []
    for mention in understanding.mentions(said):
        kind, code = mention.row.kind, mention.row.code
        entity = "country" if kind == "country" and code == place else _KINDS.get(kind)
        if entity is None or seen.get(entity) == code or (entity, code) in denied:
            continue
        role = "other" if entity in seen else "main"
        seen.setdefault(entity, code)
        found.append(
            {
                "entity": entity, "value": code, "start": mention.start, "end": mention.stop,
                "role": role, "confidence_entity": 1.0,
            }
        )  # fmt: skip
    return found
