"""The figures of a campaign: what may be shown to anybody, with small groups hidden.

A cell below three is hidden, and where a single one is, the next smallest of its group goes with it,
since it could otherwise be worked out from the sum.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import lead_tables, tables
from desk.campaign_counts import Happening
from desk.campaign_tables import campaign_arrivals, campaign_tallies
from desk.campaigns import Campaign
from desk.exports import Sheet, cell
from desk.figures import SMALL_CELL

Key = TypeVar("Key", bound=Hashable)
MEASURES: Mapping[str, str] = {
    "scan": "扫码打开", "start": "开始答题", "finish": "答完", "game": "玩权利小游戏", "card": "看成绩卡",
    "arrivals": "去提问", "questions": "提问条数", "consultations": "转人工咨询", "leads": "援助线索",
}  # fmt: skip
_COUNTED = ("scan", "start", "finish", "game", "card")
HIDDEN = f"少于{SMALL_CELL}的数，以及为防倒推而隐去的数，写作“少于{SMALL_CELL}”"
# What a chart follows over days and hours.
TREND = ("scan", "start", "finish")


@dataclass(frozen=True)
class QuestionFigure:
    """How one question went; ``right`` and ``times`` are None where too few answered."""

    question: str
    times: int | None
    right: int | None

    @property
    def share(self) -> str:
        """The share of right answers, or a dash."""
        return "—" if not self.times or self.right is None else f"{self.right / self.times:.0%}"


@dataclass(frozen=True)
class CampaignFigures:
    """Numbers by measure; None stands for a small number that is not shown.

    ``places`` maps a place's code to its numbers, ``days`` and ``hours`` (0 to 23) likewise.
    """

    totals: Mapping[str, int | None]
    places: Mapping[str, Mapping[str, int | None]]
    days: Mapping[date, Mapping[str, int | None]]
    hours: Mapping[int, Mapping[str, int | None]]
    questions: tuple[QuestionFigure, ...]


def figures(conn: Connection, campaign: Campaign, *, smallest: int = SMALL_CELL) -> CampaignFigures:
    """The figures of a campaign from its first day on."""
    tally = campaign_tallies
    rows = conn.execute(sa.select(tally).where(tally.c.campaign_id == campaign.id)).all()
    by_place: dict[str, Counter[str]] = {place.code: Counter() for place in campaign.places}
    by_day: dict[date, Counter[str]] = defaultdict(Counter)
    by_hour: dict[int, Counter[str]] = defaultdict(Counter)
    totals: Counter[str] = Counter()
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.question:
            answers[row.question][row.event] += row.times
            continue
        totals[row.event] += row.times
        by_place.setdefault(row.place, Counter())[row.event] += row.times
        by_day[row.day][row.event] += row.times
        by_hour[row.hour][row.event] += row.times
    for place, counted in _conversions(conn, campaign.id).items():
        totals.update(counted)
        by_place.setdefault(place, Counter()).update(counted)
    return CampaignFigures(
        totals={name: _shown(totals[name], smallest) for name in MEASURES},
        places=_grouped(by_place, tuple(MEASURES), smallest),
        days=_grouped(dict(sorted(by_day.items())), _COUNTED, smallest),
        hours=_grouped({hour: by_hour[hour] for hour in range(24) if hour in by_hour}, TREND, smallest),
        questions=_questions(answers, smallest),
    )  # fmt: skip


def has_begun(conn: Connection, campaign: Campaign) -> bool:
    """Whether anything was counted at a campaign."""
    mine = campaign_tallies.c.campaign_id == campaign.id
    return (
        conn.execute(sa.select(campaign_tallies.c.times).where(mine).limit(1)).first() is not None
    )


def _conversions(conn: Connection, campaign_id: int) -> dict[str, Counter[str]]:
    """What became of the conversations that began here, by place."""
    begun = campaign_arrivals
    mine = begun.c.campaign_id == campaign_id
    found: dict[str, Counter[str]] = defaultdict(Counter)

    def add(name: str, query: Any) -> None:
        for place, number in conn.execute(query.where(mine).group_by(begun.c.place)):
            found[place][name] += int(number)

    people, said = tables.conversations, tables.messages
    add("arrivals", sa.select(begun.c.place, sa.func.count()))
    add(
        "questions",
        sa.select(begun.c.place, sa.func.count())
        .join(people, people.c.sender == begun.c.sender)
        .join(said, said.c.conversation_id == people.c.id)
        .where(said.c.direction == "in", said.c.created_at >= begun.c.at),
    )
    for name, table in (("consultations", tables.tickets), ("leads", lead_tables.leads)):
        add(
            name,
            sa.select(begun.c.place, sa.func.count())
            .join(table, table.c.sender == begun.c.sender)
            .where(table.c.created_at >= begun.c.at),
        )
    return found


def _shown(number: int, smallest: int) -> int | None:
    return None if 0 < number < smallest else number


def _grouped(
    counted: Mapping[Key, Counter[str]], measures: Sequence[str], smallest: int
) -> dict[Key, dict[str, int | None]]:
    """Every group's numbers, measure by measure; small ones, and one beside a single one, are hidden."""
    shown: dict[Key, dict[str, int | None]] = {key: {} for key in counted}
    for name in measures:
        hidden = {key for key, numbers in counted.items() if 0 < numbers[name] < smallest}
        others = [key for key, numbers in counted.items() if key not in hidden and numbers[name]]
        if len(hidden) == 1 and others:
            hidden.add(min(others, key=lambda key: counted[key][name]))
        for key, numbers in counted.items():
            shown[key][name] = None if key in hidden else numbers[name]
    return shown


