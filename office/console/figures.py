"""The figures of a period as tiles, charts and tables; every number leads to the records behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web
from markupsafe import Markup

from actions.vocabulary import Vocabulary
from desk import figures as counting
from desk.figures import Day, Durations, Figures
from desk.lead_types import Stage
from desk.measure_queries import count, records
from desk.measures import Measure
from desk.permissions import Permission
from desk.service_clock import hours_of
from office.access import CURRENT_STAFF, require
from office.clock import hours_table
from office.console import centers, charts, first_screen
from office.console.charts import Bar, Series
from office.console.lead_views import vocabulary
from office.console.reporting_period import Chosen, chosen, presets
from office.pages import render, window
from office.transactions import read
from server import keys
from server.template_filters import place

routes = web.RouteTableDef()

_MOST_BARS = 10
_DAYS_ONE_BY_ONE = 62
_FIELDS = (
    ("stage", Measure.LEADS_BY_STAGE, "线索：按阶段"),
    ("country", Measure.LEADS_BY_COUNTRY, "线索：按国家或地区"),
    ("right", Measure.LEADS_BY_RIGHT, "线索：按权利类型"),
    ("district", Measure.LEADS_BY_DISTRICT, "线索：按所在区"),
    ("procedure", Measure.LEADS_BY_PROCEDURE, "线索：按程序"),
    ("industry", Measure.LEADS_BY_INDUSTRY, "线索：按行业"),
)


@dataclass(frozen=True)
class Tile:
    """One number with what it is a part of, and where its list is."""

    title: str
    value: str
    note: str
    href: str


@dataclass(frozen=True)
class Chart:
    """A picture and the same numbers as a table."""

    title: str
    picture: Markup
    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...], str], ...]


@routes.get("/figures", name="figures")
@require(Permission.FIGURES)
async def show_figures(request: web.Request) -> web.Response:
    """The figures of ``?since=&until=``."""
    person = request[CURRENT_STAFF]
    when = chosen(request, person)
    tables = request.config_dict[keys.SETTINGS].knowledge.tables_dir
    hours = hours_of(hours_table(request), when.center)
    numbers = await read(request, first_screen.load, when, hours)
    found, days = numbers.now, numbers.days
    documents = [name for name, _number in found.top_documents]
    titles = await read(request, counting.document_titles, documents)
    names = vocabulary(tables)

    def link(measure: Measure, key: str | None = None) -> str:
        return _list_path(when, measure, key)

    return render(
        request,
        "desk/figures.html",
        section="figures",
        chosen=when,
        before=first_screen.period_before(when),
        presets=presets(request, when),
        first=first_screen.tiles(numbers, link),
        pictures=first_screen.pictures(numbers, names),
        tiles=_tiles(found, link),
        times=_times(found, link),
        trend=_trend(days),
        charts=[_bars(found.leads_by[name], measure, title, names, link)
                for name, measure, title in _FIELDS],
        questions=[(text, number, link(Measure.QUESTION, text))
                   for text, number in found.top_questions],
        documents=[(titles.get(name, name), number, link(Measure.DOCUMENT, name))
                   for name, number in found.top_documents],
        ratings=sorted(found.service_ratings.items(), reverse=True),
        centers=await centers.in_use(request, person),
    )  # fmt: skip


@routes.get("/figures/{measure}", name="figure_records")
@require(Permission.FIGURES)
async def show_records(request: web.Request) -> web.Response:
    """The records behind one number, masked."""
    person = request[CURRENT_STAFF]
    when = chosen(request, person)
    measure = Measure.parse(request.match_info["measure"])
    key = request.query.get("key")
    total = await read(request, count, measure, when.period, key)
    shown = window(request, total)
    rows = await read(
        request, records, measure, when.period, key, limit=shown.size, offset=shown.offset
    )
    names = vocabulary(request.config_dict[keys.SETTINGS].knowledge.tables_dir)
    return render(
        request,
        "desk/figures_records.html",
        section="figures",
        chosen=when,
        measure=measure,
        key=""
        if measure is Measure.QUESTION or not key
        else _value(measure.lead_field, key, names),
        rows=rows,
        window=shown,
        may_open={
            "lead": person.may(Permission.LEADS, anywhere=True),
            "ticket": person.may(Permission.SERVE, anywhere=True),
        },
    )


def _list_path(when: Chosen, measure: Measure, key: str | None) -> str:
    named = f"&{urlencode({'key': key})}" if key is not None else ""
    return f"/desk/figures/{measure.value}?{when.query}{named}"


def _tiles(found: Figures, link: Callable[..., str]) -> tuple[Tile, ...]:
    replied = found.answered + found.refused
    rated = found.rated_up + found.rated_down
    return (
        Tile("咨询会话", str(found.conversations), f"用户消息 {found.messages_in} 条",
             link(Measure.CONVERSATIONS)),
        Tile("机器人答复", str(found.answered), _share(found.answered, replied, "应答"),
             link(Measure.ANSWERED)),
        Tile("评价有帮助", str(found.rated_up), _share(found.rated_up, rated, "评价"),
             link(Measure.RATED_UP)),
        Tile("评价没帮助", str(found.rated_down), _share(found.rated_down, rated, "评价"),
             link(Measure.RATED_DOWN)),
        Tile("未能回答", str(found.refused), _share(found.refused, replied, "应答"),
             link(Measure.REFUSED)),
        Tile("被判答错", str(found.wrong), _share(found.wrong, found.answered, "答复"),
             link(Measure.WRONG)),
        Tile("抽查判错", str(found.judged_wrong),
             _share(found.judged_wrong, found.judged, "抽查判过的"), link(Measure.JUDGED_WRONG)),
        Tile("待补充的问题", str(found.unanswered), "知识库待办", link(Measure.UNANSWERED)),
        Tile("转人工", str(found.handed_off), _share(found.handed_off, found.conversations, "会话"),
             link(Measure.HANDED_OFF)),
        Tile("排队中放弃", str(found.abandoned), _share(found.abandoned, found.handed_off, "转人工"),
             link(Measure.ABANDONED)),
        Tile("援助线索", str(found.leads), "本期登记", link(Measure.LEADS)),
    )  # fmt: skip


def _times(found: Figures, link: Callable[..., str]) -> tuple[Tile, ...]:
    return (
        Tile("首次回复", _minutes(found.first_response.median_minutes),
             _span_note(found.first_response),
             link(Measure.FIRST_RESPONSE)),
        Tile("办结用时", _minutes(found.resolution.median_minutes),
             _span_note(found.resolution),
             link(Measure.CLOSED)),
    )  # fmt: skip


def _trend(days: Sequence[Day]) -> Chart:
    """Day by day, or week by week when there are many days."""
    size = 1 if len(days) <= _DAYS_ONE_BY_ONE else 7
    groups = [days[start : start + size] for start in range(0, len(days), size)]
    labels = [f"{group[0].day.month}/{group[0].day.day}" for group in groups]
    # A person of several days counts once a day, so a week is the sum of its days.
    sums = [
        tuple(sum(getattr(day, name) for day in group) for group in groups)
        for name in ("conversations", "handed_off", "leads")
    ]
    names = ("会话", "转人工", "线索")
    title = "每天的会话、转人工和线索" if size == 1 else "每周的会话、转人工和线索"
    picture = charts.lines(
        "trend", title, labels,
        [Series(name, tone, values) for name, tone, values in zip(names, "abc", sums, strict=True)],
    )  # fmt: skip
    rows = tuple(
        (group[0].day.isoformat(), tuple(values[place] for values in sums), "")
        for place, group in enumerate(groups)
    )
    return Chart(title, picture, ("日期" if size == 1 else "周（起始日）", *names), rows)


def _bars(
    counted: Mapping[str, int],
    measure: Measure,
    title: str,
    names: Vocabulary,
    link: Callable[..., str],
) -> Chart:
    order = {stage.value: place for place, stage in enumerate(Stage)}
    items = list(counted.items())
    if measure is Measure.LEADS_BY_STAGE:
        items.sort(key=lambda item: order.get(item[0], len(order)))
    rows = tuple(
        (_value(measure.lead_field, key, names), (number,), link(measure, key))
        for key, number in items
    )
    picture = charts.bars(
        measure.value,
        title,
        [Bar(name, number, href) for name, (number,), href in rows[:_MOST_BARS]],
    )
    return Chart(title, picture, ("", "件数"), rows)


def _value(field: str | None, value: str, names: Vocabulary) -> str:
    """A value of a lead's field in words."""
    if field == "stage":
        return Stage(value).label if value in {stage.value for stage in Stage} else value
    if field == "country":
        return place(names.country(value))
    return names.name(field, value) if field in ("right", "procedure", "industry") else value


def _share(part: int, whole: int, of: str) -> str:
    return f"占{of} {part / whole:.0%}" if whole else f"没有{of}"


def _span_note(taken: Durations) -> str:
    if not taken.count:
        return "本期没有"
    worst = _minutes(taken.p90_minutes)
    return f"中位数，按上班时间计；九成在 {worst}内，共 {taken.count} 次"


def _minutes(minutes: float | None) -> str:
    if minutes is None:
        return "—"
    if minutes < 1:
        return "不到 1 分钟"
    if minutes < 60:
        return f"{minutes:.0f} 分钟"
    return f"{minutes / 60:.1f} 小时"
