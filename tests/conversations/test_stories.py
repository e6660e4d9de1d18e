"""Rasa's own test of the recorded conversations, with the number evaluated held to the number written."""

import asyncio
from pathlib import Path

import pytest
import yaml

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]

FOLDER = Path(__file__).resolve().parent
FILES = sorted(FOLDER.glob("test_*.yml"))
LEAST_STORIES = 200


def written() -> int:
    """How many stories the files hold."""
    return sum(len(yaml.safe_load(path.read_text("utf-8"))["stories"]) for path in FILES)


def test_every_story_written_is_evaluated_and_right(bot_settings, tmp_path):
    from actions.context import build_services, use_services
    from bot.lean import load_rasa
    from bot.logs import configure_rasa_log
    from bot.training import train

    load_rasa()
    from rasa.core.agent import Agent
    from rasa.core.test import test as evaluate

    configure_rasa_log()
    agent = Agent.load(str(train(bot_settings)))
    with use_services(build_services(bot_settings)):
        result = asyncio.run(
            evaluate(
                str(FOLDER), agent, out_directory=str(tmp_path), e2e=True, disable_plotting=True
            )
        )
    report = result["report"]["conversation_accuracy"]
    assert report["total"] == written() >= LEAST_STORIES
    failed = tmp_path / "failed_test_stories.yml"
    assert report["correct"] == report["total"], failed.read_text("utf-8")[:4000]


def test_every_topic_of_the_domain_has_conversations():
    topics = {path.stem for path in (FOLDER.parent.parent / "bot" / "domain").glob("*.yml")}
    assert topics == {path.stem.removeprefix("test_") for path in FILES}
