"""A document's metadata as a form: where it applies, since when, on what it rests, when it was reviewed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from aiohttp import web

from actions.matter_view import vocabulary_of
from desk.permissions import Permission
from knowledge.draft import DraftStore
from knowledge.errors import EditConflictError, SourceError
from knowledge.front_matter import AUDIENCES, read_meta
from knowledge.library import load_sources
from knowledge.loaders.places import place_codes
from knowledge.overlay import META_NAMES, meta_values
from knowledge.text import normalise
from knowledge.types import Document
from office.access import require
from office.pages import see_other
from office.workbench.drafts import HOME, edits_of, library
from office.workbench.pages import login_of, render, settings_of
from server.labels import PLACES
from settings import ROOT, Settings

routes = web.RouteTableDef()


@dataclass(frozen=True)
class Field:
    """One field of the form; ``kind`` is text, date, list or sources."""

    key: str
    kind: str = "text"
    hint: str = ""

    @property
    def label(self) -> str:
        """The Chinese name."""
        return META_NAMES[self.key]


_CODES = {name: code for code, name in PLACES.items()} | {code: code for code in PLACES}
_AUDIENCES = dict(zip(AUDIENCES, ("企业", "公众", "工作人员", "培训员"), strict=True))
# Fields whose values are codes, and the kind of word that each code is.
_KINDS = {"ip_types": "right", "procedures": "procedure"}
# What a document says that is about all of them.
_WHOLE = {"ip_types": {"all": "各类权利"}}
_CODED = frozenset({*_KINDS, "audience"})
FIELDS = (
    Field("title"),
    Field("jurisdiction", "list", "国家或地区，如 美国、德国；不限国家写 通用"),
    Field("ip_types", "list", "专利、外观设计、商标、著作权、商业秘密、域名、各类权利"),
    Field("procedures", "list", "如 337调查、临时限制令（TRO）、海关扣货、商标抢注"),
    Field("audience", "list", "、".join(_AUDIENCES.values())),
    Field("issuer"),
    Field("number", "text", "如 穗知发〔2026〕12号"),
    Field("issued_on", "date"),
    Field("effective_from", "date"),
    Field("effective_to", "date", "过了这一天只作历史，不再回答"),
    Field("superseded_by", "document", "选了以后这份只作历史"),
    Field("as_of", "text", "如 2026 或 2026-05-01"),
    Field("reviewed_on", "date", "超过半年会提醒复核"),
    Field("keywords", "list"),
    Field("next_steps", "list"),
    Field("sources", "sources", "每行一个：名称 | 网址 | 依据，后两项可空"),
)


@routes.get("/drafts/{document}/meta", name="draft_meta")
@require(Permission.KNOWLEDGE)
async def show(request: web.Request) -> web.Response:
    """The form."""
    return await _form(request)


async def _form(
    request: web.Request,
    *,
    typed: Mapping[str, str] | None = None,
    refusal: str = "",
    status: int = 200,
) -> web.Response:
    found = await library(request)
    identifier = request.match_info["document"]
    document = next((item for item in found.documents if item.meta.id == identifier), None)
    if document is None:
        raise web.HTTPNotFound
    store = edits_of(request)
    edits = await asyncio.to_thread(store.of, identifier)
    history = await asyncio.to_thread(store.history, identifier, "")
    source = await asyncio.to_thread(_source, settings_of(request), identifier)
    edited = {**meta_values(source.meta), **(edits.meta.fields if edits.meta else {})}
    values = {field.key: shown(field, edited.get(field.key)) for field in FIELDS}
    return render(
        request,
        "workbench/draft_meta.html",
        tab="drafts",
        status=status,
        document=document,
        fields=FIELDS,
        values={**values, **(typed or {})},
        token=edits.meta_token,
        changed=dict(edits.meta.fields) if edits.meta else {},
        conflicts=[
            item for item in found.conflicts if item.document == identifier and not item.passage
        ],
        refusal=refusal,
        documents=_others(found.documents, identifier),
        told=told,
        history=history[:20],
    )


@routes.post("/drafts/{document}/meta", name="draft_meta_save")
@require(Permission.KNOWLEDGE)
async def save(request: web.Request) -> web.Response:
    """Keep what differs from the source."""
    form = {key: str(value) for key, value in (await request.post()).items()}
    identifier = request.match_info["document"]
    try:
        source = await asyncio.to_thread(_source, settings_of(request), identifier)
        now = meta_values(source.meta)
        changed = changed_fields(typed_values(FIELDS, form), now)
        read_meta({**now, **changed}, source.meta.title)
        before = {key: now.get(key) for key in changed}
        store, by = edits_of(request), login_of(request)
        await asyncio.to_thread(
            store.save_meta, identifier, form.get("token", ""), changed, before, by=by
        )
    except (EditConflictError, SourceError) as error:
        status = 409 if isinstance(error, EditConflictError) else 400
        kept = {field.key: form.get(field.key, "") for field in FIELDS}
        return await _form(request, typed=kept, refusal=str(error), status=status)
    return see_other(f"{HOME}/{identifier}", "文档信息已保存，发布后生效")


def _source(settings: Settings, identifier: str) -> Document:
    """:return: the document as its file has it, without edits.

    :raises SourceError: there is none.
    """
    imported = DraftStore(settings.knowledge.draft_dir).documents()
    for document in (*imported, *load_sources(settings.knowledge.sources_dir)[0]):
        if document.meta.id == identifier:
            return document
    raise SourceError("草稿里没有这份文档")


def _others(documents: Sequence[Document], own: str) -> list[tuple[str, str]]:
    """The documents that may take a document's place, by title."""
    found = [(item.meta.id, item.meta.title) for item in documents if item.meta.id != own]
    return [("", "没有被取代"), *sorted(found, key=lambda pair: pair[1])]


