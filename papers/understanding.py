"""From the lines of a paper to what it says."""

from __future__ import annotations

from datetime import date

from knowledge.notices import country_in, forum_in
from knowledge.printed_dates import printed_dates
from knowledge.text import normalise
from papers.contents import Contents
from papers.kinds import kind_of, text_of
from papers.types import DateRead, Reading


def understand(contents: Contents, today: date) -> Reading:
    """:return: what the lines of a paper say."""
    lines = [normalise(line.text) for line in contents.lines]
    text = text_of(lines)
    found = kind_of(text)
    country = (found.form.country if found.form else None) or country_in(text)
    dates = tuple(
        DateRead(item.date, item.meaning, item.text, 1, 0.9, item.time)
        for item in printed_dates(text, country=country, today=today)
    )
    title = found.form.title if found.form else (contents.lines[0].text if contents.lines else "")
    return Reading(
        kind=found.code,
        form=found.form.id if found.form else None,
        confidence=found.confidence,
        title=title,
        country=country,
        forum=forum_in(text),
        docket=None,
        numbers=(),
        parties=(),
        side="unknown",
        dates=dates,
        periods=(),
        amounts=(),
        demands=(),
        questions=(),
        signs=(),
        language=None,
        pages=contents.pages,
        ocr=contents.ocr,
        seconds=0.0,
        lines=contents.lines,
        sizes=contents.sizes,
    )
