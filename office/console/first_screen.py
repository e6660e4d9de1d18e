"""The first screen of the figures: numbers beside those of the period before, and what stands behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from markupsafe import Markup
from sqlalchemy.engine import Connection

from actions.vocabulary import Vocabulary
from desk import figures as counting
from desk.breakdowns import Breakdowns, Funnel, breakdowns
from desk.figures import Day, Durations, Figures
from desk.measures import NOT_SAID, Measure
from desk.service_clock import ServiceHours
from office.console import charts
from office.console.charts import Bar, Series
from office.console.lead_views import names_of
from office.console.reporting_period import Chosen
from server.template_filters import channel_name

_MOST = 6
_GROUPS = 14


@dataclass(frozen=True)
class Numbers:
    """A period and the one before it, counted."""

    when: Chosen
    now: Figures
    before: Figures
    days: tuple[Day, ...]
    days_before: tuple[Day, ...]
    sides: Breakdowns
    names: Mapping[str, str]


@dataclass(frozen=True)
class Tile:
    """A number, how it has changed, and its list."""

    title: str
    value: str
    change: str
    href: str


@dataclass(frozen=True)
class Picture:
    """A chart with the rows that it shows."""

    title: str
    drawn: Markup
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def period_before(when: Chosen) -> Chosen:
    """As many days, ending the day before."""
    days = (when.last - when.first).days + 1
    return replace(
        when, first=when.first - timedelta(days=days), last=when.first - timedelta(days=1)
    )


def load(conn: Connection, when: Chosen, hours: ServiceHours) -> Numbers:
    """Count both periods in one transaction."""
    before = period_before(when)
    return Numbers(
        when,
        counting.figures(conn, when.period, hours),
        counting.figures(conn, before.period, hours),
        counting.daily(conn, when.period),
        counting.daily(conn, before.period),
        breakdowns(conn, when.period),
        names_of(conn),
    )


def tiles(numbers: Numbers, link: Callable[..., str]) -> tuple[Tile, ...]:
    """Nine numbers, each beside that of the period before."""
    now, before = numbers.now, numbers.before
    counted = (
        ("咨询会话", "conversations", Measure.CONVERSATIONS),
        ("机器人答复", "answered", Measure.ANSWERED),
        ("未能回答", "refused", Measure.REFUSED),
        ("被判答错", "wrong", Measure.WRONG),
        ("评价没帮助", "rated_down", Measure.RATED_DOWN),
        ("转人工", "handed_off", Measure.HANDED_OFF),
        ("援助线索", "leads", Measure.LEADS),
    )
    found = [
        Tile(title, str(getattr(now, name)),
             change(getattr(now, name), getattr(before, name)), link(measure))
        for title, name, measure in counted
    ]  # fmt: skip
    times = (
        ("首次回复", now.first_response, before.first_response, Measure.FIRST_RESPONSE),
        ("办结用时", now.resolution, before.resolution, Measure.CLOSED),
    )
    found += [
        Tile(title, minutes(taken.median_minutes), _pace(taken, earlier), link(measure))
        for title, taken, earlier, measure in times
    ]
    return tuple(found)


def pictures(numbers: Numbers, words: Vocabulary) -> tuple[Picture, ...]:
    """Trend, funnel, hours, countries, procedures, sources, partners (where people came by any) and
    workload, in the order of the screen."""
    sides = numbers.sides
    partners = (
        [_ranked("partners", "从哪个合作方来", sides.partners, str)] if sides.partners else []
    )
    return (
        _trend(numbers),
        _funnel(sides.funnel),
        _hours(sides.hours),
        _ranked("countries", "国家或地区", sides.countries, words.country),
        _ranked("procedures", "遇到的事", sides.procedures, words.procedure),
        _ranked("channels", "从哪里来", sides.channels, channel_name),
        *partners,
        _work(numbers),
    )


def change(now: int, before: int) -> str:
    """How a number compares with the one before, in words that need no colour."""
    if not before:
        return "上期没有" if now else "与上期一样"
    share = (now - before) / before
    if now == before:
        return f"与上期一样（{before}）"
    return f"{'▲' if share > 0 else '▼'}{abs(share):.0%}（上期{before}）"


def minutes(value: float | None) -> str:
    """A span of opening time."""
    if value is None:
        return "—"
    if value < 1:
        return "不到1分钟"
    return f"{value:.0f}分钟" if value < 60 else f"{value / 60:.1f}小时"


def _pace(taken: Durations, earlier: Durations) -> str:
    if taken.median_minutes is None:
        return "本期没有"
    if earlier.median_minutes is None:
        return f"九成在{minutes(taken.p90_minutes)}内"
    return f"上期{minutes(earlier.median_minutes)}，九成在{minutes(taken.p90_minutes)}内"


def _trend(numbers: Numbers) -> Picture:
    """Conversations of this period and of the one before, in at most fourteen parts."""
    size = max(1, -(-len(numbers.days) // _GROUPS))
    now, before = _grouped(numbers.days, size), _grouped(numbers.days_before, size)
    labels = [f"{day.day.month}/{day.day.day}" for day in numbers.days[::size]]
    drawn = charts.lines(
        "screen-trend", "会话：本期和上期", labels,
        [Series("本期", "a", now), Series("上期", "b", before)],
    )  # fmt: skip
    rows = tuple(
        (label, str(one), str(other)) for label, one, other in zip(labels, now, before, strict=True)
    )
    return Picture("会话：本期和上期", drawn, ("从", "本期", "上期"), rows)


def _grouped(days: Sequence[Day], size: int) -> tuple[int, ...]:
    return tuple(
        sum(day.conversations for day in days[start : start + size])
        for start in range(0, len(days), size)
    )


def _funnel(funnel: Funnel) -> Picture:
    steps = (
        ("来咨询", funnel.came), ("得到回答", funnel.answered), ("转人工", funnel.handed_off),
        ("登记线索", funnel.registered), ("已受理", funnel.accepted),
    )  # fmt: skip
    shares = [f"{number / funnel.came:.0%}" if funnel.came else "—" for _, number in steps]
    drawn = charts.bars(
        "screen-funnel", "从咨询到受理",
        [Bar(f"{name} {share}", number)
         for (name, number), share in zip(steps, shares, strict=True)],
    )  # fmt: skip
    rows = tuple(
        (name, str(number), share) for (name, number), share in zip(steps, shares, strict=True)
    )
    return Picture("从咨询到受理", drawn, ("", "人数", "占咨询"), rows)


def _hours(hours: Sequence[int]) -> Picture:
    drawn = charts.columns("screen-hours", "几点来问", [f"{hour}点" for hour in range(24)], hours)
    rows = tuple((f"{hour}点", str(number)) for hour, number in enumerate(hours))
    return Picture("几点来问", drawn, ("", "消息"), rows)


def _ranked(
    identity: str, title: str, counted: Mapping[str, int], word: Callable[[str], str]
) -> Picture:
    rows = [("没有说" if key == NOT_SAID else word(key), number) for key, number in counted.items()]
    shown = rows[:_MOST]
    left = sum(number for _, number in rows[_MOST:])
    drawn = charts.bars(
        f"screen-{identity}", title,
        [Bar(name, number) for name, number in shown] + ([Bar("其余", left)] if left else []),
    )  # fmt: skip
    return Picture(title, drawn, ("", "人数"), tuple((name, str(n)) for name, n in rows))


def _work(numbers: Numbers) -> Picture:
    rows = tuple(
        (numbers.names.get(work.login, "已离职同事"), work.taken, work.closed, work.open_now)
        for work in numbers.sides.work
    )
    drawn = charts.bars(
        "screen-work", "同事的工作量", [Bar(name, taken) for name, taken, _, _ in rows[:_MOST]]
    )
    return Picture(
        "同事的工作量",
        drawn,
        ("姓名", "接待", "办结", "手上"),
        tuple((name, str(a), str(b), str(c)) for name, a, b, c in rows),
    )
