"""Sites of partners that may show our chat in a corner of their pages; every change is in the audit log."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk import audit
from desk.channel_tables import widget_sites as table
from desk.conversations import storable
from desk.errors import InvalidRecordError, NotFoundError
from desk.times import or_now

COLOUR = "#12365e"
# White text of usual size stands out from its ground by this much at least.
_LEAST_CONTRAST = 4.5
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_PARTNER = re.compile(r"[A-Za-z0-9_-]{1,40}")
_HOST = re.compile(r"[a-z0-9.-]+(?::[0-9]{1,5})?")


@dataclass(frozen=True)
class Site:
    """A page of another origin: ``key`` stands in its script tag, ``partner`` in what is counted."""

    key: str
    origin: str
    title: str
    greeting: str
    colour: str
    partner: str
    is_active: bool = True


def origin_of(address: str) -> str:
    """Scheme, host and port of an address, as browsers write them.

    :raises InvalidRecordError: for anything that is no web address.
    """
    try:
        parts = urlsplit(address.strip().lower())
    except ValueError as error:
        raise InvalidRecordError("网址不对，应像 https://www.example.com") from error
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.netloc):
        raise InvalidRecordError(
            "网址不对，应像 https://www.example.com（含中文的域名请写成 xn-- 开头的形式）"
        )
    default = {"http": ":80", "https": ":443"}[parts.scheme]
    return f"{parts.scheme}://{parts.netloc.removesuffix(default)}"


def listing(conn: Connection) -> tuple[Site, ...]:
    """Every site, those in use first."""
    query = sa.select(table).order_by(table.c.is_active.desc(), table.c.origin)
    return tuple(_site(row) for row in conn.execute(query))


def find(conn: Connection, key: str) -> Site | None:
    """A site in use, by its key."""
    query = sa.select(table).where(table.c.key == key, table.c.is_active.is_(True))
    row = conn.execute(query).first()
    return None if row is None else _site(row)


def save(
    conn: Connection,
    wanted: Site,
    actor: str,
    *,
    now: datetime | None = None,
) -> Site:
    """Allow a site, or change how our chat looks there.

    :raises InvalidRecordError: naming what is wrong.
    """
    site = _checked(wanted)
    values: dict[str, Any] = {
        "origin": site.origin,
        "title": site.title,
        "greeting": site.greeting,
        "colour": site.colour,
        "partner": site.partner,
        "is_active": site.is_active,
        "changed_by": actor,
        "changed_at": or_now(now),
    }
    try:
        with conn.begin_nested():
            if site.key:
                done = conn.execute(
                    sa.update(table).where(table.c.key == site.key).values(**values)
                )
                if not done.rowcount:
                    raise NotFoundError("没有这个网站")
            else:
                values["key"] = secrets.token_urlsafe(9)
                conn.execute(sa.insert(table).values(**values))
    except IntegrityError as error:
        raise InvalidRecordError(f"{site.origin} 已经在列表里") from error
    detail = {"origin": site.origin, "partner": site.partner, "on": site.is_active}
    audit.record(conn, actor, "setting", "widget", detail=detail, now=now)
    return Site(**{**site.__dict__, "key": site.key or values["key"]})


def contrast_with_white(colour: str) -> float:
    """How far white stands out from a colour, 1 to 21 (WCAG 2.2, contrast ratio).

    :param colour: such as ``#12365e``.
    """
    shares = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    ]
    luminance = sum(
        weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
    )
    return 1.05 / (luminance + 0.05)


def _checked(site: Site) -> Site:
    if not _COLOUR.fullmatch(site.colour):
        raise InvalidRecordError("颜色应像 #12365e")
    if site.is_active and contrast_with_white(site.colour) < _LEAST_CONTRAST:
        raise InvalidRecordError("颜色太浅，上面的白字看不清，请选深一些的")
    if site.partner and not _PARTNER.fullmatch(site.partner):
        raise InvalidRecordError("合作方代码只能用字母、数字、- 和 _，40 个以内")
    title, greeting = storable(site.title).strip(), storable(site.greeting).strip()
    if len(title) > 40 or len(greeting) > 200:
        raise InvalidRecordError("标题 40 字以内，欢迎语 200 字以内")
    return Site(
        site.key, origin_of(site.origin), title, greeting, site.colour, site.partner, site.is_active
    )


def _site(row: Any) -> Site:
    return Site(
        row.key, row.origin, row.title, row.greeting, row.colour, row.partner, row.is_active
    )
