"""Find the deadline rule a person means from their own words."""

from __future__ import annotations

import difflib
import math
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from knowledge.deadline_types import DeadlineRule, DeadlineTable
from knowledge.errors import RuleError
from knowledge.text import normalise

NEAR_NAMES = 5
# A candidate is taken without asking only if it scores this much better than the next one.
CLEAR_LEAD = 1.5
GENERAL = "GENERAL"
_APPLIED_BY_MEMBERS = frozenset({"customs"})


@dataclass(frozen=True)
class Candidate:
    """A rule that may be meant, how well it fits, and which of its words were said."""

    rule: DeadlineRule
    score: float
    said: frozenset[str] = frozenset()


# How people name the forums that are no country, and the countries whose forums have names of their own.
_PLACE_WORDS = {
    "EU": ("欧盟", "euipo", "欧专局", "欧洲专利", "epo"),
    "UPC": ("upc", "统一专利法院"),
    "US": ("美国", "337", "itc", "ttab", "uspto", "tro", "ipr", "亚马逊", "amazon"),
    "EAEU": ("欧亚",),
    "TW": ("台湾",),
    "NL": ("荷兰", "比荷卢"),
}


def _fold(text: str) -> str:
    return normalise(text).lower().replace(" ", "")


@lru_cache(maxsize=8192)
def _folded_word(word: str) -> str:
    """The table's own words need no conversion of characters, only one spelling."""
    return unicodedata.normalize("NFKC", word).lower().replace(" ", "")


def _applied_by(place: str, rule: DeadlineRule, table: DeadlineTable) -> bool:
    """Whether a rule of a union is applied by this country's own authorities, as that of its customs is."""
    members = table.calendars[rule.calendar].candidates if rule.calendar else ()
    return rule.procedure in _APPLIED_BY_MEMBERS and place in members


def nearest_names(rule_id: str, table: DeadlineTable) -> list[str]:
    """:return: ids that look like the one typed, else those that its words fit, else the first ones."""
    near = difflib.get_close_matches(rule_id.lower(), list(table.rules), n=NEAR_NAMES, cutoff=0.5)
    if not near:
        near = [item.rule.id for item in candidates(rule_id, table=table, limit=NEAR_NAMES)]
    return near or list(table.rules)[:NEAR_NAMES]


def candidates(
    text: str = "",
    *,
    table: DeadlineTable,
    jurisdiction: str | None = None,
    procedure: str | None = None,
    bound: str | None = None,
    limit: int = 5,
) -> list[Candidate]:
    """Rank the rules that fit the words and the facts known, best first.

    With words, only rules that share one with them; without, every rule that fits the facts.

    :param jurisdiction: code as in the table; rules of treaties and platforms stay in.
    :param bound: respondent, owner, opponent, applicant; rules binding either side stay in.
    """
    asked = _fold(text)
    place = jurisdiction or _country_in(asked, table)
    rules = [
        rule
        for rule in table.rules.values()
        if (
            place is None
            or rule.jurisdiction in (place, GENERAL)
            or _applied_by(place, rule, table)
        )
        and (procedure is None or rule.procedure == procedure)
        and (bound is None or rule.bound.value in (bound, "either"))
    ]
    own = _words_of(table)
    scored = []
    for rule in rules:
        words, aliases = own.rules[rule.id]
        said = frozenset(word for word in words if word in asked)
        score = sum(own.weights[word] for word in said)
        score += sum(2.0 * len(alias) for alias in aliases if alias in asked)
        if place is not None and rule.jurisdiction == place and (score or not asked):
            score += 1.0
        if score > 0 or not asked:
            scored.append(Candidate(rule, score, said))
    scored.sort(key=lambda item: -item.score)
    return scored[:limit]


