"""The application on the published shelf in the week of World IP Day, with a campaign of three places."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy.engine import Engine

from desk import campaigns
from desk.campaigns import Campaign, Occasion, Place, PlaceKind, Team
from desk.engine import writing
from indexer.live import LiveIndex, live_index
from server import keys
from server.knowledge_shelf import Shelf
from settings import Settings, load_settings

TODAY = "2026-04-22"


@pytest.fixture
def settings(tmp_path: Path, bot_settings: Settings) -> Settings:
    """A fresh data folder whose snapshots are those built for the session."""
    own = load_settings({"HUHANG_DATA_DIR": str(tmp_path), "HUHANG_TODAY": TODAY})
    shelf = dataclasses.replace(own.knowledge, snapshots_dir=bot_settings.knowledge.snapshots_dir)
    return dataclasses.replace(own, knowledge=shelf)


@pytest.fixture(scope="session")
def live(bot_settings: Settings) -> LiveIndex:
    """The published index, loaded once for the tests of campaigns."""
    return live_index(bot_settings)


@pytest.fixture
def app(app: web.Application, live: LiveIndex) -> web.Application:
    app[keys.INDEX] = live
    app[keys.SHELF] = Shelf(live)
    return app


@pytest.fixture
def make(engine: Engine) -> Any:
    """Keeps a campaign: ``make(prizes="笔记本")``."""

    def make(**changes: Any) -> Campaign:
        values: dict[str, Any] = {
            "code": "ip26", "name": "2026年世界知识产权日", "occasion": Occasion.IP_DAY,
            "starts_on": date(2026, 4, 20), "ends_on": date(2026, 4, 26), "closes_on": date(2026, 4, 30),
            "theme": "知识产权和体育：各就位、预备、创新！", "theme_source": "世界知识产权组织",
            "greeting": "欢迎来答题。", "prizes": "", "teams": (Team("", "三年级2班"), Team("", "五年级1班")),
            "places": (Place("北京路展台", PlaceKind.STAND), Place("一中", PlaceKind.SCHOOL), Place("地铁口", PlaceKind.METRO)),
        }  # fmt: skip
        with writing(engine) as conn:
            return campaigns.save(conn, Campaign(**{**values, **changes}), "test")

    return make


@pytest.fixture
def campaign(make: Any) -> Campaign:
    return make()
