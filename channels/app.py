"""The one place where the web application is wired."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.engine import Engine

from channels.campaign import keepsakes
from channels.campaign import page as campaign_page
from channels.campaign.access import ROUNDS, SEALS
from channels.campaign.rounds import Rounds
from channels.campaign.seals import Seals
from channels.rest import lead_drafts, matters, sent_files, uploading
from channels.rest import messages as rest_messages
from channels.web import downloads, page, plan, socket, whole, widget
from curation.jobs import Jobs
from curation.publishing import today_of
from curation.release import settle
from desk import attachments, campaign_defaults, contents, copies
from desk.casework import Casework
from desk.engine import open_engine, starting, writing
from desk.migrations import migrate
from desk.papers import Paper
from desk.papers import Status as PaperStatus
from indexer.live import live_index
from indexer.published import snapshots_of
from knowledge.campaign_table import next_campaigns
from knowledge.objects import objects_at
from office.console.app import create_console
from office.workbench import create_workbench, dialogue_training, imports, live_answers, replay
from papers.worker import PaperWorker
from server import intake, keys, middlewares, own_matters, template_filters
from server.allowances import allowances_of
from server.binding import Binder
from server.delivery import Delivery
from server.dialogue import make_dialogue
from server.dispatch import Dialogue, Dispatcher
from server.draining import DRAINING, Draining
from server.drawing import DRAWING, Drawing
from server.ending import ended
from server.following import Following
from server.gate import Gate
from server.hub import Hub
from server.knowledge_shelf import Shelf
from server.limits import RateLimits
from server.metrics import Metrics
from server.names import Names
from server.presence import Presence
from server.queue_watch import Keeper
from server.readiness import Readiness
from server.reading_room import Reader, ReadingRoom
from server.reminding import Reminding
from server.security import Tokens, load_secret
from server.signals import Topic, deployment, signals_of
from server.sockets import Sockets
from server.static_files import StaticFiles
from server.turns import TurnOrder, locks_of
from server.watchers import Watchers, overview_of
from settings import Settings

_HERE = Path(__file__).resolve().parent


_ROUTES = (
    rest_messages.routes,
    uploading.routes,
    page.routes,
    matters.routes,
    sent_files.routes,
    lead_drafts.routes,
    plan.routes,
    downloads.routes,
    socket.routes,
    campaign_page.routes,
    keepsakes.routes,
    whole.routes,
    widget.routes,
)


def create_app(
    settings: Settings,
    *,
    dialogue: Dialogue | None = None,
    reader: Reader | None = None,
    before_model: Callable[[], Awaitable[None]] | None = None,
    ready: Callable[[], None] | None = None,
) -> web.Application:
    """Wire settings, desk, bot and routes into one application.

    :param dialogue: the bot; by default the one that the settings name.
    :param reader: reads the papers that people send; by default a process of its own.
    :param before_model: what has to be done before the dialogue can start; questions are answered meanwhile.
    :param ready: called in a thread when the whole assistant answers.
    """
    app = web.Application(
        client_max_size=settings.channels.max_body_bytes,
        middlewares=[
            middlewares.number_requests,
            middlewares.answer_errors,
            middlewares.require_same_origin,
        ],
    )
    app[keys.SETTINGS] = settings
    app[keys.METRICS] = Metrics()
    app[keys.HUB] = Hub()
    _share(app, settings)
    app[DRAINING] = Draining(settings.channels.drain_seconds)
    app[keys.SOCKETS] = Sockets()
    app[keys.TOUCHED] = {}
    app[DRAWING] = Drawing()
    app[keys.JOBS] = Jobs(app[keys.COPY])
    app[keys.COURIERS] = {}
    app[keys.INDEX] = live_index(settings)
    app[keys.SHELF] = Shelf(app[keys.INDEX])
    _write_pages(app, settings)
    app.on_startup.append(_go_on)
    app.on_response_prepare.append(middlewares.add_headers)
    app.on_shutdown.append(_close_sockets)
    app.cleanup_ctx.append(_open_desk)
    app.cleanup_ctx.append(_run_bot(dialogue, before_model, ready))
    _connect_accounts(app, settings)
    app.cleanup_ctx.append(_read_papers(reader))
    for routes in _ROUTES:
        app.add_routes(routes)
    app.add_subapp("/desk", create_console())
    app.add_subapp("/workbench", create_workbench())
    app.router.add_get("/static/{path:.+}", StaticFiles(_HERE / "static").get, name="static")
    return app


def _connect_accounts(app: web.Application, settings: Settings) -> None:
    """WeChat's accounts, where the settings name one; no other server needs to load their library."""
    if settings.wechat.app_id is None and settings.wecom.corp_id is None:
        return
    from channels.wechat import callbacks, connection

    app.cleanup_ctx.append(connection.connect_official)
    app.cleanup_ctx.append(connection.connect_application)
    app.cleanup_ctx.append(connection.connect_service)
    app.add_routes(callbacks.routes)


