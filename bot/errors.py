"""What can go wrong with the trained assistant."""

from __future__ import annotations

from knowledge.errors import AssistantError


class ModelError(AssistantError, RuntimeError):
    """The Rasa model is missing, does not fit, or cannot be trained."""
