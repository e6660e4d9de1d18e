"""The typed keys under which the application keeps its shared objects."""

from __future__ import annotations

import asyncio

from aiohttp import web
from jinja2 import Environment
from sqlalchemy.engine import Engine

from curation.jobs import Jobs
from desk.casework import Casework
from indexer.live import LiveIndex
from server.binding import Binder
from server.buckets import Allowances
from server.couriers import Courier
from server.delivery import Delivery
from server.dispatch import Dialogue, Dispatcher
from server.hub import Hub
from server.knowledge_shelf import Shelf
from server.limits import RateLimits
from server.metrics import Metrics
from server.names import Names
from server.presence import Presence
from server.readiness import Readiness
from server.reading_room import ReadingRoom
from server.security import Tokens
from server.signals import Signals
from server.sockets import Sockets
from server.turns import TurnOrder
from server.watchers import Watchers
from settings import Settings

SETTINGS = web.AppKey("settings", Settings)
ENGINE = web.AppKey("engine", Engine)
ALLOWANCES = web.AppKey("allowances", Allowances)
BINDER = web.AppKey("binder", Binder)
COPY = web.AppKey("copy", str)
DEPLOYMENT = web.AppKey("deployment", str)
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
PRESENCE = web.AppKey("presence", Presence)
READING_ROOM = web.AppKey("reading_room", ReadingRoom)
READINESS = web.AppKey("readiness", Readiness)
TOKENS = web.AppKey("tokens", Tokens)
TURNS = web.AppKey("turns", TurnOrder)
NAMES = web.AppKey("names", Names)
TEMPLATES = web.AppKey("templates", Environment)
SIGNALS = web.AppKey("signals", Signals)
SOCKETS = web.AppKey("sockets", Sockets)
TOUCHED = web.AppKey("touched", dict[str, float])
JOBS = web.AppKey("jobs", Jobs)
INDEX = web.AppKey("index", LiveIndex)
LOADING = web.AppKey("loading", asyncio.Task[None])
REQUEST_ID = web.RequestKey("request_id", str)
