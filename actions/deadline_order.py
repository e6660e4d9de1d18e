"""Which deadline rule is meant: small trees over the words, the shelf's hits and what is known of the matter.

A rule is known by its words (反陈述, 优先权), by the passages that rest on it, by how near its title and
trigger are in meaning, and by whose it is: place, right, side, procedure, platform, the event told.  The
trees know no single rule, so a rule added to the table today is chosen by the same evidence.
"""

from __future__ import annotations

import re
import weakref
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from actions.deadline_alternatives import takes_way
from actions.deadline_fit import MEMBERS, side_fits
from actions.deadline_search import GENERAL, said_of
from indexer.confidence import logistic
from indexer.encoder import encode_query
from indexer.hybrid import MODEL_DIR, HybridIndex
from indexer.jurisdictions import scope
from indexer.reranker import Ensembles, Reranker
from indexer.types import QueryInfo, ScoredPassage, SearchFilters
from knowledge.deadline_types import Bound, DeadlineRule, DeadlineTable, Event, RuleKind
from knowledge.text import normalise

DEPTH = 20  # passages of the shelf that are looked at
FILE_NAME = "deadlines.npz"
FEATURES = (
    "words", "words_rel", "words_share", "words_gap", "alias", "rested", "rested_any", "verdict", "gap",
    "count", "title", "trigger", "title_gap", "place", "right", "side", "procedure", "event", "events",
    "authority", "printed", "platform", "rules_said", "length", "twins",
)  # fmt: skip
# Of the best rule: what tells whether it is the one meant.
SIGNALS = ("verdict", "lead", "spread", *FEATURES)
_MISSING = -6.0
_NAMES = 10.0
# How people say what a period counts from.
_EVENTS: Mapping[Event, re.Pattern[str]] = {
    Event.PUBLISHED: re.compile(r"公告|公布|公报|刊登|登出|登了|登的|公开|授权"),
    Event.SERVED: re.compile(r"送达|签收|送到|收到|寄到|寄来|转来|递到|拿到"),
    Event.RECEIVED: re.compile(r"收到|签收|送到|寄到|到的|到了|接到|转来|拿到"),
    Event.ISSUED: re.compile(r"发出|发的|发来|下发|下的|下了|作出|寄出|寄来|通知|启动|落款|登记"),
    Event.REGISTERED: re.compile(r"注册|下证|拿证|批下|核准|登记"),
    Event.PRIORITY: re.compile(r"优先权|首次|最早|第一次|先在国内|国内.{0,6}申请|在中国.{0,6}申请"),
    Event.FILED: re.compile(r"提交|递交|交了|交上|立案|起诉|申请"),
    Event.EXPIRES: re.compile(r"到期|期满|届满|过期|失效"),
    Event.EXECUTED: re.compile(r"执行|扣押|查扣|搬走|搬了|抄走|带走|搜"),
    Event.HEARING: re.compile(r"听证|开庭|庭审"),
}
# Asked of a right: until when it lasts, and when it is to be renewed.
_ENDS = re.compile(r"到期|过期|失效|有效期|保护期|续展|续费|期满|届满")
# What begins a right; with no other event told its own term is meant.
_BEGINS = frozenset((Event.REGISTERED, Event.FILED, Event.EXPIRES))
# The procedures in which a right is kept, and the one that need not be named.
_KEPT = "registration"
KEEPING = frozenset((_KEPT, "madrid"))
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Asked:
    """A message with what is known of its matter; codes as in the alias table.

    ``context`` names what the message leaves unsaid, in words; ``denied`` are procedures that it is not about,
    ``before`` what was said of the matter before, the last first.
    """

    text: str
    context: str = ""
    country: str | None = None
    rights: frozenset[str] = frozenset()
    procedure: str | None = None
    side: str | None = None
    denied: frozenset[str] = frozenset()
    before: tuple[str, ...] = ()

    @property
    def said(self) -> tuple[str, ...]:
        """All that was said, the last first."""
        return (self.text, *self.before, self.context)


@dataclass(frozen=True)
class Meant:
    """A rule that may be meant, and the chance that it is.

    ``is_placed`` is False where it is one country's and nothing says which country is meant.
    """

    rule: DeadlineRule
    chance: float
    is_placed: bool = True


