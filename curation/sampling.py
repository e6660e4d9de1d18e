"""Drawing answers to be judged, what the judgements say of all answers, and what joins the trial set.

Every stratum (country, procedure, how certain the bot was) gives about as many answers, so that rare ones are
seen at all; each answer counts for those it stands for when the whole is estimated.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.engine import Engine

from actions.lookup import look_up
from curation.drafting import draft_of
from curation.release import golden_file
from desk import samples
from desk.engine import reading, writing
from desk.errors import InvalidRecordError
from desk.samples import Answered, Sample, Taken, Verdict
from indexer.aliases import read_aliases
from indexer.golden import add_case
from indexer.hybrid import HybridIndex
from indexer.persistence import LAYOUT
from knowledge.library import Library
from knowledge.types import Passage
from settings import Settings

DAYS = timedelta(days=30)
DRAWN = (10, 20, 50)
# So many passages are offered as the right answer.
OFFERED = 5
# The standard normal's 97.5 % point, for intervals of 95 %.
_Z = 1.959964


@dataclass(frozen=True)
class Share:
    """A share of answers with its interval of 95 %; ``count`` were judged for it."""

    count: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """How far two colleagues who judged the same answers agree; ``kappa`` leaves out agreement by chance."""

    count: int
    share: float
    kappa: float | None


@dataclass(frozen=True)
class Figures:
    """What the judgements say; rows are a group's name and its share of right answers."""

    drawn: int
    judged: int
    verdicts: dict[Verdict, int]
    right: Share | None
    wrong: Share | None
    by_certainty: list[tuple[str, Share]]
    by_place: list[tuple[str, Share]]
    by_procedure: list[tuple[str, Share]]
    agreement: Agreement | None


def draw(
    engine: Engine,
    index: HybridIndex,
    count: int,
    *,
    by: str,
    now: datetime,
    seed: int | None = None,
) -> int:
    """Draw answers of the last month that were not drawn yet.

    :param seed: for drawing the same again in a test.
    :return: how many were drawn; less than asked where there are not so many.
    """
    if count not in DRAWN:
        raise InvalidRecordError(f"每次可抽 {'、'.join(map(str, DRAWN))} 条")
    procedures = _procedures(index)
    with writing(engine) as conn:
        found = samples.answered(conn, since=now - DAYS)
        chosen = stratified(found, count, lambda item: procedures.get(item.passage, ""), seed=seed)
        return samples.draw(
            conn,
            [(item, procedures.get(item.passage, ""), weight) for item, weight in chosen],
            by=by,
            now=now,
        )


def _procedures(index: HybridIndex) -> dict[str, str]:
    """The first procedure of every passage that has one."""
    facets = zip(range(len(index)), index.facets, strict=True)
    return {
        index.passages.identifier(number): facet.procedures[0]
        for number, facet in facets
        if facet.procedures
    }


def procedure_names(index: HybridIndex) -> dict[str, str]:
    """The Chinese names of procedures by their codes."""
    rows = read_aliases(index.folder / LAYOUT.aliases)
    return {row.code: row.name for row in reversed(rows) if row.kind == "procedure"}


def stratified(
    found: Sequence[Answered],
    count: int,
    procedure: Callable[[Answered], str],
    *,
    seed: int | None = None,
) -> list[tuple[Answered, float]]:
    """So many answers, from every stratum in turn, each with how many of its stratum it stands for."""
    chance = random.Random(seed)  # noqa: S311  (for fairness, not secrecy)
    strata: dict[tuple[str, str, str], list[Answered]] = {}
    for item in found:
        strata.setdefault((item.place, procedure(item), item.certainty), []).append(item)
    groups = [strata[key] for key in sorted(strata)]
    for group in groups:
        chance.shuffle(group)
    chance.shuffle(groups)
    taken = [0] * len(groups)
    while sum(taken) < min(count, len(found)):
        for place, group in enumerate(groups):
            if taken[place] < len(group) and sum(taken) < count:
                taken[place] += 1
    return [
        (item, len(group) / size)
        for group, size in zip(groups, taken, strict=True)
        for item in group[:size]
    ]


def figures(found: Sequence[Sample]) -> Figures:
    """What judged answers say of all answers."""
    judged = [item for item in found if item.judged]
    verdicts = {kind: 0 for kind in Verdict}
    for item in judged:
        verdicts[item.judged[0].verdict] += 1
    return Figures(
        drawn=len(found),
        judged=len(judged),
        verdicts=verdicts,
        right=share(judged, Verdict.RIGHT),
        wrong=share(judged, Verdict.WRONG),
        by_certainty=_grouped(judged, lambda item: item.certainty),
        by_place=_grouped(judged, lambda item: item.place),
        by_procedure=_grouped(judged, lambda item: item.procedure),
        agreement=agreement(judged),
    )


