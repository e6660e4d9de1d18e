"""A trained model and a published snapshot, made once for the tests that ask for them."""

import dataclasses
from importlib.util import find_spec

import pytest

from settings import Settings, load_settings

TODAY = "2026-11-23"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what needs torch where it is not installed, and say so."""
    if find_spec("torch") is not None:
        return
    for item in items:
        if item.get_closest_marker("encoders"):
            item.add_marker(pytest.mark.skip(reason="needs torch: make encoders"))


@pytest.fixture(scope="session")
def bot_settings(tmp_path_factory) -> Settings:
    """Settings over a fresh data folder that holds a snapshot; the model is the checkout's own."""
    from bot.training import train
    from curation.publishing import build, publish

    folder = tmp_path_factory.mktemp("bot")
    settings = load_settings({"HUHANG_DATA_DIR": str(folder), "HUHANG_TODAY": TODAY})
    own = load_settings({})
    settings = dataclasses.replace(
        settings, bot=dataclasses.replace(settings.bot, models_dir=own.bot.models_dir)
    )
    train(settings)
    build(settings, by="tests")
    publish(settings, by="tests", golden=False)
    return settings
