"""The ways in which a question may be meant: as it stands, by its asking part, or completed.

Each reading is searched once; the one that the shelf answers best is taken.  Within a conversation a
message is read alone and completed at once, and what both find is ordered together (``hearing``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk import Tracker

from actions import conversation as talk
from actions import followup
from actions.context import Services, once_a_turn
from actions.deadline_alternatives import takes_way
from actions.deadline_asking import asks_a_period
from actions.deadline_choice import CLEAR, SURE_RULE, rule_candidates, situation_of
from actions.lookup import CHINA, FORUMS, Found, countries_of, look_in_city, look_up
from actions.shelf import Shelf
from actions.turn.affirmed import MATTERS, affirmed
from actions.turn.asking import asked, asks, turned_to, without_articles
from actions.turn.bare import asked_before, is_bare, names_alone, unknown_name, unread_place
from actions.turn.comparing import compared
from actions.turn.counted_items import counted
from actions.turn.forum import of_forum, of_platform, of_union
from actions.turn.heard import conversation, heard_after, stands_alone
from actions.turn.other_rights import of_rights_named, of_term_asked
from actions.turn.plan import SLOT
from actions.turn.purpose import Purpose, judged, purpose_of
from indexer.asked import NAMES, kinds
from indexer.hybrid import HybridIndex
from indexer.types import QueryInfo, ScoredPassage
from knowledge.parties import names_party

ALONE, PART, FOLLOW, HEARD = "alone", "part", "follow", "heard"
HOME, CITY, FORUM = "home", "city", "forum"
_GIVEN = re.compile(r"[给向](?:一?[家个])?$")
_GIVERS = re.compile(r"[哪个本我]省|[省市区]里|财政|政府(?!采购)")
_BAND_ORDER = {"answer": 2, "choices": 1, "country": 1, "refuse": 0}
# From this chance of a question for money on, the answer is looked for at home too.
_FUNDING = 0.2
# A message that puts one country in the place of another is no longer than this.
_CORRECTING = 36
# From this chance on a message is of no matter at all, whatever its words share with a rule.
_STRANGE = 0.5
# From this chance on a message that names a place and no denied one is taken for a correction.
_CORRECTS = 0.5
# What the question itself says counts more than what was said before.
_OWN = {ALONE: 0.0, PART: 0.0, FOLLOW: 0.0, HEARD: 0.0, HOME: 0.1, CITY: 0.1, FORUM: 0.1}


@dataclass(frozen=True)
class Reading:
    """One way to read a question, what the shelf says to it, and what the message is for."""

    name: str
    question: str
    found: Found
    purpose: Purpose | None = None

    @property
    def worth(self) -> tuple[int, float]:
        """What readings are compared by: the band, then the confidence."""
        return _BAND_ORDER[self.found.band], self.found.right + _OWN[self.name]

    def refused(self) -> Reading:
        """The same where it may not be answered."""
        return replace(self, found=replace(self.found, band="refuse"))

    def to_json(self) -> dict[str, Any]:
        """As the plan keeps it."""
        return {
            "reading": self.name,
            "question": self.question,
            "band": self.found.band,
            "confidence": round(self.found.confidence, 3),
        }


def readings(services: Services, tracker: Tracker, text: str) -> list[Reading]:
    """Every reading of a message, best first, each with what the message is for."""
    known = tuple((n, repr(v)) for n, v in tracker.slots.items() if v is not None and n != SLOT)
    return list(once_a_turn(("readings", text, known), lambda: _readings(services, tracker, text)))


def _readings(services: Services, tracker: Tracker, text: str) -> list[Reading]:
    text = compared(affirmed(tracker, text))
    if (rest := turned_to(text)) is not None:
        # It is read as if nothing had been spoken of.
        found = look_up(services.index.current(), rest, services.today())
        return _judged(services, tracker, rest, [Reading(ALONE, rest, found)])
    completed = _completed(services, tracker, text)
    if completed is not None:
        return _of_places_told(services, tracker, [completed])
    return _judged(services, tracker, text, read(services, tracker, text))


def _judged(
    services: Services, tracker: Tracker, text: str, found: Sequence[Reading]
) -> list[Reading]:
    """Readings with what the message is for, best first."""
    rows = [reading.found for reading in found]
    purpose = purpose_of(tracker, text, rows)
    best = max(rows, key=lambda row: row.confidence)
    found = [
        replace(reading, found=judged(reading.found, best, purpose), purpose=purpose)
        for reading in found
    ]
    if any(reading.name == HEARD for reading in found):
        found = [reading for reading in found if reading.name != ALONE]
    if unknown_name(services.index.current(), text) is not None or names_alone(
        services, tracker, text
    ):
        # Nothing goes before that it could hang on, or nothing on the shelf bears the name.
        found = [reading.refused() for reading in found]
    found = [
        replace(
            one,
            found=of_term_asked(services, tracker, of_rights_named(services, tracker, one.found)),
        )
        for one in _of_places_told(services, tracker, found)
    ]
    found.sort(key=lambda reading: reading.worth, reverse=True)
    found[0] = replace(found[0], found=_period_first(services, tracker, text, found[0].found))
    return found


def _of_places_told(services: Services, tracker: Tracker, found: list[Reading]) -> list[Reading]:
    """Readings, refused where they would answer for a country that the shelf does not tell the law of.

    What a general passage says of that country by name may be said, but no period and no fee.
    """
    place = unread_place(services, tracker)
    if place is None:
        return found
    text, index = talk.text(tracker), services.index.current()
    is_figure = asks_a_period(text) or bool(kinds(text)[NAMES.index("money")])

    def may_be_said(reading: Reading) -> bool:
        hits = reading.found.hits[:1]
        speaks_of = any(place in countries_of(index, hit.passage) for hit in hits)
        return not hits or reading.name in (HOME, CITY) or (speaks_of and not is_figure)

    return [one if may_be_said(one) else one.refused() for one in found]


def read(services: Services, tracker: Tracker, text: str) -> list[Reading]:
    """What the shelf says to a message: as it stands, by its asking part, at home, and as it is heard."""
    index, today = services.index.current(), services.today()
    country = talk.slot(tracker, "country")
    info = index.understand(text)
    found = [Reading(ALONE, text, look_up(index, text, today, country=country))]
    for item in counted(text):
        found.append(Reading(PART, item, look_up(index, item, today, country=country)))
    part = asked(text)
    if part is not None:
        question = f"{names_left_out(services, info, index.understand(part))} {part}".strip()
        found.append(Reading(PART, question, look_up(index, question, today, country=country)))
    if (plain := without_articles(text)) is not None:
        found.append(Reading(PART, plain, look_up(index, plain, today, country=country)))
    if info.countries and _wants_money(tracker, info):  # which is given at home
        words = index.understanding.without(info.text, {"country", "procedure", "platform"})
        at_home = look_up(index, words, today, country=CHINA, ask_country=False)
        found.append(Reading(HOME, text, at_home))
    elif (abroad := _dealt_with(index, info, found)) is not None:
        at_home = look_up(index, abroad, today, country=CHINA, ask_country=False)
        found += [Reading(HOME, abroad, at_home)] if at_home.band != "refuse" else []
    if (in_city := look_in_city(index, text, today)) is not None:
        found.append(Reading(CITY, text, in_city))
    for above in (
        of_forum(services, tracker, text, info),
        of_union(services, info),
        of_platform(services, tracker, text, info),
    ):
        if above is not None:
            found.append(Reading(FORUM, *above))
    said = conversation(services, tracker)
    best = max(found, key=lambda reading: reading.worth).found
    if stands_alone(said, best, text, names_place=bool(info.countries)):
        return found
    heard = heard_after(services, said, text, info)
    return found if heard is None else [*found, Reading(HEARD, *heard)]


def _wants_money(tracker: Tracker, info: QueryInfo) -> bool:
    """Whether a message asks for what is paid at home, or speaks of those who pay it."""
    is_told = "funding" in info.procedures or _GIVERS.search(info.text) is not None
    return is_told or _chance(tracker, "funding") >= _FUNDING


def _dealt_with(index: HybridIndex, info: QueryInfo, found: Sequence[Reading]) -> str | None:
    """A message that the law at home may answer: on what is given to a company abroad (技术许可给德国公司), or unanswered."""
    named = [m for m in index.understanding.mentions(info.text) if m.row.kind == "country"]
    if not all(names_party(info.text, m.stop) for m in named):
        return None
    is_given = any(_GIVEN.search(info.text[: m.start]) for m in named)
    if not (is_given or all(reading.found.band == "refuse" for reading in found)):
        return None
    abroad = info.text
    for start, stop in sorted({(m.start, m.stop) for m in named}, reverse=True):
        abroad = f"{abroad[:start]}国外{abroad[stop:]}"
    return abroad


def _period_first(services: Services, tracker: Tracker, text: str, found: Found) -> Found:
    """Where a period is asked and its rule is all but certain, the passage that rests on the rule first."""
    is_strange = _chance(tracker, "out_of_scope") >= _STRANGE
    if not asks_a_period(text) or found.info.articles or is_strange:
        return found
    found = _of_way_told(services, tracker, found)
    meant = next(iter(rule_candidates(services, tracker)), None)
    if meant is None or meant.chance < CLEAR:
        return found
    index = services.index.current()
    resting = [hit for hit in found.hits if meant.rule.fact in hit.passage.facts[:1]]
    if not resting:
        passage = Shelf.of(index).resting_on(meant.rule.fact)
        is_sure = meant.chance >= SURE_RULE
        if not is_sure or passage is None or meant.rule.fact not in passage.facts[:1]:
            return found
        score = max((hit.score for hit in found.hits), default=1.0)
        resting = [ScoredPassage(passage, score)]
    first = resting[0].passage.id
    rest = tuple(hit for hit in found.hits if hit.passage.id != first)
    return replace(
        found, hits=(resting[0], *rest), band="answer", each=(),
        confidence=max(found.confidence, meant.chance), right=max(found.right, meant.chance),
    )  # fmt: skip


def _of_way_told(services: Services, tracker: Tracker, found: Found) -> Found:
    """What was found, with the general rule's passage before that of a special way which nobody said (马德里)."""
    rules, index = services.deadlines, services.index.current()
    rule = rules.resting(found.hits[0].passage.facts) if found.hits else None
    if rule is None or rule.special is None or takes_way(rule, situation_of(tracker).said or ()):
        return found
    passage = Shelf.of(index).resting_on(rules.rules[rule.special.of].fact)
    if passage is None:
        return found
    rest = tuple(hit for hit in found.hits if hit.passage.id != passage.id)
    return replace(found, hits=(ScoredPassage(passage, found.hits[0].score), *rest), each=())


