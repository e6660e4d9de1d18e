"""A batch of uploaded files and how far each of them is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from knowledge.dry_run import Finding


class State(str, Enum):
    """How far a file is."""

    WAITING = "等待"
    PARSING = "解析中"
    READY = "就绪"
    FAILED = "失败"
    CHOSEN = "待导入"
    TAKEN = "已导入"

    @property
    def is_busy(self) -> bool:
        """Whether the program is going to do something with it."""
        return self in (State.WAITING, State.PARSING, State.CHOSEN)


@dataclass(frozen=True)
class UploadedFile:
    """One file of a batch; ``counts`` tells how many rows there are of each finding."""

    number: int
    name: str
    path: str
    state: State = State.WAITING
    reason: str = ""
    document: str = ""
    title: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def doubtful(self) -> int:
        """How many rows a person should look at."""
        return sum(self.counts.get(item.value, 0) for item in Finding if item.is_doubtful)


@dataclass(frozen=True)
class Batch:
    """Files that were uploaded together."""

    id: str
    by: str
    at: str
    files: tuple[UploadedFile, ...]

    @property
    def is_busy(self) -> bool:
        """Whether any file is still to be read or taken in."""
        return any(item.state.is_busy for item in self.files)

    def count(self, state: State) -> int:
        """How many files are in a state."""
        return sum(item.state is state for item in self.files)
