"""Judging the published knowledge by questions whose answers are known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from indexer.confidence import REFUSE
from indexer.evaluation import refusal
from indexer.golden_wording import copied
from indexer.hybrid import HybridIndex
from indexer.jurisdictions import scope
from indexer.passages_file import read_json_lines
from indexer.reach import Change, Reach, reach_of, touched
from indexer.types import SearchFilters
from knowledge.errors import SourceError
from knowledge.files import sole_writer, write_atomic
from knowledge.text import normalise
from knowledge.types import GENERAL, Passage

DEPTH = 10
FIRST = 3  # an expected passage among these counts as found
_WAIT_S = 5.0
# Often enough to be seen moving, seldom enough to cost nothing.
_TELL_EVERY = 10


@dataclass(frozen=True)
class GoldenQuestion:
    """A question with the documents, passages or facts that answer it, or marked as one to refuse.

    ``country`` is where the dispute is, ``situation`` what the person is in (a warning letter, goods
    detained …); both judge the result and never help the search.
    """

    id: str
    question: str
    documents: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    refuse: bool = False
    country: str | None = None
    passages: frozenset[str] = frozenset()
    situation: str | None = None

    def is_answered_by(self, passage: Passage) -> bool:
        """Whether a passage is an expected one, of an expected document, or carries an expected fact."""
        return (
            passage.id in self.passages
            or passage.document in self.documents
            or bool(self.facts & set(passage.facts))
        )


@dataclass(frozen=True)
class Outcome:
    """What one index says to a golden question.

    ``place`` is where the first expected passage stands among the hits, 0 when it is not there;
    ``passage`` and ``label`` name the first hit.  ``is_foreign`` says that the first hit belongs to none
    of the countries that were understood, ``is_wrong_country`` that the question names the country of
    its dispute and the first hit belongs to another.
    """

    question: GoldenQuestion
    place: int
    is_refused: bool
    passage: str = ""
    label: str = ""
    is_foreign: bool = False
    is_wrong_country: bool = False
    # How far the search went: what tells whether a change of the shelf can touch the answer.
    reach: Reach | None = field(default=None, repr=False, compare=False)

    @property
    def is_right(self) -> bool:
        """Refused when it should be; otherwise answered, with an expected passage among the first."""
        if self.question.refuse:
            return self.is_refused
        return not self.is_refused and 1 <= self.place <= FIRST


def read_golden(path: Path) -> list[GoldenQuestion]:
    """Golden questions, one a line.

    :raises SourceError: when a line says neither what is expected nor that it is to be refused.
    """
    state = path.stat()
    return list(_read(path, state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int, _size: int) -> Sequence[GoldenQuestion]:
    """The questions of a file, read again only after a change of it."""
    questions = []
    for number, record in read_json_lines(path):
        refuse = bool(record.get("refuse", False))
        documents, facts, passages = (
            frozenset(str(item) for item in record.get(key) or ())
            for key in ("expect", "facts", "passages")
        )
        if "question" not in record or refuse == bool(documents or facts or passages):
            raise SourceError(
                f"{path} 第 {number} 行应有 question，以及 expect、passages、facts 或 refuse 之一"
            )
        questions.append(
            GoldenQuestion(
                id=str(record.get("id", number)),
                question=str(record["question"]),
                documents=documents,
                facts=facts,
                refuse=refuse,
                country=record.get("country"),
                passages=passages,
                situation=record.get("situation"),
            )
        )
    return questions


def add_case(
    path: Path,
    question: str,
    *,
    by: str,
    documents: Iterable[str] = (),
    passages: Iterable[str] = (),
    refuse: bool = False,
    country: str | None = None,
) -> GoldenQuestion:
    """Keep a question with what must answer it; the same question again replaces its expectation.

    :param path: the trainers' own file, beside the shipped one.
    :raises SourceError: it says neither what is expected nor that it is to be refused.
    """
    text = question.strip()
    expected, wanted = tuple(dict.fromkeys(documents)), tuple(dict.fromkeys(passages))
    if not text or refuse == bool(expected or wanted):
        raise SourceError("请填写问题，并选择应当引用的文档或段落，或标明应当拒答")
    identifier = f"t-{hashlib.sha256(normalise(text).encode()).hexdigest()[:12]}"
    record: dict[str, Any] = {"id": identifier, "question": text, "by": by}
    record.update(
        {key: list(value) for key, value in (("expect", expected), ("passages", wanted)) if value}
    )
    if refuse:
        record["refuse"] = True
    if country:
        record["country"] = country
    with _rewriting(path) as cases:
        cases[:] = [*(old for old in cases if old.get("id") != identifier), record]
    return GoldenQuestion(
        identifier, text, frozenset(expected), frozenset(), refuse, country, frozenset(wanted)
    )


def join_cases(path: Path, others: Path) -> tuple[int, int]:
    """Add the questions of another file that are not there yet.

    :return: how many were added, and how many are there with another expectation, which stays.
    :raises SourceError: the other file has a line that cannot be used.
    """
    read_golden(others)
    with _rewriting(path) as cases:
        known = {normalise(str(case["question"])): case for case in cases}
        found = [case for _, case in read_json_lines(others)]
        fresh = [case for case in found if normalise(str(case["question"])) not in known]
        cases.extend(fresh)
    same = sum(known.get(normalise(str(case["question"]))) == case for case in found)
    return len(fresh), len(found) - len(fresh) - same


@contextmanager
def _rewriting(path: Path) -> Iterator[list[dict[str, Any]]]:
    """The lines of a file, written back when the block ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    refusal = SourceError("判定问题集正被另一个操作改写，请稍后再试")
    with sole_writer(path.with_name(f".{path.name}.lock"), _WAIT_S, refusal):
        cases = [case for _, case in read_json_lines(path)] if path.is_file() else []
        yield cases
        lines = [json.dumps(case, ensure_ascii=False) + "\n" for case in cases]
        write_atomic(path, "".join(lines).encode("utf-8"))


