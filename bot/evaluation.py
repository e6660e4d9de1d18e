"""Judging the intent classifier: features of the assistant's own components, folds without near copies."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

FOLDS = 5
SEED = 7
# Two sentences whose character pairs overlap this much (Jaccard) are kept in one fold.
NEARLY_THE_SAME = 0.7
CHARACTERS, WORDS, SHAPE, CLASSES = "characters", "words", "shape", "classes"
EVERYTHING = (CHARACTERS, WORDS, SHAPE, CLASSES)
VECTOR_SCALE = 2.0  # as config.yml sets it


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
    from bot.components.features import character_runs, shape, word_runs
    from bot.components.resources import encoder, regions, shipped_names, tokenizer
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
    texts, intents = [], []
    for path in files:
        for row in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            if "intent" not in row:
                continue
            lines = [line[2:] for line in row["examples"].splitlines() if line]
            texts += lines
            intents += [row["intent"]] * len(lines)
    return examples_of(texts, intents)


def pairs_of(text: str) -> set[str]:
    """Pairs of neighbouring characters, with marks for where the text begins and ends."""
    bounded = f"^{text.lower()}$"
    return {bounded[start : start + 2] for start in range(len(bounded) - 1)}


def groups(texts: list[str]) -> NDArray[Any]:
    """A number a text; texts that are nearly the same, also by way of others, have one number."""
    pairs = [pairs_of(text) for text in texts]
    owner = list(range(len(texts)))

    def root(i: int) -> int:
        while owner[i] != i:
            i = owner[i]
        return i

    holding: dict[str, list[int]] = defaultdict(list)
    for i, own in enumerate(pairs):
        shared = Counter(j for pair in own for j in holding[pair])
        for j, common in shared.items():
            if common / (len(own) + len(pairs[j]) - common) >= NEARLY_THE_SAME:
                owner[root(i)] = root(j)
        for pair in own:
            holding[pair].append(i)
    return np.array([root(i) for i in range(len(texts))])


class Classifier:
    """What the component trains, on terms and vectors that are at hand."""

    def __init__(self, scale: float) -> None:
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.svm import LinearSVC

        self._scale = scale
        self._count = CountVectorizer(analyzer=lambda found: found, binary=True, min_df=2)
        self._model = LinearSVC(C=0.1, class_weight="balanced", random_state=SEED)

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
    data: Examples, kinds: tuple[str, ...], scale: float, group: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Out-of-fold margins, and the intents their columns stand for."""
    from sklearn.model_selection import StratifiedGroupKFold

    terms = data.terms(kinds)
    names = np.unique(data.intents)
    margins = np.zeros((len(terms), len(names)))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for train, test in folds.split(terms, data.intents, group):
        model = Classifier(scale)
        model.fit([terms[i] for i in train], data.vectors[train], data.intents[train])
        margins[test] = model.margins([terms[i] for i in test], data.vectors[test])
    return margins, names


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
