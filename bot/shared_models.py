"""Dialogue models and trainers' examples that several machines have in common through an object store.

Models lie there under their names, which tell their inputs.  The examples (those in use, those before and
a candidate's) are one small object, so that a machine takes over all of them or none.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

from knowledge.errors import StorageError
from knowledge.files import write_atomic
from knowledge.objects import Objects, objects_at
from settings import Settings

logger = logging.getLogger(__name__)

_MODELS = "models"
_EXAMPLES = "nlu.json"
# In the order in which they are written: what is in use last.
_FILES = ("candidate.yml", "candidate.json", "previous.yml", "corrections.yml")


def take_over(settings: Settings) -> None:
    """Have the examples here that the store holds; where it does not answer, those of this disk stand."""
    objects = objects_at(settings.store_url)
    if objects is None:
        return
    try:
        stored = objects.read(_EXAMPLES)
        if stored is not None:
            _write(settings.data_dir / "nlu", json.loads(stored))
    except (StorageError, ValueError) as error:
        logger.warning("examples were not taken from the object store: %s", error)


def fetch(settings: Settings, path: Path) -> bool:
    """Have a model here.

    :return: whether it lies on this disk now.
    """
    objects = objects_at(settings.store_url)
    if path.is_file() or objects is None:
        return path.is_file()
    try:
        return objects.fetch(f"{_MODELS}/{path.name}", path)
    except StorageError as error:
        logger.warning("a model was not taken from the object store: %s", error)
        return False


def store(settings: Settings, *models: Path) -> None:
    """Store models and the examples as they are on this disk.

    :raises StorageError: other machines cannot have them.
    """
    objects = objects_at(settings.store_url)
    if objects is None:
        return
    stored = objects.names(_MODELS)
    for model in models:
        if model.is_file() and model.name not in stored:
            objects.put(model, f"{_MODELS}/{model.name}")
    _store_examples(objects, settings.data_dir / "nlu")


def _store_examples(objects: Objects, folder: Path) -> None:
    texts = {
        name: (folder / name).read_text("utf-8") for name in _FILES if (folder / name).is_file()
    }
    objects.write(_EXAMPLES, json.dumps(texts, ensure_ascii=False).encode("utf-8"))


def _write(folder: Path, texts: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        path, text = folder / name, texts.get(name)
        present = path.read_text("utf-8") if path.is_file() else None
        if text is None:
            path.unlink(missing_ok=True)
        elif text != present:
            write_atomic(path, text.encode("utf-8"))
