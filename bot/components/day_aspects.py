"""What a message may want to know of the day that was just computed: a second, small classifier.

「能延吗」「那天赶不上呢」「周末算不算」 name nothing; after a computed day they are about that day and are
answered from its rule.  What a message is heard as here counts only there (``actions/turn/about_day``).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.features import terms
from bot.components.featurizer import SentenceEncoderFeaturizer
from bot.components.resources import encoder, tokenizer
from indexer.encoder import encode_queries
from indexer.linear import Floats, LinearModel
from knowledge.followups import every_followup, folder_of
from knowledge.text import normalise
from settings import load_settings

logger = logging.getLogger(__name__)

EXAMPLES = Path(__file__).with_suffix(".yml")
KEY = "day_aspect"
OTHER = "other"
# Below this chance of asking something of a day a follow-up is an example of what asks something else.
_HARDLY = 0.3
# What is read of a text: its terms, and its vector, shape (dimension,).
_Read = tuple[set[str], Floats]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class DayAspectClassifier(IntentClassifier, GraphComponent):  # type: ignore[misc]
    """Gives each message, beside its intent, what it would ask of a day: its name and its chance."""

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
        """As for the classifier of intents; ``scale`` is what the vector is multiplied by."""
        return {"C": 0.1, "sharpness": 4.0, "scale": 2.0, "random_state": 7}

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model: LinearModel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DayAspectClassifier:
        """A new, untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples beside this file, and what else is said from those of intents and follow-ups.

        Who asks for the day itself asks nothing of it, and a follow-up on a passage seldom does: those that
        the examples alone would hardly take for such a question are examples of something else.
        """
        examples = [(normalise(text), aspect) for text, aspect in read_examples(EXAMPLES)]
        examples += [
            (normalise(message.get(TEXT)), OTHER)
            for message in training_data.intent_examples
            if message.get(INTENT) == "deadline" and message.get(TEXT)
        ]
        known = self._read([text for text, _ in examples])
        aspects = [aspect for _, aspect in examples]
        model = self._fit(known, aspects)
        folder = folder_of(load_settings().knowledge.sources_dir)
        said = self._read(sorted({normalise(row.say) for row in every_followup(folder)}))
        others = [one for one in said if self._chance(model, one) < _HARDLY]
        self._model = self._fit([*known, *others], [*aspects, *[OTHER] * len(others)])
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def _fit(self, read: Sequence[_Read], aspects: Sequence[str]) -> LinearModel:
        return LinearModel.fit(
            [terms for terms, _ in read],
            [vector for _, vector in read],
            aspects,
            C=self._config["C"],
            seed=self._config["random_state"],
        )

    def _chance(self, model: LinearModel, read: _Read) -> float:
        """The chance that a text asks something of a day."""
        chances = model.probabilities(*read, self._config["sharpness"])
        return 1 - float(chances[model.classes.index(OTHER)])

    def _read(self, texts: Sequence[str]) -> list[_Read]:
        vectors = encode_queries(encoder(), texts)
        return [
            (_terms(text), np.asarray(vector * self._config["scale"], dtype=np.float32))
            for text, vector in zip(texts, vectors, strict=True)
        ]

    def process(self, messages: list[Message]) -> list[Message]:
        """Set what is asked of a day; an untrained component passes messages on."""
        if self._model is None:
            logger.warning("what is asked of a day is not trained; such messages go to the shelf")
            return messages
        for message in messages:
            if message.get(TEXT):
                [read] = self._read([message.get(TEXT)])
                chances = self._model.probabilities(*read, self._config["sharpness"])
                best = int(np.argmax(chances))
                aspect = {"name": self._model.classes[best], "confidence": float(chances[best])}
                message.set(KEY, aspect, add_to_output=True)
        return messages

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DayAspectClassifier:
        """Read the trained weights; without them the component is untrained."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                component._model, _ = LinearModel.load(folder)
        except ValueError:  # Rasa's storage has nothing under this name
            logger.warning("the model holds nothing on what is asked of a day")
        return component


def read_examples(path: Path) -> list[tuple[str, str]]:
    """What people write after a computed day, and what they want to know of it (``other``: something else)."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [(str(text), str(aspect)) for aspect, texts in rows.items() for text in texts]


def _terms(text: str) -> set[str]:
    return terms(text, tokenizer().words_of(text), ())
