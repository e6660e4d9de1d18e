"""The one exception root of the project and its few children.

Messages are Chinese because they reach operators and trainers; they say what, where and the way out.
"""


class AssistantError(Exception):
    """Anything this project raises on purpose."""


class SettingsError(AssistantError, ValueError):
    """An environment variable is missing or malformed."""


class SourceError(AssistantError, ValueError):
    """A knowledge document or table cannot be used; the message names file and place."""


class EditConflictError(AssistantError, RuntimeError):
    """Somebody else changed the same passage meanwhile; nothing was saved."""


class SnapshotError(AssistantError, RuntimeError):
    """A snapshot is incomplete, corrupted or made by other settings."""


class SupersededError(SnapshotError):
    """What is current changed since a person looked at it; nothing was done."""


class EncoderError(AssistantError, RuntimeError):
    """An encoder cannot be loaded or does not fit the index."""


class DeskError(AssistantError, RuntimeError):
    """A record of people or matters cannot be read or written."""


class StorageError(DeskError):
    """The database itself failed: nothing was stored, and the same request may succeed later."""


class RuleError(AssistantError, ValueError):
    """A deadline rule or a routing request cannot be computed as asked."""
