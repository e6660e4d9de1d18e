"""The published passages by the facts they rest on and by document, for what is not found by searching."""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field

from indexer.hybrid import HybridIndex
from indexer.persistence import PassageFile
from knowledge.option_cards import ABOUT
from knowledge.option_cards import HEADING as OPTIONS
from knowledge.types import GENERAL, Kind, Passage

# A section headed like this is about how long something takes.
_PERIOD_HEADING = re.compile(r"几天|多久|几个?月|期限|多长|来得及|几日|哪一天")

_EXPLAINS = re.compile(r"是什么(?:意思)?$")


@dataclass(frozen=True)
class Shelf:
    """Places of the curated passages of one snapshot; official texts carry no facts and are left out.

    ``by_fact`` holds for each fact the passages about it, the fittest to be cited first.  The index
    itself is not held, lest an index that was replaced stay in memory for its shelf.
    """

    passages: PassageFile
    by_fact: dict[str, list[int]] = field(default_factory=dict)
    by_document: dict[str, list[int]] = field(default_factory=dict)
    by_id: dict[str, int] = field(default_factory=dict)
    # The countries, unions and courts whose law is told.
    places: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, index: HybridIndex) -> Shelf:
        """The shelf of an index, read once for each snapshot."""
        shelf = _shelves.get(index)
        if shelf is None:
            shelf = _shelves[index] = cls._read(index)
        return shelf

    @classmethod
    def _read(cls, index: HybridIndex) -> Shelf:
        shelf = cls(index.passages)
        ranked: dict[str, list[tuple[tuple[bool, ...], int]]] = {}
        for number in range(len(index)):
            passage = shelf.passages[number]
            if passage.kind in {Kind.LAW, Kind.TRAINING}:
                continue
            shelf.by_document.setdefault(passage.document, []).append(number)
            shelf.by_id[passage.id] = number
            shelf.places.update(filter(None, (*passage.jurisdiction, passage.place)))
            for place, fact in enumerate(() if tells_for_whom(passage) else passage.facts):
                ranked.setdefault(fact, []).append((_remoteness(passage, place), number))
        shelf.by_fact.update({fact: [n for _, n in sorted(rows)] for fact, rows in ranked.items()})
        return shelf

    def resting_on(self, fact: str, place: str | None = None) -> Passage | None:
        """The passage to cite for a fact; a guide's own section on the period before any other.

        :param place: whose law it is; a passage on this place is cited rather than on another one.
        """
        numbers = self.by_fact.get(fact, [])
        here = (n for n in numbers if place in self.passages[n].jurisdiction)
        number = next(here, next(iter(numbers), None))
        return None if number is None else self.passages[number]

    def find(self, identifier: str | None) -> Passage | None:
        """A curated passage by its id; None when it stands there no longer."""
        number = self.by_id.get(identifier or "")
        return None if number is None else self.passages[number]

    def sections(self, document: str) -> Iterator[Passage]:
        """The passages of a document in its order."""
        for number in self.by_document.get(document, ()):
            yield self.passages[number]

    def options(self, document: str) -> list[Passage]:
        """The option cards at the end of a guide."""
        return [p for p in self.sections(document) if OPTIONS in p.heading[:-1]]


def _remoteness(passage: Passage, place: int) -> tuple[bool, ...]:
    """Sorts the passages that rest on a fact: the first fact is what a section is about."""
    heading = passage.heading[-1] if passage.heading else ""
    return (
        place > 0,
        OPTIONS in passage.heading[:-1],
        GENERAL in passage.jurisdiction,
        _PERIOD_HEADING.search(heading) is None,
        passage.kind is not Kind.GUIDE,
    )


_shelves: weakref.WeakKeyDictionary[HybridIndex, Shelf] = weakref.WeakKeyDictionary()


def tells_for_whom(passage: Passage) -> bool:
    """Whether a passage only says for whom a guide is."""
    return bool(passage.heading) and passage.heading[-1].startswith(ABOUT)


def explains_a_word(passage: Passage) -> bool:
    """Whether a section says what something is, for who has just met the word."""
    return bool(passage.heading) and _EXPLAINS.search(passage.heading[-1]) is not None
