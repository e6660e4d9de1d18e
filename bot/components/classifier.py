"""The intent classifier: a linear one over characters, words, word classes, shape and vector.

Trained with scikit-learn (a support vector machine an intent), applied with numpy: one sum of rows and
one softmax a message.  The margins are made probabilities by one factor, ``sharpness``, chosen by
cross-validation (scripts/evaluate_nlu.py).
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.commands import command_in, command_phrases
from bot.components.features import terms
from bot.components.featurizer import SentenceEncoderFeaturizer
from knowledge.text import normalise

logger = logging.getLogger(__name__)

_TERMS = "terms.json"
_WEIGHTS = "weights.npz"
_RANKING = 5
_LEAST_SEEN = 2


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):  # type: ignore[misc]
    """Gives each message its most likely intent and a short ranking."""

    @classmethod
    def required_components(cls) -> list[type]:
        """The sentence vector must be there."""
        return [SentenceEncoderFeaturizer]

    @staticmethod
    def required_packages() -> list[str]:
        """What training needs."""
        return ["sklearn", "scipy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``C``: inverse regularisation; ``sharpness``: what a margin is multiplied by before the softmax."""
        return {"C": 0.1, "sharpness": 4.0, "random_state": 7}

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._intents: list[str] = []
        self._terms: dict[str, int] = {}
        self._commands: dict[str, str] = {}
        # A row a term, then a row a dimension of the vector, then the intercepts.
        self._weights: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """A new, untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the weights."""
        from scipy.sparse import csr_matrix, hstack
        from sklearn.svm import LinearSVC

        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        if not examples:
            logger.warning("no examples to learn intents from")
            return self._resource
        found = [_terms(example) for example in examples]
        self._terms = {term: column for column, term in enumerate(_shared(found))}
        rows = [[self._terms[term] for term in read if term in self._terms] for read in found]
        indptr = np.cumsum([0, *(len(row) for row in rows)])
        columns = np.concatenate([np.array(sorted(row), dtype=np.int64) for row in rows])
        sparse = csr_matrix(
            (np.ones(len(columns), dtype=np.float32), columns, indptr),
            shape=(len(rows), len(self._terms)),
        )
        dense = np.vstack([_vector(example) for example in examples])
        model = LinearSVC(
            C=self._config["C"], class_weight="balanced", random_state=self._config["random_state"]
        )
        model.fit(hstack([sparse, csr_matrix(dense)]).tocsr(), [e.get(INTENT) for e in examples])
        self._intents = [str(intent) for intent in model.classes_]
        self._weights = np.vstack([model.coef_.T, model.intercept_]).astype(np.float32)
        self._commands = command_phrases(
            (normalise(e.get(TEXT)), str(e.get(INTENT)), bool(e.get(ENTITIES))) for e in examples
        )
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking; an untrained component passes messages on."""
        if not self._intents:
            logger.warning("the intent classifier is not trained; messages get no intent")
            return messages
        for message in messages:
            if not message.get(TEXT):
                continue
            likely = self._probabilities(message)
            best = np.argsort(-likely)[:_RANKING]
            ranking = [{"name": self._intents[i], "confidence": float(likely[i])} for i in best]
            message.set(INTENT, ranking[0], add_to_output=True)
            command = command_in(message.get(TEXT), self._commands)
            if command is not None:
                message.set(INTENT, {"name": command, "confidence": 1.0}, add_to_output=True)
                message.set("is_command", True, add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _probabilities(self, message: Message) -> NDArray[np.float32]:
        rows = [self._terms[term] for term in _terms(message) if term in self._terms]
        first_dense = len(self._terms)
        scores = self._weights[-1] + self._weights[rows].sum(axis=0)
        scores = scores + _vector(message) @ self._weights[first_dense:-1]
        scores = scores * self._config["sharpness"]
        scores = np.exp(scores - scores.max())
        return np.asarray(scores / scores.sum(), dtype=np.float32)

    def _persist(self) -> None:
        with self._model_storage.write_to(self._resource) as folder:
            content = {
                "intents": self._intents,
                "terms": list(self._terms),
                "commands": self._commands,
            }
            (folder / _TERMS).write_text(json.dumps(content, ensure_ascii=False), "utf-8")
            np.savez_compressed(folder / _WEIGHTS, weights=self._weights)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """Read the trained weights; without them the component is untrained."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                content = json.loads((folder / _TERMS).read_text("utf-8"))
                weights = np.load(folder / _WEIGHTS, allow_pickle=False)["weights"]
        except ValueError:  # Rasa's storage has nothing under this name
            return component
        component._intents = content["intents"]
        component._terms = {term: row for row, term in enumerate(content["terms"])}
        component._commands = content["commands"]
        component._weights = weights
        return component


def _shared(found: Sequence[set[str]]) -> list[str]:
    """The terms that two examples have at least: what only one says tells nothing about another."""
    seen = Counter(term for terms in found for term in terms)
    return sorted(term for term, times in seen.items() if times >= _LEAST_SEEN)


def _terms(message: Message) -> set[str]:
    text, entities = message.get(TEXT), message.get(ENTITIES) or ()
    words = [token.text for token in message.get(TOKENS_NAMES[TEXT]) or ()]
    return terms(text, words, entities)


def _vector(message: Message) -> NDArray[np.float32]:
    _sequence, sentence = message.get_dense_features(TEXT)
    return np.asarray(sentence.features[0], dtype=np.float32)