def said_of(text: str, table: DeadlineTable) -> dict[str, tuple[float, float, float]]:
    """For each rule how telling its words in the text are, the share of its words said, its longest alias said."""
    asked, own = _fold(text), _words_of(table)
    heard = {
        name for sign in set(asked) for name in own.by_first.get(sign, ()) if name in asked
    }  # fmt: skip
    found: dict[str, tuple[float, float, float]] = dict.fromkeys(own.rules, (0, 0.0, 0.0))
    for rule in {rule for name in heard for rule in own.called[name]}:
        words, aliases = own.rules[rule]
        said = [word for word in words if word in heard]
        lengths = [len(alias) for alias in aliases if alias in heard]
        found[rule] = (
            sum(own.weights[word] for word in said) if said else 0,
            len(said) / len(words) if words else 0.0,
            float(max(lengths)) if lengths else 0.0,
        )
    return found


@dataclass(frozen=True)
class _TableWords:
    """The folded words and aliases of each rule, and how telling each word is among all rules.

    ``by_first`` holds all of them by the sign that they begin with, ``called`` the rules of each.
    """

    table: DeadlineTable
    rules: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    weights: dict[str, float]
    by_first: dict[str, frozenset[str]]
    called: dict[str, list[str]]


def _words_of(table: DeadlineTable) -> _TableWords:
    """What a table's rules are called by; read once for the table that is used."""
    global _latest
    known = _latest
    if known is None or known.table is not table:
        frequency, total = _frequency(table), len(table.rules)
        rules = {
            rule.id: (_words(rule), tuple(map(_folded_word, rule.aliases)))
            for rule in table.rules.values()
        }
        weights = {word: math.log(1 + total / count) for word, count in frequency.items()}
        called: dict[str, list[str]] = {}
        for rule, (words, aliases) in rules.items():
            for name in dict.fromkeys((*words, *aliases)):
                called.setdefault(name, []).append(rule)
        known = _latest = _TableWords(table, rules, weights, _by_first(rules.values()), called)
    return known


def _by_first(
    named: Iterable[tuple[tuple[str, ...], tuple[str, ...]]],
) -> dict[str, frozenset[str]]:
    names = sorted({name for words, aliases in named for name in (*words, *aliases) if name})
    return {sign: frozenset(group) for sign, group in groupby(names, key=lambda name: name[0])}


_latest: _TableWords | None = None


def _frequency(table: DeadlineTable) -> Counter[str]:
    return Counter(word for rule in table.rules.values() for word in set(_words(rule)))


def resolve(text: str, table: DeadlineTable) -> DeadlineRule:
    """The one rule that an id or a few words mean.

    :raises RuleError: nothing fits, or several do; the message lists them.
    """
    wanted = text.strip()
    if wanted in table.rules:
        return table.rules[wanted]
    if not wanted:
        raise RuleError("请写出期限规则的名称，用 --list 查看全部")
    folded = _fold(wanted)
    same = [rule for rule in table.rules.values() if folded in map(_folded_word, rule.aliases)]
    if len(same) == 1:
        return same[0]
    found = candidates(wanted, table=table)
    if not found:
        near = "、".join(nearest_names(wanted, table))
        raise RuleError(f"没有与“{wanted}”对应的期限规则。相近的有：{near}")
    if len(found) == 1 or found[0].score >= CLEAR_LEAD * found[1].score:
        return found[0].rule
    listed = "；".join(f"{item.rule.id}（{item.rule.title}）" for item in found)
    raise RuleError(f"“{wanted}”可能指几种期限，请说明手里是哪一份文书：{listed}")


def _words(rule: DeadlineRule) -> tuple[str, ...]:
    return tuple(_folded_word(word) for word in rule.keywords)


def _country_in(asked: str, table: DeadlineTable) -> str | None:
    """:return: the jurisdiction that the words name, if exactly one."""
    known = {rule.jurisdiction for rule in table.rules.values()}
    named = {
        code
        for code, closing in table.calendars.items()
        if code in known and closing.name.removesuffix("公众假日") in asked
    }
    named |= {code for code, words in _PLACE_WORDS.items() if any(word in asked for word in words)}
    return named.pop() if len(named) == 1 else None