@dataclass(frozen=True)
class Known:
    """What was answered before, by question, and the questions that a change of the shelf can touch."""

    outcomes: Mapping[str, Outcome]
    touched: frozenset[str] = frozenset()

    def outcome(self, question: GoldenQuestion) -> Outcome | None:
        """The answer that stands as it was; None for a question to be asked."""
        old = self.outcomes.get(question.id)
        stands = old is not None and old.question == question and question.id not in self.touched
        return old if stands else None


def taken_over(
    index: HybridIndex, kept: Mapping[str, Outcome], change: Change, today: date
) -> Known:
    """The answers of another index, with the questions that the change from it to this one can touch.

    A question of which it is not known how far its search went is to be asked.
    """
    reaches = {name: item.reach for name, item in kept.items() if item.reach is not None}
    marks = touched(index, list(reaches.values()), change, today)
    stands = {name for name, mark in zip(reaches, marks, strict=True) if not mark}
    return Known(kept, frozenset(kept.keys() - stands))


# Asks each question of a list, in order, and tells now and then how many are done.
Spread = Callable[
    [Callable[[GoldenQuestion], Outcome], Sequence[GoldenQuestion], Callable[[int], None]],
    Iterable[Outcome],
]


def one_by_one(
    ask: Callable[[GoldenQuestion], Outcome],
    questions: Sequence[GoldenQuestion],
    told: Callable[[int], None],
) -> Iterator[Outcome]:
    """One after the other in this process."""
    for number, question in enumerate(questions):
        if number % _TELL_EVERY == 0:
            told(number)
        yield ask(question)


