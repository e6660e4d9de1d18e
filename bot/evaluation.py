"""Judging the intent classifier: features of the assistant's own components, folds without near copies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

FOLDS = 5
SEED = 7
# Two sentences whose character pairs overlap this much (Jaccard) are kept in one fold.
NEARLY_THE_SAME = 0.7
_BLOCK = 2000  # texts compared with all others at once
LEAST_SEEN = 2  # a term that only one example holds tells nothing of another
CHARACTERS, WORDS, SHAPE, CLASSES = "characters", "words", "shape", "classes"
EVERYTHING = (CHARACTERS, WORDS, SHAPE, CLASSES)
VECTOR_SCALE = 2.0  # as config.yml sets it
# Nearer to the optimum no sentence in a fold of all examples is heard otherwise (0 of 5,371), and it takes half as long again.
_TOLERANCE = 1e-2


@dataclass(frozen=True)
class Examples:
    """Texts in their normal form, their intents, and everything the classifier may read of them."""

    texts: list[str]
    intents: NDArray[Any]
    features: dict[str, list[set[str]]]
    vectors: NDArray[Any]

    def terms(self, kinds: tuple[str, ...]) -> list[set[str]]:
        """The terms of some kinds of features, a set a text."""
        columns = [self.features[kind] for kind in kinds]
        return [set().union(*(column[i] for column in columns)) for i in range(len(self.texts))]


def examples_of(texts: list[str], intents: list[str]) -> Examples:
    """Compute the features as the components do."""
    from bot.components import everyday
    from bot.components.entities import TableEntityExtractor
    from bot.components.features import shape, word_runs
    from bot.components.resources import encoder, regions, shipped_names, tokenizer
    from indexer.linear import character_runs
    from knowledge.text import normalise

    texts = [normalise(text) for text in texts]
    extractor = TableEntityExtractor(shipped_names, regions())
    entities = [extractor.entities(text) for text in texts]
    features = {
        CHARACTERS: [character_runs(text) for text in texts],
        WORDS: [word_runs(tokenizer().words_of(text)) for text in texts],
        SHAPE: [shape(text, found) for text, found in zip(texts, entities, strict=True)],
        CLASSES: [everyday.marks(text, found) for text, found in zip(texts, entities, strict=True)],
    }
    return Examples(texts, np.array(intents), features, encoder().encode(texts, is_query=True))


def together(parts: Sequence[Examples]) -> Examples:
    """Several sets of examples as one."""
    return Examples(
        texts=[text for part in parts for text in part.texts],
        intents=np.concatenate([part.intents for part in parts]),
        features={
            kind: [terms for part in parts for terms in part.features[kind]] for kind in EVERYTHING
        },
        vectors=np.vstack([part.vectors for part in parts]),
    )


def read_examples(files: Iterable[Path]) -> Examples:
    """The examples of Rasa NLU files."""
    return ExampleReader().read(files)


class ExampleReader:
    """Reads Rasa NLU files; the features of a file that was read before are not computed again."""

    def __init__(self) -> None:
        self._known: dict[bytes, Examples] = {}

    def read(self, files: Iterable[Path]) -> Examples:
        """The examples of files, in their order."""
        contents = [path.read_bytes() for path in files]
        read = [self._examples(content) for content in contents]
        return together([examples for examples in read if examples is not None])

    def _examples(self, content: bytes) -> Examples | None:
        if content not in self._known:
            texts, intents = [], []
            for row in yaml.safe_load(content)["nlu"]:
                if "intent" not in row:
                    continue
                lines = [line[2:] for line in row["examples"].splitlines() if line]
                texts += lines
                intents += [row["intent"]] * len(lines)
            if not texts:
                return None
            self._known[content] = examples_of(texts, intents)
        return self._known[content]


def pairs_of(text: str) -> set[str]:
    """Pairs of neighbouring characters, with marks for where the text begins and ends."""
    bounded = f"^{text.lower()}$"
    return {bounded[start : start + 2] for start in range(len(bounded) - 1)}


def groups(texts: list[str]) -> NDArray[Any]:
    """A number a text; texts that are nearly the same, also by way of others, have one number."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    held = _incidence([pairs_of(text) for text in texts], np.int32)
    sizes, holding = np.diff(held.indptr), held.T.tocsr()
    found = []
    for start in range(0, len(texts), _BLOCK):
        common = (held[start : start + _BLOCK] @ holding).tocoo()
        one, other = common.row + start, common.col
        is_near = common.data / (sizes[one] + sizes[other] - common.data) >= NEARLY_THE_SAME
        found.append(np.stack([one[is_near], other[is_near]]))
    one, other = np.concatenate(found, axis=1)
    shape = (len(texts), len(texts))
    near = csr_matrix((np.ones(len(one), dtype=bool), (one, other)), shape=shape)
    numbers: NDArray[Any] = connected_components(near, directed=False)[1]
    return numbers


def _incidence(rows: Sequence[set[str]], dtype: Any) -> Any:
    """Which of all terms, sorted, a column each, the rows hold: a sparse matrix of ones."""
    from scipy.sparse import csr_matrix

    columns = {term: place for place, term in enumerate(sorted(set().union(*rows)))}
    indptr = np.cumsum([0, *map(len, rows)])
    terms = chain.from_iterable(rows)
    places = np.fromiter(map(columns.__getitem__, terms), np.int32, int(indptr[-1]))
    ones = np.ones(len(places), dtype=dtype)
    found = csr_matrix((ones, places, indptr), shape=(len(rows), len(columns)))
    found.sort_indices()
    return found


