"""The report to the national center (信息报送): counts of a period, and its cases one by one.

The counts may be passed on and hide small groups.  The cases tell more, so they are written only for a
reason, without contact persons, and with the company's name shortened unless it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import audit, campaign_figures, campaigns, lead_tables
from desk.errors import InvalidRecordError
from desk.exports import FIELDS, Sheet, cell, day_in_china, workbook, written
from desk.figures import DIGEST_FIELDS, SMALL_CELL, digest, digest_of
from desk.lead_types import Lead
from desk.lead_work import FollowUpResult
from desk.leads import lead_of
from desk.masking import mask
from desk.measures import Period, leads_in
from knowledge.lead_export_table import CONTACT, Column

HIDDEN = f"各少于{SMALL_CELL}件或为防倒推而隐去"


@dataclass(frozen=True)
class Case:
    """One lead of the report, with how the last call back ended."""

    lead: Lead
    result: FollowUpResult | None


def _of_lead(value: Callable[[Lead], Any]) -> Callable[[Case], Any]:
    return lambda case: value(case.lead)


# What may stand in a column of a case; which do, in which order, knowledge/tables/lead_export_columns.yaml says.
CASE_FIELDS: Mapping[str, Callable[[Case], Any]] = {
    **{name: _of_lead(value) for name, value in FIELDS.items() if name not in CONTACT},
    "brief": lambda case: mask(case.lead.brief or ""),
    "result": lambda case: "" if case.result is None else case.result.label,
}
FIELD_NAMES = ("国家或地区", "权利类型", "程序", "行业")


@dataclass(frozen=True)
class Summary:
    """The counts of a report; small groups are only counted together, not named.

    ``groups`` are country, right, procedure, industry and number; ``hidden`` says how many groups are
    not among them.  ``by_field`` has the same for each field alone.
    """

    groups: tuple[tuple[str, str, str, str, int], ...]
    hidden: int
    by_field: Mapping[str, tuple[tuple[tuple[str, int], ...], int]]


def summary(conn: Connection, period: Period, *, smallest: int = SMALL_CELL) -> Summary:
    """The counts that may be passed on; all of them, for who sees the cases anyway, with ``smallest`` 0."""
    rows = digest(conn, period, smallest=smallest)
    shown = tuple(
        (row.country, row.right, row.procedure, row.industry, row.count)
        for row in rows
        if row.count is not None
    )
    by_field = {}
    for field, name in zip(DIGEST_FIELDS, FIELD_NAMES, strict=True):
        values = digest_of(conn, field, period, smallest=smallest)
        named = tuple((value, number) for value, number in values if number is not None)
        by_field[name] = (named, len(values) - len(named))
    return Summary(shown, len(rows) - len(shown), by_field)


def short_company(name: str) -> str:
    """A company that its own people recognise: ``广州**公司``."""
    return name[0] + "**" if len(name) < 6 else f"{name[:2]}**{name[-2:]}"


def cases(conn: Connection, period: Period) -> tuple[Case, ...]:
    """The leads of a period, oldest first."""
    rows = conn.execute(
        sa.select(lead_tables.leads)
        .where(leads_in(period))
        .order_by(lead_tables.leads.c.created_at, lead_tables.leads.c.id)
    ).all()
    table = lead_tables.lead_follow_ups
    latest = sa.select(sa.func.max(table.c.id)).group_by(table.c.lead_id)
    results = {
        row.lead_id: FollowUpResult(row.result)
        for row in conn.execute(sa.select(table).where(table.c.id.in_(latest)))
    }
    return tuple(Case(lead_of(row), results.get(row.id)) for row in rows)


def report(
    conn: Connection,
    period: Period,
    actor: str,
    *,
    columns: Sequence[Column],
    with_cases: bool = False,
    reason: str | None = None,
    own_center: str | None = None,
    center_names: Mapping[str, str] | None = None,
) -> bytes:
    """The report as a workbook; the audit entry stands in the same transaction.

    :param columns: of the national center's form, in its order.
    :param with_cases: add the cases with the companies' names; needs a ``reason``.
    :raises InvalidRecordError: when cases are wanted without one.
    """
    if with_cases and not (reason or "").strip():
        raise InvalidRecordError("报送案件明细要写明理由")
    found = cases(conn, period) if with_cases else ()
    detail = {
        "since": period.since.isoformat(timespec="seconds"),
        "until": period.until.isoformat(timespec="seconds"),
        "cases": len(found),
        "reason": reason,
    }
    audit.record(conn, actor, "digest", "leads", center=own_center, detail=detail)
    sheets = [*_counted(summary(conn, period)), *campaigns_of(conn, period)]
    if with_cases:
        listed = _listed(found, columns, center_names or {})
        sheets.append(Sheet("案件", [column.heading for column in columns], listed))
    return workbook(sheets)


def _counted(found: Summary) -> list[Sheet]:
    groups = [[cell(value) for value in group] for group in found.groups]
    if found.hidden:
        groups.append([f"其余{found.hidden}组", "", "", "", HIDDEN])
    fields = []
    for name, (values, hidden) in found.by_field.items():
        fields += [[name, cell(value), str(number)] for value, number in values]
        if hidden:
            fields.append([name, f"其余{hidden}组", HIDDEN])
    return [
        Sheet("统计", (*FIELD_NAMES, "件数"), groups),
        Sheet("分项", ("项目", "取值", "件数"), fields),
    ]


def campaigns_in(conn: Connection, period: Period) -> tuple[campaigns.Campaign, ...]:
    """The campaigns of a period at which anything happened, the earliest first."""
    first, end = day_in_china(period.since), day_in_china(period.until)
    held = [
        item
        for item in campaigns.listing(conn, period.center)
        if item.starts_on.isoformat() < end
        and item.ends_on.isoformat() >= first
        and campaign_figures.has_begun(conn, item)
    ]
    return tuple(reversed(held))


def campaigns_of(conn: Connection, period: Period) -> list[Sheet]:
    """The campaigns of a period with their sums, small ones hidden; no sheet where there were none."""
    rows = []
    for item in campaigns_in(conn, period):
        totals = campaign_figures.figures(conn, item).totals
        numbers = [campaign_figures.written(totals[name]) for name in campaign_figures.MEASURES]
        when = f"{item.starts_on} 至 {item.ends_on}"
        rows.append([cell(item.name), when, str(len(item.places)), *numbers])
    headings = ("活动", "日期", "地点数", *campaign_figures.MEASURES.values())
    return [Sheet("宣传活动", headings, rows)] if rows else []


def _listed(
    found: Sequence[Case], columns: Sequence[Column], names: Mapping[str, str]
) -> list[list[str]]:
    named = [
        replace(case, lead=replace(case.lead, center=names.get(case.lead.center or "", case.lead.center)))
        for case in found
    ]  # fmt: skip
    return [[cell(written(column, CASE_FIELDS, case)) for column in columns] for case in named]