def told(change: str) -> str:
    """A kept change of metadata in words."""
    try:
        values = json.loads(change)
    except ValueError:
        return change
    said = [
        f"{field.label}：{shown(field, values[field.key]).replace(chr(10), '、') or '（空）'}"
        for field in FIELDS
        if field.key in values and field.kind != "document"
    ]
    if values.get("superseded_by"):
        said.append("改了被哪份文档取代")
    return "；".join(said) or "恢复为原文件的内容"


def typed_values(fields: Sequence[Field], form: Mapping[str, str]) -> dict[str, Any]:
    """:return: what was typed, as values of the metadata.

    :raises SourceError: a name is unknown.
    """
    return {field.key: parsed(field, form.get(field.key, "")) for field in fields}


def changed_fields(typed: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """:return: the values that differ from what there is."""
    return {key: value for key, value in typed.items() if value != (now.get(key) or _empty(value))}


def shown(field: Field, value: Any) -> str:
    """:return: a value of the metadata as the form shows it."""
    if value is None:
        return ""
    if field.kind == "sources":
        rows = ([row.get("title"), row.get("url"), row.get("basis")] for row in value)
        return "\n".join(" | ".join(str(cell or "") for cell in row).rstrip(" |") for row in rows)
    if field.key == "jurisdiction":
        return "\n".join(PLACES.get(code, code) for code in value)
    if field.key in _CODED:
        names = coded(field.key)
        return "\n".join(names.get(code, code) for code in value)
    return "\n".join(map(str, value)) if field.kind == "list" else str(value)


def parsed(field: Field, text: str) -> Any:
    """:return: what was typed as a value of the metadata."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if field.key == "jurisdiction":
        return [_place(line) for line in lines]
    if field.key in _CODED:
        return [_code(field, line) for line in lines]
    if field.kind == "list":
        return lines
    if field.kind == "sources":
        return [_source_row(line) for line in lines]
    return text.strip() or None


@lru_cache(maxsize=8)
def coded(key: str) -> Mapping[str, str]:
    """The Chinese names of a field's codes."""
    if key == "audience":
        return _AUDIENCES
    names = vocabulary_of(ROOT / "knowledge" / "tables").names
    found = {code: name for (kind, code), name in names.items() if kind == _KINDS[key]}
    return {**found, **_WHOLE.get(key, {})}


def _code(field: Field, text: str) -> str:
    """:raises SourceError: nothing is called so."""
    names = coded(field.key)
    if text in names:
        return text
    known = {normalise(name).lower(): code for code, name in names.items()}
    code = known.get(normalise(text).lower())
    if code is None:
        raise SourceError(f"不认识{field.label}“{text}”，可用：{'、'.join(sorted(names.values()))}")
    return code


def _place(name: str) -> str:
    """:raises SourceError: no country is called so."""
    code = _CODES.get(name) or place_codes().get(normalise(name).lower())
    if code is None:
        raise SourceError(f"不认识国家或地区“{name}”，请写名称（如 德国）或代码（如 DE）")
    return code


def _source_row(line: str) -> dict[str, str | None]:
    cells = [cell.strip() or None for cell in line.replace("｜", "|").split("|")]
    title, url, basis = (*cells, None, None)[:3]
    return {"title": title or "", "url": url, "basis": basis}


def _empty(value: Any) -> Any:
    return [] if isinstance(value, list) else None