def outcomes(
    index: HybridIndex,
    questions: Sequence[GoldenQuestion],
    today: date | None = None,
    *,
    asked: Callable[[int], None] | None = None,
    known: Known | None = None,
    spread: Spread = one_by_one,
) -> list[Outcome]:
    """Ask every question the way the chat does, with the countries it names as a lock.

    :param asked: told now and then how many need not be asked any more.
    :param known: what need not be asked.
    :param spread: how the others are asked.
    """
    day = today or date.today()
    stand = [None if known is None else known.outcome(question) for question in questions]
    left = [question for question, old in zip(questions, stand, strict=True) if old is None]
    before = len(questions) - len(left)

    def told(number: int) -> None:
        if asked is not None:
            asked(before + number)

    fresh = iter(list(spread(lambda question: _asked(index, question, day), left, told)))
    return [next(fresh) if old is None else old for old in stand]


def _asked(index: HybridIndex, question: GoldenQuestion, day: date) -> Outcome:
    named = index.understand(question.question).countries
    countries = scope(named)
    filters = SearchFilters(jurisdictions=countries)
    ranked = index.rank(question.question, filters, day)
    hits = [] if ranked is None else index.hits(ranked, DEPTH)
    places = [n for n, hit in enumerate(hits, 1) if question.is_answered_by(hit.passage)]
    first = hits[0].passage if hits else None
    return Outcome(
        question,
        place=places[0] if places else 0,
        is_refused=index.assess(question.question, hits).band == REFUSE,
        passage=first.id if first else "",
        label=_label(first) if first else "",
        is_foreign=bool(countries and first and is_foreign(first, countries)),
        is_wrong_country=bool(
            first and question.country in named and is_foreign(first, scope([question.country]))
        ),
        reach=reach_of(index, question.question, filters, ranked),
    )


def refusals(found: Sequence[Outcome]) -> dict[str, float]:
    """Precision and recall of refusing."""
    measured = refusal([(item.is_refused, item.question.refuse) for item in found])
    return {name: round(value, 4) for name, value in measured.items()}


def judge_golden(index: HybridIndex, path: Path, today: date | None = None) -> dict[str, Any]:
    """Hit rates of the answerable questions, precision and recall of refusing."""
    found = outcomes(index, read_golden(path), today)
    asked = [item for item in found if not item.question.refuse]
    divisor = max(len(asked), 1)
    return {
        "hit@1": round(sum(item.place == 1 for item in asked) / divisor, 4),
        "hit@3": round(sum(1 <= item.place <= FIRST for item in asked) / divisor, 4),
        "mrr": round(sum(1 / item.place for item in asked if item.place) / divisor, 4),
        **refusals(found),
        "answerable": len(asked),
        "unanswerable": len(found) - len(asked),
        "situations": _by_situation(asked),
        "wrong_country": [item.question.id for item in asked if item.is_wrong_country],
        "copied_wording": copied(
            {item.question.id: item.question.question for item in asked},
            (index.passages[number] for number in range(len(index.passages))),
        ),
        "foreign_top": [item.question.id for item in asked if item.is_foreign],
        "missed_top3": [item.question.id for item in asked if not 1 <= item.place <= FIRST],
        "wrongly_refused_or_answered": [
            item.question.id for item in found if item.is_refused != item.question.refuse
        ],
    }


def _by_situation(asked: Sequence[Outcome]) -> dict[str, float]:
    """The share of questions found among the first, for every situation that questions are marked with."""
    groups: dict[str, list[bool]] = {}
    for item in asked:
        if item.question.situation:
            groups.setdefault(item.question.situation, []).append(1 <= item.place <= FIRST)
    return {name: round(sum(group) / len(group), 4) for name, group in sorted(groups.items())}


def _label(passage: Passage) -> str:
    """A passage as a person recognises it: title and article or last heading."""
    where = passage.article or (passage.heading[-1] if passage.heading else "")
    return f"《{passage.title}》{where}"


def is_foreign(passage: Passage, countries: frozenset[str]) -> bool:
    """Whether a passage belongs to another country than those named (general ones do not)."""
    return GENERAL not in passage.jurisdiction and not countries & set(passage.jurisdiction)