def _grouped(judged: Sequence[Sample], key: Callable[[Sample], str]) -> list[tuple[str, Share]]:
    groups: dict[str, list[Sample]] = {}
    for item in judged:
        groups.setdefault(key(item), []).append(item)
    rows = [(name, share(items, Verdict.RIGHT)) for name, items in groups.items()]
    return sorted(
        ((name, value) for name, value in rows if value is not None),
        key=lambda row: (-row[1].count, row[0]),
    )


def share(judged: Sequence[Sample], verdict: Verdict) -> Share | None:
    """The share of all answers that would be judged so, by Wilson's interval over weighted answers.

    An answer that two colleagues judge differently counts half each.
    """
    weights = [item.weight for item in judged]
    total = sum(weights)
    if not judged or total <= 0:
        return None
    told = [
        sum(one.verdict is verdict for one in item.judged) / len(item.judged) for item in judged
    ]
    value = sum(w * x for w, x in zip(weights, told, strict=True)) / total
    # Unequal weights tell as much as this number of equal ones (Kish).
    effective = total**2 / sum(weight**2 for weight in weights)
    low, high = wilson(value, effective)
    return Share(len(judged), value, low, high)


def wilson(value: float, count: float) -> tuple[float, float]:
    """The interval of 95 % for a share seen in ``count`` independent cases."""
    middle = value + _Z**2 / (2 * count)
    spread = _Z * math.sqrt(value * (1 - value) / count + _Z**2 / (4 * count**2))
    width = 1 + _Z**2 / count
    return max(0.0, (middle - spread) / width), min(1.0, (middle + spread) / width)


def agreement(judged: Iterable[Sample]) -> Agreement | None:
    """The first two judgements of answers that were judged twice; None where there are none."""
    pairs = [
        (item.judged[0].verdict, item.judged[1].verdict) for item in judged if len(item.judged) > 1
    ]
    if not pairs:
        return None
    same = sum(one is other for one, other in pairs) / len(pairs)
    expected = (
        sum(
            sum(one is kind for one, _ in pairs) * sum(other is kind for _, other in pairs)
            for kind in Verdict
        )
        / len(pairs) ** 2
    )
    kappa = None if expected >= 1 else (same - expected) / (1 - expected)
    return Agreement(len(pairs), same, kappa)


def queue(found: Sequence[Sample], login: str) -> list[Sample]:
    """What a colleague may still judge: first what nobody did, then what one other did, oldest first."""
    left = [
        item
        for item in found
        if item.taken_as is None and not item.is_judged_by(login) and len(item.judged) < 2
    ]
    return sorted(left, key=lambda item: (len(item.judged), item.id))


def second_looks(found: Sequence[Sample], login: str) -> list[Sample]:
    """Judged answers that this colleague may settle: somebody else judged them."""
    return [
        item
        for item in found
        if item.taken_as is None and any(one.by != login for one in item.judged)
    ]


def candidates(index: HybridIndex, library: Library, sample: Sample, today: date) -> list[Passage]:
    """The passages that may be the right answer: the one that was used, then those nearest to the question."""
    known = {passage.id: passage for passage in library.passages}
    found = look_up(index, sample.question, today, country=sample.place or None, ask_country=False)
    named = [sample.passage, *(hit.passage.id for hit in found.hits)]
    return [known[one] for one in dict.fromkeys(named) if one in known][:OFFERED]


def settle(
    settings: Settings,
    engine: Engine,
    identifier: int,
    taken: str,
    question: str,
    passage: str,
    *,
    by: str,
) -> Taken:
    """Make a trial question of a judged answer after a second look, or leave it out.

    :param question: as it is to be asked, without personal data.
    :param passage: which passage must answer it.
    :raises InvalidRecordError: it is not said what is expected.
    """
    try:
        kind = Taken(taken)
    except ValueError as error:
        raise InvalidRecordError("请选择收进判定问题，或不收") from error
    text = " ".join(question.split())
    if kind is not Taken.LEFT and not text:
        raise InvalidRecordError("请写明要判定的问题")
    if "*" in text and kind is not Taken.LEFT:
        raise InvalidRecordError("问题里还有隐去的个人信息（***），请改写成不带个人信息的问法")
    known = {item.id for item in draft_of(settings).passages}
    if kind is Taken.ANSWER and passage.strip() not in known:
        raise InvalidRecordError("请选应当用哪一段回答")

    with writing(engine) as conn:
        samples.take(conn, identifier, kind, by=by)
        if (
            kind is not Taken.LEFT
        ):  # in the transaction: a file that cannot be written settles nothing
            wanted = [passage.strip()] if kind is Taken.ANSWER else []
            path = golden_file(settings)
            add_case(path, text, by=by, passages=wanted, refuse=kind is Taken.REFUSE)
    return kind


def listing(engine: Engine) -> list[Sample]:
    """Every drawn answer, latest first."""
    with reading(engine) as conn:
        return samples.listing(conn)
