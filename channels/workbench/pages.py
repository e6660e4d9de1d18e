"""The frame of the workbench's pages: the tabs that lead from one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from channels import keys
from channels.console import pages
from channels.console.access import CURRENT_STAFF
from settings import Settings


@dataclass(frozen=True)
class Tab:
    """One line of the workbench's own menu; ``key`` is what a page names as its ``tab``."""

    key: str
    title: str
    path: str


TABS = (
    Tab("overview", "概览", "/workbench"),
    Tab("imports", "导入", "/workbench/imports"),
    Tab("drafts", "草稿", "/workbench/drafts"),
    Tab("ask", "试问", "/workbench/ask"),
    Tab("publish", "发布", "/workbench/publish"),
    Tab("listening", "待答问题", "/workbench/listening"),
    Tab("dictionary", "词典", "/workbench/dictionary"),
    Tab("dialogue", "对话训练", "/workbench/dialogue"),
    Tab("material", "培训材料", "/workbench/material"),
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
