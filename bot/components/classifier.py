"""The intent classifier: a linear one over characters, words, word classes, shape and vector.

``sharpness``, by which its margins are made probabilities, was chosen by cross-validation
(scripts/evaluate_nlu.py).
"""

from __future__ import annotations

import logging
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
from indexer.linear import LinearModel
from knowledge.text import normalise

logger = logging.getLogger(__name__)

_RANKING = 5


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
        self._model: LinearModel | None = None
        self._commands: dict[str, str] = {}

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
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        if not examples:
            logger.warning("no examples to learn intents from")
            return self._resource
        self._model = LinearModel.fit(
            [_terms(example) for example in examples],
            [_vector(example) for example in examples],
            [str(example.get(INTENT)) for example in examples],
            C=self._config["C"],
            seed=self._config["random_state"],
        )
        self._commands = command_phrases(
            (normalise(e.get(TEXT)), str(e.get(INTENT)), bool(e.get(ENTITIES))) for e in examples
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder, commands=self._commands)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking; an untrained component passes messages on."""
        if self._model is None:
            logger.warning("the intent classifier is not trained; messages get no intent")
            return messages
        for message in messages:
            if not message.get(TEXT):
                continue
            likely = self._model.probabilities(
                _terms(message), _vector(message), self._config["sharpness"]
            )
            best = np.argsort(-likely)[:_RANKING]
            ranking = [
                {"name": self._model.classes[i], "confidence": float(likely[i])} for i in best
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            command = command_in(message.get(TEXT), self._commands)
            if command is not None:
                message.set(INTENT, {"name": command, "confidence": 1.0}, add_to_output=True)
                message.set("is_command", True, add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

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
                component._model, kept = LinearModel.load(folder)
        except ValueError:  # Rasa's storage has nothing under this name
            return component
        component._commands = kept["commands"]
        return component


def _terms(message: Message) -> set[str]:
    text, entities = message.get(TEXT), message.get(ENTITIES) or ()
    words = [token.text for token in message.get(TOKENS_NAMES[TEXT]) or ()]
    return terms(text, words, entities)


def _vector(message: Message) -> NDArray[np.float32]:
    _sequence, sentence = message.get_dense_features(TEXT)
    return np.asarray(sentence.features[0], dtype=np.float32)