def _write_pages(app: web.Application, settings: Settings) -> None:
    """The templates, with the words that they put for codes."""
    app[keys.NAMES] = Names()
    app[keys.TEMPLATES] = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
    )
    template_filters.install(app[keys.TEMPLATES], settings.knowledge.tables_dir, app[keys.NAMES])


def _share(app: web.Application, settings: Settings) -> None:
    """What this copy has in common with the others: the secret, signals, and allowances."""
    secret = load_secret(settings.channels.secret_key, settings.data_dir)
    app[keys.COPY] = copies.new_id()
    app[keys.DEPLOYMENT] = deployment(secret)
    app[keys.SIGNALS] = signals_of(settings, secret, app[keys.COPY])
    app[keys.ALLOWANCES] = allowances_of(settings, app[keys.DEPLOYMENT])
    app[keys.LIMITS] = RateLimits(settings.channels.rate_per_minute, app[keys.ALLOWANCES])
    app[keys.TOKENS] = Tokens(secret)
    app[SEALS] = Seals(secret)


async def _open_desk(app: web.Application) -> AsyncIterator[None]:
    settings = app[keys.SETTINGS]
    contents.use_store(settings.desk.attachments_dir, objects_at(settings.store_url))
    engine = await asyncio.to_thread(open_engine, app[keys.SETTINGS].desk.database_url)
    await asyncio.to_thread(migrate, engine)
    await asyncio.to_thread(_keep_campaigns, app[keys.SETTINGS], engine)
    app[keys.ENGINE] = engine
    app[ROUNDS] = Rounds(app[keys.SETTINGS], engine)
    app[keys.TURNS] = TurnOrder(locks_of(app[keys.SETTINGS]))
    app[keys.CASEWORK] = Casework(engine, app[keys.SETTINGS].knowledge.tables_dir)
    # An approval that a killed process left half-way is brought to what the snapshots say.
    await asyncio.to_thread(settle, app[keys.SETTINGS], engine)
    signals = app[keys.SIGNALS]
    app[keys.WATCHERS] = watchers = Watchers(app[keys.HUB], overview_of(engine), signals)
    app[keys.DELIVERY] = delivery = Delivery(engine, app[keys.HUB], watchers, signals)
    # Files whose removal a killed process left undone, and uploads that never ended.
    await asyncio.to_thread(attachments.sweep, engine, app[keys.SETTINGS].desk.attachments_dir)
    await signals.start()
    app[keys.PRESENCE] = presence = Presence(engine, app[keys.COPY], app[keys.DEPLOYMENT])
    await presence.start()
    app[keys.JOBS].share(engine)
    presence.left.append(lambda: _go_on(app))
    working = [
        asyncio.create_task(Keeper(engine, delivery).run()),
        asyncio.create_task(delivery.run()),
        asyncio.create_task(Reminding(app[keys.SETTINGS], engine, app[keys.COPY]).run()),
    ]
    yield
    await ended(working)
    await watchers.close()
    await signals.close()
    await app[keys.TURNS].close()
    app[keys.ALLOWANCES].close()
    app[DRAWING].close()
    await app[keys.JOBS].close()  # before it is seen that this copy is gone
    await presence.close()
    engine.dispose()


