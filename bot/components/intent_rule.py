"""What components share that set a message's intent by a rule and have nothing to train or load."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message


class IntentRule(GraphComponent):  # type: ignore[misc]
    """Gives the messages that :meth:`applies` to the intent of the rule, with certainty."""

    intent: str

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
    ) -> IntentRule:
        """Build the component; there is nothing to load."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent where the rule applies."""
        for message in messages:
            if self.applies(message):
                found = {"name": self.intent, "confidence": 1.0}
                message.set(INTENT, found, add_to_output=True)
        return messages

    def applies(self, message: Message) -> bool:
        """Whether the rule, not the classifier, says what the message is."""
        raise NotImplementedError
