"""The tokenizer component: normalises the message and cuts it into the project's words."""

from __future__ import annotations

import zlib
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.resources import tokenizer
from knowledge.text import normalise
from knowledge.wordings import every_wording, folder_of
from settings import load_settings

QUESTION = "ask"
# So many of the wordings are examples; with all of them the questions crowd out every other intent.
ONE_IN = 3


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class ChineseTokenizer(Tokenizer):  # type: ignore[misc]
    """Words of the normalised text, with places that fit it exactly.

    The message's text is replaced by its normal form first, so every later component, and the
    entities' places, refer to the same characters.
    """

    @staticmethod
    def supported_languages() -> list[str]:
        """Chinese only."""
        return ["zh"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings of Rasa's tokenizer base class; intents are not split."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ChineseTokenizer:
        """Build the component; its words come from the tables, not from the model."""
        return cls(config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the shelf's everyday wordings as examples of questions, then cut every example."""
        folder = folder_of(load_settings().knowledge.sources_dir)
        training_data.training_examples.extend(
            Message.build(question, intent=QUESTION)
            for _, _, question in every_wording(folder)
            if zlib.crc32(question.encode()) % ONE_IN == 0
        )
        return super().process_training_data(training_data)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Cut one attribute of a message."""
        text = normalise(message.get(attribute))
        if attribute == TEXT:
            message.set(TEXT, text)
        tokens, start = [], 0
        for word in tokenizer().words_of(text):
            if word.strip():
                tokens.append(Token(word, start))
            start += len(word)
        return tokens
