"""From the lines of a paper to what it says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from knowledge.notices import country_in, forum_in
from knowledge.printed_dates import Meaning
from papers.claims import demands_of, signs_of
from papers.contents import Contents
from papers.days import days_of
from papers.dockets import docket_of, numbers_of
from papers.gaps import gaps_of
from papers.kinds import OTHER, KindFound, kind_of
from papers.letter_periods import periods_of
from papers.money import amounts_of
from papers.parties import parties_of, side_of
from papers.types import DateRead, Line, Reading
from papers.words import Words, language_of, words_of_lines

# A paper in one of these languages comes from there unless it says otherwise.
_HOMES = {"de": "DE", "fr": "FR", "it": "IT", "ja": "JP", "ko": "KR", "ru": "RU", "vi": "VN", "pl": "PL", "nl": "NL", "tr": "TR", "zh": "CN"}  # fmt: skip
# What such a paper's holder is, where no Chinese party is named in it.
_OWNERS = frozenset({"uspto-office-action", "wipo-notification", "epo-communication", "jpo-office-action", "kipo-office-action", "cnipa-office-action", "es-office-action"})  # fmt: skip
_OPEN = frozenset({"contract", OTHER, "ptab-notice"})
# Papers of bodies that every country has.
_NO_HOME = frozenset({"wipo-notification", "udrp-complaint", "platform-complaint", "apex"})
# A box of a form names in the lines above what its value is.
_BOX_LINES = 2


def understand(contents: Contents, today: date) -> Reading:
    """:return: what the lines of a paper say."""
    words = words_of_lines(contents.lines)
    kind = kind_of(words.text.replace("\n", " "))
    language = language_of(words.text)
    country = _country(words, kind, language)
    days = days_of(words, country or _order(language), today)
    dates = tuple(_of_form(item, kind, words) for item in days.dates)
    docket = docket_of(words)
    parties = parties_of(words, words.lines)
    gaps = gaps_of(contents, words, language, is_known=kind.form is not None)
    return Reading(
        kind=kind.code,
        form=kind.form.id if kind.form else None,
        confidence=kind.confidence,
        title=_title(kind, words.lines),
        country=country,
        forum=forum_in(words.text.replace("\n", " ")),
        docket=docket,
        numbers=numbers_of(words),
        parties=parties,
        side=side_of(parties, _default_side(kind)),
        dates=dates,
        periods=periods_of(words),
        amounts=amounts_of(words),
        demands=demands_of(words),
        questions=(*gaps, *days.questions),
        signs=signs_of(words, kind.code, docket),
        language=language,
        pages=contents.pages,
        ocr=contents.ocr,
        seconds=0.0,
        lines=contents.lines,
        sizes=contents.sizes,
        gaps=gaps,
    )


def _country(words: Words, kind: KindFound, language: str | None) -> str | None:
    form = kind.form
    if form is not None and form.country is not None:
        return form.country
    told = country_in(words.text.replace("\n", " "))
    if told is not None:
        return told
    if form is not None and form.id in _NO_HOME:
        return None
    return _HOMES.get(language or "")


def _of_form(item: DateRead, kind: KindFound, words: Words) -> DateRead:
    """A date whose meaning the form itself gives: a subpoena's 'Date and Time' is when to comply."""
    if kind.code != "us-subpoena" or item.meaning is not Meaning.OTHER:
        return item
    first = max(0, (item.line or 0) - _BOX_LINES)
    box = " ".join(line.text for line in words.lines[first : (item.line or 0) + 1])
    if re.search(r"date (?:and|&) time|time,? date", f"{box} {item.text}", re.IGNORECASE):
        return replace(item, meaning=Meaning.DUE, confidence=max(item.confidence, 0.85))
    return item


def _order(language: str | None) -> str | None:
    """Where no country is known, a language that always puts the day first stands for one."""
    return None if language in (None, "en", "zh") else "EU"


def _default_side(kind: KindFound) -> str:
    form = kind.form
    if form is None or form.id in _OPEN:
        return "unknown"
    return "owner" if form.id in _OWNERS else "respondent"


def _title(kind: KindFound, lines: tuple[Line, ...]) -> str:
    """The kind's name; of a paper of no known kind, its own first heading."""
    if kind.form is not None:
        return kind.form.title
    heading = next((line.text for line in lines[:12] if re.search(r"[^\W\d_]{3}", line.text)), "")
    return " ".join(heading.split())[:80] or "没有认出的文书"
