"""What a question names: countries, rights, procedures, platforms, article numbers; its synonyms.

The names come from the alias table that is published with a snapshot, so an edit of the table takes
effect with the next publication and is undone with a rollback.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import add

from indexer.aliases import AliasRow
from indexer.glossary import Gloss, Glossary, rewrite
from indexer.jurisdictions import EU_MEMBERS, cities, territories
from indexer.remembering import remembered
from indexer.spoken import written
from indexer.tokenizer import Tokenizer
from indexer.types import QueryInfo
from indexer.typos import TypoCorrector
from knowledge.parties import names_party
from knowledge.text import fold_numerals, normalise

_ARTICLE = re.compile(r"第\d+条(?:之\d+)?")
_LATIN = re.compile(r"[A-Za-z0-9]")
_ENGLISH = re.compile(r"[A-Za-z]")
NO_GLOSSARY = Glossary({})
_BEGINNING = 2  # signs of a name by which places of a text are looked up
_REMEMBERED = 256  # texts whose names are asked for again within a turn
# Rows of these kinds have a Chinese name that an English name is read with.
_TRANSLATED_KINDS = frozenset({"right", "procedure", "term"})
# Rows of these kinds whose names questions misspell.
_CORRECTED_KINDS = frozenset({"country", "right", "procedure", "platform", "term", "office"})


# The name of a city or a territory of so many characters is no part of another word, but may hold one (白俄罗斯).
_LONG_NAME = 4
_OF = re.compile(r"的?")
_COURT_OF_MEMBERS = "UPC"
# Two names in one breath.
AND = re.compile(r" ?(?:和|跟|与|同|及|以及|还有|或者?|、|,|and|or|vs\.?|/) ?", re.IGNORECASE)
_ENDS_CLAUSE = re.compile(r"[,，。;；:：!！?？\n]")
# 比韩国短; what asks to choose (比韩国哪个短) is about both.
_THAN = re.compile(r"比起?$")
_WHICH = re.compile(r"[哪谁]|边[个度]")
# 像德国那样, 照美国海关那套.
_LIKE = re.compile(r"(?:像|照|学)在?$")
_TREATY = re.compile(r"的?(?:公约|条约|[协议]定|议定书|途径|渠道|体系|联盟)")
_BODY = re.compile(r"[局院关署会庭]$|[a-z]")
_SO = re.compile(r"[^，,。？?]{0,4}(?:那样|那种|一样|似的|那套)")


@dataclass(frozen=True)
class Mention:
    """A name found in a text, with its place and the row it belongs to."""

    row: AliasRow
    start: int
    stop: int

    @property
    def length(self) -> int:
        """How many characters it covers."""
        return self.stop - self.start


class QueryUnderstanding:
    """Normalises a question, corrects names and recognises what it names."""

    def __init__(
        self, rows: Sequence[AliasRow], tokenizer: Tokenizer, glossary: Glossary = NO_GLOSSARY
    ) -> None:
        """Index the names of the alias table.

        :param tokenizer: its words are names too, and it tells whole words from parts of words.
        :param glossary: English words to be read in Chinese; none when omitted.
        """
        self._glossary = glossary
        self.tokenizer = tokenizer
        self._loose: dict[str, list[AliasRow]] = {}
        self._whole: dict[str, list[AliasRow]] = {}
        for row in rows:
            for name in row.names:
                key = normalise(name)
                if not key:
                    continue
                if row.match == "word":
                    self._whole.setdefault(key, []).append(row)
                else:
                    self._loose.setdefault(key.lower(), []).append(row)
        for code, name in territories().items():
            # A country without a row of its own is recognised too, so that it is not answered for.
            if name.lower() not in self._loose and name not in self._whole:
                row = AliasRow(f"territory-{code}", "country", code, name, match="word")
                (self._loose if len(name) >= _LONG_NAME else self._whole)[name] = [row]
        for name, code in cities().items():
            if name.lower() not in self._loose and name not in self._whole:
                row = AliasRow(f"city-{name}", "country", code, name, match="word")
                (self._loose if len(name) >= _LONG_NAME else self._whole)[name] = [row]
        self._lengths = _lengths_by_beginning((*self._loose, *self._whole))
        names = {name for row in rows if row.kind in _CORRECTED_KINDS for name in row.names}
        names.update(word for word in tokenizer.words if len(word) > 2)
        self._typos = TypoCorrector(names, tokenizer.words_of)
        self._mentions = remembered(self._find, _REMEMBERED)
        self._shortened = _shortened(rows)

    def understand(self, text: str) -> QueryInfo:
        """Read a question."""
        plain = written(normalise(text))
        corrected, corrections = self._typos.correct(plain)
        corrected = self.in_chinese(corrected)
        mentions = self.mentions(corrected)
        synonyms = _synonyms(mentions, corrected)
        return QueryInfo(
            text=corrected,
            expanded=" ".join((corrected, *synonyms)),
            countries=_codes(self._meant(mentions, corrected), "country"),
            ip_types=_codes(mentions, "right"),
            procedures=_codes(mentions, "procedure"),
            platforms=_codes(mentions, "platform"),
            articles=articles(corrected),
            corrections=corrections,
            synonyms=synonyms,
            written=plain,
        )

    def _meant(self, mentions: Sequence[Mention], text: str) -> list[Mention]:
        """Names without those of countries that are not asked about, where another one is."""
        kept = list(mentions)
        for others in (_likened, _within_another, self._of_another, _told_beside):
            if places := others([m for m in kept if m.row.kind == "country"], text):
                kept = [
                    m for m in kept if m.row.kind != "country" or (m.start, m.stop) not in places
                ]
        return kept

    def _of_another(self, countries: Sequence[Mention], text: str) -> set[tuple[int, int]]:
        """Courts and offices by names without their country's, after the name of another one (在瑞士，联邦专利法院…)."""
        named = [
            m for m in countries
            if not _lies_in_a_country(m.row) and m.row.code in territories() and not names_party(text, m.stop)
        ]  # fmt: skip
        short = [m for m in countries if text[m.start : m.stop] in self._shortened]
        return {
            (m.start, m.stop)
            for m in short
            if any(other.stop <= m.start for other in named)
            and all(other.row.code != m.row.code for other in named)
        }

    def rewritten(self, text: str) -> str:
        """A text of the shelf in the form in which questions are compared with it."""
        return self.in_chinese(written(normalise(text)))

    def in_chinese(self, text: str) -> str:
        """A normalised text with the English words of the glossary in Chinese.

        Names stay as they are, except that an English one gets the Chinese name beside it.
        """
        if not self._glossary or not _ENGLISH.search(text):
            return text
        mentions = self.mentions(text)
        glosses = self._glossary.find(text, [(m.start, m.stop) for m in mentions])
        taken = {place for gloss in glosses for place in range(gloss.start, gloss.stop)}
        for mention in mentions:
            said, span = text[mention.start : mention.stop], range(mention.start, mention.stop)
            has_chinese = mention.row.expand and mention.row.kind in _TRANSLATED_KINDS
            if has_chinese and _is_english(said) and taken.isdisjoint(span):
                glosses.append(Gloss(span.start, span.stop, f"{mention.row.name} {said} "))
                taken.update(span)
        return normalise(rewrite(text, sorted(glosses, key=lambda gloss: gloss.start)))

    def platforms(self, text: str) -> tuple[str, ...]:
        """The trading platforms that a text names."""
        return _codes(self.mentions(normalise(text)), "platform")

    def mentions(self, text: str) -> list[Mention]:
        """Names in a normalised text; of overlapping names of one kind the longest."""
        return list(self._mentions(text))

    def _find(self, text: str) -> tuple[Mention, ...]:
        lowered = text.lower()
        # A character whose lower case is longer would shift all places.
        folded = lowered if len(lowered) == len(text) else text
        found: list[Mention] = []
        for start, stop in self._spans(folded):
            rows = self._loose.get(folded[start:stop])
            if rows and _stands_alone(text, start, stop):
                found.extend(Mention(row, start, stop) for row in rows)
            rows = self._whole.get(text[start:stop])
            if (
                rows
                and _stands_alone(text, start, stop)
                and (_LATIN.match(text[start]) or self.tokenizer.is_word(text, start, stop))
            ):
                found.extend(Mention(row, start, stop) for row in rows)
        return tuple(m for m in _longest(found) if not _names_a_treaty(m, text))

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a name may stand, by the signs that it begins with."""
        end, known, signs = len(text), self._lengths.get, text.lower()
        pairs: Iterable[str]
        if len(signs) == end:
            pairs = map(add, signs, (*signs[1:], ""))
        else:  # a sign whose lower case is longer
            pairs = (text[start : start + _BEGINNING].lower() for start in range(end))
        for start, pair in enumerate(pairs):
            for length in (*known(pair, ()), *(known(pair[:1], ()) if len(pair) > 1 else ())):
                if start + length <= end:
                    yield start, start + length

    def without(self, text: str, kinds: Collection[str]) -> str:
        """A normalised text without the names of these kinds; 美国海关 names more than a country and leaves 海关."""
        taken: set[int] = set()
        for mention in self.mentions(text):
            if mention.row.kind in kinds:
                is_more = text.startswith(mention.row.name, mention.start)
                stop = mention.start + len(mention.row.name) if is_more else mention.stop
                taken.update(range(mention.start, stop))
        return "".join(sign for place, sign in enumerate(text) if place not in taken)


def articles(text: str) -> tuple[str, ...]:
    """Article numbers named in a text, in digits: 第13条."""
    return tuple(dict.fromkeys(_ARTICLE.findall(fold_numerals(text))))


def _is_english(name: str) -> bool:
    """Whether a name is made of English words; an abbreviation is the same in every language."""
    return _ENGLISH.search(name) is not None and not name.isupper()


def _stands_alone(text: str, start: int, stop: int) -> bool:
    """A Latin name must not be part of a longer Latin word or number."""
    before = start > 0 and _LATIN.match(text[start]) and _LATIN.match(text[start - 1])
    after = stop < len(text) and _LATIN.match(text[stop - 1]) and _LATIN.match(text[stop])
    return not before and not after


def _lengths_by_beginning(names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """How long the names are that begin with the same two signs, so that few places of a text are looked up.

    A name of one sign has it for its beginning.
    """
    lengths: dict[str, set[int]] = {}
    for name in names:
        lengths.setdefault(name[:_BEGINNING].lower(), set()).add(len(name))
    return {beginning: tuple(sorted(found)) for beginning, found in lengths.items()}


def _longest(found: Sequence[Mention]) -> list[Mention]:
    # What begins within a country's own name and goes beyond it is none (白俄罗斯海关 has no 俄罗斯海关).
    own = [m for m in found if m.row.kind == "country" and not _lies_in_a_country(m.row)]
    found = [m for m in found if not any(o.start < m.start < o.stop < m.stop for o in own)]
    # Of each kind: which span has a place of the text; spans that are kept never overlap.
    taken: dict[str, dict[int, tuple[int, int]]] = {}
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (-m.length, m.start)):
        places, span = taken.setdefault(mention.row.kind, {}), (mention.start, mention.stop)
        if all(places.get(place, span) == span for place in range(*span)):
            places.update(dict.fromkeys(range(*span), span))
            kept.append(mention)
    return sorted(kept, key=lambda m: (m.start, -m.length, m.row.id))


def _shortened(rows: Iterable[AliasRow]) -> frozenset[str]:
    """Names of offices and courts from which the name of their country is left out (联邦专利法院)."""
    countries = {row.name for row in rows if row.kind == "country"}
    return frozenset(
        normalise(name)
        for row in rows
        if row.kind == "office"
        for name in row.names
        if row.name.endswith(name) and row.name.removesuffix(name) in countries
    )


def _likened(countries: Sequence[Mention], text: str) -> set[tuple[int, int]]:
    """Countries that another one is only compared with (像德国那样, 比韩国短)."""
    chooses = _WHICH.search(text) is not None
    likened = {
        (m.start, m.stop)
        for m in countries
        if (_LIKE.search(text[: m.start]) and _SO.match(text, m.stop))
        or (_THAN.search(text[: m.start]) and not chooses)
    }
    return likened if len(likened) < len({(m.start, m.stop) for m in countries}) else set()


def _within_another(countries: Sequence[Mention], text: str) -> set[tuple[int, int]]:
    """Courts, offices and cities that stand in another country than the one that has the name.

    A court right after a country's name is that country's (瑞士联邦专利法院); a court of several
    countries that is named sits in one of their cities.
    """
    stops = [(m.stop, m.row.code) for m in countries if not _lies_in_a_country(m.row)]
    # What belongs to a union (德国的欧盟商标) is in its members as well.
    within = [m for m in countries if _lies_in_a_country(m.row) and m.row.code in territories()]
    has_court = any(m.row.code == _COURT_OF_MEMBERS for m in countries)
    return {
        (m.start, m.stop)
        for m in within
        if (has_court and m.row.code in EU_MEMBERS)
        or any(
            stop <= m.start and code != m.row.code and _OF.fullmatch(text[stop : m.start])
            for stop, code in stops
        )
    }


def _lies_in_a_country(row: AliasRow) -> bool:
    """Whether a row holds cities, courts or offices rather than the country's own names."""
    return row.id.startswith("city-") or row.id.endswith("-places")


