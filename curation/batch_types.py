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


class Step(str, Enum):
    """A step of the path from a file to the colleague who approves it."""

    FILES = "files"
    CHECK = "check"
    META = "meta"
    LIKE = "like"
    TRY = "try"
    SUBMIT = "submit"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _STEPS[self.value]


_STEPS = {
    "files": "文件",
    "check": "检查",
    "meta": "出处和说明",
    "like": "相似和冲突",
    "try": "试问",
    "submit": "提交审批",
}


@dataclass(frozen=True)
class UploadedFile:
    """One file of a batch; ``counts`` tells how many rows there are of each finding.

    ``is_wanted`` is whether the trainer wants it; None until it was said.  ``is_applied`` is False from
    being taken in until what was said about the file is in the draft, too.
    """

    number: int
    name: str
    path: str
    state: State = State.WAITING
    reason: str = ""
    document: str = ""
    title: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    is_wanted: bool | None = None
    is_applied: bool = True

    @property
    def is_chosen(self) -> bool:
        """Whether it is to be taken in: what the trainer said, else where nothing speaks against it."""
        if self.state is not State.READY:
            return self.state in (State.CHOSEN, State.TAKEN)
        if self.is_wanted is not None:
            return self.is_wanted
        against = (Finding.ERROR, Finding.SUPERSEDED)
        return not any(self.counts.get(item.value) for item in against)

    @property
    def is_described(self) -> bool:
        """Whether it is a document, which has metadata, and not a trainers' table."""
        return bool(self.document)

    @property
    def doubtful(self) -> int:
        """How many rows a person should look at."""
        return sum(self.counts.get(item.value, 0) for item in Finding if item.is_doubtful)


@dataclass(frozen=True)
class Batch:
    """Files that were uploaded together; ``step`` is how far the trainer has come."""

    id: str
    by: str
    at: str
    files: tuple[UploadedFile, ...]
    step: Step = Step.CHECK

    @property
    def is_busy(self) -> bool:
        """Whether any file is still to be read or taken in, or what was said about it to be applied."""
        return any(item.state.is_busy or not item.is_applied for item in self.files)

    @property
    def next_number(self) -> int:
        """A number that no file has, nor any after it."""
        return max((item.number for item in self.files), default=0) + 1

    @property
    def read(self) -> int:
        """How many files need not be read any more."""
        return len(self.files) - self.count(State.WAITING) - self.count(State.PARSING)

    @property
    def described(self) -> tuple[UploadedFile, ...]:
        """The documents that are, or are to be, in the draft."""
        return tuple(item for item in self.files if item.is_chosen and item.is_described)

    def count(self, state: State) -> int:
        """How many files are in a state."""
        return sum(item.state is state for item in self.files)
