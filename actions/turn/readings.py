"""The ways in which a question may be meant: as it stands, by its asking part, or completed.

Each reading is searched once; the one that the shelf answers best is taken.  What was said before may
complete a question, it never replaces one: a reading that brings nothing of the question's own words
does not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rasa_sdk import Tracker

from actions import conversation as talk
from actions import followup
from actions.context import Services
from actions.lookup import CHINA, Found, look_up
from actions.turn.asking import asked, asks, questions
from indexer.types import QueryInfo

ALONE, PART, WHOLE, FOLLOW, JOINED = "alone", "part", "whole", "follow", "joined"
HOME = "home"
_BAND_ORDER = {"answer": 2, "choices": 1, "country": 1, "refuse": 0}
# A question that names nothing is completed if it is no longer than this (答辩期限是几天).
HANGING = 24
# From this chance of a question for money on, the answer is looked for at home too.
_FUNDING = 0.2
# A bare name or topic (那德国呢, 期限呢) has no more than this beside what it names.
_BARE = 6
# So much better must a hit of another document be than one of the document that was spoken of.
_SAME_DOCUMENT = 0.25
# What the question itself says counts more than what was said before.
_OWN = {ALONE: 0.0, PART: 0.0, WHOLE: 0.15, FOLLOW: 0.0, JOINED: -0.3, HOME: 0.1}


@dataclass(frozen=True)
class Reading:
    """One way to read a question and what the shelf says to it."""

    name: str
    question: str
    found: Found

    @property
    def worth(self) -> tuple[int, float]:
        """What readings are compared by: the band, then the confidence."""
        return _BAND_ORDER[self.found.band], self.found.right + _OWN[self.name]


def readings(services: Services, tracker: Tracker, text: str) -> list[Reading]:
    """Every reading of a message, best first."""
    index, today = services.index.current(), services.today()
    country = talk.slot(tracker, "country")
    info = index.understand(text)
    alone = Reading(ALONE, text, look_up(index, text, today, country=country))
    found = [alone]
    part = asked(text)
    if part is not None:
        question = f"{_names(services, info, index.understand(part))} {part}".strip()
        found.append(Reading(PART, question, look_up(index, question, today, country=country)))
    if info.countries and _chance(tracker, "funding") >= _FUNDING:
        # Money for a dispute abroad is given at home.
        home = index.understanding.without(info.text, {"country", "procedure", "platform"})
        found.append(
            Reading(HOME, text, look_up(index, home, today, country=CHINA, ask_country=False))
        )
    if not (info.countries or info.platforms) or _is_bare(services, text):
        found += _completed(services, tracker, text, info)
    bare = [reading for reading in found if reading.name == FOLLOW]
    if bare and _is_bare(services, text):
        return bare  # alone it would be a search for the name itself
    found.sort(key=lambda reading: reading.worth, reverse=True)
    if found[0].found.band == "refuse" and len(text) <= HANGING and asks(text):
        found[:0] = _within(services, tracker, text, info)
    return found


def _within(services: Services, tracker: Tracker, text: str, info: QueryInfo) -> Iterator[Reading]:
    """What the document spoken of has nearest to a question that nothing answers for certain."""
    last = talk.slot(tracker, "last_answer")
    if last is None or info.countries or info.platforms:
        return
    question = f"{context(services, tracker, info)} {text}"
    country = talk.slot(tracker, "country")
    found = look_up(services.index.current(), question, services.today(), country=country)
    document = last.partition("#")[0]
    near = tuple(
        hit
        for hit in found.hits
        if hit.passage.document == document and any(len(t) > 1 and t in text for t in hit.matched)
    )
    if near:
        yield Reading(WHOLE, question, replace(found, hits=near, band="choices"))


def _chance(tracker: Tracker, intent: str) -> float:
    rows = tracker.latest_message.get("intent_ranking") or ()
    return sum(float(row["confidence"]) for row in rows if row["name"] == intent)


def each_question(services: Services, tracker: Tracker, text: str) -> list[Found]:
    """What the shelf says to each question of a message that asks several; empty if it asks one."""
    parts = questions(text)
    if len(parts) < 2:
        return []
    index, today = services.index.current(), services.today()
    country = talk.slot(tracker, "country")
    whole = index.understand(text)
    found = []
    for part in parts:
        question = f"{_names(services, whole, index.understand(part))} {part}".strip()
        found.append(look_up(index, question, today, country=country))
    return found


def _completed(
    services: Services, tracker: Tracker, text: str, info: QueryInfo
) -> Iterator[Reading]:
    """The readings that take what is missing from the conversation."""
    index, today = services.index.current(), services.today()
    country = talk.slot(tracker, "country")
    previous = talk.slot(tracker, "last_question")
    if previous is not None and _is_bare(services, text):
        question = resolve(services, tracker, text, previous)
        yield Reading(FOLLOW, question, look_up(index, question, today, country=country))
        return
    if len(text) > HANGING:
        return
    named = context(services, tracker, info)
    questions_ = [(WHOLE, f"{named} {text}")] if named else []
    if previous is not None:
        questions_.append((JOINED, f"{previous} {text}"))
    for name, question in questions_:
        found = look_up(index, question, today, country=country)
        kept = _of_the_matter(found, talk.slot(tracker, "last_answer"), text)
        if kept is not None:
            yield Reading(name, question, kept)


def _of_the_matter(found: Found, last: str | None, text: str) -> Found | None:
    """The hits that bring a word of the question itself, those of the document spoken of first.

    :param last: the passage that was answered from before.
    """
    if found.band == "refuse":
        return None
    document = (last or "").partition("#")[0]
    near = [h for h in found.hits if any(len(t) > 1 and t in text for t in h.matched)] or [
        h for h in found.hits if h.passage.document == document
    ]
    if not near:
        return None
    best = found.hits[0].score
    near.sort(
        key=lambda h: h.score + (_SAME_DOCUMENT if h.passage.document == document else 0),
        reverse=True,
    )
    if near[0].score < best - _SAME_DOCUMENT:
        return None
    return replace(found, hits=(near[0], *(h for h in found.hits if h is not near[0])))


def context(services: Services, tracker: Tracker, info: QueryInfo) -> str:
    """What the matter or the question before was about and the question does not name, in words."""
    words = services.vocabulary
    previous = talk.slot(tracker, "last_question")
    before = services.index.current().understand(previous) if previous else None
    rows = (
        ("country", before.countries if before else (), info.countries),
        ("platform", before.platforms if before else (), info.platforms),
        ("procedure", before.procedures if before else (), info.procedures),
        ("right", before.ip_types if before else (), info.ip_types),
    )
    named = []
    for kind, said, own in rows:
        code = next(iter(said), None) or talk.slot(tracker, kind)
        if code is not None and not own:
            named.append(words.name(kind, code))
    return " ".join(dict.fromkeys(named))


def resolve(services: Services, tracker: Tracker, text: str, previous: str) -> str:
    """The whole question behind a bare follow-up (那德国呢, 期限呢)."""
    vocabulary = services.vocabulary
    index = services.index.current()
    before, now = index.understand(previous), index.understand(text)
    own = {"country": now.countries, "right": now.ip_types, "procedure": now.procedures}
    replaced = [(kind, codes[0]) for kind, codes in own.items() if codes]
    # A country's alias may name a procedure as well (337, TRO); the country is what is asked.
    kinds = {kind for kind, _ in replaced}
    slot = talk.slot(tracker, "country")
    known = (
        ("country", before.countries or ((slot,) if slot else ())),
        ("procedure", before.procedures),
        ("right", before.ip_types),
    )
    return followup.complete(
        text,
        previous,
        named=[vocabulary.name(kind, code) for kind, code in replaced],
        context=[vocabulary.name(k, codes[0]) for k, codes in known if codes and k not in kinds],
        stripped=index.understanding.without(before.text, kinds),
    )


def _is_bare(services: Services, text: str) -> bool:
    """Whether a message is only a name or a topic that wants the question before it."""
    core = followup.core(text)
    if followup.topic(text) is not None and len(core) <= _BARE:
        return True
    rest = core
    for mention in reversed(services.index.current().understanding.mentions(core)):
        rest = rest[: mention.start] + rest[mention.stop :]
    return len(rest) <= 1 and rest != core and (core != text or not asks(text))


def _names(services: Services, whole: QueryInfo, part: QueryInfo) -> str:
    """What a story names and its asking part does not."""
    words = services.vocabulary
    rows = (
        ("country", whole.countries, part.countries),
        ("platform", whole.platforms, part.platforms),
        ("procedure", whole.procedures, part.procedures),
        ("right", whole.ip_types, part.ip_types),
    )
    return " ".join(words.name(kind, codes[0]) for kind, codes, own in rows if codes and not own)
