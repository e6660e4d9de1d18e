"""Campaigns: what staff prepare for World IP Day, Patent Week and the like.

A campaign has places, each with a link of its own, and teams (classes, units) that share a board.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import audit
from desk.campaign_tables import campaign_places, campaign_teams, campaigns
from desk.errors import InvalidRecordError, NotFoundError
from desk.times import or_now

# Read aloud and typed from a poster: no letter that looks like another.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_CHARS = 6
_TEAM_CHARS = 4
MOST_PLACES = 40
MOST_TEAMS = 200
LONGEST = {
    "name": 80,
    "theme": 200,
    "theme_source": 300,
    "greeting": 400,
    "program": 2000,
    "prizes": 400,
}
_LONGEST_LABEL = 60


class Occasion(str, Enum):
    """What a campaign is about."""

    IP_DAY = "ip-day"
    PATENT_WEEK = "patent-week"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"ip-day": "世界知识产权日", "patent-week": "中国专利周", "other": "其他活动"}[
            self.value
        ]


class PlaceKind(str, Enum):
    """Where people meet a campaign."""

    STAND = "stand"
    SCHOOL = "school"
    PARK = "park"
    STREET = "street"
    METRO = "metro"
    ONLINE = "online"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _KINDS[self.value]


_KINDS = {
    "stand": "展台",
    "school": "学校",
    "park": "园区",
    "street": "街道社区",
    "metro": "地铁",
    "online": "线上",
}


class Phase(str, Enum):
    """Before it begins a campaign can be tried; then it counts; after it closed nobody plays."""

    BEFORE = "before"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Place:
    """A place of a campaign; ``code`` stands in its link."""

    name: str
    kind: PlaceKind
    code: str = ""


@dataclass(frozen=True)
class Team:
    """A class or unit that plays together; ``code`` is what its members type."""

    code: str
    name: str


@dataclass(frozen=True)
class Campaign:
    """One campaign; ``questions`` are ids of the bank, none means they are drawn."""

    name: str
    occasion: Occasion
    starts_on: date
    ends_on: date
    closes_on: date
    code: str = ""
    theme: str = ""
    theme_source: str = ""
    greeting: str = ""
    program: str = ""
    prizes: str = ""
    questions: tuple[str, ...] = ()
    center: str | None = None
    places: tuple[Place, ...] = ()
    teams: tuple[Team, ...] = ()
    id: int = 0

    def phase(self, today: date) -> Phase:
        """Where the campaign stands on a day."""
        if today > self.closes_on:
            return Phase.CLOSED
        return Phase.OPEN if today >= self.starts_on else Phase.BEFORE

    def place(self, code: str) -> Place | None:
        """A place by the code in its link."""
        return next((item for item in self.places if item.code == code), None)

    def team(self, code: str) -> Team | None:
        """A team by the code its members type."""
        return next((item for item in self.teams if item.code == code.strip().lower()), None)


def listing(conn: Connection, center: str | None = None) -> tuple[Campaign, ...]:
    """Every campaign, or those of a center and of nobody in particular; the latest first."""
    query = sa.select(campaigns).order_by(campaigns.c.starts_on.desc(), campaigns.c.id.desc())
    if center is not None:
        query = query.where(sa.or_(campaigns.c.center == center, campaigns.c.center.is_(None)))
    return tuple(_campaign(conn, row) for row in conn.execute(query).all())


def by_code(conn: Connection, code: str) -> Campaign:
    """A campaign by the code in its link.

    :raises NotFoundError: there is none.
    """
    row = conn.execute(sa.select(campaigns).where(campaigns.c.code == code)).first()
    if row is None:
        raise NotFoundError("没有这个活动，请检查网址或重新扫码")
    return _campaign(conn, row)


def running(conn: Connection, today: date) -> Campaign | None:
    """The campaign that is on today, the one that began last first; else None."""
    return next(
        (
            item
            for item in listing(conn)
            if item.phase(today) is Phase.OPEN and item.ends_on >= today
        ),
        None,
    )


def save(
    conn: Connection, campaign: Campaign, actor: str, *, now: datetime | None = None
) -> Campaign:
    """Write a campaign; id 0 makes a new one.  Places without a code get one, codes in use stay.

    :raises InvalidRecordError: naming what is missing or too long.
    """
    moment = or_now(now)
    wanted = _checked(campaign)
    values: dict[str, Any] = {
        "name": wanted.name, "occasion": wanted.occasion.value, "starts_on": wanted.starts_on,
        "ends_on": wanted.ends_on, "closes_on": wanted.closes_on, "theme": wanted.theme,
        "theme_source": wanted.theme_source, "greeting": wanted.greeting, "program": wanted.program,
        "prizes": wanted.prizes, "questions": list(wanted.questions), "center": wanted.center,
        "changed_by": actor, "updated_at": moment,
    }  # fmt: skip
    if wanted.id:
        done = conn.execute(
            sa.update(campaigns).where(campaigns.c.id == wanted.id).values(**values)
        )
        if not done.rowcount:
            raise NotFoundError("没有这个活动，可能已被删除")
        code = str(
            conn.execute(sa.select(campaigns.c.code).where(campaigns.c.id == wanted.id)).scalar()
        )
        key = wanted.id
    else:
        code = wanted.code or _free_code(conn)
        result = conn.execute(sa.insert(campaigns).values(code=code, created_at=moment, **values))
        key = int(result.inserted_primary_key[0])
    _write_places(conn, key, wanted.places)
    _write_teams(conn, key, wanted.teams)
    audit.record(
        conn, actor, "campaign", code, center=wanted.center,
        detail={"name": wanted.name, "places": len(wanted.places), "teams": len(wanted.teams)}, now=moment,
    )  # fmt: skip
    return by_code(conn, code)


def copied(campaign: Campaign, year: int) -> Campaign:
    """The same campaign for another year: dates moved, the theme left open, places and texts kept.

    Teams and questions are left out: classes change, and themes bring their own questions.
    """
    years = year - campaign.starts_on.year
    name = campaign.name.replace(str(campaign.starts_on.year), str(year))
    return replace(
        campaign, id=0, code="", name=name, theme="", theme_source="", questions=(), teams=(),
        starts_on=_in_year(campaign.starts_on, years), ends_on=_in_year(campaign.ends_on, years),
        closes_on=_in_year(campaign.closes_on, years),
        places=tuple(replace(place, code="") for place in campaign.places),
    )  # fmt: skip


def _in_year(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def _checked(campaign: Campaign) -> Campaign:
    words = {name: getattr(campaign, name).strip() for name in LONGEST}
    if not words["name"]:
        raise InvalidRecordError("请给活动起个名字")
    for name, longest in LONGEST.items():
        if len(words[name]) > longest:
            raise InvalidRecordError(f"{_NAMES[name]}不能超过 {longest} 个字")
    if words["theme"] and not words["theme_source"]:
        raise InvalidRecordError("写了主题就要写出处（例如公布主题的网址），海报上会印主题")
    if campaign.ends_on < campaign.starts_on:
        raise InvalidRecordError("结束日期不能早于开始日期")
    if campaign.closes_on < campaign.ends_on:
        raise InvalidRecordError("答题截止日期不能早于结束日期")
    _check_labels(campaign)
    return replace(campaign, **words)


def _check_labels(campaign: Campaign) -> None:
    if not campaign.places:
        raise InvalidRecordError("至少写一个地点，每个地点有自己的二维码")
    labels = [place.name.strip() for place in campaign.places]
    if len(labels) > MOST_PLACES or len(campaign.teams) > MOST_TEAMS:
        raise InvalidRecordError(f"地点最多 {MOST_PLACES} 个，班级或队伍最多 {MOST_TEAMS} 个")
    labels += [team.name.strip() for team in campaign.teams]
    if not all(labels) or any(len(label) > _LONGEST_LABEL for label in labels):
        raise InvalidRecordError(f"地点、班级的名字不能空，也不能超过 {_LONGEST_LABEL} 个字")
    names = [team.name.strip() for team in campaign.teams]
    if len(set(names)) < len(names):
        raise InvalidRecordError("有两个班级或队伍同名")


_NAMES = {
    "name": "名称", "theme": "主题", "theme_source": "主题出处", "greeting": "欢迎语", "program": "活动安排",
    "prizes": "奖品说明",
}  # fmt: skip


def _write_places(conn: Connection, key: int, places: Sequence[Place]) -> None:
    """What is on a printed poster keeps its code, also when a place in front of it goes."""
    conn.execute(sa.delete(campaign_places).where(campaign_places.c.campaign_id == key))
    taken = {place.code for place in places if place.code}
    for position, place in enumerate(places):
        code = place.code
        if not code:
            code = next(c for c in _counted() if c not in taken)
            taken.add(code)
        conn.execute(
            sa.insert(campaign_places).values(
                campaign_id=key,
                code=code,
                name=place.name.strip(),
                kind=place.kind.value,
                position=position,
            )
        )


def _counted() -> Sequence[str]:
    return [str(number) for number in range(1, 10 * MOST_PLACES)]


def _write_teams(conn: Connection, key: int, teams: Sequence[Team]) -> None:
    mine = campaign_teams.c.campaign_id == key
    kept = {row.name: row.code for row in conn.execute(sa.select(campaign_teams).where(mine))}
    conn.execute(sa.delete(campaign_teams).where(mine))
    taken = set(kept.values())
    for team in teams:
        name = team.name.strip()
        code = kept.get(name) or _fresh(_TEAM_CHARS, taken)
        taken.add(code)
        conn.execute(sa.insert(campaign_teams).values(campaign_id=key, code=code, name=name))


def _fresh(length: int, taken: set[str]) -> str:
    while True:
        code = "".join(secrets.choice(_LETTERS) for _ in range(length))
        if code not in taken:
            return code


def _free_code(conn: Connection) -> str:
    return _fresh(_CODE_CHARS, set(conn.execute(sa.select(campaigns.c.code)).scalars()))


def _campaign(conn: Connection, row: Any) -> Campaign:
    places = conn.execute(
        sa.select(campaign_places)
        .where(campaign_places.c.campaign_id == row.id)
        .order_by(campaign_places.c.position)
    )
    teams = conn.execute(
        sa.select(campaign_teams)
        .where(campaign_teams.c.campaign_id == row.id)
        .order_by(campaign_teams.c.id)
    )
    return Campaign(
        id=row.id, code=row.code, name=row.name, occasion=Occasion(row.occasion), starts_on=row.starts_on,
        ends_on=row.ends_on, closes_on=row.closes_on, theme=row.theme, theme_source=row.theme_source,
        greeting=row.greeting, program=row.program, prizes=row.prizes, questions=tuple(row.questions),
        center=row.center,
        places=tuple(Place(item.name, PlaceKind(item.kind), item.code) for item in places),
        teams=tuple(Team(item.code, item.name) for item in teams),
    )  # fmt: skip
