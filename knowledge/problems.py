"""What a check reports: one finding, how grave it is and where it stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One finding; an error stops publishing, a warning is for a person to look at."""

    severity: str
    code: str
    where: str
    message: str

    @property
    def is_error(self) -> bool:
        """Whether publishing must stop."""
        return self.severity == "error"


def error(code: str, where: str, message: str) -> Problem:
    """:return: a finding that stops publishing."""
    return Problem("error", code, where, message)


def warning(code: str, where: str, message: str) -> Problem:
    """:return: a finding for a person to look at."""
    return Problem("warning", code, where, message)