def _names_a_treaty(mention: Mention, text: str) -> bool:
    """Whether a city only gives its name to a treaty and the way it opens (海牙途径送来的美国传票)."""
    is_treaty = _lies_in_a_country(mention.row) and _TREATY.match(text, mention.stop) is not None
    return is_treaty and _BODY.search(text[mention.start : mention.stop]) is None


def _told_beside(countries: Sequence[Mention], text: str) -> set[tuple[int, int]]:
    """The others of a row of countries of which a later clause asks about one (土耳其和沙特都有人异议，土耳其多久答)."""
    for one, two in pairwise(countries):
        row = {one.row.code, two.row.code}
        end = _ENDS_CLAUSE.search(text, two.stop)
        if len(row) < 2 or end is None or AND.fullmatch(text[one.stop : two.start]) is None:
            continue
        later = {m.row.code for m in countries if m.start >= end.start()}
        if len(later) == 1 and later < row:
            return {(m.start, m.stop) for m in countries if m.row.code in row - later}
    return set()


def _codes(mentions: Sequence[Mention], kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.row.code for m in mentions if m.row.kind == kind))


def _synonyms(mentions: Sequence[Mention], text: str) -> tuple[str, ...]:
    lowered = text.lower()
    names = dict.fromkeys(
        name
        for mention in mentions
        if mention.row.expand
        for name in mention.row.names
        if name.lower() not in lowered
    )
    return tuple(names)
