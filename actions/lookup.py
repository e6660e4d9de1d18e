"""Finding passages for a question: country lock, choice of band, questions that need a country."""

from __future__ import annotations

import re
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import product

from actions.shelf import tells_for_whom
from indexer.confidence import REFUSE, band_of, there
from indexer.hybrid import HybridIndex
from indexer.jurisdictions import EU, EU_MEMBERS, of_another_member, scope
from indexer.types import QueryInfo, ScoredPassage, SearchFilters
from knowledge.region_table import Region, RegionTable, load_region_table
from knowledge.text import fold_numerals, normalise
from knowledge.types import GENERAL, Passage
from settings import KnowledgeSettings

CHINA = "CN"
TOP_K = 8
# So many are looked through where a city at home is named, most of what is found being headed by others.
_OF_A_CITY = 32
_PAID = re.compile(
    r"资助|补贴|补助|报销|奖励|扶持|能报|报[一几多]|给报|得补|补钱|政府.{0,4}[给出补]"
)
# So many different foreign countries among the first hits mean that the question needs one.
COUNTRIES_TO_ASK = 3
_FIRST_HITS = 5
# Questions whose hits are kept: what was searched to decide is what is answered from.
_REMEMBERED = 64
AT_HOME = frozenset({GENERAL, CHINA})
_FUNDING = "funding"
# Who names no place nearly always means this one or home; the law of another must be the likelier answer.
_USUAL = "US"
# Courts and offices above countries that carry a code of their own.
FORUMS = frozenset({"UPC", "OAPI", "ARIPO", "EAEU"})
# The number of an order or notice, before the word for it or after it.
_ORDER = re.compile(
    r"(?<![\d./-])(\d{1,5})号令|第(\d{1,5})号(?:公告|决议|法令)|(?:令|公告|决议)(?:\d{4}年)?第?(\d{1,5})号"
)
# From this chance on that its own answer is right the forum's law goes before the place's.
_FORUM_RIGHT = 0.4


@dataclass(frozen=True)
class Found:
    """What retrieval says to a question.

    ``band`` is answer, choices, refuse, or country when the question cannot be answered without one;
    ``right`` is the chance that the first hit is the answer, ``each`` that of every hit that was weighed.
    """

    question: str
    info: QueryInfo
    hits: tuple[ScoredPassage, ...]
    band: str
    confidence: float
    snapshot: str
    countries: tuple[str, ...] = ()
    right: float = 1.0
    each: tuple[float, ...] = ()


def look_up(
    index: HybridIndex,
    question: str,
    today: date,
    *,
    country: str | None = None,
    ask_country: bool = True,
) -> Found:
    """Search with the countries that are known as a lock; a question is searched once for a turn.

    :param today: the day on which passages must be in force.
    :param country: the country of the conversation, used when the question names none.
    """
    return _once(
        index,
        (question, today, country, ask_country),
        lambda: _look_up(index, question, today, country=country, ask_country=ask_country),
    )


def look_beside(
    index: HybridIndex, question: str, today: date, said: Sequence[Passage]
) -> Found | None:
    """Search among what is about the same matters as the passages that were answered from.

    :return: None where they belong to no procedure.
    """
    matters = matters_of(said)
    if not matters:
        return None
    filters = SearchFilters(matters=matters)
    return _once(
        index,
        (question, today, matters),
        lambda: _search(index, question, index.understand(question), today, filters),
    )


def look_in_city(index: HybridIndex, question: str, today: date) -> Found | None:
    """Search among what is headed by the cities at home that a question names.

    The dispute may be named as well (惠州的厂在德国打赢了官司，市里补几成): it is left out where that answers better.

    :return: None where no city is named, or nothing is headed by it.
    """
    info = index.understand(question)
    homes = _regions().cities(info.text)
    if not homes:
        return None
    without = index.understanding.without(info.text, {"country", "procedure", "platform"})
    wants_money = _FUNDING in info.procedures
    questions = dict.fromkeys((question, without))
    tried = (_of_city(index, words, today, homes, wants_money=wants_money) for words in questions)
    return max(filter(None, tried), key=lambda found: found.right, default=None)


