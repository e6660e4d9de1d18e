"""One round of the quiz: a few questions that fit who plays, from easy to hard."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from random import Random

from knowledge.quiz_table import QuizQuestion

ROUND = 5
# How many of each level a round has, easy ones first; what lacks is made up by the nearest level.
_LEVELS = (1, 1, 2, 2, 3)


def draw_round(
    questions: Sequence[QuizQuestion], audience: str, chance: Random, chosen: Collection[str] = ()
) -> list[QuizQuestion]:
    """The questions of a round, at most five, the easy ones first.

    :param chosen: ids that the round is drawn from; with none, from every question for the audience.
        Where fewer than a round of the chosen ones fit the audience, the others of them make it up.
    """
    if chosen:
        among = [item for item in questions if item.id in chosen]
        fitting = [item for item in among if audience in item.audiences]
        pool = fitting if len(fitting) >= ROUND else among
    else:
        fitting = [item for item in questions if audience in item.audiences]
        pool = fitting if len(fitting) >= ROUND else list(questions)
    left = chance.sample(pool, len(pool))
    drawn = []
    for level in _LEVELS[: len(left)]:
        item = min(left, key=lambda other: abs(other.level - level))
        left.remove(item)
        drawn.append(item)
    return sorted(drawn, key=lambda item: item.level)
