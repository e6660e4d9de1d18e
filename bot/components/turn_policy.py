"""The policy of the turn: it carries out the plan that ``actions/turn`` made for the message.

The plan is made once, when the person has spoken; then its acts follow one another, a filled form is
followed by its end, and the turn listens.  Nothing can be repeated: each act of a plan runs once.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    Event,
    LoopInterrupted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from bot.direct import is_of
from knowledge.errors import StorageError

logger = logging.getLogger(__name__)

# A turn of more acts than this is cut off; a plan has three at most, an end and a follow-up beside.
MOST_ACTS = 7


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, True)
class TurnPolicy(RulePolicy):  # type: ignore[misc]
    """Predicts the next act of the turn's plan; nothing is trained.

    It is a ``RulePolicy`` by name only: Rasa insists on one where the domain has forms.
    """

    def train(self, *_: Any, **__: Any) -> Resource:
        """Nothing to learn."""
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> TurnPolicy:
        """Nothing to read."""
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **_: Any,
    ) -> PolicyPrediction:
        """The next act, for certain."""
        name, events = next_act(tracker)
        probabilities = [0.0] * domain.num_actions
        probabilities[domain.index_for_action(name)] = 1.0
        return self._prediction(probabilities, events=events)


def next_act(tracker: DialogueStateTracker) -> tuple[str, list[Event]]:
    """The next act of a turn and the events that go with it."""
    from actions.turn.decision import END_OF
    from actions.turn.plan import AGAIN, LEAVE_QUIETLY

    done, rejected = _done(tracker)
    if len(done) >= MOST_ACTS or tracker.latest_message is None:
        return ACTION_LISTEN_NAME, []
    plan, events = _plan(tracker)
    if rejected:
        return _after_rejection(done), events
    loop = tracker.active_loop_name
    if done and done[-1] in END_OF and loop != done[-1] and END_OF[done[-1]] not in done:
        return END_OF[done[-1]], events
    if (
        LEAVE_QUIETLY in plan
        and loop is not None
        and done
        and all(a == LEAVE_QUIETLY or a in done for a in plan)
    ):
        return ACTION_LISTEN_NAME, [*events, ActiveLoop(None), SlotSet("requested_slot", None)]
    for act in [*plan[_carried_out(plan, done) :], *_taken_up_again(tracker)]:
        form = act.removeprefix(AGAIN)
        if act == LEAVE_QUIETLY:
            continue
        if form == act:
            return act, events
        if loop == form and (not done or done[-1] != form):
            return form, [*events, LoopInterrupted(True)]
    return ACTION_LISTEN_NAME, events


def _done(tracker: DialogueStateTracker) -> tuple[list[str], bool]:
    """The acts since the person spoke, and whether the last one was rejected."""
    done: list[str] = []
    rejected = False
    for event in reversed(tracker.events):
        if is_of(type(event), UserUttered):
            break
        if is_of(type(event), ActionExecuted) and event.action_name not in _ASIDE:
            done.append(str(event.action_name))
        elif is_of(type(event), ActionExecutionRejected):
            done.append(str(event.action_name))
            rejected = rejected or len(done) == 1
    return done[::-1], rejected


_ASIDE = frozenset((ACTION_LISTEN_NAME, "action_extract_slots", "action_session_start", None))


def _carried_out(plan: list[str], done: list[str]) -> int:
    """How many acts of the plan are done; what came between (an end, a follow-up) does not count."""
    from actions.turn.plan import AGAIN

    count = 0
    for act in done:
        if count < len(plan) and plan[count].removeprefix(AGAIN) == act:
            count += 1
    return count


def _after_rejection(done: list[str]) -> str:
    """A form that took nothing after all: the message is answered as a question, once."""
    return "action_answer" if "action_answer" not in done else ACTION_LISTEN_NAME


def _taken_up_again(tracker: DialogueStateTracker) -> list[str]:
    """The open form, if it rejected the message: it asks again after the answer."""
    from actions.turn.plan import AGAIN

    for event in reversed(tracker.events):
        if is_of(type(event), UserUttered):
            break
        if is_of(type(event), ActionExecutionRejected):
            return [f"{AGAIN}{event.action_name}"]
    return []


def _plan(tracker: DialogueStateTracker) -> tuple[list[str], list[Event]]:
    """The acts of this turn's plan, and the event that keeps it if it was made now."""
    from actions.turn.plan import SLOT

    turn = _turn_of(tracker)
    kept = tracker.get_slot(SLOT) if SLOT in tracker.slots else None
    if isinstance(kept, dict) and kept.get("turn") == turn:
        return list(kept["acts"]), []
    if turn not in _made:
        _made[turn] = {**_make(tracker), "turn": turn}
        while len(_made) > _REMEMBERED:
            _made.popitem(last=False)
    made = _made[turn]
    taken_up = [SlotSet(name, value) for name, value in (made.get("slots") or {}).items()]
    return list(made["acts"]), [*taken_up, SlotSet(SLOT, made)]


# Rasa's own tests of stories never write the plan into the conversation, so the last ones stay at hand.
_REMEMBERED = 64
_made: OrderedDict[str, dict[str, Any]] = OrderedDict()


def _turn_of(tracker: DialogueStateTracker) -> str:
    """What tells one turn of one conversation from another."""
    said = sum(is_of(type(event), UserUttered) for event in tracker.events)
    return f"{tracker.sender_id}:{tracker.latest_message.message_id}:{said}"


def _make(tracker: DialogueStateTracker) -> dict[str, Any]:
    from rasa_sdk import Tracker

    from actions.context import records_were_away, services_of_turn
    from actions.turn.plan import ANSWER, Plan
    from bot.turn import planned

    state = tracker.current_state(EventVerbosity.AFTER_RESTART)
    try:
        return planned(services_of_turn(), Tracker.from_dict(state))
    except Exception as error:  # the answer meets the same failure, and apologises for it
        logger.error("deciding failed: %s", type(error).__name__)
        logger.debug("details", exc_info=True)
        if isinstance(error, StorageError):  # a form would lose what was just told
            records_were_away(error)
        return Plan((ANSWER,), "failed").to_json()
