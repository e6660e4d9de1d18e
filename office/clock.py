"""The day it is at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from aiohttp import web

from desk.service_clock import ServiceHours, service_hours
from desk.times import china_day
from server import keys


def today(request: web.Request) -> date:
    """Today in China, or the day that the settings fix."""
    return china_day(request.config_dict[keys.SETTINGS].today)


def hours_table(request: web.Request) -> Mapping[str, ServiceHours]:
    """The opening hours of every center."""
    return service_hours(request.config_dict[keys.SETTINGS].knowledge.tables_dir)
