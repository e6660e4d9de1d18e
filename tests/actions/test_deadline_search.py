"""A rule is found by its words only where hardly another one fits them."""

import pytest

from actions.deadline_rules import default_table
from actions.deadline_search import candidates, nearest_names, resolve, said_of
from knowledge.errors import RuleError

TABLE = default_table()


def test_the_best_must_lead_clearly_to_be_taken_unasked():
    for words in ("美国答辩", "美国商标异议", "欧盟答辩", "海关扣留", "专利无效答辩"):
        first, *others = candidates(words, table=TABLE)
        if others and first.score < 1.5 * others[0].score:
            with pytest.raises(RuleError) as told:
                resolve(words, TABLE)
            assert all(item.rule.id in str(told.value) for item in (first, *others))
        else:
            assert resolve(words, TABLE) is first.rule


def test_what_nothing_fits_is_refused_with_names_that_look_alike():
    with pytest.raises(RuleError, match="itc-337-response-20-days"):
        resolve("itc-337-respons", TABLE)
    assert nearest_names("itc-337-respons", TABLE)[0].startswith("itc-337")
    assert len(nearest_names("zzzzzz", TABLE)) == 5
    with pytest.raises(RuleError, match="--list"):
        resolve(" ", TABLE)


def test_what_is_said_of_a_rule_grows_with_its_words_and_names_its_longest_alias():
    rule = next(r for r in TABLE.rules.values() if len(r.aliases) > 1 and len(set(r.keywords)) > 1)
    nothing, some, every = (
        said_of(text, TABLE)[rule.id]
        for text in ("天气", rule.keywords[0], "，".join(rule.keywords))
    )
    assert nothing == (0, 0.0, 0.0)
    assert every[0] > some[0] > 0
    assert every[1] == 1.0 > some[1] > 0
    named = said_of("，".join(rule.aliases), TABLE)[rule.id]
    assert named[2] == max(len(alias.replace(" ", "")) for alias in rule.aliases)


def test_without_words_every_rule_of_the_place_comes_before_those_of_no_place():
    found = candidates(table=TABLE, jurisdiction="DE", limit=500)
    scores = [item.score for item in found]
    assert scores == sorted(scores, reverse=True)
    assert {item.rule.jurisdiction for item in found if item.score > 0} == {"DE"}
    beside = {item.rule.jurisdiction for item in found if item.score == 0}
    assert "GENERAL" in beside
    # A union's customs rule is applied by the country's own authority.
    assert beside <= {"GENERAL", "EU"}
    assert {item.rule.procedure for item in found if item.rule.jurisdiction == "EU"} <= {"customs"}


def test_a_place_named_twice_over_narrows_nothing():
    both = {
        item.rule.jurisdiction for item in candidates("德国和日本商标异议", table=TABLE, limit=500)
    }
    assert {"DE", "JP", "US"} <= both