def without(found: Found, is_no_answer: Callable[[Passage], bool]) -> Found:
    """What was found without passages that cannot be the answer, and the chances of those that are left.

    Where hits were not weighed each, the chances of all of them stand as long as any hit is left.
    """
    wrong = [is_no_answer(hit.passage) for hit in found.hits]
    if not any(wrong):
        return found
    hits = tuple(hit for hit, is_wrong in zip(found.hits, wrong, strict=True) if not is_wrong)
    if hits and not found.each:
        return replace(found, hits=hits)
    each = tuple(c for c, is_wrong in zip(found.each, wrong, strict=False) if not is_wrong)
    chance = there(each)
    return replace(
        found, hits=hits, each=each, confidence=chance, right=next(iter(each), 0.0),
        band=band_of(chance) if hits else REFUSE,
    )  # fmt: skip


def _of_city(
    index: HybridIndex, question: str, today: date, homes: frozenset[Region], *, wants_money: bool
) -> Found | None:
    """What is headed by a city; of its money, where that is asked, before what it has saved others (深圳补多少)."""

    def is_of_money(hit: ScoredPassage) -> bool:
        heading = hit.passage.heading[-1:]
        return any(_FUNDING in index.understand(text).procedures for text in heading)

    def search() -> Found:
        info = index.understand(question)
        hits = index.search(question, _OF_A_CITY, _places((CHINA,)), today)
        own = [hit for hit in hits if is_headed_by(hit.passage, homes)]
        if wants_money:
            own = [hit for hit in own if is_of_money(hit)] or own
        return _assessed(index, question, info, tuple(own[:TOP_K]))

    found = _once(index, (question, today, homes, wants_money), search)
    return found if found.hits else None


def matters_of(passages: Iterable[Passage]) -> frozenset[tuple[str, str]]:
    """:return: the pairs of jurisdiction and procedure that passages are about."""
    return frozenset(pair for p in passages for pair in product(p.jurisdiction, p.procedures))


def _once(index: HybridIndex, key: Hashable, search: Callable[[], Found]) -> Found:
    with _keeping:
        known = _found.setdefault(index, OrderedDict())
        found = known.get(key)
    if found is None:
        found = search()
        with _keeping:
            known[key] = found
            while len(known) > _REMEMBERED:
                known.popitem(last=False)
    return found


def _look_up(
    index: HybridIndex, question: str, today: date, *, country: str | None, ask_country: bool
) -> Found:
    info = index.understand(question)
    if info.countries:
        return _named(index, question, info, today)
    if country is not None:
        found = _locked(index, question, info, today, (country,))
        if found.band == "answer":
            return found
        at_home = _search(index, question, info, today, _places((CHINA,)))
        return at_home if at_home.band == "answer" else found
    found = _search(index, question, info, today, SearchFilters())
    if _foreign(found.hits[:1]) not in ((), (_USUAL,)):
        usual = _search(index, question, info, today, _places((_USUAL, CHINA)))
        found = usual if usual.right >= found.right else found
    foreign = _foreign(found.hits[:_FIRST_HITS])
    if ask_country and found.band != "refuse" and len(foreign) >= COUNTRIES_TO_ASK:
        return replace(found, band="country", countries=foreign)
    return found


def _named(index: HybridIndex, question: str, info: QueryInfo, today: date) -> Found:
    """Within the countries named; a court or office above the countries before the place it acts in."""
    forums = FORUMS.intersection(info.countries)
    if forums and forums != set(info.countries):
        found = _search(index, question, info, today, _places(forums))
        if found.band == "answer" and found.right >= _FORUM_RIGHT:
            return found
    return _locked(index, question, info, today, info.countries)


def _locked(
    index: HybridIndex, question: str, info: QueryInfo, today: date, countries: Iterable[str]
) -> Found:
    """Within the countries, and the European Union where one of them is a member."""
    return _search(index, question, info, today, _places(scope(countries)))


def _places(codes: Iterable[str]) -> SearchFilters:
    return SearchFilters(jurisdictions=frozenset(codes))


def _search(
    index: HybridIndex,
    question: str,
    info: QueryInfo,
    today: date,
    filters: SearchFilters,
) -> Found:
    homes = _regions().cities(info.text)
    found = index.search(question, _OF_A_CITY if homes else TOP_K, filters, today)
    places = filters.jurisdictions
    kept = [
        hit
        for hit in found
        if not speaks_of_others(index, hit.passage, places)
        and not is_elsewhere(hit.passage, homes)
        and not of_another_member(hit.passage.jurisdiction, places)
    ][:TOP_K]
    # Whom a guide is for answers nothing, unless nothing else was found.
    hits = sorted(kept, key=lambda hit: tells_for_whom(hit.passage))
    if homes and _PAID.search(info.text):  # what is paid at home each city decides for itself
        hits.sort(key=lambda hit: not is_headed_by(hit.passage, homes))
    numbers = order_numbers(info.text)
    if numbers:  # an order is known by its number; another one is no answer
        hits = [hit for hit in hits if numbers <= order_numbers(stated(hit.passage))]
    return _assessed(index, question, info, tuple(hits))


