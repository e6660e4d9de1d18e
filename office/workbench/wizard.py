"""One guided path from uploaded files to the colleague who approves them, a page with a step bar.

Everything said on the way is kept with the batch, so that the path can be left and taken up anywhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from curation.batch_answers import (
    Choice,
    Description,
    apply_choices,
    apply_meta,
    choices,
    choose,
    describe,
    description,
    likenesses,
)
from curation.batch_types import Batch, State, Step, UploadedFile
from curation.batches import Batches
from curation.drafting import draft_of
from desk.permissions import Permission
from knowledge.dry_run import Finding, RowVerdict
from knowledge.edits import EditStore
from knowledge.errors import SourceError
from knowledge.front_matter import read_meta
from office.access import require
from office.forms import numbers_of
from office.pages import see_other, window
from office.transactions import engine_of
from office.workbench import publish, trying
from office.workbench.imports import HOME, accepted, batches_of, go_on, job_name
from office.workbench.live_answers import get_ready_ahead
from office.workbench.metadata import FIELDS, changed_fields, shown, typed_values
from office.workbench.pages import login_of, render, settings_of
from server import keys

routes = web.RouteTableDef()

STEPS = tuple(Step)
# Which document takes whose place is found by title and date, or set in the draft.
META_FIELDS = tuple(field for field in FIELDS if field.key != "superseded_by")
_PAIRS_A_PAGE = 10
_CHOICE = "c-"


@dataclass(frozen=True)
class Pair:
    """A new passage beside the present one that it is like."""

    file: UploadedFile
    row: RowVerdict
    other_text: str
    choice: Choice | None

    @property
    def name(self) -> str:
        """The name of its choice in the form."""
        return f"{_CHOICE}{self.file.number}-{self.row.passage}"

    @property
    def must_be_chosen(self) -> bool:
        """Whether leaving both would let two passages contradict each other."""
        return self.row.finding is Finding.CONFLICT and self.choice is None


@routes.get("/imports/{batch}", name="import_batch")
@require(Permission.KNOWLEDGE)
async def show(request: web.Request) -> web.Response:
    """The step that is asked for, else the one that was come to."""
    get_ready_ahead(request)
    batch = await asyncio.to_thread(batches_of(request).get, request.match_info["batch"])
    named = request.query.get("step", "")
    step = Step(named) if named in [item.value for item in Step] else batch.step
    return await _page(request, batch, step)


async def _page(
    request: web.Request, batch: Batch, step: Step, *, status: int = 200, **context: Any
) -> web.Response:
    job = await request.config_dict[keys.JOBS].seen(job_name(batch.id))
    shown_step = await _PAGES[step](request, batch)
    place = STEPS.index(step)
    return render(
        request,
        "workbench/import_wizard.html",
        tab="imports",
        status=status,
        batch=batch,
        step=step,
        steps=STEPS,
        place=place,
        before=STEPS[place - 1] if place else None,
        after=STEPS[place + 1] if place + 1 < len(STEPS) else None,
        job=job,
        states=State,
        address=f"{HOME}/{batch.id}",
        **{"refusal": "", **shown_step, **context},
    )


async def _led(request: web.Request, batch: Batch, step: Step) -> web.Response:
    """Lead to a step, which is where the path is taken up again."""
    await asyncio.to_thread(batches_of(request).change, batch.id, step=step)
    return see_other(f"{HOME}/{batch.id}?step={step.value}")


def _target(form: Mapping[str, Any], step: Step) -> Step:
    """The step that a button leads to."""
    moved = {"next": 1, "back": -1}.get(str(form.get("go", "")), 0)
    return STEPS[min(max(STEPS.index(step) + moved, 0), len(STEPS) - 1)]


# -- files and what was found in them --------------------------------------------------------------


async def _files(request: web.Request, _batch: Batch) -> dict[str, Any]:
    return accepted(settings_of(request))


async def _check(_request: web.Request, _batch: Batch) -> dict[str, Any]:
    return {}


@routes.post("/imports/{batch}/wanted", name="import_wanted")
@require(Permission.KNOWLEDGE)
async def want(request: web.Request) -> web.Response:
    """Remember which files are wanted and go on."""
    form = await request.post()
    numbers = numbers_of(form.getall("file", []))
    batches, identifier = batches_of(request), request.match_info["batch"]
    await asyncio.to_thread(batches.want, identifier, numbers)
    batch = await asyncio.to_thread(batches.get, identifier)
    if form.get("go") == "stay":
        return web.json_response({"kept": True})
    if form.get("go") == "next" and not any(item.is_chosen for item in batch.files):
        raise SourceError("还没有选中要导入的文件")
    return await _led(request, batch, _target(form, Step.CHECK))


# -- metadata --------------------------------------------------------------------------------------


async def _meta(request: web.Request, batch: Batch) -> dict[str, Any]:
    asked = request.match_info.get("number") or request.query.get("file", "")
    file = next((item for item in batch.described if str(item.number) == asked), None)
    file = file or next(iter(batch.described), None)
    if file is None:
        return {"file": None}
    known = await asyncio.to_thread(_known, request, batch, file)
    numbers = [item.number for item in batch.described]
    place = numbers.index(file.number)
    return {
        "file": file,
        "file_place": place + 1,
        "file_before": numbers[place - 1] if place else None,
        "file_after": numbers[place + 1] if place + 1 < len(numbers) else None,
        "fields": META_FIELDS,
        "values": {field.key: shown(field, known.values.get(field.key)) for field in META_FIELDS},
        "proposed": known.proposed if known.fields is None else {},
        "changed": known.fields or {},
    }


def _known(request: web.Request, batch: Batch, file: UploadedFile) -> Description:
    """What is known of a document: of one in the draft, or before anything was said, what the draft says."""
    known = description(batches_of(request).path(batch.id), file.number) or Description({})
    if file.state is not State.TAKEN and known.fields is not None:
        return known
    edit = EditStore(settings_of(request).knowledge.draft_dir).of(file.document).meta
    fields = edit.fields if edit is not None else known.fields
    return Description(known.found, known.proposed, fields)


@routes.post("/imports/{batch}/files/{number:\\d{1,6}}/meta", name="import_meta")
@require(Permission.KNOWLEDGE)
async def keep_meta(request: web.Request) -> web.Response:
    """Keep a document's metadata; go on with the next document, then with the next step."""
    form = {key: str(value) for key, value in (await request.post()).items()}
    batches, number = batches_of(request), int(request.match_info["number"])
    batch = await asyncio.to_thread(batches.get, request.match_info["batch"])
    folder = batches.path(batch.id)
    known = await asyncio.to_thread(description, folder, number)
    if known is None:
        raise web.HTTPNotFound
    is_quiet = form.get("go") == "stay"
    try:
        typed = typed_values(META_FIELDS, form)
        changed = changed_fields(typed, known.found)
        read_meta({**known.found, **changed}, str(known.found.get("title")))
    except SourceError as error:
        if is_quiet:
            return web.json_response({"kept": False, "message": str(error)})
        kept = {field.key: form.get(field.key, "") for field in META_FIELDS}
        return await _page(request, batch, Step.META, status=400, values=kept, refusal=str(error))
    await asyncio.to_thread(describe, folder, number, changed)
    await asyncio.to_thread(
        apply_meta, settings_of(request), batches, batch.id, [number], by=login_of(request)
    )
    if is_quiet:
        return web.json_response({"kept": True})
    return await _after_meta(request, batch, number, form)


