"""A training by Rasa that reads its sentences once and fingerprints nothing that it does not keep.

Rasa reads and merges the examples anew for each language that a part of it asks for them in, though files
of examples do not depend on it; and it fingerprints what each component gives, for a cache that keeps
nothing here (:func:`settings.quiet_libraries`).  Together that is a third of a training.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def reading_once() -> Iterator[None]:
    """Until the block ends, trainings with all of their data anew do that work once, or not at all."""
    from rasa import model_training
    from rasa.engine.training import graph_trainer

    load, hook = model_training.TrainingDataImporter.load_from_config, graph_trainer.TrainingHook
    importers: Any = model_training.TrainingDataImporter
    importers.load_from_config = staticmethod(lambda *given, **named: _once(load(*given, **named)))
    graph_trainer.TrainingHook = _KeepsNothing
    try:
        yield
    finally:
        importers.load_from_config = staticmethod(load)
        graph_trainer.TrainingHook = hook


def _once(importer: Any) -> Any:
    """:return: the importer; it and those that it asks give the same examples whatever language is named."""
    one = importer
    while one is not None:
        one.get_nlu_data = _kept(one.get_nlu_data)
        one = getattr(one, "importer", None) or getattr(one, "_importer", None)
    return importer


def _kept(read: Any) -> Any:
    from rasa.shared.nlu.training_data.training_data import TrainingData

    found: list[Any] = []

    def get(_language: str | None = None, **_named: Any) -> Any:
        if not found:
            found.append(read())
        [data] = found
        # Each who asks gets a collection of their own: it remembers what it was asked for, and may be added to.
        return TrainingData(
            list(data.training_examples),
            dict(data.entity_synonyms),
            list(data.regex_features),
            list(data.lookup_tables),
            dict(data.responses),
        )

    return get


class _KeepsNothing:
    """Stands for what would keep the output of each component."""

    def __init__(self, **_given: Any) -> None:
        """Nothing is kept, so nothing is needed for it."""

    def on_before_node(self, **_given: Any) -> dict[str, Any]:
        """:return: what :meth:`on_after_node` would be given."""
        return {}

    def on_after_node(self, **_given: Any) -> None:
        """Keep nothing."""
