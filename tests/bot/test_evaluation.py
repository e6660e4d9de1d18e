"""What is computed once for all folds gives what each fold would give by itself."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import StratifiedGroupKFold

from bot import evaluation
from bot.evaluation import FOLDS, NEARLY_THE_SAME, SEED, Classifier, Examples

INTENTS = ("ask", "bye", "handoff")


def made_up(size: int) -> Examples:
    """Examples of three intents, with terms that some folds hold once only."""
    chance = np.random.default_rng(3)
    own = [set(map(str, chance.zipf(1.5, 6))) | {f"of {n % 3}"} for n in range(size)]
    features = {kind: [set() for _ in own] for kind in evaluation.EVERYTHING}
    features[evaluation.WORDS] = own
    intents = np.array([INTENTS[n % 3] for n in range(size)])
    vectors = chance.normal(size=(size, 4)).astype(np.float32)
    return Examples([str(n) for n in range(size)], intents, features, vectors)


WORDS = (evaluation.WORDS,)


@pytest.mark.parametrize(
    ("kinds", "scale"), [(evaluation.EVERYTHING, 2.0), (WORDS, 0.0), ((), 0.5)]
)
def test_folds_have_the_margins_of_a_classifier_that_saw_the_others_only(kinds, scale):
    data = made_up(120)
    group = np.arange(120)
    found, names = evaluation.cross_validate(data, kinds, scale, group)
    terms, alone = data.terms(kinds), np.zeros_like(found)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for train, test in folds.split(terms, data.intents, group):
        model = Classifier(scale)
        model.fit([terms[n] for n in train], data.vectors[train], data.intents[train])
        alone[test] = model.margins([terms[n] for n in test], data.vectors[test])
    assert list(names) == sorted(INTENTS)
    np.testing.assert_array_equal(found, alone)


def test_who_is_no_example_is_heard_by_all_folds_and_changes_nothing_for_the_others():
    data, asked = made_up(120), made_up(7)
    group = np.arange(120)
    alone, _ = evaluation.cross_validate(data, WORDS, 2.0, group)
    both, names = evaluation.cross_validate(data, WORDS, 2.0, group, asked)
    np.testing.assert_array_equal(both[:120], alone)
    expected = np.zeros((7, len(names)))
    for train, _ in evaluation.folds().split(data.texts, data.intents, group):
        model, terms = Classifier(2.0), data.terms(WORDS)
        model.fit([terms[n] for n in train], data.vectors[train], data.intents[train])
        expected += model.margins(asked.terms(WORDS), asked.vectors) / FOLDS
    np.testing.assert_allclose(both[120:], expected)


def test_folds_are_those_of_scikit_learn():
    chance = np.random.default_rng(5)
    classes, group = chance.integers(0, 6, 900) ** 2, chance.integers(0, 300, 900)
    theirs = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    pairs = zip(
        evaluation.folds().split(classes, classes, group),
        theirs.split(classes, classes, group),
        strict=True,
    )
    for own, other in pairs:
        np.testing.assert_array_equal(own[1], other[1])


def test_near_copies_have_one_number_also_by_way_of_others(monkeypatch):
    monkeypatch.setattr(evaluation, "_BLOCK", 2)
    texts = ["收到一封美国的律师函", "人工", "收到一封美国的律师函了", "我收到一封美国的律师函了", "再见"]  # fmt: skip
    first, _, second, third, _ = pairs = [evaluation.pairs_of(text) for text in texts]
    assert len(first & third) / len(first | third) < NEARLY_THE_SAME
    for one, other in ((first, second), (second, third)):
        assert len(one & other) / len(one | other) >= NEARLY_THE_SAME
    numbers = evaluation.groups(texts)
    assert numbers[0] == numbers[2] == numbers[3]
    assert len(set(numbers)) == len(pairs) - 2


def test_features_of_a_file_are_computed_once(tmp_path, monkeypatch):
    read = []

    def examples_of(texts, intents):
        read.append(texts)
        features = {kind: [set() for _ in texts] for kind in evaluation.EVERYTHING}
        return Examples(texts, np.array(intents), features, np.zeros((len(texts), 4)))

    monkeypatch.setattr(evaluation, "examples_of", examples_of)
    shipped, added = tmp_path / "shipped.yml", tmp_path / "added.yml"
    shipped.write_text("nlu: [{intent: bye, examples: '- 再见'}]", "utf-8")
    added.write_text("nlu: [{intent: ask, examples: '- 在吗'}]", "utf-8")
    reader = evaluation.ExampleReader()
    assert reader.read([shipped]).texts == ["再见"]
    both = reader.read([shipped, added])
    assert (both.texts, list(both.intents)) == (["再见", "在吗"], ["bye", "ask"])
    assert read == [["再见"], ["在吗"]]
