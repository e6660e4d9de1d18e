"""The day it is at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from aiohttp import web

from desk.service_clock import CHINA, ServiceHours, service_hours
from desk.times import utc_now
from server import keys


def today(request: web.Request) -> date:
    """Today in China, or the day that the settings fix."""
    fixed = request.config_dict[keys.SETTINGS].today
    return date.fromisoformat(fixed) if fixed else utc_now().astimezone(CHINA).date()


def hours_table(request: web.Request) -> Mapping[str, ServiceHours]:
    """The opening hours of every center."""
    return service_hours(request.config_dict[keys.SETTINGS].knowledge.tables_dir)
