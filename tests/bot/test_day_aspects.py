"""What is asked of a computed day, on messages of a hand that wrote none of the examples."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
import yaml

from knowledge.text import normalise
from tests.bot.test_intents import trained_agent

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "bot" / "components" / "day_aspects.yml"
STRANGERS = ROOT / "tests" / "golden" / "day_aspects.yml"
OTHER = "other"
LEAST_RIGHT, LEAST_MEANT = 0.88, 0.96


def read_examples(path):
    rows = yaml.safe_load(path.read_text("utf-8"))
    return [(text, aspect) for aspect, texts in rows.items() for text in texts]


def test_no_message_of_the_test_set_is_an_example():
    examples = {normalise(text) for text, _ in read_examples(EXAMPLES)}
    assert [text for text, _ in read_examples(STRANGERS) if normalise(text) in examples] == []


@pytest.mark.rasa
@pytest.mark.filterwarnings("ignore")
def test_strangers_are_heard_and_hardly_anybody_is_told_of_the_day_who_asked_something_else():
    rows = read_examples(STRANGERS)
    agent = trained_agent()

    async def heard() -> list[dict]:
        return [(await agent.parse_message(text))["day_aspect"] for text, _ in rows]

    found = asyncio.run(heard())
    names = [one["name"] for one in found]
    right = Counter(name == aspect for name, (_, aspect) in zip(names, rows, strict=True))
    assert right[True] >= LEAST_RIGHT * len(rows)
    told = [aspect for name, (_, aspect) in zip(names, rows, strict=True) if name != OTHER]
    assert told.count(OTHER) <= (1 - LEAST_MEANT) * len(told)