def _assessed(
    index: HybridIndex, question: str, info: QueryInfo, hits: tuple[ScoredPassage, ...]
) -> Found:
    """Hits with the chances that they answer."""
    assessed = index.assess(question, [*hits])
    return Found(
        question, info, hits, assessed.band, assessed.confidence, index.snapshot_id,
        right=assessed.right, each=assessed.each,
    )  # fmt: skip


def is_elsewhere(passage: Passage, homes: frozenset[Region]) -> bool:
    """Whether a passage is headed by other cities at home than the one that is asked about.

    What Shenzhen pays is no answer to who asks for Huizhou; what the whole province does may be.
    """
    if len(homes) != 1 or not passage.heading:
        return False
    (home,) = homes
    headed = _regions().cities(passage.heading[-1])
    return bool(headed) and not any(
        place.province == home.province
        and (None in (place.city, home.city) or place.city == home.city)
        for place in headed
    )


def is_headed_by(passage: Passage, homes: frozenset[Region]) -> bool:
    """Whether a passage is headed by a city that is asked about."""
    return bool(passage.heading) and not homes.isdisjoint(_regions().cities(passage.heading[-1]))


@lru_cache(maxsize=1)
def _regions() -> RegionTable:
    return load_region_table(KnowledgeSettings().tables_dir)


def order_numbers(text: str) -> frozenset[str]:
    """:return: the numbers of orders, notices and decisions that a text names (第835号令, 令第835号)."""
    return frozenset("".join(found) for found in _ORDER.findall(fold_numerals(text)))


def stated(passage: Passage) -> str:
    """:return: all that a passage says of itself: titles, basis and text."""
    return "\n".join(filter(None, (passage.title, *passage.heading, passage.basis, passage.text)))


_keeping = threading.Lock()
_found: weakref.WeakKeyDictionary[HybridIndex, OrderedDict[Hashable, Found]] = (
    weakref.WeakKeyDictionary()
)


def speaks_of_others(index: HybridIndex, passage: Passage, jurisdictions: frozenset[str]) -> bool:
    """Whether a general passage tells the law of foreign countries and of none that is asked.

    A guide for any country may have a section on Germany alone; it must not answer for France.
    """
    if not jurisdictions - AT_HOME or GENERAL not in passage.jurisdiction:
        return False
    named = countries_of(index, passage)
    # A question about the Union may be answered by a member's law, not one member's by another's.
    asked = jurisdictions | (EU_MEMBERS if jurisdictions == {EU} else frozenset())
    return bool(named) and named.isdisjoint(asked)


def is_of_another_member(passage: Passage, country: str | None) -> bool:
    """Whether a passage tells what another member of the Union does than the one that is asked about."""
    members = EU_MEMBERS.intersection(passage.jurisdiction)
    return country in EU_MEMBERS and bool(members) and country not in members


def countries_of(index: HybridIndex, passage: Passage) -> frozenset[str]:
    """The foreign countries that a passage names; kept with the index."""
    known = _names_in.setdefault(index, {})
    if passage.id not in known:
        text = " ".join((*passage.heading, passage.text))
        mentions = index.understanding.mentions(normalise(text))
        known[passage.id] = frozenset(
            m.row.code for m in mentions if m.row.kind == "country" and m.row.code not in AT_HOME
        )
    return known[passage.id]


_names_in: weakref.WeakKeyDictionary[HybridIndex, dict[str, frozenset[str]]] = (
    weakref.WeakKeyDictionary()
)


def _foreign(hits: Iterable[ScoredPassage]) -> tuple[str, ...]:
    """Countries the hits belong to, general and domestic ones left out, in order."""
    seen: dict[str, None] = {}
    for hit in hits:
        places = hit.passage.jurisdiction
        if AT_HOME.isdisjoint(places) and places:
            seen.setdefault(places[0])
    return tuple(seen)
