"""The component that takes a message with a lead's number for a question about that lead."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.intent_rule import IntentRule
from desk.references import LEAD_PREFIX, references_in


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LeadNumber(IntentRule):
    """Whoever writes the number of a lead wants to know how it stands."""

    intent = "lead_status"

    def applies(self, message: Message) -> bool:
        """Whether the text holds a number that a lead can have."""
        return bool(references_in(message.get(TEXT) or "", LEAD_PREFIX))
