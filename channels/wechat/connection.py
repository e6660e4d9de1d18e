"""Wires the accounts of the settings into the application, beside the server's other work."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from socket import gethostname

from aiohttp import web

from channels import keys
from channels.web.whole import address_of
from channels.wechat.answers import Answers
from channels.wechat.courier import Account, Courier
from channels.wechat.official import OfficialAccount
from channels.wechat.pictures import Intake
from channels.wechat.turns import Turns


@dataclass(frozen=True)
class Official:
    """The official account that is connected."""

    account: OfficialAccount
    courier: Courier
    turns: Turns


OFFICIAL = web.AppKey("official", Official)


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
    turns = Turns(app[keys.ENGINE], courier, answers, app[keys.DELIVERY].confirm, claimant(app))
    app[OFFICIAL] = Official(account, courier, turns)
    async with serving(app, courier, turns):
        yield
    await account.close()


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
async def serving(app: web.Application, courier: Courier, turns: Turns) -> AsyncIterator[None]:
    """Send and resume until the block ends; what has begun is finished."""
    await turns.start()
    working = [asyncio.create_task(courier.run()), asyncio.create_task(turns.run())]
    try:
        yield
    finally:
        await turns.close()
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)


def claimant(app: web.Application) -> str:
    """This copy of the server, as it is known to the others."""
    return f"{gethostname()}:{app[keys.SETTINGS].channels.port}"