def _completed(services: Services, tracker: Tracker, text: str) -> Reading | None:
    """The question before with another place or of another year.

    A thing that the passage just said already answers is heard within the conversation instead.
    """
    previous = talk.slot(tracker, "last_question")
    if previous is not None and (year := followup.year(text, services.today())) is not None:
        # What was answered may be headed by a year itself, which says best what is asked.
        last = Shelf.of(services.index.current()).find(talk.slot(tracker, "last_answer"))
        asked_of = (*(last.heading[-1:] if last is not None else ()), previous)
        question = next((q for q in asked_of if followup.names_year(q)), previous)
        question = followup.of_year(question, year)
        return Reading(
            FOLLOW, question, look_up(services.index.current(), question, services.today())
        )
    if previous is None or not (is_bare(services, text) or _corrects_place(tracker, text)):
        return None
    index, country = services.index.current(), talk.slot(tracker, "country")
    first = None
    for before in asked_before(tracker):
        question = resolve(services, tracker, text, before)
        found = look_up(index, question, services.today(), country=country)
        reading = Reading(FOLLOW, question, found)
        if found.band != "refuse":
            return reading
        first = first or reading
    return first


def _chance(tracker: Tracker, intent: str) -> float:
    rows = tracker.latest_message.get("intent_ranking") or ()
    return sum(float(row["confidence"]) for row in rows if row["name"] == intent)


