"""The dialogue data as a whole."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
NLU = sorted((ROOT / "bot/data/nlu").glob("*.yml"))
VOICES = sorted((ROOT / "bot/data/voices").glob("*.yml"))
LEAST_EXAMPLES = 100


def examples() -> dict[str, list[str]]:
    found = {}
    for path in NLU:
        for row in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            found[row["intent"]] = [line[2:] for line in row["examples"].splitlines() if line]
    return found


def test_every_intent_has_a_hundred_different_examples():
    for intent, lines in examples().items():
        assert len(set(lines)) >= LEAST_EXAMPLES, intent


def test_no_example_stands_under_two_intents():
    owner: dict[str, str] = {}
    for intent, lines in examples().items():
        for line in lines:
            key = line.replace(" ", "").lower()
            assert owner.setdefault(key, intent) == intent, line


def test_a_voice_stands_under_one_intent_and_no_example_under_another():
    owner = {
        line.replace(" ", "").lower(): intent
        for intent, lines in examples().items()
        for line in lines
    }
    for path in VOICES:
        for row in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            for line in row["examples"].splitlines():
                key = line[2:].replace(" ", "").lower()
                assert owner.setdefault(key, row["intent"]) == row["intent"], line


def test_topics_are_the_same_in_domain_and_data():
    domain = {path.stem for path in (ROOT / "bot/domain").glob("*.yml")}
    assert {path.stem for path in NLU} == domain


def test_every_sentence_is_plain_chinese():
    for path in (ROOT / "bot/domain").glob("*.yml"):
        responses = yaml.safe_load(path.read_text("utf-8")).get("responses", {})
        for name, variants in responses.items():
            for variant in variants:
                assert not re.search("[！!]|亲[，,]|亲爱", variant["text"]), name
                assert variant["custom"]["kind"], name


def test_every_intent_is_answered_by_an_act_that_the_domain_has():
    from actions.turn.decision import ACT_OF, ASKING, END_OF

    domain: dict[str, set[str]] = {"intents": set(), "forms": set(), "acts": set()}
    for path in (ROOT / "bot/domain").glob("*.yml"):
        part = yaml.safe_load(path.read_text("utf-8"))
        domain["intents"] |= set(part.get("intents", ()))
        domain["forms"] |= set(part.get("forms", {}))
        domain["acts"] |= {*part.get("actions", ()), *part.get("responses", {})}
    assert domain["intents"] == {*ACT_OF, *ASKING}
    assert domain["forms"] == set(END_OF)
    assert {*ACT_OF.values(), *END_OF.values()} <= domain["acts"] | domain["forms"]


@pytest.mark.rasa
def test_rasa_finds_the_data_valid():
    command = [
        str(Path(sys.executable).parent / "rasa"), "data", "validate", "--fail-on-warnings",
        "--domain", "bot/domain", "--data", "bot/data", "--config", "config.yml",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
