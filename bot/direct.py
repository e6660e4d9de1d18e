"""Rasa's own steps without the work that it repeats: graph runs, copies of trackers and of what is logged.

What is computed is what Rasa computes; tests compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from rasa.core.processor import MessageProcessor
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.shared.core.trackers import DialogueStateTracker

_Thing = TypeVar("_Thing")


class DirectRunner:
    """Runs the nodes of a loaded graph one after another.

    Rasa has dask plan every run anew, twice and more a message, though the plan is always the same.
    """

    def __init__(self, runner: DaskGraphRunner) -> None:
        """Take the loaded nodes of Rasa's runner."""
        self._schema: Any = runner._graph_schema
        self._nodes: Mapping[str, Any] = runner._instantiated_nodes
        self._plans: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}

    def run(
        self, inputs: Mapping[str, Any] | None = None, targets: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """What the targets give; those of the graph when omitted.

        :param inputs: values for the placeholders that nodes need.
        """
        wanted = tuple(targets or self._schema.target_names)
        if wanted not in self._plans:
            self._plans[wanted] = _plan(self._schema.minimal_graph_schema(list(wanted)).nodes)
        known: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in self._plans[wanted]:
            known[name] = self._nodes[name](*(known.get(need, need) for need in needs))
        return dict(known[name] for name in wanted)


def _plan(nodes: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    """The nodes, each after those that it needs, with what each needs in order."""
    order: dict[str, tuple[str, ...]] = {}

    def put(names: Iterable[str]) -> None:
        for name in names:
            if name in nodes and name not in order:
                needs = tuple(nodes[name].needs.values())
                put(needs)
                order[name] = needs

    put(nodes)
    return list(order.items())


def run_directly(processor: MessageProcessor) -> None:
    """Have a processor run its graph and copy its trackers directly."""
    import rasa.core.processor
    from rasa.shared.core.trackers import DialogueStateTracker

    processor.graph_runner = DirectRunner(processor.graph_runner)
    DialogueStateTracker.copy = copied
    # The processor copies events, slots and entities for its debug log and for nothing else.
    rasa.core.processor.copy = SimpleNamespace(deepcopy=lambda value: value)


def copied(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """A tracker of the same state, which Rasa would make by applying every event again."""
    twin = _twin(tracker)
    twin.events = tracker._create_events(tracker.events)
    twin.slots = type(tracker.slots)({name: _twin(slot) for name, slot in tracker.slots.items()})
    if tracker.active_loop is not None:
        twin.active_loop = _twin(tracker.active_loop)
    twin.model_id = twin.assistant_id = None
    return twin


def _twin(thing: _Thing) -> _Thing:
    """A shallow copy of an object that keeps everything in its attributes."""
    twin = type(thing).__new__(type(thing))
    twin.__dict__.update(thing.__dict__)
    return twin
