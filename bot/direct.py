"""Rasa's own steps without the work that it repeats: graph runs, copies of trackers and of what is logged.

What is computed is what Rasa computes; tests compare the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, wraps
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from rasa.core.processor import MessageProcessor
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import Event
    from rasa.shared.core.trackers import DialogueStateTracker

_Thing = TypeVar("_Thing")
_KINDS_OF_EVENTS = 256  # more than there are, and what is asked of them
#: whether events of one kind are of another, or one of several; asked of each event, many times a turn
is_of: Callable[[Any, Any], bool] = lru_cache(_KINDS_OF_EVENTS)(issubclass)


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
    """Have a processor run its graph, copy its trackers and look through their events directly."""
    import rasa.core.processor
    from rasa.shared.core.trackers import DialogueStateTracker

    processor.graph_runner = DirectRunner(processor.graph_runner)
    DialogueStateTracker.copy = copied
    _look_through_events_directly()
    _fill_what_can_be_filled()
    _know_whether_empty(processor.domain)
    # The processor copies events and entities, and writes all slots out, for its debug log and for nothing else.
    rasa.core.processor.copy = SimpleNamespace(deepcopy=lambda value: value)
    processor._log_slots = lambda tracker: None


@lru_cache(maxsize=1)
def _look_through_events_directly() -> None:
    """Once a process, for it changes Rasa's classes."""
    from rasa.shared.core.events import Event
    from rasa.shared.core.trackers import DialogueStateTracker

    DialogueStateTracker.applied_events = in_one_look(DialogueStateTracker.applied_events)
    DialogueStateTracker.idx_after_latest_restart = after_latest_restart
    # Rasa looks through the tree of all kinds for each event that an action gives.
    Event.resolve_by_type = staticmethod(lru_cache(_KINDS_OF_EVENTS)(Event.resolve_by_type))


def in_one_look(
    applied_events: Callable[[DialogueStateTracker], list[Event]],
) -> Callable[[DialogueStateTracker], list[Event]]:
    """Rasa's events that count, found from the end where none of the session takes another back.

    :param applied_events: Rasa's own, asked where one does.
    """
    from rasa.shared.core import events as kinds

    beginnings = (kinds.Restarted, kinds.SessionStarted)
    undoing = (kinds.ActionReverted, kinds.UserUtteranceReverted)

    @wraps(applied_events)
    def applied(tracker: DialogueStateTracker) -> list[Event]:
        events = list(tracker.events)
        loops = {event.name for event in events if is_of(type(event), kinds.ActiveLoop)}
        for place in range(len(events) - 1, -1, -1):
            event = events[place]
            kind = type(event)
            if is_of(kind, beginnings):
                return events[place + 1 :]
            # Rasa's own tests of stories walk with kinds of these kinds.
            if is_of(kind, undoing) or (
                is_of(kind, kinds.ActionExecuted) and event.action_name in loops
            ):
                return applied_events(tracker)
        return events

    return applied


def after_latest_restart(tracker: DialogueStateTracker) -> int:
    """Where the events after the last restart begin, as Rasa tells it."""
    from rasa.shared.core.events import Restarted

    places = (
        n for n, event in enumerate(reversed(tracker.events)) if is_of(type(event), Restarted)
    )
    return len(tracker.events) - next(places, len(tracker.events))


@lru_cache(maxsize=1)
def _fill_what_can_be_filled() -> None:
    """Have Rasa look only at slots that it can fill; once a process."""
    from rasa.core.actions.action import ActionExtractSlots

    extract = ActionExtractSlots.run

    @wraps(extract)
    async def run(
        action: Any, channel: Any, nlg: Any, tracker: DialogueStateTracker, domain: Domain
    ) -> list[Event]:
        events: list[Event] = await extract(action, channel, nlg, tracker, _fillable(domain))
        return events

    ActionExtractSlots.run = run


def _fillable(domain: Domain) -> Domain:
    """The domain without the slots that no message fills, for those that ours alone set are most of them."""
    from rasa.shared.core.constants import ACTION_VALIDATE_SLOT_MAPPINGS

    known: Domain | None = domain.__dict__.get("fillable")
    if known is None:
        known = domain
        if ACTION_VALIDATE_SLOT_MAPPINGS not in domain.user_actions:
            known = _twin(domain)
            known.slots = [slot for slot in domain.slots if any(map(_fills, slot.mappings))]
        domain.__dict__["fillable"] = known
    return known


def _fills(mapping: Mapping[str, Any]) -> bool:
    return mapping.get("type") != "custom" or bool(mapping.get("action"))


def _know_whether_empty(domain: Domain) -> None:
    """Have a domain tell whether it is empty without being written out for every message."""
    is_empty = domain.is_empty()
    domain.is_empty = lambda: is_empty


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
