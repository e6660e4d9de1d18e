"""What judged questions teach about articles: which answered questions like this one, which laws answer.

Questions with the articles that answer them lie beside the encoder.  An article is recognised by its
wording and a law by its name, so they tell something of any index that holds the same statutes, and
nothing of one that does not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.candidates import Candidates
from indexer.named_articles import names
from indexer.types import Encoder
from knowledge.types import Kind, Passage

FILE_NAME = "precedents.npz"
NEAREST = 40  # questions that vote
SHARPNESS = 20.0  # a question nearer by 0.05 has e times the vote
_REACH = 3  # articles before and after that share a vote
_SMALL_LAW = 20.0  # a law's share of the answers is read as if it had this many articles more
_UNSEEN = 0.2  # answers that a law is taken to have given when none is known
_LEFT_OUT = -2.0  # below any cosine
_MARKS = re.compile(r"\W")

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]
Hashes = NDArray[np.uint64]


def wording_hash(text: str) -> int:
    """A number for the wording of an article, marks and spaces aside; never 0."""
    return _hash(_MARKS.sub("", text))


def law_hash(title: str) -> int:
    """A number for a law's name without its official beginning; never 0."""
    short = names(title)
    return _hash(short[-1] if short else title)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") | 1


def hashes_of(passages: Sequence[Passage]) -> Hashes:
    """Wording (first row) and law (second row) of each passage; 0 for what is no statute."""
    found = np.zeros((2, len(passages)), dtype=np.uint64)
    laws: dict[str, int] = {}
    for number, passage in enumerate(passages):
        if passage.kind is Kind.LAW:
            if passage.title not in laws:
                laws[passage.title] = law_hash(passage.title)
            found[:, number] = wording_hash(passage.text), laws[passage.title]
    return found


@dataclass(frozen=True)
class Precedents:
    """Questions as vectors of bytes; question i is answered by entries ``indptr[i]`` to ``indptr[i + 1]``.

    ``wordings`` and ``laws`` hold the hashes of each entry's article and law.
    """

    fingerprint: str
    vectors: NDArray[np.int8]
    scales: Floats
    indptr: Numbers
    wordings: Hashes
    laws: Hashes

    def __len__(self) -> int:
        return len(self.vectors)

    @classmethod
    def of(
        cls,
        encoder: Encoder,
        questions: Sequence[str],
        answers: Sequence[Sequence[tuple[int, int]]],
    ) -> Precedents:
        """Encode questions.

        :param answers: for each question the wording and law hashes of the articles that answer it.
        """
        from indexer.encoder import quantise

        vectors, scales = quantise(encoder.encode(questions, is_query=True))
        entries = np.array([pair for group in answers for pair in group], dtype=np.uint64)
        entries = entries.reshape(-1, 2)
        indptr = np.concatenate(([0], np.cumsum([len(group) for group in answers])))
        return cls(
            encoder.fingerprint,
            vectors,
            scales,
            indptr.astype(np.int64),
            entries[:, 0],
            entries[:, 1],
        )

    def save(self, folder: Path) -> None:
        """Write the questions beside the encoder that read them."""
        np.savez_compressed(folder / FILE_NAME, **vars(self))


def load_precedents(folder: Path, encoder: Encoder) -> Precedents | None:
    """The questions that were read with this encoder; None when there are none."""
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as arrays:
        if str(arrays["fingerprint"]) != encoder.fingerprint:
            return None
        return Precedents(
            str(arrays["fingerprint"]),
            *(arrays[name] for name in ("vectors", "scales", "indptr", "wordings", "laws")),
        )


@dataclass(frozen=True)
class Votes:
    """What the nearest judged questions say of every passage of an index.

    ``article`` is the share of the vote, ``nearest`` the nearness of the nearest question that the
    passage answers, ``law`` the vote of its law, ``around`` the votes of the articles beside it,
    ``answered`` how often it answered and ``prior`` how often its law did, ``top`` the nearness of
    the nearest question of all.  ``passages`` are those that got votes.
    """

    article: Floats
    nearest: Floats
    law: Floats
    around: Floats
    answered: Floats
    prior: Floats
    top: float
    passages: Numbers

    def columns(self, passages: Numbers) -> list[Floats]:
        """The features drawn from the votes, in the order of the last of ``FEATURES``."""
        every = (self.article, self.nearest, self.law, self.around, self.answered, self.prior)
        return [values[passages] for values in every] + [
            np.full(len(passages), self.top, np.float32)
        ]


