"""Teaching why a message is declined, on what strangers wrote that the shelf must not answer.

The rows lie in ``benchmarks/questions/fit`` and say why in words of their own; ``refusal.yml`` brings these
to the reasons and adds short messages, which the rows lack.  Each hand that wrote rows is judged by a
classifier that has read nothing of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actions.refusal import SHARPNESS, Reason, Refusals, read
from indexer.linear import Floats, LinearModel
from indexer.types import Encoder
from knowledge.errors import SourceError
from knowledge.front_matter import load_yaml
from knowledge.text import normalise

REASONS = Path(__file__).with_name("refusal.yml")
# How often a reason that is said must be right, more often where it hurts who is taken wrongly for dishonest;
# and the chances among which its least is looked for.
RIGHT, _RIGHT_OF = 0.85, {Reason.EVASION.value: 0.9}
_CHANCES = np.arange(8, 19) / 20
_C, _SEED = 0.05, 7
_PARTS = 5  # that the messages of the file itself are judged by


@dataclass(frozen=True)
class Declined:
    """A message in its normal form, why it is declined (or :data:`NO_REASON`), and whose hand wrote it."""

    text: str
    reason: str
    hand: str


@dataclass(frozen=True)
class Judged:
    """Rows of hands that were not learnt from: what each was taken for, with which chance, and whether rightly."""

    reasons: NDArray[Any]
    taken: NDArray[Any]
    chances: Floats

    @property
    def is_right(self) -> NDArray[np.bool_]:
        """For each row whether it was taken for what it is."""
        right: NDArray[np.bool_] = self.taken == self.reasons
        return right


def declined(lines: Iterable[Mapping[str, Any]], path: Path = REASONS) -> list[Declined]:
    """What is learnt from: the rows that say why, and the messages of the file itself.

    :param lines: rows with ``id``, ``text`` and ``why``; others are left out.
    :raises SourceError: a ``why`` stands under no reason.
    """
    groups = load_yaml(path.read_text(encoding="utf-8"), path.name)
    by_id = {key: name for name, group in groups.items() for key in group["rows"]}
    by_why = {why: name for name, group in groups.items() for why in group["why"]}
    found = []
    for line in (line for line in lines if "why" in line):
        name = by_id.get(line["id"], by_why.get(line["why"]))
        if name is None:
            raise SourceError(f"{path.name}：{line['id']} 的“{line['why']}”没有归到哪种理由")
        found.append((line["text"], name, line["id"].rsplit("-", 1)[0]))
    for name, group in groups.items():
        # What is said alike stands together, so that a part holds few copies of another.
        each = group["examples"]
        found += [(text, name, f"own-{n * _PARTS // len(each)}") for n, text in enumerate(each)]
    return [Declined(normalise(text), name, hand) for text, name, hand in found]


def learnt(rows: Iterable[Declined]) -> str:
    """The fingerprint of what is learnt from."""
    text = "\n".join(f"{row.reason} {row.text}" for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def train_refusal(rows: Sequence[Declined], encoder: Encoder, out: Path) -> str:
    """Teach the classifier and write it.

    :return: lines for the person who waited.
    """
    vectors = encoder.encode([row.text for row in rows], is_query=True)
    found = judge(rows, vectors)
    least = {reason.value: least_chance(found, reason.value) for reason in Reason}
    model = _fit(rows, vectors)
    chances = np.array([least.get(name, 1.0) for name in model.classes], dtype=np.float32)
    Refusals(model, chances, encoder.fingerprint, learnt(rows)).save(out)
    lines = "\n".join(report(found, least))
    return f"为什么婉拒，已从 {len(rows)} 句学到，写入 {out}。\n{lines}"


def judge(rows: Sequence[Declined], vectors: Floats) -> Judged:
    """Each hand's rows, and each part of the file's own, heard by a classifier that has read all others."""
    hands = np.array([row.hand for row in rows])
    reasons, taken, chances = [], [], []
    for hand in sorted(set(hands)):
        others, its = np.flatnonzero(hands != hand), np.flatnonzero(hands == hand)
        model = _fit([rows[n] for n in others], vectors[others])
        for n in its:
            likely = model.probabilities(*read(rows[n].text, vectors[n]), SHARPNESS)
            best = int(np.argmax(likely))
            reasons.append(rows[n].reason)
            taken.append(model.classes[best])
            chances.append(likely[best])
    return Judged(np.array(reasons), np.array(taken), np.array(chances, dtype=np.float32))


def least_chance(found: Judged, reason: str) -> float:
    """The lowest chance from which on a reason is right often enough; the highest where it never is."""
    for chance in _CHANCES:
        said = (found.chances >= chance) & (found.taken == reason)
        if said.any() and found.is_right[said].mean() >= _RIGHT_OF.get(reason, RIGHT):
            return float(chance)
    return float(_CHANCES[-1])


def report(found: Judged, least: Mapping[str, float]) -> Iterator[str]:
    """For each reason, at last for all: from which chance on it is said, how often rightly and wrongly."""
    yield f"{'':>10}{'把握':>6}{'句数':>6}{'说对':>6}{'说错':>6}"
    every = np.zeros(3, dtype=int)
    for reason, chance in least.items():
        said = (found.chances >= chance) & (found.taken == reason)
        right = int((said & found.is_right).sum())
        counts = np.array([(found.reasons == reason).sum(), right, said.sum() - right])
        every += counts
        yield f"{reason:>10}{chance:>8.2f}" + "".join(f"{count:>8}" for count in counts)
    yield f"{'all':>10}{'':>8}" + "".join(f"{count:>8}" for count in every)


def _fit(rows: Sequence[Declined], vectors: Floats) -> LinearModel:
    read_rows = [read(row.text, vector) for row, vector in zip(rows, vectors, strict=True)]
    return LinearModel.fit(
        [terms for terms, _ in read_rows],
        [vector for _, vector in read_rows],
        [row.reason for row in rows],
        C=_C,
        seed=_SEED,
    )
