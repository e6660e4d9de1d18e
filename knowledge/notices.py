"""Papers recognised from their own words: what was pasted, where it comes from, what proves it.

Only what the text itself says is taken.  A kind is recognised by its form: signs with weights, at
least two of them, and every one is kept so that it can be shown to the person.  A Chinese sentence
with a foreign word in it is no paper; it may name one (``named``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from knowledge.paper_kinds import KINDS, PaperKind
from knowledge.printed_dates import PrintedDate, date_words, printed_dates
from knowledge.text import normalise

RESPONDENT = "respondent"
# A pasted text is foreign when it has so many words of a foreign language, more than Chinese
# characters, and so many of them without a Chinese character in between.
SHORTEST_WORDS = 16
SHORTEST_PASSAGE = 10
# The signs of a kind must weigh so much together, and be at least two.
LEAST_WEIGHT = 4
LEAST_SIGNS = 2
_QUOTE_CHARS = 80
_BEFORE_CHARS = 50
# A clause ends at a mark before a blank; a full stop after one or two letters or digits is an abbreviation.
_CLAUSE_END = re.compile(
    r"(?<![ .(][A-Za-z0-9])(?<![ .(][A-Za-z]{2})(?<!\d)[.;!?](?= |$)|[,:](?= )"
)
_QUOTES = 3
# So many foreign words in a row are somebody else's; so many kana make a text Japanese.
_FEWEST_WORDS = 3
_FEWEST_KANA = 6


@dataclass(frozen=True)
class Notice:
    """A recognised paper: its kind, the words that prove it, and what else it names.

    ``dates`` are the dates as written, ``printed`` those that can be read, with their meaning.
    """

    kind: PaperKind
    quotes: tuple[str, ...]
    forum: str | None
    right: str | None
    country: str | None
    dates: tuple[str, ...]
    numbers: tuple[str, ...]
    printed: tuple[PrintedDate, ...] = ()


@lru_cache(maxsize=1)
def _signs() -> tuple[tuple[PaperKind, tuple[tuple[int, re.Pattern[str]], ...]], ...]:
    """The signs of each kind; most who start the program show it no paper."""
    return tuple(
        (kind, tuple((weight, re.compile(sign, re.IGNORECASE)) for weight, sign in kind.signs))
        for kind in KINDS
    )


@lru_cache(maxsize=1)
def _names() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (kind.id, re.compile(kind.names, re.IGNORECASE)) for kind in KINDS if kind.names is not None
    )


_FORUMS = re.compile(
    r"(?i:(?:northern|southern|eastern|western|central|middle) district of (?:new york|new jersey|north carolina|[a-z]+)"
    r"|district of (?:delaware|new jersey|nevada|massachusetts|colorado|utah)"
    r"|trademark trial and appeal board|patent trial and appeal board|(?:u\.s\. )?international trade commission"
    r"|united states patent and trademark office|european patent office|high court of justice)"
    r"|\b[NSEWCM]\.D\. [A-Z][a-z]+\.?|\bD\. (?:Del|N\.J|Nev|Mass)\.?"
    r"|(?:Ober)?[Ll]andgericht [A-ZÄÖÜ][a-zäöü]+(?: I{1,2}\b)?|Tribunal [Jj]udiciaire de [A-Z][a-zé]+"
    r"|(?:[A-Z][a-z]+ )?Local Division|Port of [A-Z][a-z]+(?: [A-Z][a-z]+)?|(?<=中华人民共和国)[一-龥]{2,4}海关"
)
_NUMBERS = re.compile(
    r"\b(?:\d{1,2}:)?\d{2}-cv-\d{3,6}\b|\b337-TA-\d{3,5}\b|UPC_CFI_\d+/\d{4}|\bD20\d{2}-\d{3,5}\b|\bUK00\d{9}\b"
    r"|(?i:complaint id|case id|seizure (?:no\.?|number)|serial (?:no\.?|number)|opposition (?:no\.?|number)|aktenzeichen|az\.)[:#]? ?"
    r"(?:[A-Z] )?\d[\dA-Za-z]*(?: [A-Z] )?(?:[ /-]?\d+)*"
)
# A word of a foreign language: letters with marks or without, some kana, a Korean word.
_FOREIGN_WORD = re.compile(
    r"[A-Za-z\u00c0-\u024f]{2,}|[\u0400-\u04ff]{2,}|[\u3040-\u30ff]{2,}|[\uac00-\ud7a3]+"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_NOT_CHINESE = re.compile(r"[^\u4e00-\u9fff]+")
_JAPANESE = re.compile(r"[\u3040-\u30ff]")
# What the two signs of a paper in Chinese must weigh: the name of its form and its operative words.
_CHINESE_FORMS = frozenset({"cn-customs", "cn-court", "cnipa-office-action"})
_CHINESE_WEIGHT = 5
# What the person writes of himself is no paper: a question at the end, however long; a few sentences with "I".
_QUESTION = r"\b(?:what|how|when|where|who|which|why|can|could|should|do|does|is|are|must|is there)\b[^.!?]*"
_ASKS_AT_END = re.compile(rf"{_QUESTION}\?? ?$", re.IGNORECASE)
_ASKS = re.compile(rf"{_QUESTION}\?", re.IGNORECASE)
_OF_US = re.compile(r"\b(?:we|our|us|i|my|me)\b", re.IGNORECASE)
_OF_ME = re.compile(r"\bI\b|\b(?:my|me)\b")
_FOR_ANOTHER = re.compile(
    r"\b(?:my|our) clients?\b|on behalf of|\bhereby\b|\bundersigned\b|\bdear\b|sincerely|regards",
    re.IGNORECASE,
)
_FEW_WORDS = 40
_RIGHTS: tuple[tuple[str, str], ...] = (
    ("design", r"design patents?|geschmacksmuster|registered (?:community )?designs?|design rights?|(?:EU|Gemeinschafts)?designs?\b"),
    ("copyright", r"copyrights?|urheberrecht|droit d'auteur|dmca"),
    ("trademark", r"trade ?marks?|counterfeit|marken(?:recht|verletzung)?|\bmarques?\b|lanham act"),
    ("patent", r"patents?\b|brevets?\b"),
)  # fmt: skip
# What a letter says of the country it comes from; the country with the most signs is taken.
_COUNTRIES: tuple[tuple[str, str], ...] = (
    ("GB", r"\bUK (?:registered )?(?:trade ?marks?|designs?|patents?)|\bUK00\d+|\bUnited Kingdom\b|England and Wales|\bsolicitors\b|\blondon\b|amazon\.co\.uk|High Court of Justice|\bUKIPO\b"),
    ("US", r"\bU\.?S\.? (?:design |utility )?(?:patents?|trademarks?|copyrights?|registration)|united states|lanham act|attorneys? at law|\bU\.S\.C\b|\bUSPTO\b"),
    ("DE", r"rechtsanw[aä]lt|\bGmbH\b|landgericht|amazon\.de\b|sehr geehrte|\bDE\d{6,}"),
    ("FR", r"\bavocats?\b|tribunal judiciaire|amazon\.fr\b|mise en demeure|\bSARL\b"),
    ("IT", r"\bavv\.|\bavvocato\b|amazon\.it\b|diffida"),
    ("ES", r"\babogad[oa]s?\b|amazon\.es\b|burofax"),
    ("AU", r"\baustralia\b|amazon\.com\.au"),
    ("CA", r"\bcanada\b|amazon\.ca\b"),
    ("BR", r"são paulo|rio de janeiro|\bbrasil\b|\bLtda\b"),
    ("PT", r"\blisboa\b|\bportugal\b|\bporto,"),
    ("MX", r"\bméxico\b|\bIMPI\b"),
    ("NL", r"\bnederland\b|\bnetherlands\b|\brotterdam\b|\bB\.V\."),
    ("PL", r"sp\. z o\.o\.|\bwarszaw\w+|\bpolsk\w+"),
    ("KR", r"대한민국|특허법원|서울|지방법원"),
    ("RU", r"российск|москв|\bООО\b"),
    ("VN", r"việt nam|hà nội|hồ chí minh"),
    ("JP", r"amazon\.co\.jp|弁理士|弁護士|特許庁"),
)  # fmt: skip


@lru_cache(maxsize=2)
def _told_by(words: tuple[tuple[str, str], ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((code, re.compile(expression, re.IGNORECASE)) for code, expression in words)


def is_foreign(text: str) -> bool:
    """Whether a text holds a passage in a foreign language, not only words of one."""
    words = len(_FOREIGN_WORD.findall(text))
    if _JAPANESE.search(text):  # its characters are shared with Chinese
        return len(_JAPANESE.findall(text)) >= SHORTEST_WORDS
    if words < SHORTEST_WORDS or words <= len(_CHINESE.findall(text)):
        return False
    passages = (len(_FOREIGN_WORD.findall(part)) for part in _CHINESE.split(text))
    return max(passages) >= SHORTEST_PASSAGE and not _is_own(text, words)


def _is_own(text: str, words: int) -> bool:
    """Whether a person writes here of what concerns himself."""
    is_of_us = _OF_US.search(text) is not None
    if is_of_us and _ASKS_AT_END.search(text):
        return True
    if words > _FEW_WORDS or _FOR_ANOTHER.search(text):
        return False
    return _OF_ME.search(text) is not None or (is_of_us and _ASKS.search(text) is not None)


def passages(text: str) -> list[tuple[int, int]]:
    """Where a text holds words of a foreign language in a row, as places of its beginning and end.

    Japanese shares its characters with Chinese, so that a text that holds it is one passage.
    """
    if len(_JAPANESE.findall(text)) >= _FEWEST_KANA:
        return [(0, len(text))]
    return [
        match.span()
        for match in _NOT_CHINESE.finditer(text)
        if len(_FOREIGN_WORD.findall(match[0])) >= _FEWEST_WORDS
    ]


def named(text: str) -> str | None:
    """The kind of paper that a person names in Chinese, such as 日本特许厅拒绝理由通知书.

    :return: its code; the one named first where there are several.
    """
    return next(iter(all_named(text)), None)


def all_named(text: str) -> list[str]:
    """The kinds of papers that a person names, by their codes, in the order in which they are named."""
    text = normalise(text)
    found = [(m.start(), -len(m[0]), code) for code, rx in _names() if (m := rx.search(text))]
    return [code for _, _, code in sorted(found)]


def recognise(text: str, *, today: date | None = None) -> Notice | None:
    """What kind of paper a pasted text is.

    :param today: lets dates without a year be read.
    :return: None when it is no pasted passage, or too few signs of any kind are in it.
    """
    text = normalise(text)
    return (_recognise_short if len(text) <= _SHORT else _recognise)(text, today)


def _recognise(text: str, today: date | None) -> Notice | None:
    foreign = is_foreign(text)
    best: tuple[int, PaperKind, list[re.Match[str]]] | None = None
    for kind, signs in _signs():
        if not foreign and kind.id not in _CHINESE_FORMS:
            continue
        found = [(weight, match) for weight, sign in signs if (match := sign.search(text))]
        total = sum(weight for weight, _ in found)
        least = LEAST_WEIGHT if foreign else _CHINESE_WEIGHT
        if sum(weight > 0 for weight, _ in found) < LEAST_SIGNS or total < least:
            continue
        if best is None or total > best[0]:
            best = (total, kind, [match for weight, match in found if weight > 0])
    if best is None:
        return None
    _, kind, marks = best
    country = kind.country or country_in(text)
    return Notice(
        kind=kind,
        quotes=_sentences(text, marks),
        forum=forum_in(text),
        right=kind.right or next((code for code, rx in _told_by(_RIGHTS) if rx.search(text)), None),
        country=country,
        dates=date_words(text),
        numbers=tuple(dict.fromkeys(m[0].strip() for m in _NUMBERS.finditer(text))),
        printed=printed_dates(text, country=country, today=today),
    )


# A message is looked at by several parts of a turn.
_SHORT = 200
_recognise_short = lru_cache(maxsize=64)(_recognise)


def forum_in(text: str) -> str | None:
    """The court, board or office that a paper names first."""
    match = _FORUMS.search(text)
    return match[0] if match else None


def country_in(text: str) -> str | None:
    """The country that most of a letter's words speak of, if one leads."""
    counts = {
        code: len({match[0].lower() for match in rx.finditer(text)})
        for code, rx in _told_by(_COUNTRIES)
    }
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    return ranked[0][0] if ranked[0][1] > ranked[1][1] else None


def _sentences(text: str, found: list[re.Match[str]]) -> tuple[str, ...]:
    """The clause around each mark, shortened, without repeats."""
    quotes: list[str] = []
    covered = 0
    for match in sorted(found, key=lambda m: m.start()):
        if match.start() < covered:
            continue
        start = max(covered, match.start() - _BEFORE_CHARS)
        begins = [m.end() for m in _CLAUSE_END.finditer(text, start, match.start())]
        if begins:
            start = begins[-1]
        elif start > covered:
            start = text.find(" ", start) + 1 or start
        stop = _CLAUSE_END.search(text, match.end())
        end = stop.start() if stop else len(text)
        if end - start > _QUOTE_CHARS:
            space = text.rfind(" ", match.end(), start + _QUOTE_CHARS)
            end = space if space > 0 else max(match.end(), start + _QUOTE_CHARS)
        quotes.append(text[min(start, match.start()) : end].strip(" .,;"))
        covered = end
    return tuple(quotes[:_QUOTES])
