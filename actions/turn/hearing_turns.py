"""Turns of conversations to learn from: made of the shelf's own wordings, or written by people.

A passage is asked for, answered, and another of its document is asked for next, in a wording that the
index has not seen and without the names that the first question said; or another document's passage, with
its names, which must not be pulled back; or one of the document answered from some turns ago.  Follow-ups
that people wrote (``knowledge/followups``) count more.  What nothing answers is said in conversations too.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.turn.hearing import EARLIER, Conversation
from indexer.build import is_orienting
from indexer.hybrid import HybridIndex
from indexer.training.order import fold_of
from knowledge.followups import FollowUp
from knowledge.types import Kind, Passage
from knowledge.wordings import JOINT

FOLD = 0  # the wordings of this fold are asked of an index that was built without them
# How often the next question is about the same document without its names, and with them.
_FOLLOWS, _NAMED, _RETURNS = 0.55, 0.1, 0.1
_RETURNING = ("说回刚才的", "回到前面那个，", "刚才那件事，", "前面说的", "还是先问", "")
_NO_PASSAGE = 0.12  # a conversation in which nothing was answered yet
_SAME_MATTER = 0.6
_SHORTEST = 4
_MOST_REMEMBERED = 80
_NAMES = ("country", "procedure", "platform")
_WRITTEN = 3.0  # what a follow-up that a person wrote counts


@dataclass(frozen=True)
class Wanted:
    """What an answer must say, for a question whose passage nobody named.

    ``must`` are groups of patterns of which each has one that is found, ``must_not`` are found in none;
    ``places`` are codes of which a passage bears one, any where empty.
    """

    must: tuple[tuple[str, ...], ...]
    must_not: tuple[str, ...]
    places: frozenset[str]

    @classmethod
    def of(cls, expect: Mapping[str, Any]) -> Wanted:
        """As a written conversation expects it of a turn."""
        return cls(
            tuple(tuple(group) for group in expect["must"] if group),
            tuple(expect.get("must_not") or ()),
            frozenset(expect.get("cite_country") or ()),
        )

    def is_met(self, passage: Passage) -> bool:
        """Whether a passage says it."""
        text = passage.text
        return (
            (not self.places or not self.places.isdisjoint(passage.jurisdiction))
            and all(any(re.search(one, text) for one in group) for group in self.must)
            and not any(re.search(one, text) for one in self.must_not)
        )


@dataclass(frozen=True)
class Turn:
    """A question within a conversation and what answers it: a passage, or what says what is wanted."""

    said: Conversation
    text: str
    answer: Passage | None
    part: str
    kind: str
    weight: float = 1.0
    wanted: Wanted | None = None

    @property
    def is_answered(self) -> bool:
        """Whether there is an answer at all."""
        return self.answer is not None or self.wanted is not None

    def mark(self, passage: Passage) -> int:
        """How right a passage is: 2 what is asked for, 1 what rests on the same fact, 0 anything else."""
        if self.wanted is not None:
            return 2 * self.wanted.is_met(passage)
        if self.answer is None:
            return 0
        if passage.id == self.answer.id:
            return 2
        fact = self.answer.facts[:1]
        return int(bool(fact) and passage.facts[:1] == fact)


def made_turns(index: HybridIndex, passages: Sequence[Passage], seed: int = 5) -> Iterator[Turn]:
    """Conversations from the wordings that the index has not seen."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    shelf: dict[str, list[Passage]] = {}
    for passage in passages:
        is_asked = passage.kind not in (Kind.LAW, Kind.TRAINING) and passage.similar
        if is_asked and not is_orienting(passage):
            shelf.setdefault(passage.document, []).append(passage)
    every = [passage for rows in shelf.values() for passage in rows]
    for rows in shelf.values():
        for answer in rows:
            for wording in answer.similar:
                if fold_of(wording) == FOLD:
                    turn = _made(index, rng, wording, answer, (rows, every))
                    if turn is not None:
                        yield turn


