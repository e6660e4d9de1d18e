"""What those above countries have to a question: a court or union (after UPC: 西班牙归不归它管), and a platform."""

from __future__ import annotations

import re

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.lookup import FORUMS, Found, countries_of, is_of_another_member, look_up, without
from actions.shelf import Shelf
from actions.turn.asking import asks_what_now
from indexer.jurisdictions import EU, scope
from indexer.types import QueryInfo
from knowledge.text import normalise
from knowledge.types import Passage

# Whether a country belongs to it, and no law of that country's own.
_BELONGS = re.compile(
    r"归|[也还]?算[吗么不在]|管|属|里[头面边]|包[括含]|不含|覆盖|成员|加入|[也还]认"
)
_LIKELY = 0.5
# What the authorities of a country do by the law of its union.
_BY_UNION = "customs"
_ABOVE_COUNTRIES = FORUMS | {EU}
# Who tells that something was taken down on a platform and asks what now means this.
_ON_PLATFORM = "platform"
_TAKEN_DOWN = "{platform}{right}投诉，链接被下架怎么办"


def of_forum(
    services: Services, tracker: Tracker, text: str, info: QueryInfo
) -> tuple[str, Found] | None:
    """The question put to the forum that the last answer is of, where that speaks of the country named now.

    :return: the whole question and what is found; None where the country's own law is asked for.
    """
    index = services.index.current()
    last = Shelf.of(index).find(talk.slot(tracker, "last_answer"))
    if _BELONGS.search(text) is None:
        return None
    forum = next(iter(_ABOVE_COUNTRIES.intersection(last.jurisdiction if last else ())), None)
    if forum is None or not info.countries or not _ABOVE_COUNTRIES.isdisjoint(info.countries):
        return None
    question = f"{services.vocabulary.name('country', forum)} {text}"
    found = look_up(index, question, services.today())
    if found.band != "answer" or found.right < _LIKELY:
        return None
    first = found.hits[0].passage
    is_its = forum in first.jurisdiction
    return (question, found) if is_its and countries_of(index, first) & {*info.countries} else None


def of_union(services: Services, info: QueryInfo) -> tuple[str, Found] | None:
    """A question for what a union's law has its members do, put to the union of one that has no law of its own here.

    :return: the whole question and what is found; None where the country's own law is told, or another thing asked.
    """
    index = services.index.current()
    places = Shelf.of(index).places
    unions = [union for union in scope(info.countries) - {*info.countries} if union in places]
    is_its = len(info.countries) == 1 and info.countries[0] not in places
    if not is_its or len(unions) != 1 or _BY_UNION not in info.procedures:
        return None
    name = services.vocabulary.name("country", unions[0])
    question = f"{name}{index.understanding.without(info.text, {'country'})}"
    found = look_up(index, question, services.today())
    return question, without(found, lambda p: is_of_another_member(p, info.countries[0]))


def of_platform(
    services: Services, tracker: Tracker, text: str, info: QueryInfo
) -> tuple[str, Found] | None:
    """A story of what was taken down on a platform that ends in what now, as the question for just this.

    :return: the question and what is headed by the platform; None where it is no such story or nothing is.
    """
    rows = tracker.latest_message.get("intent_ranking") or ()
    is_told = any(row["name"] == "triage" and float(row["confidence"]) >= _LIKELY for row in rows)
    is_story = asks_what_now(text) and (is_told or _ON_PLATFORM in info.procedures)
    if not is_story or len(info.platforms) != 1 or info.countries:
        return None
    index, words = services.index.current(), services.vocabulary
    (platform,) = info.platforms
    right = words.name("right", info.ip_types[0]) if info.ip_types else "侵权"
    question = _TAKEN_DOWN.format(platform=words.name(_ON_PLATFORM, platform), right=right)

    def is_elsewhere(passage: Passage) -> bool:
        named = index.understanding.mentions(normalise(" ".join((passage.title, *passage.heading))))
        return not any(m.row.kind == _ON_PLATFORM and m.row.code == platform for m in named)

    found = without(look_up(index, question, services.today(), ask_country=False), is_elsewhere)
    return (question, found) if found.band == "answer" else None
