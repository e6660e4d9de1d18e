"""The draft, passage by passage: read it as it will be indexed, correct it, settle conflicts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from curation.draft_actions import SPLIT, act, following_of, kept_of, token_of
from curation.drafting import draft_of
from desk.permissions import Permission
from knowledge.edit_checks import new_figures
from knowledge.edits import EditStore
from knowledge.errors import EditConflictError, SourceError
from knowledge.figures import readable_figure
from knowledge.library import Library
from knowledge.overlay import Drafted, State, merged
from knowledge.text import normalise
from knowledge.types import Document
from office.access import require
from office.pages import see_other, window
from office.workbench.live_answers import get_ready_ahead
from office.workbench.originals import is_imported, pages_of
from office.workbench.pages import login_of, render, settings_of

routes = web.RouteTableDef()

HOME = "/workbench/drafts"
_OWN = (State.EDITED, State.SPLIT, State.MERGED, State.DISABLED)


@dataclass(frozen=True)
class DocumentLine:
    """A document in the list."""

    document: Document
    passages: int
    edited: int
    conflicts: int


def edits_of(request: web.Request) -> EditStore:
    """Where edits are kept."""
    return EditStore(settings_of(request).knowledge.draft_dir)


async def library(request: web.Request) -> Library:
    """The draft as it stands."""
    return await asyncio.to_thread(draft_of, settings_of(request))


@routes.get("/drafts", name="drafts")
@require(Permission.KNOWLEDGE)
async def show(request: web.Request) -> web.Response:
    """The documents, found by title, id or text."""
    get_ready_ahead(request)
    found = await library(request)
    query, only = request.query.get("q", "").strip(), request.query.get("only", "")
    lines = [line for line in _lines(found) if _is_wanted(line, found, query, only)]
    pages = window(request, len(lines))
    return render(
        request,
        "workbench/drafts.html",
        tab="drafts",
        lines=lines[pages.offset : pages.offset + pages.size],
        pages=pages,
        query=query,
        only=only,
        conflicts=len(found.conflicts),
        unreadable=found.unreadable,
    )


def _lines(found: Library) -> list[DocumentLine]:
    clashes = [conflict.document for conflict in found.conflicts]
    lines = []
    for document in found.documents:
        entries = found.entries.get(document.meta.id, ())
        edited = sum(entry.edit is not None for entry in entries)
        passages = sum(len(entry.results) for entry in entries)
        lines.append(DocumentLine(document, passages, edited, clashes.count(document.meta.id)))
    return lines


def _is_wanted(line: DocumentLine, found: Library, query: str, only: str) -> bool:
    if only == "edited" and not line.edited:
        return False
    if only == "conflict" and not line.conflicts:
        return False
    if not query:
        return True
    wanted, meta = normalise(query), line.document.meta
    if wanted in normalise(meta.title) or wanted in meta.id:
        return True
    texts = (part.text for entry in found.entries.get(meta.id, ()) for part in entry.results)
    return any(wanted in normalise(text) for text in texts)


@routes.get("/drafts/{document}", name="draft")
@require(Permission.KNOWLEDGE)
async def show_document(request: web.Request) -> web.Response:
    """The passages of a document as they will be indexed."""
    found = await library(request)
    document = document_of(found, request.match_info["document"])
    entries = found.entries[document.meta.id]
    only = request.query.get("only", "")
    shown = [
        entry
        for entry in entries
        if (not only or (only == "edited" and entry.edit) or entry.state.name.lower() == only)
    ]
    pages = window(request, len(shown), 100)
    return render(
        request,
        "workbench/draft.html",
        tab="drafts",
        document=document,
        entries=shown[pages.offset : pages.offset + pages.size],
        pages=pages,
        total=len(entries),
        only=only,
        edited=sum(entry.edit is not None for entry in entries),
        successor=next(
            (
                item.meta.title
                for item in found.documents
                if item.meta.id == document.meta.superseded_by
            ),
            "",
        ),
        conflicts=[item for item in found.conflicts if item.document == document.meta.id],
        figures={
            entry.passage_id: sorted(
                map(readable_figure, new_figures(entry, document, found.ledger))
            )
            for entry in entries
            if entry.edit is not None and entry.edit.texts is not None and entry.source is not None
        },
        states=State,
        is_imported=await asyncio.to_thread(is_imported, settings_of(request), document.meta.id),
        has_pages=await asyncio.to_thread(pages_of, settings_of(request), document.meta.id),
        link=lambda passage: address(document.meta.id, passage),
    )


def address(document: str, passage: str) -> str:
    """The page on which a passage is edited."""
    return f"{HOME}/{document}/edit?{urlencode({'passage': passage})}"


def document_of(found: Library, identifier: str) -> Document:
    """A document of the draft.

    :raises HTTPNotFound: there is none.
    """
    for document in found.documents:
        if document.meta.id == identifier:
            return document
    raise web.HTTPNotFound


def entry_of(found: Library, document: str, passage: str) -> Drafted:
    """A passage of a document as it is edited.

    :raises HTTPNotFound: there is none.
    """
    for entry in found.entries.get(document, ()):
        if entry.passage_id == passage:
            return entry
    raise web.HTTPNotFound


@routes.get("/drafts/{document}/edit", name="draft_edit")
@require(Permission.KNOWLEDGE)
async def show_passage(request: web.Request) -> web.Response:
    """One passage with all that can be changed of it, and its history."""
    get_ready_ahead(request)
    return await _editor(request, request.query.get("passage", ""))


async def _editor(
    request: web.Request,
    passage: str,
    *,
    typed: Mapping[str, str] | None = None,
    refusal: str = "",
    status: int = 200,
) -> web.Response:
    """The editor; after a refusal with what was typed, beside what is there now."""
    found = await library(request)
    document = document_of(found, request.match_info["document"])
    entry = entry_of(found, document.meta.id, passage)
    store = edits_of(request)
    edits = await asyncio.to_thread(store.of, document.meta.id)
    history = await asyncio.to_thread(store.history, document.meta.id, passage)
    after = following_of(found.entries[document.meta.id], entry)
    return render(
        request,
        "workbench/draft_edit.html",
        tab="drafts",
        status=status,
        document=document,
        entry=entry,
        passage=passage,
        token=token_of(edits, entry),
        values={**_values(entry), **(typed or {})},
        refusal=refusal,
        history=history[:30],
        following=after,
        following_token=token_of(edits, after) if after else "",
        targets=[item.source for item in found.entries[document.meta.id] if item.source],
        split=SPLIT,
        states=State,
        is_changed=bool(kept_of(entry.edit)),
    )


def _values(entry: Drafted) -> dict[str, str]:
    """What the form is filled with: the edit where there is one, else the source."""
    edit, results = entry.edit, entry.results
    shown = merged(entry.sources) if entry.sources else None
    if edit is not None and edit.texts is not None:
        text = f"\n{SPLIT}\n".join(edit.texts)
    else:
        text = shown.text if shown else ""
    if results and entry.state is not State.CONFLICT:
        shown = results[0]
    return {
        "text": text,
        "heading": "\n".join(shown.heading if shown else ()),
        "similar": "\n".join(shown.similar if shown else ()),
        "negative": "\n".join(shown.negative if shown else ()),
        "note": "",
    }


@routes.post("/drafts/{document}/save", name="draft_save")
@require(Permission.KNOWLEDGE)
async def save(request: web.Request) -> web.Response:
    """Keep an edit, merge, disable, enable, keep or drop; a second editor is told and loses nothing."""
    form = {key: str(value) for key, value in (await request.post()).items()}
    found = await library(request)
    document = document_of(found, request.match_info["document"])
    passage = form.get("passage", "")
    entry = entry_of(found, document.meta.id, passage)
    try:
        done = await asyncio.to_thread(
            act, edits_of(request), found, entry, form, login_of(request)
        )
    except (EditConflictError, SourceError) as error:
        typed: dict[str, str] = {
            key: form[key]
            for key in ("text", "heading", "similar", "negative", "note")
            if key in form
        }
        status = 409 if isinstance(error, EditConflictError) else 400
        return await _editor(request, passage, typed=typed, refusal=str(error), status=status)
    return see_other(f"{HOME}/{document.meta.id}#{_anchor(passage)}", done)


def _anchor(passage: str) -> str:
    return passage.partition("#")[2]
