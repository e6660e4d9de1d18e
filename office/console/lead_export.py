"""Leads as a file for the funding authority, and the report to the national center."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.engine import Connection

from desk import digests, exports
from desk.errors import InvalidRecordError
from desk.exports import Format
from desk.figures import DIGEST_FIELDS, SMALL_CELL
from desk.lead_search import count_leads, find_leads
from desk.permissions import Permission
from desk.staff import Staff
from knowledge.lead_export_table import ExportColumns, load_export_columns
from office.access import CURRENT_STAFF, require
from office.clock import today
from office.console import centers
from office.console.lead_views import vocabulary
from office.console.leads import FILTERS, actor_of, lead_filter
from office.console.reporting_period import chosen, presets
from office.pages import render
from office.transactions import read, write
from server import keys
from server.errors import RequestError
from server.template_filters import center_names

routes = web.RouteTableDef()

_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}


@routes.get("/leads/export", name="leads_export")
@require(Permission.LEADS, Permission.EXPORT)
async def show_export(request: web.Request) -> web.Response:
    """What would be exported, and the choice of format and masking."""
    person = request[CURRENT_STAFF]
    counts = await read(request, count_leads, lead_filter(request.query, person))
    stage = request.query.get("stage")
    number = sum(value for key, value in counts.items() if not stage or key.value == stage)
    return render(
        request,
        "desk/leads_export.html",
        section="leads",
        number=number,
        columns=[column.heading for column in _columns(request).leads],
        filters={name: request.query[name] for name in FILTERS if request.query.get(name)},
        may_reveal=person.may(Permission.REVEAL, anywhere=True),
    )


@routes.post("/leads/export", name="leads_export_file")
@require(Permission.LEADS, Permission.EXPORT)
async def export(request: web.Request) -> web.Response:
    """The file; it is recorded who took it and, when contact details are in it, why."""
    form = await request.post()
    person = request[CURRENT_STAFF]
    try:
        file_format = Format(str(form.get("format")))
    except ValueError as error:
        raise InvalidRecordError("请选择导出格式") from error
    reveal = form.get("reveal") == "yes"
    _check_reveal(person, reveal)
    wanted = lead_filter({name: form.get(name, "") for name in FILTERS}, person)
    names = center_names(request.config_dict[keys.SETTINGS].knowledge.tables_dir)
    columns = _columns(request).leads

    def make(conn: Connection) -> bytes:
        return exports.export(
            conn,
            find_leads(conn, wanted),
            file_format,
            actor_of(person),
            columns=columns,
            reveal=reveal,
            reason=str(form.get("reason", "")).strip() or None,
            center=person.center,
            center_names=names,
        )

    day = today(request).strftime("%Y%m%d")
    return _file(
        await write(request, make), _TYPES[file_format], f"leads-{day}.{file_format.value}"
    )


@routes.get("/digest", name="digest")
@require(Permission.LEADS, Permission.EXPORT)
async def show_digest(request: web.Request) -> web.Response:
    """The report of a period: its counts, in full as its cases stand below, and the cases shortened."""
    person = request[CURRENT_STAFF]
    when = chosen(request, person)
    tables = request.config_dict[keys.SETTINGS].knowledge.tables_dir
    counted = await read(request, digests.summary, when.period, smallest=0)
    found = await read(request, digests.cases, when.period)
    return render(
        request,
        "desk/digest.html",
        section="leads",
        chosen=when,
        presets=presets(request, when),
        summary=counted,
        kinds=dict(zip(digests.FIELD_NAMES, DIGEST_FIELDS, strict=True)),
        smallest=SMALL_CELL,
        cases=found,
        campaigns=await read(request, digests.campaigns_in, when.period)
        if person.may(Permission.CAMPAIGNS, anywhere=True)
        else (),
        short=digests.short_company,
        words=vocabulary(tables),
        may_reveal=person.may(Permission.REVEAL, anywhere=True),
        centers=await centers.in_use(request, person),
    )


@routes.post("/digest", name="digest_file")
@require(Permission.LEADS, Permission.EXPORT)
async def export_digest(request: web.Request) -> web.Response:
    """The report as a workbook; with its cases only for a reason."""
    form = await request.post()
    person = request[CURRENT_STAFF]
    when = chosen(request, person)
    with_cases = form.get("cases") == "yes"
    _check_reveal(person, with_cases)
    content = await write(
        request,
        digests.report,
        when.period,
        actor_of(person),
        columns=_columns(request).cases,
        with_cases=with_cases,
        reason=str(form.get("reason", "")).strip() or None,
        own_center=person.center,
        center_names=center_names(request.config_dict[keys.SETTINGS].knowledge.tables_dir),
    )
    name = f"digest-{when.first:%Y%m%d}-{when.last:%Y%m%d}.xlsx"
    return _file(content, _TYPES[Format.XLSX], name)


def _columns(request: web.Request) -> ExportColumns:
    """Read anew each time: whoever edits the table need not restart."""
    return load_export_columns(request.config_dict[keys.SETTINGS].knowledge.tables_dir)


def _check_reveal(person: Staff, is_wanted: bool) -> None:
    if is_wanted and not person.may(Permission.REVEAL, anywhere=True):
        raise RequestError(403, "not_allowed", "您的角色不能导出完整信息")


def _file(content: bytes, media_type: str, name: str) -> web.Response:
    return web.Response(
        body=content,
        headers={
            "Content-Type": media_type,
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
