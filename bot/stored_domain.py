"""The domain of a model, read once.

Rasa keeps it twice: in the description of the model as JSON, and beside it in YAML, which it checks
against a schema and parses with a parser in Python, the longest part of loading a model by far.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from rasa.engine.storage.storage import ModelMetadata
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain

_one_at_a_time = Lock()


@contextmanager
def domain_read_once() -> Iterator[None]:
    """Have the model that is loaded within use the domain of its description."""
    described: list[Domain] = []
    from_dict, load = ModelMetadata.from_dict, DomainProvider.load

    def noted(serialized: dict[str, Any]) -> ModelMetadata:
        metadata = from_dict(serialized)
        described.append(metadata.domain)
        return metadata

    def provided(*, model_storage: Any, resource: Any, **_: Any) -> DomainProvider:
        return DomainProvider(model_storage, resource, described[-1])

    with _one_at_a_time:
        ModelMetadata.from_dict, DomainProvider.load = staticmethod(noted), staticmethod(provided)
        try:
            yield
        finally:
            ModelMetadata.from_dict, DomainProvider.load = from_dict, load
