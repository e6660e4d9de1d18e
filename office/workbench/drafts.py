"""The draft, passage by passage: read it as it will be indexed, correct it, settle conflicts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from curation.drafting import draft_of
from desk.permissions import Permission
from knowledge.edit_checks import new_figures
from knowledge.edit_types import Action, DocumentEdits, Edit
from knowledge.edits import EditStore
from knowledge.errors import EditConflictError, SourceError
from knowledge.figures import readable_figure
from knowledge.library import Library
from knowledge.overlay import Drafted, State, merged
from knowledge.text import normalise
from knowledge.types import Document, Passage
from office.access import require
from office.pages import see_other, window
from office.workbench.live_answers import ask_live_ahead
from office.workbench.originals import pages_of
from office.workbench.pages import login_of, render, settings_of

routes = web.RouteTableDef()

HOME = "/workbench/drafts"
# A line of this alone splits a passage.
SPLIT = "----"
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
    document = _document(found, request.match_info["document"])
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
        has_pages=await asyncio.to_thread(pages_of, settings_of(request), document.meta.id),
        link=lambda passage: address(document.meta.id, passage),
    )


def address(document: str, passage: str) -> str:
    """The page on which a passage is edited."""
    return f"{HOME}/{document}/edit?{urlencode({'passage': passage})}"


def _document(found: Library, identifier: str) -> Document:
    for document in found.documents:
        if document.meta.id == identifier:
            return document
    raise web.HTTPNotFound


def _entry(found: Library, document: str, passage: str) -> Drafted:
    for entry in found.entries.get(document, ()):
        if entry.passage_id == passage:
            return entry
    raise web.HTTPNotFound


@routes.get("/drafts/{document}/edit", name="draft_edit")
@require(Permission.KNOWLEDGE)
async def show_passage(request: web.Request) -> web.Response:
    """One passage with all that can be changed of it, and its history."""
    await ask_live_ahead(request)
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
    document = _document(found, request.match_info["document"])
    entry = _entry(found, document.meta.id, passage)
    store = edits_of(request)
    edits = await asyncio.to_thread(store.of, document.meta.id)
    history = await asyncio.to_thread(store.history, document.meta.id, passage)
    after = _next(found.entries[document.meta.id], entry)
    return render(
        request,
        "workbench/draft_edit.html",
        tab="drafts",
        status=status,
        document=document,
        entry=entry,
        passage=passage,
        token=_token(edits, entry),
        values={**_values(entry), **(typed or {})},
        refusal=refusal,
        history=history[:30],
        following=after,
        following_token=_token(edits, after) if after else "",
        targets=[item.source for item in found.entries[document.meta.id] if item.source],
        split=SPLIT,
        states=State,
        is_changed=bool(_kept(entry.edit)),
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


def _token(edits: DocumentEdits, entry: Drafted) -> str:
    """The state that an editor sees of a passage and of those merged into it."""
    if not entry.sources:
        return entry.edit.id if entry.edit else ""
    return " ".join(map(edits.token, entry.sources))


def _next(entries: Sequence[Drafted], entry: Drafted) -> Drafted | None:
    """The passage that could be merged into this one; none where one of the two answers nothing now."""
    places = [item for item in entries if item.source and item.state is not State.ABSORBED]
    known = [item.passage_id for item in places]
    at = known.index(entry.passage_id) + 1 if entry.passage_id in known else len(known)
    if at >= len(places) or not entry.results or not places[at].results:
        return None
    return None if State.CONFLICT in (entry.state, places[at].state) else places[at]


@routes.post("/drafts/{document}/save", name="draft_save")
@require(Permission.KNOWLEDGE)
async def save(request: web.Request) -> web.Response:
    """Keep an edit, merge, disable, enable, keep or drop; a second editor is told and loses nothing."""
    form = {key: str(value) for key, value in (await request.post()).items()}
    found = await library(request)
    document = _document(found, request.match_info["document"])
    passage = form.get("passage", "")
    entry = _entry(found, document.meta.id, passage)
    try:
        done = await asyncio.to_thread(
            _act, edits_of(request), found, entry, form, login_of(request)
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


def _act(store: EditStore, found: Library, entry: Drafted, form: Mapping[str, str], by: str) -> str:
    document = entry.source.document if entry.source else entry.edit.document if entry.edit else ""
    action, tokens = form.get("action", "save"), form.get("token", "").split(" ")
    source, note = entry.source, form.get("note", "")
    if action == "keep":
        return _keep(store, found, entry, form, by)
    if action == "drop":
        store.drop(source or entry.passage_id, tokens[0], document=document, by=by)
        return "修改已放弃，恢复为原文"
    if source is None:
        raise SourceError("这一段在原文里已不存在，只能放弃修改或贴到另一段")
    if len(tokens) != len(entry.sources):
        raise EditConflictError("这一段刚刚被别人合并或分开过，您的修改没有保存，请对照新内容再改")
    if action in ("disable", "enable"):
        off = action == "disable"
        kind = Action.DISABLE if off else Action.ENABLE
        kept = _kept(entry.edit)
        if entry.edit and not (off or kept or entry.joined):
            store.drop(source, tokens[0], document=document, by=by)
            return "这一段已启用，发布后生效"
        store.save(entry.sources, tokens, by=by, action=kind, disabled=off, note=note, **kept)
        return (
            "这一段已停用，发布后不再用它回答，改过的内容留着"
            if off
            else "这一段已启用，发布后生效"
        )
    if action == "unedit":
        store.save(entry.sources, tokens, by=by, action=Action.MERGE, note=note)
        return "已恢复为合并后的原文，仍是合并的一段"
    if action == "merge":
        following = _next(found.entries[document], entry)
        if following is None or following.passage_id != form.get("following"):
            raise EditConflictError("下一段刚刚变了，请刷新后再合并")
        _merge(store, entry, following, [*tokens, *form.get("following_token", "").split(" ")], by)
        return "两段已合并，合并后的正文、标题和问法都能再改"
    _save(store, entry, tokens, form, by)
    return "修改已保存，发布后生效"


def _kept(edit: Edit | None) -> dict[str, Any]:
    """What an edit changed of its passage."""
    if edit is None:
        return {}
    names = ("texts", "heading", "similar", "negative")
    return {name: value for name in names if (value := getattr(edit, name)) is not None}


def _merge(
    store: EditStore, entry: Drafted, following: Drafted, tokens: Sequence[str], by: str
) -> None:
    """Make one passage of two; what either was edited to goes into it."""
    sources = (*entry.sources, *following.sources)
    plain, wanted = merged(sources), merged((*entry.results, *following.results))
    store.save(
        sources,
        tokens,
        by=by,
        action=Action.MERGE,
        **_differing(plain, (wanted.text,), wanted.heading, wanted.similar, wanted.negative),
    )


def _differing(
    plain: Passage,
    texts: Sequence[str],
    heading: tuple[str, ...],
    similar: Sequence[str],
    negative: Sequence[str],
) -> dict[str, Any]:
    """What differs from the source, as an edit states it."""
    is_same = [text.strip() for text in texts] == [plain.text.strip()]
    return {
        "texts": None if is_same else texts or [""],
        "heading": heading if heading and heading != plain.heading else None,
        "similar": similar if tuple(similar) != plain.similar else None,
        "negative": negative if tuple(negative) != plain.negative else None,
    }


def _save(
    store: EditStore, entry: Drafted, tokens: Sequence[str], form: Mapping[str, str], by: str
) -> None:
    """Keep what differs from the source; a merged passage keeps what was merged into it."""
    texts = [part for part in _parts(form.get("text", "")) if part.strip()]
    heading = tuple(line.strip() for line in form.get("heading", "").splitlines() if line.strip())
    similar = form.get("similar", "").splitlines()
    negative = form.get("negative", "").splitlines()
    store.save(
        entry.sources,
        tokens,
        by=by,
        action=Action.SPLIT if len(texts) > 1 else Action.EDIT,
        note=form.get("note", ""),
        **_differing(merged(entry.sources), texts, heading, similar, negative),
    )


def _parts(text: str) -> list[str]:
    parts: list[list[str]] = [[]]
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.strip() == SPLIT:
            parts.append([])
        else:
            parts[-1].append(line)
    return ["\n".join(part) for part in parts]


def _keep(
    store: EditStore, found: Library, entry: Drafted, form: Mapping[str, str], by: str
) -> str:
    """Let an edit stand after a conflict, on its own passage or on another one."""
    edit = entry.edit
    if edit is None or edit.id != form.get("edit"):
        raise EditConflictError("这处修改刚刚被别人处理过，请刷新页面")
    target = form.get("target") or (entry.source.id if entry.source else "")
    known = {
        item.source.id: item.source for item in found.entries.get(edit.document, ()) if item.source
    }
    if target not in known:
        raise SourceError("请选择要贴到哪一段")
    others = [known[base.passage] for base in edit.bases[1:] if base.passage in known]
    # The edit as it is stored: it may have followed its text to another heading.
    stored = store.of(edit.document).edits.get(edit.passage, edit)
    store.rebase(stored, [known[target], *others], by=by)
    return "已保留这处修改"
