"""Which addresses answer with a page, read from the program, and which place looks at each."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

TEMPLATES = Path(__file__).resolve().parents[2] / "channels" / "templates"
_OURS = ("channels", "office", "server")
# The address of each page that one can come to, and the places (tests/browser/places.py) that look at it.
SHOWN: Mapping[str, tuple[str, ...]] = {
    "GET /": (
        "chat-home", "chat-about", "chat-story", "chat-matter", "chat-lead", "chat-quiz",
        "chat-waiting", "chat-paper", "chat-matter-by-hand",
    ),
    "GET /a/{token}": ("whole",),
    "GET /plan/{token}": ("plan",),
    "GET /quiz/card": ("quiz-card",),
    "GET /widget/frame": ("widget-frame", "widget-refused"),
    "GET /c/{code}": ("campaign", "campaign-question", "campaign-game", "kiosk"),
    "GET /c/{code}/board": ("campaign-board",),
    "GET /c/{code}/card": ("campaign-card",),
    "GET /desk/login": ("login",),
    "POST /desk/login": ("login-code",),
    "GET /desk/invitation/{secret}": ("invitation",),
    "GET /desk": ("desk-inbox", "desk-all"),
    "GET /desk/audit": ("desk-audit",),
    "GET /desk/campaigns": ("desk-campaigns",),
    "GET /desk/campaigns/new": ("desk-campaign-new",),
    "GET /desk/campaigns/{code}": ("desk-campaign",),
    "GET /desk/campaigns/{code}/edit": ("desk-campaign-edit",),
    "GET /desk/campaigns/{code}/figures": ("desk-campaign-figures",),
    "GET /desk/canned": ("desk-canned",),
    "GET /desk/digest": ("desk-digest",),
    "GET /desk/due": ("desk-due",),
    "GET /desk/figures": ("desk-figures",),
    "GET /desk/figures/{measure}": ("desk-figures-list",),
    "GET /desk/leads": ("desk-leads",),
    "GET /desk/leads/drafts": ("desk-lead-drafts",),
    "GET /desk/leads/export": ("desk-lead-export",),
    "GET /desk/leads/new": ("desk-lead-new",),
    "GET /desk/leads/{reference}": ("desk-lead",),
    "POST /desk/leads/{reference}/reveal": ("desk-lead-revealed",),
    "GET /desk/me": ("desk-me",),
    "POST /desk/me/code": ("desk-own-code",),
    "GET /desk/search": ("desk-search",),
    "GET /desk/settings": ("desk-settings",),
    "GET /desk/staff": ("desk-staff",),
    "POST /desk/staff/{login}/reset": ("desk-staff-reset",),
    "GET /desk/tickets/new": ("desk-call",),
    "GET /desk/tickets/{reference}": ("desk-case", "desk-case-closed", "desk-nothing"),
    "GET /desk/widget": ("desk-widget",),
    "GET /workbench": ("workbench",),
    "GET /workbench/ask": ("workbench-ask",),
    "GET /workbench/dialogue": ("workbench-dialogue",),
    "GET /workbench/dictionary": ("workbench-dictionary", "finder"),
    "GET /workbench/drafts": ("workbench-drafts",),
    "GET /workbench/drafts/{document}": ("workbench-draft",),
    "GET /workbench/drafts/{document}/edit": ("workbench-edit",),
    "GET /workbench/drafts/{document}/meta": ("workbench-meta",),
    "GET /workbench/imports": ("workbench-imports",),
    "GET /workbench/imports/{batch}": (
        "workbench-batch", *(f"workbench-import-{number}" for number in range(1, 7)),
    ),
    "GET /workbench/imports/{batch}/files/{number}": ("workbench-import-file",),
    "GET /workbench/listening": ("workbench-listening",),
    "GET /workbench/listening/todo": ("workbench-todo",),
    "GET /workbench/material": ("workbench-material",),
    "GET /workbench/material/questions": ("workbench-questions",),
    "GET /workbench/material/questions/{key}": ("workbench-question",),
    "GET /workbench/publish": ("workbench-publish",),
    "GET /workbench/publish/changes": ("workbench-changes",),
    "GET /workbench/replay": ("workbench-replay",),
    "GET /workbench/sampling": ("workbench-sampling",),
}  # fmt: skip
# The page that says that there is none.
NOWHERE = "nothing-here"
# Addresses that programs, scripts of a page or a click on a file ask: data, files, pieces of a page.
NO_PAGES = frozenset(
    {
        "/desk/",  # the inbox once more
        "/api/v1/lead-drafts/{sender}", "/api/v1/conversations/{sender}", "/api/v1/files/{uid}", "/api/v1/matters/{sender}",
        "/api/v1/papers", "/api/v1/papers/{uid}", "/api/v1/papers/{uid}/lines/{line}.png",
        "/c/-/worker.js", "/c/{code}/card.png", "/c/{code}/certificate.pdf",
        "/c/{code}/manifest.webmanifest", "/c/{code}/qr.svg", "/c/{code}/rights.json",
        "/deadline.ics", "/healthz", "/metrics", "/readyz", "/ws",
        "/plan/{token}/days.ics", "/plan/{token}/plan.pdf", "/quiz/card.svg",
        "/static/{path}", "/widget.js",
        "/desk/campaigns/{code}/figures.xlsx", "/desk/campaigns/{code}/handouts.pdf",
        "/desk/campaigns/{code}/kit.pdf", "/desk/campaigns/{code}/report.pdf",
        "/desk/campaigns/{code}/script.pdf", "/desk/campaigns/{code}/slides.pptx",
        "/desk/inbox/rows", "/desk/knowledge", "/desk/leads/{reference}/files/{uid}",
        "/desk/report.{kind}", "/desk/settings/logo.png",
        "/desk/tickets/{reference}/messages", "/desk/tickets/{reference}/papers/{uid}/{file}",
        "/desk/tickets/{reference}/sent/{uid}", "/desk/tickets/{reference}/suggestion", "/desk/ws",
        "/workbench/ask/progress", "/workbench/dialogue/progress",
        "/workbench/drafts/{document}/asked", "/workbench/drafts/{document}/pages/{page}.png",
        "/workbench/imports/template.xlsx", "/workbench/imports/{batch}/state",
        "/workbench/listening/todo/progress", "/workbench/material/bank.xlsx",
        "/workbench/publish/progress", "/workbench/replay/progress",
    }
)  # fmt: skip


def page_templates(app: web.Application) -> dict[str, frozenset[str]]:
    """For each address that answers with a page, as ``GET /path``, the templates that it may answer with."""
    found = {}
    for route in app.router.routes():
        if route.method in ("GET", "POST") and route.resource is not None:
            handler = route.handler
            rendered = set(_templates(handler.__module__, handler.__name__, set()))
            pages = frozenset(name for name in rendered if _is_page(name))
            if pages:
                found[f"{route.method} {route.resource.canonical}"] = pages
    return found


def route_of(url: str) -> str:
    """The path of :data:`SHOWN` that an address belongs to; the one with fewest open parts; else empty."""
    path = urlsplit(url).path.rstrip("/") or "/"
    paths = {key.partition(" ")[2] for key in SHOWN}
    fits = [one for one in paths if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one), path)]
    return min(fits, key=lambda one: one.count("{"), default="")


def shows(name: str, url: str) -> bool:
    """Whether a place looks at the address that is said of it."""
    said = [key.partition(" ")[2] for key, names in SHOWN.items() if name in names]
    return name == NOWHERE or said == [route_of(url)]


def _is_page(template: str) -> bool:
    """Whether it is a whole page, not a piece of one."""
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    return "{% extends" in text or "<!doctype" in text.lower()


def _templates(module: str, function: str, seen: set[tuple[str, str]]) -> Iterator[str]:
    """The templates named in a function and in those of ours that it calls."""
    seen.add((module, function))
    functions, imported = _module(module)
    if function not in functions:
        return
    for node in ast.walk(functions[function]):
        if isinstance(node, ast.Constant) and str(node.value).endswith(".html"):
            yield str(node.value)
            continue
        called = _called(node, module, functions, imported)
        if called is not None and called not in seen:
            yield from _templates(*called, seen)


def _called(
    node: ast.AST, module: str, functions: Mapping[str, ast.AST], imported: Mapping[str, str]
) -> tuple[str, str] | None:
    if isinstance(node, ast.Name) and node.id in functions:
        return module, node.id
    if isinstance(node, ast.Name) and node.id in imported:
        within, _, name = imported[node.id].rpartition(".")
        return (within, name) if _is_ours(within) else None
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        within = imported.get(node.value.id, "")
        return (within, node.attr) if _is_ours(within) else None
    return None


def _is_ours(module: str) -> bool:
    """Whether it is a module of the packages that answer requests."""
    if module.partition(".")[0] not in _OURS:
        return False
    spec = importlib.util.find_spec(module) if _has_parent(module) else None
    return spec is not None and spec.origin is not None


def _has_parent(module: str) -> bool:
    parent = module.rpartition(".")[0]
    spec = importlib.util.find_spec(parent) if parent else None
    return not parent or (spec is not None and spec.submodule_search_locations is not None)


@lru_cache
def _module(name: str) -> tuple[dict[str, ast.AST], dict[str, str]]:
    """The functions of a module by name, and what each imported name stands for."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    functions: dict[str, ast.AST] = {
        node.name: node
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    return functions, imported
