"""The typed keys under which the application keeps its shared objects."""

from __future__ import annotations

import asyncio
import weakref

from aiohttp import web
from jinja2 import Environment
from sqlalchemy.engine import Engine

from channels.binding import Binder
from channels.casework import Casework
from channels.console.delivery import Delivery
from channels.console.knowledge_shelf import Shelf
from channels.console.live import Watchers
from channels.dispatch import Dialogue, Dispatcher
from channels.hub import Hub
from channels.jobs import Jobs
from channels.limits import RateLimits
from channels.metrics import Metrics
from channels.names import Names
from channels.readiness import Readiness
from channels.reading_room import ReadingRoom
from channels.security import Tokens
from channels.wechat.courier import Courier
from indexer.live import LiveIndex
from settings import Settings

SETTINGS = web.AppKey("settings", Settings)
ENGINE = web.AppKey("engine", Engine)
BINDER = web.AppKey("binder", Binder)
CASEWORK = web.AppKey("casework", Casework)
DIALOGUE = web.AppKey("dialogue", Dialogue)
DISPATCHER = web.AppKey("dispatcher", Dispatcher)
HUB = web.AppKey("hub", Hub)
WATCHERS = web.AppKey("watchers", Watchers)
COURIERS = web.AppKey("couriers", dict[str, Courier])
DELIVERY = web.AppKey("delivery", Delivery)
SHELF = web.AppKey("shelf", Shelf)
LIMITS = web.AppKey("limits", RateLimits)
METRICS = web.AppKey("metrics", Metrics)
READING_ROOM = web.AppKey("reading_room", ReadingRoom)
READINESS = web.AppKey("readiness", Readiness)
TOKENS = web.AppKey("tokens", Tokens)
NAMES = web.AppKey("names", Names)
TEMPLATES = web.AppKey("templates", Environment)
SOCKETS = web.AppKey("sockets", weakref.WeakSet[web.WebSocketResponse])
TOUCHED = web.AppKey("touched", dict[str, float])
JOBS = web.AppKey("jobs", Jobs)
INDEX = web.AppKey("index", LiveIndex)
LOADING = web.AppKey("loading", asyncio.Task[None])
REQUEST_ID = web.RequestKey("request_id", str)
