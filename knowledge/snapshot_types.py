"""What a snapshot is described by: file names, manifest, listing, and who may be current."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

FORMAT = 1


@dataclass(frozen=True)
class Layout:
    """The file names of a snapshot folder and of the folder of snapshots."""

    manifest: str = "manifest.json"
    passages: str = "passages.jsonl"
    pointer: str = "CURRENT"
    staged: str = "STAGED"
    history: str = "history.jsonl"
    lock: str = ".lock"
    staging_prefix: str = ".staging-"


LAYOUT = Layout()


@dataclass(frozen=True)
class Manifest:
    """What a snapshot holds and whatever would make its index wrong if it changed.

    ``build`` carries the encoder's fingerprint, the hash of the tokenizer's words, chunk settings, source
    hashes and the version of the program; ``files`` name → {sha256, bytes}.
    """

    id: str
    created_at: str
    created_by: str
    note: str
    documents: int
    passages: int
    files: Mapping[str, Mapping[str, Any]]
    build: Mapping[str, Any] = field(default_factory=dict)
    format: int = FORMAT


@dataclass(frozen=True)
class SnapshotInfo:
    """A snapshot as it is listed; ``state`` is current, staged, published, unpublished or broken."""

    id: str
    state: str
    created_at: str = ""
    created_by: str = ""
    note: str = ""
    documents: int = 0
    passages: int = 0
    published_at: str | None = None
    published_by: str | None = None


class AnySnapshot(Enum):
    """Marks that it does not matter which snapshot is current."""

    ANY = "any"


ANY = AnySnapshot.ANY
Onto = str | None | AnySnapshot