async def _after_meta(
    request: web.Request, batch: Batch, number: int, form: Mapping[str, str]
) -> web.Response:
    numbers = [item.number for item in batch.described]
    place = numbers.index(number) if number in numbers else 0
    place += {"next": 1, "back": -1}.get(form.get("go", ""), 0)
    if 0 <= place < len(numbers):
        await asyncio.to_thread(batches_of(request).change, batch.id, step=Step.META)
        return see_other(f"{HOME}/{batch.id}?step={Step.META.value}&file={numbers[place]}")
    return await _led(request, batch, _target(form, Step.META))


# -- likenesses and contradictions -----------------------------------------------------------------


async def _like(request: web.Request, batch: Batch) -> dict[str, Any]:
    batches = batches_of(request)
    pairs = await asyncio.to_thread(_pairs, request, batches, batch)
    pages = window(request, len(pairs), _PAIRS_A_PAGE)
    edited = sum(item.counts.get(Finding.EDITED.value, 0) for item in batch.described)
    return {
        "pairs": pairs[pages.offset : pages.offset + pages.size],
        "pages": pages,
        "open": sum(pair.choice is None for pair in pairs),
        "must": sum(pair.must_be_chosen for pair in pairs),
        "edited": edited,
        "choices": Choice,
        "waiting": [item for item in batch.files if item.state is State.READY and item.is_chosen],
    }


