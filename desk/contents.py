"""Where the content of files lies besides the disk: in an object store, when there is one.

What is kept goes to the store before the transaction that tells of it ends, so that a row never names
content that no other machine can have; a machine that lacks the content of a row fetches it once.
"""

from __future__ import annotations

from pathlib import Path

from knowledge.objects import Objects

FOLDER = "attachments"
# By the folder of attachments: one program has one, tests have several.
_stores: dict[Path, Objects] = {}


def use_store(folder: Path, objects: Objects | None) -> None:
    """Have the content of a folder in a store as well, or no longer."""
    if objects is None:
        _stores.pop(folder, None)
    else:
        _stores[folder] = objects


def store(folder: Path, name: str) -> None:
    """Store a file, or all files of a folder, that lies in the folder of attachments now.

    :raises StorageError: it was not stored.
    """
    objects = _stores.get(folder)
    if objects is None:
        return
    path = folder / name
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        objects.put(file, f"{FOLDER}/{file.relative_to(folder).as_posix()}")


def is_there(folder: Path, name: str) -> bool:
    """Whether the content is on this disk, where it is fetched from the store if need be.

    :raises StorageError: the store does not answer.
    """
    path = folder / name
    if path.is_file():
        return True
    objects = _stores.get(folder)
    return objects is not None and objects.fetch(f"{FOLDER}/{name}", path)


def remove(folder: Path, name: str) -> None:
    """Remove content from the store; from the disk it was removed already.

    :raises StorageError: the store does not answer.
    """
    objects = _stores.get(folder)
    if objects is not None:
        objects.remove(f"{FOLDER}/{name}")
