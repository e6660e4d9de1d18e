"""The featurizer component: the sentence vector that retrieval uses too."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.resources import encoder
from indexer.encoder import encode_queries


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):  # type: ignore[misc]
    """Gives each message its encoder vector as its dense sentence feature.

    The vector comes from the cache that retrieval reads, so a message is encoded once.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """The text must be in its normal form."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``scale``: the vectors have unit length, which a regularised classifier sees as small."""
        return {**DenseFeaturizer.get_default_config(), "scale": 1.0}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoderFeaturizer:
        """Build the component; the encoder is the process's own."""
        return cls(config, execution_context.node_name)

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._scale = float(config["scale"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the feature to each message that has text."""
        written = [message for message in messages if message.get(TEXT)]
        vectors = encode_queries(encoder(), [message.get(TEXT) for message in written])
        for message, vector in zip(written, vectors, strict=True):
            row = np.asarray(vector).reshape(1, -1) * self._scale
            message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the feature to every example."""
        self.process(training_data.training_examples)
        return training_data

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """:raises ValueError: when the scale is not a positive number."""
        if not float(config.get("scale", 1.0)) > 0:
            raise ValueError("scale 应为正数")
