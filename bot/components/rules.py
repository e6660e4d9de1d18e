"""Rasa's rule policy, its rules sorted by what they answer to.

Rasa compares every rule with the conversation at every turn.  A rule can only apply when its last
step has the conversation's last action and, where it names an intent, its intent; so only the rules
under that pair are compared.  The outcome is the same (tests/bot/test_rules.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import PREVIOUS_ACTION, USER
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

# Last action and intent of the last step of a rule; None: the rule does not say.
Heading = tuple[str | None, str | None]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, True)
class SortedRulePolicy(RulePolicy):  # type: ignore[misc]
    """Decides as ``RulePolicy`` does, comparing few rules instead of all."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Of each lookup: itself (so that its id stays its own), its size then, its keys by heading.
        self._sorted: dict[int, tuple[Mapping[str, str], int, dict[Heading, list[str]]]] = {}

    def _get_possible_keys(
        self, lookup: Mapping[str, str], states: list[dict[str, Any]]
    ) -> set[str]:
        if not states or not states[-1].get(PREVIOUS_ACTION):
            return set(super()._get_possible_keys(lookup, states))
        action, intent = self._heading(states[-1])
        by_heading = self._by_heading(lookup)
        headings = {(action, intent), (action, None), (None, intent), (None, None)}
        near = {key: lookup[key] for heading in headings for key in by_heading.get(heading, ())}
        return set(super()._get_possible_keys(near, states))

    def _by_heading(self, lookup: Mapping[str, str]) -> dict[Heading, list[str]]:
        _, size, by_heading = self._sorted.get(id(lookup), (lookup, -1, {}))
        if size != len(lookup):
            grouped: dict[Heading, list[str]] = defaultdict(list)
            for key in lookup:
                grouped[self._heading(self._rule_key_to_state(key)[-1])].append(key)
            by_heading = dict(grouped)
            self._sorted[id(lookup)] = (lookup, len(lookup), by_heading)
        return by_heading

    @staticmethod
    def _heading(state: Mapping[str, Any]) -> Heading:
        action = state.get(PREVIOUS_ACTION) or {}
        said = state.get(USER) or {}
        return action.get(ACTION_NAME), said.get(INTENT)
