"""The component that gives a pasted foreign passage its intent, whatever the classifier took it for."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.intent_rule import IntentRule
from knowledge.notices import is_foreign


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ForeignNotice(IntentRule):
    """Long passages in Latin letters are notices that somebody pasted."""

    intent = "notice"

    def applies(self, message: Message) -> bool:
        """Whether the text is such a passage."""
        return is_foreign(message.get(TEXT) or "")