def _made(
    index: HybridIndex,
    rng: random.Random,
    wording: str,
    answer: Passage,
    shelf: tuple[Sequence[Passage], Sequence[Passage]],
) -> Turn | None:
    """A turn that asks for a passage.

    :param shelf: the passages of its document, and all.
    """
    rows, every = shelf
    chance = rng.random()
    siblings = [passage for passage in rows if passage is not answer]
    kinds = ("follow", _FOLLOWS), ("named", _NAMED), ("return", _RETURNS)
    kind = "switch"
    for name, share in kinds if siblings else ():
        if chance < share:
            kind = name
            break
        chance -= share
    before = rng.choice(siblings if kind in ("follow", "named") else every)
    earlier = _earlier(rng, rows, every)
    text = wording if kind in ("named", "switch") else _stripped(index, wording, rng)
    if kind == "return":
        earlier = (*earlier[:1], rng.choice(siblings))
        text = rng.choice(_RETURNING) + text
    is_elsewhere = kind in ("switch", "return")
    if len(text) < _SHORTEST or (is_elsewhere and before.document == answer.document):
        return None
    question = rng.choice((before.heading[-1], *before.similar)) if before.heading else wording
    is_answered = rng.random() >= _NO_PASSAGE
    said = conversation(index, question, before if is_answered else None, earlier)
    return Turn(said, text, answer, answer.document, kind)


def _earlier(
    rng: random.Random, rows: Sequence[Passage], every: Sequence[Passage]
) -> tuple[Passage, ...]:
    """What was answered before the last answer: nothing, of the same matter, or anything."""
    count = rng.randrange(EARLIER + 1)
    return tuple(rng.choice(rows if rng.random() < _SAME_MATTER else every) for _ in range(count))


def written_turns(
    index: HybridIndex, passages: Sequence[Passage], rows: Iterable[FollowUp]
) -> Iterator[Turn]:
    """The follow-ups that people wrote, each after the question that was answered before it."""
    shelf = {(passage.document, JOINT.join(passage.heading)): passage for passage in passages}
    rng = random.Random(7)  # noqa: S311 (no secret)
    every = [passage for passage in passages if passage.kind is not Kind.LAW]
    for row in rows:
        before = shelf.get((row.source, row.after))
        answer = shelf.get((row.document, row.answer or ""))
        if before is None or (answer is None) != (row.answer is None):
            continue  # told by ``kb check``
        if answer is not None and is_orienting(answer):
            continue  # an option card only points the way
        question = rng.choice((before.heading[-1], *before.similar))
        same = [passage for passage in every if passage.document == before.document]
        said = conversation(index, question, before, _earlier(rng, same, every))
        if answer is None:
            yield Turn(said, row.say, None, before.document, "written none")
        else:
            kind = "written switch" if row.leaves else "written"
            yield Turn(said, row.say, answer, answer.document, kind, _WRITTEN)


def conversation(
    index: HybridIndex,
    question: str,
    answered: Passage | None,
    earlier: tuple[Passage, ...] = (),
) -> Conversation:
    """A conversation in which one question was asked.

    :param earlier: what was answered from before it, the newest first.
    """
    info = index.understand(question)
    return Conversation(
        country=next(iter(info.countries), None),
        procedure=next(iter(info.procedures), None),
        platform=next(iter(info.platforms), None),
        question=question[-_MOST_REMEMBERED:] if answered is not None else None,
        passage=answered,
        earlier=earlier,
    )


def _stripped(index: HybridIndex, wording: str, rng: random.Random) -> str:
    kinds = _NAMES if rng.random() < 0.8 else _NAMES[:1]
    rest = index.understanding.without(index.understand(wording).text, kinds)
    return re.sub(r"^[，,的在 ]+", "", re.sub(r"\s+", " ", rest)).strip()


def empty_turns(
    index: HybridIndex, passages: Sequence[Passage], texts: Sequence[str], seed: int = 6
) -> Iterator[Turn]:
    """What nothing on the shelf answers, said in the midst of a conversation."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    asked = [p for p in passages if p.similar and p.kind not in (Kind.LAW, Kind.TRAINING)]
    for text in texts:
        before = rng.choice(asked)
        said = conversation(index, rng.choice(before.similar), before, _earlier(rng, asked, asked))
        yield Turn(said, text, None, text[:2], "none")
