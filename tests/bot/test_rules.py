"""The sorted rules decide as Rasa's own policy does."""

import itertools
import json

import pytest

from bot.training import newest_model

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]

RULE_BOOKS = ("rules", "rules_for_loop_unhappy_path")


@pytest.fixture(scope="module")
def lookup(bot_settings):
    """The rules of the trained model, by book."""
    import tarfile

    with tarfile.open(newest_model(bot_settings)) as archive:
        name = next(n for n in archive.getnames() if n.endswith("rule_policy.json"))
        return json.load(archive.extractfile(name))["lookup"]


@pytest.mark.parametrize("book", RULE_BOOKS)
def test_the_same_rules_are_found_for_every_turn(lookup, book):
    from rasa.core.policies.rule_policy import RulePolicy

    from bot.components.rules import SortedRulePolicy

    ours, theirs = (object.__new__(kind) for kind in (SortedRulePolicy, RulePolicy))
    ours._sorted = {}
    rules = [json.loads(key) for key in lookup[book]]
    lasts = {json.dumps(rule[-1], sort_keys=True) for rule in rules}
    asked = [*rules, *([json.loads(last)] for last in sorted(lasts))]
    intents = sorted({rule[-1].get("user", {}).get("intent") or "" for rule in rules})
    actions = sorted({rule[-1].get("prev_action", {}).get("action_name") or "" for rule in rules})
    for action, intent in itertools.product(actions, intents):
        asked.append([{"prev_action": {"action_name": action}, "user": {"intent": intent}}])
    asked += [[], [{}], [{}, {"prev_action": {"action_text": "说"}}]]
    found = 0
    for states in asked:
        expected = set(theirs._get_possible_keys(lookup[book], states))
        assert set(ours._get_possible_keys(lookup[book], states)) == expected
        found += bool(expected) and len(expected) < len(rules)
    assert found > len(rules) / 2


def test_few_rules_are_compared(lookup, monkeypatch):
    from rasa.core.policies.rule_policy import RulePolicy

    from bot.components.rules import SortedRulePolicy

    policy = object.__new__(SortedRulePolicy)
    policy._sorted = {}
    compared = []
    monkeypatch.setattr(
        RulePolicy, "_get_possible_keys", lambda self, rules, states: compared.append(len(rules)) or set()
    )  # fmt: skip
    for state in [json.loads(key)[-1] for key in lookup["rules"]]:
        policy._get_possible_keys(lookup["rules"], [state])
    assert 0 < sum(compared) / len(compared) < len(lookup["rules"]) / 10
