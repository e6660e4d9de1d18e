"""Wires the accounts of the settings into the application, beside the server's other work."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from channels.wechat.answers import Answers
from channels.wechat.courier import Account, Courier
from channels.wechat.envelope import Envelope
from channels.wechat.fetching import Fetcher
from channels.wechat.in_time_or_late import Listener, TimedAnswers
from channels.wechat.official import OfficialAccount
from channels.wechat.pictures import Intake
from channels.wechat.service import ServiceAnswers
from channels.wechat.wecom import CustomerService, WeComApplication
from server import keys
from server.ending import ended
from server.links import address_of


@dataclass(frozen=True)
class Connected:
    """An account that is connected: how its server's calls are opened, and who works on them."""

    envelope: Envelope
    timed: TimedAnswers


@dataclass(frozen=True)
class ConnectedService:
    """微信客服, whose server only says that something came in."""

    envelope: Envelope
    fetcher: Fetcher


OFFICIAL = web.AppKey("official", Connected)
APPLICATION = web.AppKey("application", Connected)
SERVICE = web.AppKey("service", ConnectedService)


async def connect_official(app: web.Application) -> AsyncIterator[None]:
    """Serve the official account, where the settings name one."""
    settings = app[keys.SETTINGS]
    if settings.wechat.app_id is None:
        yield
        return
    account = OfficialAccount(
        app[keys.ENGINE],
        settings.wechat,
        address_of(settings.channels.public_url, app[keys.TOKENS]),
        settings.desk.attachments_dir,
    )
    can_fetch = settings.wechat.secret is not None
    courier = courier_of(app, account)
    answers = Answers(app, Intake(app, account.fetch) if can_fetch else None)
    timed = timed_answers_of(app, courier, answers)
    app[OFFICIAL] = Connected(account.envelope, timed)
    async with serving(app, courier, timed):
        yield
    await account.close()


async def connect_application(app: web.Application) -> AsyncIterator[None]:
    """Serve the WeCom application, where the settings name one."""
    settings = app[keys.SETTINGS]
    if settings.wecom.corp_id is None or settings.wecom.secret is None:
        yield
        return
    whole = address_of(settings.channels.public_url, app[keys.TOKENS])
    folder = settings.desk.attachments_dir
    account = WeComApplication(app[keys.ENGINE], settings.wecom, whole, folder)
    courier = courier_of(app, account)
    answers = Answers(app, Intake(app, account.fetch))
    timed = timed_answers_of(app, courier, answers)
    app[APPLICATION] = Connected(account.envelope, timed)
    async with serving(app, courier, timed):
        yield
    await account.close()


async def connect_service(app: web.Application) -> AsyncIterator[None]:
    """Serve 微信客服, where the settings name it."""
    settings = app[keys.SETTINGS]
    if settings.wecom.corp_id is None or settings.wecom.kf_secret is None:
        yield
        return
    whole = address_of(settings.channels.public_url, app[keys.TOKENS])
    folder = settings.desk.attachments_dir
    account = CustomerService(app[keys.ENGINE], settings.wecom, whole, folder)
    courier = courier_of(app, account)
    answers = ServiceAnswers(app, account, hands_over=settings.wecom.kf_handover == "wecom")
    timed = timed_answers_of(app, courier, answers)
    fetcher = Fetcher(app, account, timed)
    app[SERVICE] = ConnectedService(account.envelope, fetcher)
    async with serving(app, courier, timed, fetcher.run):
        yield
        await fetcher.close()
        await answers.close()
    await account.close()


def timed_answers_of(app: web.Application, courier: Courier, answers: Listener) -> TimedAnswers:
    """What takes an account's deliveries one after another, beside any other copy of the server."""
    return TimedAnswers(
        app[keys.ENGINE], courier, answers, app[keys.DELIVERY].confirm, app[keys.COPY]
    )


def courier_of(app: web.Application, account: Account) -> Courier:
    """The courier of an account, by which the desk's words leave too."""
    watchers = app[keys.WATCHERS]
    courier = Courier(
        app[keys.ENGINE],
        account,
        app[keys.DELIVERY].confirm,
        lambda sender: watchers.tell(sender, {"type": "conversation"}),
    )
    app[keys.DELIVERY].carriers.append(courier.carry)
    app[keys.COURIERS][account.channel] = courier
    return courier


@contextlib.asynccontextmanager
async def serving(
    app: web.Application,
    courier: Courier,
    timed: TimedAnswers,
    *more: Callable[[], Coroutine[Any, Any, None]],
) -> AsyncIterator[None]:
    """Send and resume until the block ends; what has begun is finished.

    :param more: what else is done meanwhile.
    """
    await timed.start()
    working = [asyncio.create_task(work()) for work in (courier.run, timed.run, *more)]
    try:
        yield
    finally:
        await timed.close()
        await ended(working)
