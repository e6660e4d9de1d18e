"""Whether a country belongs to a court or union that was spoken of (after UPC: 西班牙归不归它管, 波兰也算吗)."""

from __future__ import annotations

import re

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.lookup import FORUMS, Found, countries_of, look_up
from actions.shelf import Shelf
from indexer.jurisdictions import EU
from indexer.types import QueryInfo

# Whether a country belongs to it, and no law of that country's own.
_BELONGS = re.compile(
    r"归|[也还]?算[吗么不在]|管|属|里[头面边]|包[括含]|不含|覆盖|成员|加入|[也还]认"
)
_LIKELY = 0.5
_ABOVE_COUNTRIES = FORUMS | {EU}


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