@dataclass(frozen=True)
class _Names:
    """What the titles of a table name: platforms, by rule; and vectors of titles and triggers."""

    platforms: tuple[frozenset[str], ...]
    titles: Floats
    triggers: Floats
    twins: tuple[int, ...]

    def near(self, vector: Floats) -> tuple[list[float], list[float]]:
        """How near the titles and the triggers are to a question."""
        return (self.titles @ vector).tolist(), (self.triggers @ vector).tolist()


def lines(
    index: HybridIndex, table: DeadlineTable, asked: Asked, today: date
) -> tuple[list[DeadlineRule], Floats]:
    """The rules that may be meant and one line of :data:`FEATURES` for each; those of other places or rights are left out."""
    info = index.understand(f"{asked.context} {asked.text}".strip())
    own = index.understand(asked.text)
    places = _places_meant(asked, own.countries, info.countries)
    rights = own.ip_types or asked.rights
    rules = list(table.rules.values())
    names = _known(index, table)
    of_place = _of_places(rules, places)
    events, of_term = events_in(own.text), asks_of_term(own.text, own)
    numbers = [
        n for n, rule in enumerate(rules)
        if of_place[rule.jurisdiction] and (not rights or rule.is_about(rights))
        if not of_term or rule.procedure in (_KEPT, *own.procedures)
        if rule.procedure not in asked.denied and takes_way(rule, asked.said)
        if not (names.platforms[n] and info.platforms and names.platforms[n].isdisjoint(info.platforms))
    ]  # fmt: skip
    filters = SearchFilters(jurisdictions=scope(places)) if places else SearchFilters()
    resting = _resting(index.search(info.text, DEPTH, filters, today))
    said = said_of(info.text, table)
    most = max((said[rules[n].id][0] for n in numbers), default=0.0)
    titles, triggers = names.near(encode_query(index.encoder, own.text))
    nearest = max((titles[n] for n in numbers), default=0.0)
    whole = (sum(said[rules[n].id][0] > 0 for n in numbers) / _NAMES, len(own.text) / 100)
    rows = []
    for n in numbers:
        rule = rules[n]
        score, share, alias = said[rule.id]
        rows.append(
            (
                score, score / most if most else 0.0, share, most - score, alias,
                *resting[rule.fact],
                titles[n], triggers[n], nearest - titles[n],
                of_place[rule.jurisdiction],
                float(rule.names_right),
                side_fits(rule, asked.side),
                _agrees(rule.procedure in (*info.procedures, asked.procedure), bool(info.procedures or asked.procedure)),
                rule.event in events, len(events),
                rule.bound is Bound.AUTHORITY, rule.kind is RuleKind.PRINTED,
                _agrees(not names.platforms[n].isdisjoint(info.platforms), bool(names.platforms[n])),
                *whole, names.twins[n],
            )
        )  # fmt: skip
    return [rules[n] for n in numbers], np.array(rows, dtype=np.float32).reshape(-1, len(FEATURES))


def asks_of_term(text: str, own: QueryInfo) -> bool:
    """Whether a message asks how long a right itself lasts, and names no procedure about it.

    :param own: the message as it is understood.
    """
    is_of_right = bool(own.ip_types) and not set(own.procedures) - KEEPING
    return is_of_right and speaks_of_term(text) and _BEGINS.issuperset(events_in(text))


def speaks_of_term(text: str) -> bool:
    """Whether a text tells when something ends or is to be renewed."""
    return _ENDS.search(text) is not None


def events_in(text: str) -> list[Event]:
    """The events that a text may tell of, by the words for them."""
    return [event for event, told in _EVENTS.items() if told.search(text)]


def _places_meant(asked: Asked, named: Collection[str], beside: Collection[str]) -> frozenset[str]:
    """Of several countries that a message names that of its question, else all, else what goes with it."""
    known = frozenset([asked.country] if asked.country else ())
    return known if asked.country in named else frozenset(named) or known.union(beside)


def _agrees(is_same: bool, is_known: bool) -> float:
    """1 where two say the same, -1 where they differ, 0 where one says nothing."""
    return (1.0 if is_same else -1.0) if is_known else 0.0


def _of_places(rules: Sequence[DeadlineRule], places: Collection[str]) -> dict[str, float]:
    """How well the forum of each jurisdiction fits the places; -1 where none is known."""
    forums = {rule.jurisdiction: rule for rule in rules}
    return {code: _place(rule, places) if places else -1.0 for code, rule in forums.items()}