class Jurisprudence:
    """Precedents applied to the passages of one index."""

    def __init__(self, precedents: Precedents, hashes: Hashes) -> None:
        """Find the passages of the precedents' articles.

        :param hashes: what :func:`hashes_of` gave for the index.
        """
        self._vectors = precedents.vectors.astype(np.float32) * precedents.scales[:, None]
        wordings, laws = hashes
        self.is_statute = laws != 0
        law_hashes, self._law_of = np.unique(laws, return_inverse=True)
        self._laws = len(law_hashes)
        order = np.argsort(wordings, kind="stable")
        left = np.searchsorted(wordings[order], precedents.wordings, side="left")
        right = np.searchsorted(wordings[order], precedents.wordings, side="right")
        counts = right - left
        question = np.repeat(np.arange(len(precedents)), np.diff(precedents.indptr))
        #: passage numbers by question, in compressed rows
        self._passages = (
            np.concatenate([order[a:b] for a, b in zip(left, right, strict=True)])
            if len(left)
            else np.zeros(0, dtype=np.int64)
        )
        self._question = np.repeat(question, counts)
        self._indptr = np.searchsorted(self._question, np.arange(len(precedents) + 1))
        places = np.searchsorted(law_hashes, precedents.laws)
        places[places == len(law_hashes)] = 0
        self._entry_laws = np.where(law_hashes[places] == precedents.laws, places, -1)
        self._entry_question = question
        self._sizes = np.bincount(self._law_of, minlength=self._laws)
        self.answered, self.prior = self.frequencies(None)

    def frequencies(self, left_out: NDArray[np.bool_] | None) -> tuple[Floats, Floats]:
        """How often each passage answered, and how often its law did for its size, as logarithms.

        :param left_out: marks of questions to be ignored, for training without them.
        """
        questions, passages = self._question, self._passages
        laws = self._entry_laws[self._entry_laws >= 0]
        if left_out is not None:
            passages = passages[~left_out[questions]]
            kept = (self._entry_laws >= 0) & ~left_out[self._entry_question]
            laws = self._entry_laws[kept]
        answered = np.bincount(passages, minlength=len(self._law_of))
        given = np.bincount(laws, minlength=self._laws)
        prior = np.log((given + _UNSEEN) / (self._sizes + _SMALL_LAW))
        return np.log1p(answered).astype(np.float32), prior[self._law_of].astype(np.float32)

    def knows(self, passages: Numbers) -> NDArray[np.bool_]:
        """Which passages can be voted for."""
        return np.isin(passages, self._passages)

    @staticmethod
    def promise(found: Candidates, votes: Votes) -> Floats:
        """A quick guess of what the second stage will say of candidates, to choose what it reads."""
        lexical = found.lexical / max(float(found.lexical.max(initial=0.0)), 1e-6)
        at = found.passages
        return np.asarray(
            found.dense
            + 0.15 * lexical
            + 0.02 * votes.prior[at]
            + 0.2 * votes.nearest[at]
            + 0.3 * votes.article[at]
            + 0.1 * votes.law[at],
            dtype=np.float32,
        )

    def votes(self, vector: Floats, left_out: NDArray[np.bool_] | None = None) -> Votes:
        """Let the judged questions nearest to this one vote.

        :param left_out: marks of questions to be ignored, for training without them.
        """
        size = len(self._law_of)
        nearness = self._vectors @ vector
        if left_out is not None:
            nearness[left_out] = _LEFT_OUT
        count = min(NEAREST, len(nearness))
        chosen = np.argpartition(-nearness, count - 1)[:count]
        chosen = chosen[nearness[chosen] > _LEFT_OUT]
        top = float(nearness[chosen].max(initial=0.0))
        shares = np.exp((nearness[chosen] - top) * SHARPNESS)
        shares /= shares.sum()
        lengths = self._indptr[chosen + 1] - self._indptr[chosen]
        starts = np.repeat(self._indptr[chosen] - np.cumsum(lengths) + lengths, lengths)
        passages = self._passages[np.arange(lengths.sum()) + starts]
        share = np.repeat(shares, lengths).astype(np.float32)
        article = np.bincount(passages, share, size).astype(np.float32)
        nearest = np.zeros(size, dtype=np.float32)
        np.maximum.at(nearest, passages, np.repeat(nearness[chosen], lengths))
        law = np.bincount(self._law_of[passages], share, self._laws).astype(np.float32)
        found = np.unique(passages)
        around = np.zeros(size, dtype=np.float32)
        for step in range(1, _REACH + 1):
            for other in (found - step, found + step):
                inside = (other >= 0) & (other < size)
                place, at = found[inside], other[inside]
                same = self._law_of[place] == self._law_of[at]
                around[at[same]] += article[place[same]] / step
        answered, prior = self.answered, self.prior
        if left_out is not None:
            answered, prior = self.frequencies(left_out)
        return Votes(article, nearest, law[self._law_of], around, answered, prior, top, found)
