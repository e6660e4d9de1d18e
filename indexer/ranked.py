"""A question as it is searched for, and its candidates in their order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.candidates import Candidates
from indexer.lexical import Column
from indexer.order import Ordered
from indexer.precedents import Votes
from indexer.types import QueryInfo


@dataclass(frozen=True)
class Ranked:
    """Candidates in their final order with their scores and the lexical columns of the question.

    ``weighed`` are all candidates, those that may not answer included, in no order.
    """

    info: QueryInfo
    candidates: Candidates
    scores: NDArray[np.float32]
    columns: tuple[Column, ...]
    ordered: Ordered | None = None
    weighed: Candidates | None = None


@dataclass(frozen=True)
class Question:
    """A question as it is searched for, whatever the filters.

    ``totals`` is the lexical score of every row, ``wanted`` holds the articles that are named, ``refused``
    the passages that must not answer it, ``votes`` what judged questions say.
    """

    info: QueryInfo
    vector: NDArray[np.float32]
    columns: tuple[Column, ...]
    totals: NDArray[np.float32]
    wanted: NDArray[np.int64]
    refused: NDArray[np.int32]
    votes: Votes | None