def _pairs(request: web.Request, batches: Batches, batch: Batch) -> list[Pair]:
    """The pairs, contradictions first; what is there already is shown as it reads now."""
    found = draft_of(settings_of(request))
    now = {passage.id: passage.text for passage in found.passages}
    said = {item.number: choices(batches.path(batch.id), item.number) for item in batch.described}
    pairs = [
        Pair(file, row, now.get(row.other, row.other_text), said[file.number].get(row.passage))
        for file, row in likenesses(batches, batch)
    ]
    return sorted(pairs, key=lambda pair: pair.row.finding is not Finding.CONFLICT)


@routes.post("/imports/{batch}/choices", name="import_choices")
@require(Permission.KNOWLEDGE)
async def keep_choices(request: web.Request) -> web.Response:
    """Keep what was chosen; going on takes the wanted files into the draft."""
    form = await request.post()
    batches = batches_of(request)
    batch = await asyncio.to_thread(batches.get, request.match_info["batch"])
    await asyncio.to_thread(_choose, request, batches, batch, form)
    await asyncio.to_thread(
        apply_choices, settings_of(request), batches, batch.id, by=login_of(request)
    )
    if form.get("go") == "stay":
        pairs = await asyncio.to_thread(_pairs, request, batches, batch)
        return web.json_response({"kept": True, "open": sum(p.choice is None for p in pairs)})
    if form.get("go") == "next":
        ready = [i.number for i in batch.files if i.state is State.READY and i.is_chosen]
        if ready:
            await asyncio.to_thread(batches.choose, batch.id, ready)
            await go_on(request, await asyncio.to_thread(batches.get, batch.id))
    if form.get("go") == "page":
        page = str(form.get("page", "1"))
        return see_other(f"{HOME}/{batch.id}?step={Step.LIKE.value}&page={page}")
    return await _led(request, batch, _target(form, Step.LIKE))


def _choose(request: web.Request, batches: Batches, batch: Batch, form: Mapping[str, Any]) -> None:
    """Keep the choices of a form; ``rest`` is said of all that are no contradiction and still open."""
    rest = str(form.get("rest", ""))
    chosen: dict[int, dict[str, Choice]] = {}
    for pair in _pairs(request, batches, batch):
        value = str(form.get(pair.name, ""))
        if not value and rest and pair.choice is None and not pair.must_be_chosen:
            value = rest
        if value in [item.value for item in Choice]:
            chosen.setdefault(pair.file.number, {})[pair.row.passage] = Choice(value)
    for number, said in chosen.items():
        choose(batches.path(batch.id), number, said)


# -- trying and handing over -----------------------------------------------------------------------


async def _try(request: web.Request, batch: Batch) -> dict[str, Any]:
    if not batch.count(State.TAKEN) or batch.is_busy:
        return {"is_taken": False}
    documents = {item.document for item in batch.files if item.state is State.TAKEN}
    return {"is_taken": True, **await trying.beside(request, documents)}


async def _submit(request: web.Request, batch: Batch) -> dict[str, Any]:
    state = await asyncio.to_thread(publish.state_of, settings_of(request), engine_of(request))
    return {
        "state": state,
        "build": await request.config_dict[keys.JOBS].seen(publish.JOB),
        "note": _note(batch),
        "said": await asyncio.to_thread(_counted, batches_of(request), batch),
    }


def _note(batch: Batch) -> str:
    taken = [item for item in batch.files if item.state is State.TAKEN]
    if not taken:
        return ""
    more = f"等 {len(taken)} 份" if len(taken) > 1 else ""
    return f"导入《{(taken[0].title or taken[0].name)[:80]}》{more}"


def _counted(batches: Batches, batch: Batch) -> dict[Choice, int]:
    said = [
        value
        for item in batch.described
        for value in choices(batches.path(batch.id), item.number).values()
    ]
    return {item: said.count(item) for item in Choice if item in said}


_PAGES: Mapping[Step, Callable[[web.Request, Batch], Awaitable[dict[str, Any]]]] = {
    Step.FILES: _files,
    Step.CHECK: _check,
    Step.META: _meta,
    Step.LIKE: _like,
    Step.TRY: _try,
    Step.SUBMIT: _submit,
}
