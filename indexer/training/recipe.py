"""The course of training: what is read, in which stages, and how the best state is chosen."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.training.data import Judged
from indexer.training.material import Material, batches, draw_cloze, hard_negatives
from indexer.training.trainer import Batch, Trainer

logger = logging.getLogger(__name__)
_WARM_UP = 30
_LOWEST = 0.02
_NOISE = (
    0.5  # over the root of the questions held out: about one standard error of the overall score
)


@dataclass(frozen=True)
class Stage:
    """Some epochs over one mixture."""

    epochs: int
    rate: float
    judged_repeats: int
    pairs: int
    clozes: int
    always: str = ""  # a source whose examples are all taken, whatever ``pairs`` says
    negatives_from: int = 5
    negatives_to: int = 60
    mine_every: int = 1


@dataclass(frozen=True)
class Recipe:
    """All choices of a training run; the table of what was tried is in docs/retrieval.md."""

    words: int = 80000
    dimension: int = 256
    power: float = 0.5
    temperature: float = 0.07
    dropout: float = 0.3
    batch: int = 512
    base: Stage = Stage(epochs=2, rate=0.002, judged_repeats=0, pairs=30000, clozes=37000)
    refine: Stage = Stage(
        epochs=3, rate=0.003, judged_repeats=6, pairs=6000, clozes=4000, always="documents"
    )


@dataclass(frozen=True)
class Scores:
    """Measures of the encoder alone over the whole corpus."""

    recall_10: float
    recall_100: float
    mrr_10: float

    @property
    def overall(self) -> float:
        """What the best epoch is chosen by."""
        return self.recall_10 + self.recall_100 + self.mrr_10


def validate(trainer: Trainer, queries: Any, corpus: Any, judged: Sequence[Judged]) -> Scores:
    """Rank the corpus for each judged question."""
    scores = trainer.encode(queries) @ trainer.encode(corpus).T
    totals = np.zeros(3)
    for line, item in enumerate(judged):
        top = np.argpartition(-scores[line], 100)[:100]
        top = top[np.argsort(-scores[line][top], kind="stable")]
        places = np.flatnonzero(np.isin(top, item.relevant))
        first = 1 / (places[0] + 1) if len(places) and places[0] < 10 else 0.0
        totals += (
            (places < 10).sum() / len(item.relevant),
            len(places) / len(item.relevant),
            first,
        )
    means = totals / max(len(judged), 1)
    return Scores(float(means[0]), float(means[1]), float(means[2]))


def run_stage(
    material: Material,
    trainer: Trainer,
    stage: Stage,
    recipe: Recipe,
    rng: np.random.Generator,
    *,
    validation: tuple[Any, Any, Sequence[Judged]] | None = None,
    label: str = "",
) -> tuple[NDArray[np.float32], list[Scores]]:
    """Train through a stage.

    :param validation: question rows, corpus rows and judged questions to score after each epoch.
    :return: the table of the best epoch and the scores.  A later epoch within one standard error of
        the best wins, since it has seen more; without validation the last one is taken.
    """
    draw = _Draw(material, stage, rng)
    best, best_score, history = trainer.table, -1.0, []
    course = _Course(trainer, stage, label)
    chosen, negatives = np.zeros(0, dtype=np.int64), np.zeros((0, 0), dtype=np.int32)
    for epoch in range(stage.epochs):
        if epoch % stage.mine_every == 0:
            chosen, negatives = draw.mined(trainer)
        cloze = draw_cloze(material, stage.clozes, rng)
        steps = (len(chosen) + len(cloze.rows)) // recipe.batch
        drawn = batches(material, chosen, negatives, cloze, recipe.batch, rng)
        loss = course.epoch(epoch, steps, drawn)
        if validation is None:
            best = trainer.table
            continue
        scores = validate(trainer, *validation)
        history.append(scores)
        logger.info("%s epoch %d: loss %.3f %s", label, epoch + 1, loss, scores)
        if scores.overall >= best_score - _NOISE / len(validation[2]) ** 0.5:
            best = trainer.table.copy()
        best_score = max(best_score, scores.overall)
    return best, history


@dataclass(frozen=True)
class _Draw:
    """Which examples a stage trains on, each with the wrong answers nearest to it now."""

    material: Material
    stage: Stage
    rng: np.random.Generator

    def mined(self, trainer: Trainer) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Draw anew: the judged examples as often as they are repeated, then some of the others."""
        examples, stage = self.material.examples, self.stage
        others = np.arange(examples.judged, len(examples))
        is_kept = np.array(
            [examples.sources[place] == stage.always for place in others], dtype=np.bool_
        )
        drawn = self.rng.permutation(others[~is_kept])[: stage.pairs]
        front = examples.judged if stage.judged_repeats else 0
        kinds = np.concatenate([np.arange(front), others[is_kept], drawn])
        wrong = hard_negatives(
            self.material, trainer, kinds, stage.negatives_from, stage.negatives_to
        )
        judged = np.tile(np.arange(front), max(stage.judged_repeats, 1))
        repeat = np.concatenate([judged, np.arange(front, len(kinds))])
        return kinds[repeat], wrong[repeat]


class _Course:
    """Steps of a stage at a rate that rises at first and then falls to the end."""

    def __init__(self, trainer: Trainer, stage: Stage, label: str) -> None:
        self._trainer, self._stage, self._label = trainer, stage, label
        self._done = 0
        self._total: int | None = None

    def epoch(self, number: int, steps: int, drawn: Iterable[Batch]) -> float:
        """Train on the batches of an epoch; the mean loss."""
        from tqdm import tqdm

        stage = self._stage
        self._total = self._total or steps * stage.epochs
        losses: list[float] = []
        bar = tqdm(total=steps, desc=f"{self._label} 第 {number + 1}/{stage.epochs} 轮", unit="批")
        for batch in drawn:
            self._done += 1
            left = max(_LOWEST, 1 - self._done / self._total)
            losses.append(
                self._trainer.step(batch, stage.rate * min(1.0, self._done / _WARM_UP) * left)
            )
            bar.update()
            if self._done % 20 == 0:
                bar.set_postfix(loss=f"{np.mean(losses[-50:]):.3f}")
        bar.close()
        return float(np.mean(losses)) if losses else float("nan")
