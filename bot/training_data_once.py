"""A training by Rasa that reads its sentences once and fingerprints nothing that it does not keep.

Rasa reads and merges the examples anew for each language that a part of it asks for them in, though files
of examples do not depend on it; and it fingerprints what each component gives, for a cache that keeps
nothing here (:func:`settings.quiet_libraries`).  Together that is a third of a training.  At every merge it
also copies all examples to their last value, and sets each intent to what it is, so that all are fingerprinted anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any


@contextmanager
def reading_once() -> Iterator[None]:
    """Until the block ends, trainings with all of their data anew do that work once, or not at all."""
    from rasa import model_training
    from rasa.engine.training import graph_trainer
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    load, hook = model_training.TrainingDataImporter.load_from_config, graph_trainer.TrainingHook
    importers: Any = model_training.TrainingDataImporter
    sanitise = TrainingData.sanitize_examples
    importers.load_from_config = staticmethod(lambda *given, **named: _once(load(*given, **named)))
    graph_trainer.TrainingHook = _KeepsNothing
    TrainingData.sanitize_examples = staticmethod(_sanitised)
    Message.__deepcopy__ = _copied
    try:
        yield
    finally:
        importers.load_from_config = staticmethod(load)
        graph_trainer.TrainingHook = hook
        TrainingData.sanitize_examples = staticmethod(sanitise)
        del Message.__deepcopy__


def _copied(example: Any, _memo: Any) -> Any:
    """An example that may be given other values; the values themselves nobody changes."""
    other = copy(example)
    other.data, other.features = dict(example.data), list(example.features)
    other.output_properties = set(example.output_properties)
    return other


def _sanitised(examples: list[Any]) -> list[Any]:
    """As ``TrainingData.sanitize_examples``; what has no blanks around it keeps its fingerprint."""
    from rasa.shared.nlu.constants import INTENT, RESPONSE

    for example in examples:
        for key in (INTENT, RESPONSE):
            value = example.get(key)
            if value and value != value.strip():
                example.set(key, value.strip())
    return list(dict.fromkeys(examples))


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
