"""The words and names that questions are read with: edited with their effect in view."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from curation import publishing
from desk import audit
from desk.permissions import Permission
from indexer import wordbook
from indexer.wordbook import Effect, Idle, Seen
from knowledge.dictionary import (
    Dictionary,
    DictionaryEdit,
    EditKind,
    alias_records,
    check,
    new_edit,
)
from knowledge.errors import SnapshotError, SourceError
from knowledge.word_table import load_words
from office.access import require
from office.pages import see_other
from office.transactions import write
from office.workbench import wording
from office.workbench.pages import login_of, render, settings_of
from server import keys
from server.errors import json_text
from settings import Settings

routes = web.RouteTableDef()

PATH = "/workbench/dictionary"
_SENTENCE_CHARS = 200
_KINDS = {
    "country": "国家或地区",
    "right": "权利",
    "procedure": "程序",
    "platform": "平台",
    "industry": "行业",
    "role": "身份",
    "term": "术语",
    "office": "机构",
}


@dataclass(frozen=True)
class _Listed:
    """An edit with what is known of it."""

    edit: DictionaryEdit
    target: str
    is_live: bool
    idle: str


@routes.get("/dictionary", name="dictionary")
@require(Permission.KNOWLEDGE)
async def show(request: web.Request) -> web.Response:
    """The edits, the box to try them, and the entries that change nothing."""
    settings = settings_of(request)
    listed, records, idle = await asyncio.to_thread(_state, settings)
    return render(
        request,
        "workbench/dictionary.html",
        tab="dictionary",
        listed=listed,
        idle=idle,
        rows=[(row["id"], f"{row['name']}（{_KINDS[row['kind']]}）") for row in records],
        counts=(len(load_words(settings.knowledge.tables_dir)), len(records)),
    )


@routes.post("/dictionary/preview", name="dictionary-preview")
@require(Permission.KNOWLEDGE)
async def preview(request: web.Request) -> web.Response:
    """How a sentence is cut, read and answered, without and with the edit in the form."""
    form = await request.post()
    sentence = str(form.get("sentence", "")).strip()[:_SENTENCE_CHARS]
    settings = settings_of(request)
    index = await asyncio.to_thread(request.config_dict[keys.INDEX].current)
    proposed = _edit(form, login_of(request)) if str(form.get("text", "")).strip() else None
    tables = settings.knowledge.tables_dir

    def look() -> tuple[Effect, str]:
        edits = Dictionary(settings.data_dir).edits()
        if proposed is not None:
            check(proposed, tables)
        found = wordbook.effect(
            index,
            tables,
            edits,
            proposed,
            sentence or (proposed.text if proposed else ""),
            publishing.today_of(settings),
        )
        return found, wordbook.is_idle(tables, edits, proposed) if proposed else ""

    found, idle = await asyncio.to_thread(look)
    records = await asyncio.to_thread(alias_records, tables)
    body = {
        "before": _shown(found.before, records),
        "after": _shown(found.after, records) if proposed else None,
        "changed": found.is_changed,
        "idle": idle,
    }
    return web.json_response(body, dumps=json_text)


@routes.post("/dictionary", name="dictionary-add")
@require(Permission.KNOWLEDGE)
async def add(request: web.Request) -> web.Response:
    """Keep an edit for the next publication."""
    settings, by = settings_of(request), login_of(request)
    edit = _edit(await request.post(), by)
    store = Dictionary(settings.data_dir)
    await asyncio.to_thread(store.add, edit, settings.knowledge.tables_dir)
    await write(request, audit.record, by, "dictionary", edit.id, detail={"text": edit.text})
    return see_other(PATH, f"“{edit.text}”已存为草稿，随下次发布生效")


@routes.post("/dictionary/{id:[0-9a-f]{12}}/withdraw", name="dictionary-withdraw")
@require(Permission.KNOWLEDGE)
async def withdraw(request: web.Request) -> web.Response:
    """Take an edit back."""
    by = login_of(request)
    store = Dictionary(settings_of(request).data_dir)
    edit = await asyncio.to_thread(store.withdraw, request.match_info["id"], by=by)
    await write(request, audit.record, by, "dictionary", edit.id, detail={"withdrawn": edit.text})
    return see_other(PATH, f"已撤回“{edit.text}”，随下次发布生效")


def _edit(form: Mapping[str, Any], by: str) -> DictionaryEdit:
    kinds = {kind.value: kind for kind in EditKind}
    kind = kinds.get(str(form.get("kind", "")))
    if kind is None:
        raise SourceError("请选择要改的是分词、别名还是同义词")
    target = str(form.get("row" if kind is EditKind.ALIAS else "name", "")).strip()
    removal = form.get("removal") == "yes" and kind is not EditKind.SYNONYM
    return new_edit(
        kind,
        str(form.get("text", "")),
        by=by,
        target=None if kind is EditKind.WORD else target,
        is_removal=removal,
    )


def _state(settings: Settings) -> tuple[list[_Listed], list[dict[str, Any]], list[Idle]]:
    tables = settings.knowledge.tables_dir
    records = alias_records(tables)
    names = {str(row["id"]): str(row["name"]) for row in records}
    store = publishing.store_of(settings)
    try:
        live = set(store.manifest(store.current_id() or "").build.get("dictionary", ()))
    except SnapshotError:
        live = set()
    edits = Dictionary(settings.data_dir).edits()
    listed = [
        _Listed(
            edit,
            names.get(edit.target or "", edit.target or ""),
            edit.id in live,
            wordbook.is_idle(tables, edits, edit),
        )
        for edit in reversed(edits)
    ]
    idle = [*wordbook.idle_words(load_words(tables)), *wordbook.idle_aliases(records)]
    return listed, records, idle


def _shown(seen: Seen, records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    info = seen.info
    # The first row of a code gives its usual name.
    names = {(row["kind"], str(row["code"])): str(row["name"]) for row in reversed(records)}
    named = [
        names.get((kind, code), code)
        for kind, codes in (
            ("country", info.countries),
            ("right", info.ip_types),
            ("procedure", info.procedures),
            ("platform", info.platforms),
        )
        for code in codes
    ]
    return {
        "words": list(seen.words),
        "named": named,
        "synonyms": list(info.synonyms),
        "corrections": [list(pair) for pair in info.corrections],
        "hits": [wording.label(passage) for passage in seen.hits],
    }
