"""The component that gives a pasted foreign passage its intent, whatever the classifier took it for."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from knowledge.notices import is_foreign

NOTICE = "notice"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ForeignNotice(GraphComponent):  # type: ignore[misc]
    """Long passages in Latin letters are notices that somebody pasted."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """No settings."""
        return {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ForeignNotice:
        """Build the component; there is nothing to load."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent of pasted passages."""
        for message in messages:
            if is_foreign(message.get(TEXT) or ""):
                found = {"name": NOTICE, "confidence": 1.0}
                message.set(INTENT, found, add_to_output=True)
        return messages
