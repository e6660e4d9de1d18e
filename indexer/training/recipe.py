"""The course of training: what is read, in which stages, and how the best state is chosen."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.training.data import Judged
from indexer.training.material import Material, batches, draw_cloze, hard_negatives
from indexer.training.trainer import Trainer

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
    from tqdm import tqdm

    examples = material.examples
    others = np.arange(examples.judged, len(examples))
    is_kept = np.array(
        [examples.sources[place] == stage.always for place in others], dtype=np.bool_
    )
    best, best_score, history = trainer.table, -1.0, []
    total: int | None = None
    done = 0
    negatives = None
    chosen = np.zeros(0, dtype=np.int64)
    for epoch in range(stage.epochs):
        if epoch % stage.mine_every == 0:
            drawn = rng.permutation(others[~is_kept])[: stage.pairs]
            some = np.concatenate([others[is_kept], drawn])
            kinds = np.concatenate(
                [np.arange(examples.judged if stage.judged_repeats else 0), some]
            )
            mined = hard_negatives(
                material, trainer, kinds, stage.negatives_from, stage.negatives_to
            )
            front = examples.judged if stage.judged_repeats else 0
            repeat = np.concatenate(
                [
                    np.tile(np.arange(front), max(stage.judged_repeats, 1)),
                    np.arange(front, len(kinds)),
                ]
            )
            chosen, negatives = kinds[repeat], mined[repeat]
        cloze = draw_cloze(material, stage.clozes, rng)
        steps = (len(chosen) + len(cloze.rows)) // recipe.batch
        total = total or steps * stage.epochs
        losses = []
        bar = tqdm(total=steps, desc=f"{label} 第 {epoch + 1}/{stage.epochs} 轮", unit="批")
        for batch in batches(material, chosen, negatives, cloze, recipe.batch, rng):
            done += 1
            rate = stage.rate * min(1.0, done / _WARM_UP) * max(_LOWEST, 1 - done / total)
            losses.append(trainer.step(batch, rate))
            bar.update()
            if done % 20 == 0:
                bar.set_postfix(loss=f"{np.mean(losses[-50:]):.3f}")
        bar.close()
        if validation is None:
            best = trainer.table
            continue
        scores = validate(trainer, *validation)
        history.append(scores)
        logger.info("%s epoch %d: loss %.3f %s", label, epoch + 1, np.mean(losses), scores)
        if scores.overall >= best_score - _NOISE / len(validation[2]) ** 0.5:
            best = trainer.table.copy()
        best_score = max(best_score, scores.overall)
    return best, history
