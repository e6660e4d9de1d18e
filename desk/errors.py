"""What can go wrong with records, each with a Chinese message for the person who asked."""

from __future__ import annotations

from knowledge.errors import DeskError


class NotFoundError(DeskError):
    """No such record, or not visible with what was given."""


class InvalidRecordError(DeskError, ValueError):
    """A value cannot be stored as given."""


class TransitionError(DeskError):
    """The record is in a state that does not allow this step."""


class ClaimedError(TransitionError):
    """Somebody else already serves this ticket; ``assignee`` says who."""

    def __init__(self, message: str, assignee: str) -> None:
        super().__init__(message)
        self.assignee = assignee


class OwnershipError(TransitionError):
    """Somebody spoke who does not own the conversation."""
