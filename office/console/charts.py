"""Charts drawn on the server as SVG, readable without seeing them.

Each chart has a title and a description, colours come from the style sheet by class (the content
security policy forbids inline styles), and the template puts the numbers beside it as a table.  Labels
are text nodes, escaped; a bar that has a list behind it is a link.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_WIDTH = 360
_ROW = 26
_LABEL = 134
_NUMBER = 40
_LABEL_UNITS = 17  # one Chinese character is two units wide

_DEPTH = 105
_LEFT = 26
_BOTTOM = 20
_TOP = 16
_MOST_TICKS = 7


@dataclass(frozen=True)
class Bar:
    """One bar: what it stands for, how long it is, and where its list is."""

    label: str
    value: int
    href: str = ""


@dataclass(frozen=True)
class Series:
    """One line of a chart over time; ``tone`` is a class of the style sheet: a, b or c."""

    name: str
    tone: str
    values: tuple[int, ...]


def bars(identity: str, title: str, rows: Sequence[Bar]) -> Markup:
    """Horizontal bars, in the order given.

    :param identity: unique on the page; names title and description for screen readers.
    """
    most = max((row.value for row in rows), default=0) or 1
    room = _WIDTH - _LABEL - _NUMBER
    parts = []
    for place, row in enumerate(rows):
        top = place * _ROW
        width = max(2.0, room * row.value / most) if row.value else 0
        drawn = Markup(
            '<text class="name" x="{x}" y="{y}">{label}<title>{full}</title></text>'
            '<rect class="bar" x="{start}" y="{top}" width="{width:.1f}" height="16" rx="2"/>'
            '<text class="value" x="{end:.1f}" y="{y}">{value}</text>'
        ).format(
            x=_LABEL - 8,
            y=top + 17,
            label=_short(row.label),
            full=row.label,
            start=_LABEL,
            top=top + 5,
            width=width,
            end=_LABEL + width + 6,
            value=row.value,
        )
        if row.href:
            drawn = Markup('<a href="{}" aria-label="{}：{}">{}</a>').format(
                row.href, row.label, row.value, drawn
            )
        parts.append(drawn)
    described = "；".join(f"{row.label} {row.value}" for row in rows) or "没有数据"
    height = max(1, len(rows)) * _ROW
    return _svg(identity, title, described, height, "chart bars", Markup("").join(parts))


def columns(identity: str, title: str, labels: Sequence[str], values: Sequence[int]) -> Markup:
    """Upright columns side by side, such as the hours of a day; the tallest carry their number."""
    most = max(values, default=0) or 1
    height, step = _TOP + _DEPTH + _BOTTOM, (_WIDTH - 8) / max(1, len(values))
    parts = []
    for place, (label, value) in enumerate(zip(labels, values, strict=True)):
        tall, x = _DEPTH * value / most, 4 + place * step
        parts.append(
            Markup(
                '<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">'
                "<title>{}：{}</title></rect>"
            ).format(x, _TOP + _DEPTH - tall, step * 0.72, tall, label, value)
        )
        middle = x + step * 0.36
        if value == most and value:
            parts.append(
                Markup('<text class="tick" x="{:.1f}" y="{}">{}</text>').format(
                    middle, _TOP - 2, value
                )
            )
        if place % max(1, -(-len(values) // 8)) == 0:
            parts.append(
                Markup('<text class="tick" x="{:.1f}" y="{}">{}</text>').format(
                    middle, height - 5, label
                )
            )
    described = "；".join(
        f"{label} {value}" for label, value in zip(labels, values, strict=True) if value
    )
    return _svg(
        identity,
        title,
        described or "没有数据",
        height,
        "chart lines",
        Markup("").join(parts),
    )


def lines(identity: str, title: str, labels: Sequence[str], series: Sequence[Series]) -> Markup:
    """Lines over time, one point a label."""
    most = _ceiling(max((value for line in series for value in line.values), default=0))
    height = _TOP + _DEPTH + _BOTTOM
    room = _WIDTH - _LEFT - 8
    step = room / max(1, len(labels) - 1)

    def at(place: int, value: int) -> tuple[float, float]:
        return _LEFT + place * step, _TOP + _DEPTH * (1 - value / most)

    parts = []
    for mark in sorted({0, most // 2, most} if most > 1 else {0, most}):
        _x, y = at(0, mark)
        parts.append(
            Markup(
                '<line class="rule" x1="{}" y1="{:.1f}" x2="{}" y2="{:.1f}"/>'
                '<text class="tick end" x="{}" y="{:.1f}">{}</text>'
            ).format(_LEFT, y, _WIDTH - 8, y, _LEFT - 5, y + 3.5, mark)
        )
    every = max(1, -(-len(labels) // _MOST_TICKS))
    for place in range(0, len(labels), every):
        x, _y = at(place, 0)
        parts.append(
            Markup('<text class="tick" x="{:.1f}" y="{}">{}</text>').format(
                x, height - 5, labels[place]
            )
        )
    for line in series:
        points = [at(place, value) for place, value in enumerate(line.values)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(Markup('<polyline class="line {}" points="{}"/>').format(line.tone, path))
        if len(points) == 1:
            (x, y) = points[0]
            parts.append(
                Markup('<circle class="dot {}" cx="{:.1f}" cy="{:.1f}" r="3"/>').format(
                    line.tone, x, y
                )
            )
    described = "；".join(
        f"{line.name}共 {sum(line.values)}，最多一期 {max(line.values, default=0)}"
        for line in series
    )
    return _svg(identity, title, described, height, "chart lines", Markup("").join(parts))


def _svg(identity: str, title: str, described: str, height: int, kind: str, body: Markup) -> Markup:
    return Markup(
        '<svg class="{kind}" viewBox="0 0 {width} {height}" role="group" '
        'aria-labelledby="{id}-title {id}-desc">'
        '<title id="{id}-title">{title}</title><desc id="{id}-desc">{described}</desc>{body}</svg>'
    ).format(
        kind=kind,
        width=_WIDTH,
        height=height,
        id=escape(identity),
        title=title,
        described=described,
        body=body,
    )


def _ceiling(most: int) -> int:
    """The next number that reads well on an axis."""
    scale = 1
    while True:
        for step in (1, 2, 4, 10):
            if step * scale >= most:
                return max(1, step * scale)
        scale *= 10


def _short(label: str) -> str:
    """As much of a label as fits beside the bars."""
    used = 0
    for place, letter in enumerate(label):
        used += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if used > _LABEL_UNITS:
            return f"{label[:place]}…"
    return label
