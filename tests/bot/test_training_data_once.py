"""A training reads its sentences once, gives each who asks the same, and keeps no output of a component."""

from __future__ import annotations

from copy import deepcopy

import pytest

from bot import lean
from bot.training_data_once import reading_once

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]

NLU = """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - 您好
    - 早上好
- intent: bye
  examples: |
    - 再见
- synonym: 美国
  examples: |
    - 美利坚
"""
DOMAIN = 'version: "3.1"\nintents: [greet, bye]\nresponses: {utter_a: [{text: 好}]}\n'


@pytest.fixture
def importer(tmp_path):
    """Makes what reads a small set of examples, as a training does."""
    lean.load_rasa()
    (tmp_path / "nlu.yml").write_text(NLU, "utf-8")
    (tmp_path / "domain.yml").write_text(DOMAIN, "utf-8")
    (tmp_path / "config.yml").write_text("recipe: default.v1\nlanguage: zh\n", "utf-8")

    def make():
        from rasa import model_training

        files = [str(tmp_path / name) for name in ("config.yml", "domain.yml")]
        return model_training.TrainingDataImporter.load_from_config(
            *files, [str(tmp_path / "nlu.yml")]
        )

    return make


@pytest.fixture
def read(monkeypatch):
    """The files of examples that were read."""
    lean.load_rasa()
    from rasa.shared.importers import utils

    found, load = [], utils.training_data_from_paths
    monkeypatch.setattr(
        "rasa.shared.importers.rasa.utils.training_data_from_paths",
        lambda paths, language: found.extend(paths) or load(paths, language),
    )
    return found


def content(data):
    return (
        [(item.data, item.get("intent")) for item in data.training_examples],
        data.entity_synonyms,
        data.responses,
    )


def test_examples_are_those_that_rasa_reads_by_itself_and_are_read_once(importer, read):
    own = importer()
    expected = [content(own.get_nlu_data(language)) for language in ("en", "zh")]
    domain, by_itself = own.get_domain().as_dict(), len(read)
    read.clear()
    with reading_once():
        once = importer()
        found = [content(once.get_nlu_data(language)) for language in ("en", "zh")]
        assert once.get_domain().as_dict() == domain
    assert found == expected
    assert len(read) == 1 < by_itself


def test_what_one_has_asked_or_added_is_not_in_the_way_of_the_next(importer):
    from rasa.shared.nlu.training_data.message import Message

    with reading_once():
        once = importer()
        first = once.get_nlu_data()
    assert len(first.intent_examples) == 3
    second = once.get_nlu_data(language="zh")
    second.training_examples.append(Message.build("再会", intent="bye"))
    assert len(second.intent_examples) == 4
    assert len(once.get_nlu_data().intent_examples) == 3


def test_a_copy_of_an_example_may_be_changed_and_the_example_stays():
    from rasa.shared.nlu.training_data.message import Message

    example = Message.build("再会", intent="bye")
    with reading_once():
        other = deepcopy(example)
        assert other == example
        other.set("text", "再见了", add_to_output=True)
        other.set("marks", ["x"], add_to_output=True)
        other.features.append("x")
    assert (example.get("text"), example.get("marks"), example.features) == ("再会", None, [])
    assert example.output_properties == {"text"}
    assert not hasattr(Message, "__deepcopy__")


def test_an_intent_with_blanks_around_it_is_the_one_without_them():
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    def found():
        rows = [("再会", "bye"), ("再会", " bye "), ("您好", "greet\n")]
        examples = TrainingData([Message.build(text, intent=intent) for text, intent in rows])
        return [(item.get("text"), item.get("intent")) for item in examples.training_examples]

    with reading_once():
        once = found()
    assert once == found() == [("再会", "bye"), ("您好", "greet")]


def test_afterwards_rasa_reads_and_keeps_as_it_did(importer, read):
    from rasa.engine.training import graph_trainer, hooks

    with reading_once():
        assert graph_trainer.TrainingHook is not hooks.TrainingHook
    assert graph_trainer.TrainingHook is hooks.TrainingHook
    own = importer()
    own.get_nlu_data("en")
    own.get_nlu_data("zh")
    assert len(read) > 1
