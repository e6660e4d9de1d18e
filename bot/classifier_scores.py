"""How a classifier of intents does by cross-validation, and what was found before, kept.

Cross-validating takes as long as training; of what has not changed since it is done once.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.files import write_atomic

if TYPE_CHECKING:
    from bot.evaluation import ExampleReader

logger = logging.getLogger(__name__)

# Of the data in use and of candidates.
_KEPT = 16


@dataclass(frozen=True)
class Scores:
    """How a classifier does: by cross-validation, and on the sentences that trainers labelled."""

    macro_f1: float
    accuracy: float
    labelled_right: int


def scores(
    files: Sequence[Path], labelled: Sequence[tuple[str, str]], reader: ExampleReader
) -> Scores:
    """Cross-validate examples; judge the labelled sentences by folds that have not seen them.

    :param reader: keeps the features of files that are judged again with others.
    """
    import numpy as np
    from sklearn.metrics import f1_score

    from bot.evaluation import EVERYTHING, VECTOR_SCALE, cross_validate, examples_of, groups
    from knowledge.text import normalise

    data = reader.read(files)
    known, asked = set(data.texts), None
    if unseen := [pair for pair in labelled if normalise(pair[0]) not in known]:
        asked = examples_of([text for text, _ in unseen], [intent for _, intent in unseen])
    margins, names = cross_validate(data, EVERYTHING, VECTOR_SCALE, groups(data.texts), asked)
    heard = names[margins.argmax(axis=1)]
    texts = data.texts if asked is None else [*data.texts, *asked.texts]
    by_text = dict(zip(texts, heard, strict=True))
    right = sum(by_text[normalise(text)] == intent for text, intent in labelled)
    predicted = heard[: len(data.texts)]
    return Scores(
        macro_f1=round(float(f1_score(data.intents, predicted, average="macro")), 4),
        accuracy=round(float(np.mean(predicted == data.intents)), 4),
        labelled_right=int(right),
    )


class KeptScores:
    """Scores by what went into them, in one small file."""

    def __init__(self, path: Path) -> None:
        """Use this file; it is made when there is something to keep."""
        self._path = path

    def of(self, inputs: str, find: Callable[[], Scores]) -> Scores:
        """The scores of some inputs.

        :param inputs: changes with whatever may change the scores.
        :param find: works them out where they are not known.
        """
        key = hashlib.sha256(inputs.encode("utf-8")).hexdigest()[:24]
        known = self._read()
        if key not in known:
            found = find()
            known = {**self._read(), key: found}
            rows = {name: asdict(one) for name, one in list(known.items())[-_KEPT:]}
            write_atomic(self._path, json.dumps(rows).encode("utf-8"))
        return known[key]

    def _read(self) -> dict[str, Scores]:
        try:
            rows = json.loads(self._path.read_text("utf-8"))
            return {name: Scores(**row) for name, row in rows.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError):
            logger.warning("%s cannot be read and is written anew", self._path)
            return {}
