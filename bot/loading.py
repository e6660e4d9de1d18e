"""Loads the agent: the model, the actions it may call, the store of its trackers."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

from bot.lean import quietly

if TYPE_CHECKING:
    from rasa.core.agent import Agent

# A session this long is closed at the next message outside a form (slots are carried over), so that
# what is read, replayed and handed to actions at every turn stays bounded.
MAX_SESSION_EVENTS = 400


def load_agent(model: Any, services: Any, store: Any, locks: Any) -> Agent:
    """The agent of a model file, with its actions in this process."""
    from rasa.core.agent import Agent

    from bot.direct import run_directly
    from bot.doubts import notice_doubts, recorder
    from bot.endpoint import InProcessActions, trust_own_results
    from bot.long_messages import parse_long_in_threads
    from bot.saying import say_tidily
    from bot.sessions import limit_sessions
    from bot.stored_domain import domain_read_once
    from bot.trackers import store_or_fail

    trust_own_results()
    with quietly(), domain_read_once():
        agent = Agent.load(
            str(model),
            tracker_store=store,
            lock_store=locks,
            action_endpoint=InProcessActions(_registered(services)),
        )
    store_or_fail(agent, store)
    run_directly(agent.processor)
    parse_long_in_threads(agent.processor)
    limit_sessions(agent.processor, MAX_SESSION_EVENTS)
    say_tidily(agent.processor)
    notice_doubts(agent.processor, recorder(services.engine))
    return agent


def _registered(services: Any) -> Any:
    """An executor holding one instance of every action, all with the same services."""
    from rasa_sdk.executor import ActionExecutor

    import actions
    from actions.context import AssistantAction

    for module in pkgutil.iter_modules(actions.__path__, "actions."):
        importlib.import_module(module.name)
    executor = ActionExecutor()
    for kind in _concrete(AssistantAction):
        executor.register_action(kind(lambda: services))
    return executor


def _concrete(kind: type) -> list[type]:
    found: list[type] = []
    children: list[type] = kind.__subclasses__()
    for sub in children:
        if not getattr(sub, "__abstractmethods__", None) and getattr(sub, "form", True):
            found.append(sub)
        found.extend(_concrete(sub))
    return found