def resolve(services: Services, tracker: Tracker, text: str, previous: str) -> str:
    """The whole question behind a bare follow-up (那德国呢, 期限呢)."""
    vocabulary = services.vocabulary
    index = services.index.current()
    before, now = index.understand(previous), index.understand(text)
    denied = {
        row["value"] for row in tracker.latest_message.get("entities") or ()
        if row.get("role") == "denied"
    }  # fmt: skip
    countries = tuple(code for code in now.countries if code not in denied) or now.countries
    own = {"country": countries, "right": now.ip_types, "procedure": now.procedures}
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


def _corrects_place(tracker: Tracker, text: str) -> bool:
    """Whether a message only puts one country in the place of another."""
    rows = [r for r in tracker.latest_message.get("entities") or () if r["entity"] in MATTERS]
    roles = {row.get("role") for row in rows if row["entity"] == "country"}
    is_other = "denied" in roles or _chance(tracker, "correct") >= _CORRECTS
    known = talk.slot(tracker, "procedure")
    others = {row["value"] for row in rows if row["entity"] != "country"} - {known}
    is_place = "main" in roles and not others
    return is_other and is_place and len(text) <= _CORRECTING and not asks(text)


def names_left_out(services: Services, whole: QueryInfo, part: QueryInfo) -> str:
    """What a story names and its asking part does not."""
    words = services.vocabulary
    rows = (
        # A court above countries is meant before the place it acts in.
        ("country", sorted(whole.countries, key=lambda c: c not in FORUMS), part.countries),
        ("platform", whole.platforms, part.platforms),
        ("procedure", whole.procedures, part.procedures),
        ("right", whole.ip_types, part.ip_types),
    )
    return " ".join(words.name(kind, codes[0]) for kind, codes, own in rows if codes and not own)
