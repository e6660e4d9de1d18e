"""The golden questions on two indexes: what would be gained, lost or answered differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from indexer.golden import Outcome, refusals

REFUSED = "拒答"


@dataclass(frozen=True)
class Difference:
    """One question that the two indexes answer differently; ``before`` and ``after`` in words."""

    id: str
    question: str
    before: str
    after: str
    should_refuse: bool = False


@dataclass(frozen=True)
class Comparison:
    """Live against draft.

    ``gained`` were wrong and are right, ``lost`` were right and are wrong, ``changed`` stay as right
    or as wrong as they were but name another passage.  ``refusal`` and ``refusal_before`` hold
    precision and recall of refusing; ``right`` and ``right_before`` count questions.
    """

    questions: int
    right: int
    right_before: int | None
    gained: tuple[Difference, ...] = ()
    lost: tuple[Difference, ...] = ()
    changed: tuple[Difference, ...] = ()
    refusal: Mapping[str, float] | None = None
    refusal_before: Mapping[str, float] | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is stored with a release."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Comparison:
        """As it was stored."""
        rows = {
            name: tuple(Difference(**row) for row in value[name])
            for name in ("gained", "lost", "changed")
        }
        return cls(**{**value, **rows})


def compare(before: Sequence[Outcome] | None, after: Sequence[Outcome]) -> Comparison:
    """Compare two runs of the same questions.

    :param before: None when nothing is published yet; then nothing can be lost.
    """
    right = sum(item.is_right for item in after)
    if before is None:
        return Comparison(len(after), right, None, refusal=refusals(after))
    known = {item.question.id: item for item in before}
    gained: list[Difference] = []
    lost: list[Difference] = []
    changed: list[Difference] = []
    for item in after:
        old = known[item.question.id]
        row = Difference(
            item.question.id, item.question.question, _said(old), _said(item), item.question.refuse
        )
        if item.is_right != old.is_right:
            (gained if item.is_right else lost).append(row)
        elif item.is_refused != old.is_refused or (
            not item.is_refused and item.passage != old.passage
        ):
            changed.append(row)
    return Comparison(
        questions=len(after),
        right=right,
        right_before=sum(item.is_right for item in before),
        gained=tuple(gained),
        lost=tuple(lost),
        changed=tuple(changed),
        refusal=refusals(after),
        refusal_before=refusals(before),
    )


def _said(outcome: Outcome) -> str:
    if outcome.is_refused:
        return REFUSED
    if outcome.question.refuse or outcome.place == 1 or not outcome.label:
        return outcome.label
    where = f"应引用的在第 {outcome.place} 位" if outcome.place else "应引用的不在前十"
    return f"{outcome.label}（{where}）"
