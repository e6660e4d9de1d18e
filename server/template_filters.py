"""How values are written on the pages of the staff; installed as filters of the templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment

from desk.contacts import mask_name, mask_phone
from desk.masking import mask
from desk.service_clock import CHINA
from desk.times import utc_now
from knowledge.center_table import load_center_table
from server.labels import PLACES
from server.names import Names, version

_WEEKDAYS = "一二三四五六日"


def moment(value: datetime | None) -> str:
    """A moment in China time, to the minute."""
    return "" if value is None else value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def stamp(value: str) -> str:
    """As :func:`moment`, of a moment written in ISO form, as snapshots keep them."""
    return moment(datetime.fromisoformat(value))


def clock(value: datetime | None) -> str:
    """The time of day today, with the date on other days."""
    if value is None:
        return ""
    local = value.astimezone(CHINA)
    is_today = local.date() == utc_now().astimezone(CHINA).date()
    return local.strftime("%H:%M" if is_today else "%m-%d %H:%M")


def day(value: date | None) -> str:
    """A date with its weekday."""
    return "" if value is None else f"{value.isoformat()}（周{_WEEKDAYS[value.weekday()]}）"


def span(value: timedelta | int | None) -> str:
    """How long something took: ``12分钟``, ``3小时5分``, ``2天4小时``; a number is seconds."""
    if value is None:
        return ""
    seconds = int(value.total_seconds()) if isinstance(value, timedelta) else int(value)
    minutes = max(0, seconds) // 60
    if minutes < 1:
        return "不到1分钟"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}天{hours}小时" if hours else f"{days}天"
    if hours:
        return f"{hours}小时{minutes}分" if minutes else f"{hours}小时"
    return f"{minutes}分钟"


def since(value: datetime | None) -> str:
    """How long ago a moment was."""
    return "" if value is None else span(utc_now() - value)


def place(code: str | None) -> str:
    """The Chinese name of a jurisdiction."""
    return "" if not code else PLACES.get(code, code)


CHANNELS = {
    "web": "网页",
    "rest": "接口",
    "widget": "网页（嵌入）",
    "wechat": "微信公众号",
    "kf": "微信客服",
    "wecom": "企业微信",
    "terminal": "终端",
    "phone": "电话",
    "visit": "来访",
    "mail": "邮件",
}


def channel_name(code: str) -> str:
    """How somebody came."""
    return CHANNELS.get(code, "其他渠道")


@lru_cache(maxsize=4)
def center_names(tables_dir: Path) -> Mapping[str, str]:
    """The names of the centers by id."""
    return {key: center.name for key, center in load_center_table(tables_dir).centers.items()}


def install(templates: Environment, tables_dir: Path, names: Names) -> None:
    """Make the filters known to the templates."""

    def center_name(center: str | None) -> str:
        return "全国席位" if center is None else center_names(tables_dir).get(center, center)

    templates.filters.update(
        moment=moment,
        stamp=stamp,
        clock=clock,
        day=day,
        span=span,
        since=since,
        place=place,
        channel_name=channel_name,
        who=names.who,
        what=names.what,
        version=version,
        mask=mask,
        mask_phone=mask_phone,
        mask_name=mask_name,
        center_name=center_name,
    )