def support_vectors() -> Any:
    """An untrained machine with the settings of the component's, that stops as soon as its verdicts stand."""
    from sklearn.svm import LinearSVC

    return LinearSVC(C=0.1, class_weight="balanced", random_state=SEED, tol=_TOLERANCE)


class Classifier:
    """What the component trains, on terms and vectors that are at hand."""

    def __init__(self, scale: float) -> None:
        from sklearn.feature_extraction.text import CountVectorizer

        self._scale = scale
        self._count = CountVectorizer(analyzer=lambda found: found, binary=True, min_df=LEAST_SEEN)
        self._model = support_vectors()

    def fit(self, terms: list[set[str]], vectors: NDArray[Any], intents: NDArray[Any]) -> None:
        """Learn."""
        if any(terms):
            self._count.fit(terms)
        self._model.fit(self._columns(terms, vectors), intents)

    def margins(self, terms: list[set[str]], vectors: NDArray[Any]) -> NDArray[Any]:
        """A row a text, a column an intent."""
        found: NDArray[Any] = self._model.decision_function(self._columns(terms, vectors))
        return found

    @property
    def intents(self) -> NDArray[Any]:
        """The columns' names."""
        return np.array(self._model.classes_)

    def _columns(self, terms: list[set[str]], vectors: NDArray[Any]) -> Any:
        from scipy.sparse import csr_matrix, hstack

        columns = [csr_matrix(vectors * self._scale)] if self._scale else []
        if any(terms):
            columns.append(self._count.transform(terms).astype(np.float64))
        return hstack(columns).tocsr()


def cross_validate(
    data: Examples,
    kinds: tuple[str, ...],
    scale: float,
    group: NDArray[Any],
    asked: Examples | None = None,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Out-of-fold margins, and the intents their columns stand for.

    Terms are counted once for all folds; each fold learns from those that two of its own examples hold.

    :param asked: texts that are no examples; their rows follow those of the examples, the mean of all folds.
    """
    from scipy.sparse import csr_matrix, hstack

    whole = data if asked is None else together([data, asked])
    terms, strangers = _incidence(whole.terms(kinds), np.float64), slice(len(data.texts), None)
    dense = csr_matrix(whole.vectors * scale) if scale else csr_matrix((len(whole.texts), 0))
    names = np.unique(data.intents)
    margins = np.zeros((len(whole.texts), len(names)))
    for train, test in folds().split(data.texts, data.intents, group):
        seen = np.bincount(terms[train].indices, minlength=terms.shape[1])
        columns = hstack([dense, terms[:, np.flatnonzero(seen >= LEAST_SEEN)]]).tocsr()
        model = support_vectors()
        model.fit(columns[train], data.intents[train])
        margins[test] = model.decision_function(columns[test])
        if asked is not None:
            margins[strangers] += model.decision_function(columns[strangers]) / FOLDS
    return margins, names


def folds() -> Any:
    """scikit-learn's folds of whole groups with like shares of all classes, found in a quarter of its time."""
    from sklearn.model_selection import StratifiedGroupKFold

    class Folds(StratifiedGroupKFold):  # type: ignore[misc]
        """Looks at all folds to which a group may go at once."""

        def _find_best_fold(
            self, y_counts_per_fold: Any, y_cnt: Any, group_y_counts: Any
        ) -> int | None:
            proposed = np.repeat(y_counts_per_fold[None], self.n_splits, axis=0)
            proposed[np.arange(self.n_splits), np.arange(self.n_splits)] += group_y_counts
            spread = np.std(proposed / y_cnt.reshape(1, -1), axis=1).mean(axis=1)
            best, least, fewest = None, np.inf, np.inf
            sizes = y_counts_per_fold.sum(axis=1)
            for fold, (value, size) in enumerate(zip(spread, sizes, strict=True)):
                if value < least or (size < fewest and np.isclose(value, least)):
                    best, least, fewest = fold, value, size
            return best

    return Folds(FOLDS, shuffle=True, random_state=SEED)


def heard_by_hand(
    own: Examples, hands: Sequence[Examples], kinds: tuple[str, ...], scale: float
) -> tuple[list[NDArray[Any]], NDArray[Any]]:
    """What each hand wrote, heard by a classifier that has read all other hands but not this one.

    :param own: examples by topic, which every classifier reads.
    :return: the margins of each hand's sentences, a row a sentence; and the intents their columns stand for.
    """
    names = np.unique(own.intents)
    found = []
    for hand in hands:
        read = together([own, *(other for other in hands if other is not hand)])
        model = Classifier(scale)
        model.fit(read.terms(kinds), read.vectors, read.intents)
        found.append(model.margins(hand.terms(kinds), hand.vectors))
    return found, names


def softmax(margins: NDArray[Any], sharpness: float) -> NDArray[Any]:
    """Probabilities of margins."""
    scores = np.exp(sharpness * (margins - margins.max(axis=1, keepdims=True)))
    found: NDArray[Any] = scores / scores.sum(axis=1, keepdims=True)
    return found