async def _go_on(app: web.Application) -> None:
    """Take up the long work of trainers that a copy which is gone left half done."""
    await imports.resume(app)
    await replay.resume(app)
    await dialogue_training.resume(app)


def _keep_campaigns(settings: Settings, engine: Engine) -> None:
    """Have this year's World IP Day and Patent Week ready, unless the center made its own."""
    shipped = next_campaigns(settings.knowledge.tables_dir, today_of(settings))
    with starting(engine), writing(engine) as conn:
        campaign_defaults.keep(conn, shipped)


def _run_bot(
    given: Dialogue | None,
    before_model: Callable[[], Awaitable[None]] | None,
    ready: Callable[[], None] | None,
) -> Callable[[web.Application], AsyncIterator[None]]:
    async def run(app: web.Application) -> AsyncIterator[None]:
        dialogue = given or make_dialogue(app[keys.SETTINGS])
        app[keys.DIALOGUE] = dialogue
        app[keys.BINDER] = Binder(app[keys.ENGINE], app[keys.ALLOWANCES], dialogue.forget)
        casework, metrics = app[keys.CASEWORK], app[keys.METRICS]
        app[keys.READINESS] = readiness = Readiness(dialogue)
        snapshots = snapshots_of(app[keys.SETTINGS])
        following = Following(dialogue, app[keys.INDEX], snapshots, app[keys.NAMES], readiness)
        following.listen(app[keys.SIGNALS])
        await following.snapshot()
        if app[keys.SETTINGS].store_url is not None:  # a command on another machine tells nobody
            app[keys.PRESENCE].left.append(following.all)
        app[keys.DISPATCHER] = Dispatcher(
            dialogue,
            casework,
            Gate(casework, app[keys.BINDER]),
            metrics,
            notice=app[keys.WATCHERS].said,
            outcome=readiness.stored,
            order=app[keys.TURNS],
        )
        # The server listens at once; loading goes on beside it and /readyz says how far it is.
        loading = asyncio.create_task(_load(app, before_model, ready))
        yield
        await ended([loading])
        await app[keys.DISPATCHER].drain()
        await dialogue.close()

    return run


async def _load(
    app: web.Application,
    before_model: Callable[[], Awaitable[None]] | None,
    ready: Callable[[], None] | None,
) -> None:
    """Have the bot answer, then what trainers will want to know of the live version."""
    await app[keys.READINESS].load(before_model, ready)
    await asyncio.to_thread(own_matters.open_tables, app)
    if app[keys.SETTINGS].channels.ask_ahead:
        await live_answers.ask_at_leisure(app)


def _read_papers(given: Reader | None) -> Callable[[web.Application], AsyncIterator[None]]:
    async def run(app: web.Application) -> AsyncIterator[None]:
        settings = app[keys.SETTINGS]
        app[keys.READING_ROOM] = room = ReadingRoom(
            app[keys.ENGINE],
            settings.desk.attachments_dir,
            given or PaperWorker(),
            claimant=app[keys.COPY],
            others=lambda: app[keys.SIGNALS].tell(Topic.PAPER),
            failed=app[keys.METRICS].errors.labels("paper_reader").inc,
            days=settings.desk.paper_days,
        )

        async def waits(_key: str, _along: Mapping[str, Any]) -> None:
            room.wake()

        app[keys.SIGNALS].hear(Topic.PAPER, waits)

        async def tell(paper: Paper) -> None:
            courier = app[keys.COURIERS].get(paper.channel)
            # Pages ask how it went; whoever waits in a chat is told.
            if paper.status is PaperStatus.FAILED:
                if courier is not None:
                    await courier.say(paper.sender, (uploading.failure(paper),))
                return
            reply = await intake.announce(app, uploading.announcement(paper))
            if courier is not None:
                await courier.say(paper.sender, reply.messages)

        working = asyncio.create_task(room.run(lambda: today_of(settings), tell))
        yield
        await ended([working])
        await room.close()

    return run


async def _close_sockets(app: web.Application) -> None:
    await app[keys.SOCKETS].close()