def _place(rule: DeadlineRule, places: Collection[str]) -> float:
    """How well a rule's forum fits the places: its own, that of a union, of no place; 0 for another one's."""
    if rule.jurisdiction in places:
        return 1.0
    if any(place in MEMBERS.get(rule.jurisdiction, ()) for place in places):
        return 0.7
    return 0.4 if rule.jurisdiction == GENERAL else 0.0


def _resting(
    hits: Sequence[ScoredPassage],
) -> defaultdict[str, tuple[float, float, float, float, float]]:
    """By rule where the first passage that rests on it stands, and one that mentions it; its verdict; how many."""
    firsts: dict[str, list[int]] = {}
    anywhere: dict[str, int] = {}
    for place, hit in enumerate(hits):
        for fact in hit.passage.facts[:1]:
            firsts.setdefault(fact, []).append(place)
        for fact in hit.passage.facts:
            anywhere.setdefault(fact, place)
    top = hits[0].verdict if hits else 0.0
    found = {
        fact: (
            1 / (1 + firsts[fact][0]) if fact in firsts else 0.0,
            1 / (1 + place),
            hits[place].verdict,
            top - hits[place].verdict,
            float(len(firsts.get(fact, ()))),
        )
        for fact, place in anywhere.items()
    }
    return defaultdict(lambda: (0.0, 0.0, _MISSING, top - _MISSING, 0.0), found)


def _known(index: HybridIndex, table: DeadlineTable) -> _Names:
    """What the table's titles name; kept with the index."""
    kept = _kept.get(index)
    if kept is None or kept[0] is not table:
        rules = list(table.rules.values())
        titles = [normalise(rule.title) for rule in rules]
        platforms = tuple(
            frozenset(m.row.code for m in index.understanding.mentions(title) if m.row.kind == "platform")
            for title in titles
        )  # fmt: skip
        same = Counter((rule.jurisdiction, rule.procedure, rule.event) for rule in rules)
        kept = (
            table,
            _Names(
                platforms,
                np.stack([encode_query(index.encoder, title) for title in titles]),
                np.stack([encode_query(index.encoder, normalise(rule.trigger)) for rule in rules]),
                tuple(same[r.jurisdiction, r.procedure, r.event] for r in rules),
            ),
        )
        _kept[index] = kept
    return kept[1]


_kept: weakref.WeakKeyDictionary[HybridIndex, tuple[DeadlineTable, _Names]] = (
    weakref.WeakKeyDictionary()
)


def signals(table: Floats, verdicts: Floats) -> Floats:
    """What the chance of the best rule is read from, in the order of :data:`SIGNALS`."""
    best = int(np.argmax(verdicts))
    others = np.sort(np.delete(verdicts, best))[::-1]
    lead = float(verdicts[best] - others[0]) if len(others) else _NAMES
    spread = float(verdicts[best] - others[:3].mean()) if len(others) else _NAMES
    return np.array((verdicts[best], lead, spread, *table[best]), dtype=np.float32)


@dataclass(frozen=True)
class RuleOrder(Ensembles):
    """The trained trees: the order of rules, and the chance that the first is meant."""

    order: Reranker
    right: Reranker
    file_name, trained_by = FILE_NAME, "huhang train deadlines"
    features, signals = FEATURES, SIGNALS

    def meant(
        self, index: HybridIndex, table: DeadlineTable, asked: Asked, today: date, limit: int = 4
    ) -> list[Meant]:
        """The rules that may be meant, best first; the chance of the first is fitted, the others' is its share."""
        rules, rows = lines(index, table, asked, today)
        if not rules:
            return []
        verdicts = self.order.raw(rows)
        first = logistic(float(self.right.raw(signals(rows, verdicts)[None])[0]))
        ranked = np.argsort(-verdicts, kind="stable")[:limit]
        rest = (
            np.exp(verdicts[ranked[1:]] - verdicts[ranked[0]]) if len(ranked) > 1 else np.zeros(0)
        )
        shares = (1 - first) * rest / (rest.sum() or 1.0)
        chances = [first, *map(float, shares)]
        placed = rows[:, FEATURES.index("place")] >= 0
        platform = rows[:, FEATURES.index("platform")] > 0
        return [
            Meant(
                rules[n], chance, bool(placed[n] or platform[n] or rules[n].jurisdiction == GENERAL)
            )
            for n, chance in zip(ranked, chances, strict=True)
        ]


@lru_cache(maxsize=1)
def trained() -> RuleOrder:
    """The trees that are shipped."""
    return RuleOrder.load(MODEL_DIR)
