"""The frame of the workbench's pages: the tabs that lead from one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from office import pages
from office.access import CURRENT_STAFF
from server import keys
from settings import Settings


@dataclass(frozen=True)
class Tab:
    """One line of the workbench's own menu; ``key`` is what a page names as its ``tab``.

    ``group`` begins with its place among the groups.
    """

    key: str
    title: str
    path: str
    group: str


# How long a page that watches work waits for its end before it shows how far it is.
_HELD_S = 1.0
_DO, _HEAR, _TEACH = "1改内容", "2听问题", "3教和学"
TABS = (
    Tab("overview", "概览", "/workbench", _DO),
    Tab("imports", "导入", "/workbench/imports", _DO),
    Tab("drafts", "草稿", "/workbench/drafts", _DO),
    Tab("ask", "试问", "/workbench/ask", _DO),
    Tab("replay", "回放", "/workbench/replay", _DO),
    Tab("publish", "发布", "/workbench/publish", _DO),
    Tab("listening", "待答问题", "/workbench/listening", _HEAR),
    Tab("sampling", "抽查", "/workbench/sampling", _HEAR),
    Tab("dictionary", "词典", "/workbench/dictionary", _HEAR),
    Tab("dialogue", "对话训练", "/workbench/dialogue", _TEACH),
    Tab("material", "培训材料", "/workbench/material", _TEACH),
)


def render(
    request: web.Request, template: str, *, tab: str = "", status: int = 200, **context: Any
) -> web.Response:
    """Answer with a page of the workbench.

    :param template: such as ``workbench/imports.html``, which extends ``workbench/base.html``.
    :param tab: the key of the tab to mark as current.
    """
    return pages.render(
        request, template, section="knowledge", status=status, tabs=TABS, tab=tab, **context
    )


def settings_of(request: web.Request) -> Settings:
    """The settings of the whole application."""
    return request.config_dict[keys.SETTINGS]


def login_of(request: web.Request) -> str:
    """Who is asking, as the change log names them."""
    return request[CURRENT_STAFF].login


async def until_news(request: web.Request, job: str) -> None:
    """Where a page says that it can wait (RFC 7240): until the work has ended, or its next step may be shown."""
    if request.headers.get("Prefer", "").startswith("wait="):
        await request.config_dict[keys.JOBS].wait(job, _HELD_S)