def _questions(answers: Mapping[str, Counter[str]], smallest: int) -> tuple[QuestionFigure, ...]:
    """Every question that was answered, the most often wrong first; small ones last, by their id.

    Their order must not tell what their numbers do not.
    """
    found = []
    for question, numbers in answers.items():
        right, times = numbers[Happening.RIGHT.value], sum(numbers.values())
        if times < smallest:
            found.append((True, 0.0, QuestionFigure(question, None, None)))
        else:
            found.append((False, right / times, QuestionFigure(question, times, right)))
    ordered = sorted(found, key=lambda item: (item[0], item[1], item[2].question))
    return tuple(figure for _, _, figure in ordered)


def sheets(campaign: Campaign, found: CampaignFigures, questions: Mapping[str, str]) -> list[Sheet]:
    """The figures as sheets of a workbook; what is hidden says so.

    :param questions: the words of each question by its id.
    """
    names = {place.code: place.name for place in campaign.places}
    heads = tuple(MEASURES.values())
    counted = tuple(MEASURES[name] for name in _COUNTED)

    def cells(numbers: Mapping[str, int | None], wanted: Sequence[str]) -> list[str]:
        return [written(numbers[name]) for name in wanted]

    asked = [
        [
            cell(questions.get(item.question, item.question)),
            written(item.times),
            written(item.right),
            item.share,
        ]
        for item in found.questions
    ]
    about = [
        ["活动", cell(campaign.name)], ["日期", f"{campaign.starts_on} 至 {campaign.ends_on}"],
        ["主题", cell(campaign.theme or "未填")], ["说明", HIDDEN],
        *([label, written(found.totals[name])] for name, label in MEASURES.items()),
    ]  # fmt: skip
    return [
        Sheet("活动", ("项目", "数值"), about),
        Sheet("按地点", ("地点", *heads), [
            [cell(names.get(code, "没有带地点的链接")), *cells(numbers, tuple(MEASURES))]
            for code, numbers in found.places.items()]),
        Sheet("按日期", ("日期", *counted), [
            [day.isoformat(), *cells(numbers, _COUNTED)] for day, numbers in found.days.items()]),
        Sheet("按小时", ("小时", *(MEASURES[name] for name in TREND)), [
            [f"{hour}时", *cells(numbers, TREND)] for hour, numbers in found.hours.items()]),
        Sheet("每道题", ("题目", "作答", "答对", "答对率"), asked),
    ]  # fmt: skip


def written(number: int | None) -> str:
    """A number as it is passed on."""
    return f"少于{SMALL_CELL}" if number is None else str(number)
