"""What a paper is read into: its lines as they stand on the pages, and what they say.

A reading keeps, beside every value, the line it was taken from, so that a person can compare them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any

from knowledge.printed_dates import Meaning

# A box in points of 1/72 inch on the page as it is read: left, top, right, bottom.
Box = tuple[float, float, float, float]
# From this confidence on a value is shown as read; below it the person is asked.
CERTAIN = 0.8


@dataclass(frozen=True)
class Line:
    """A line of a page.

    ``page`` counts from 1; ``confidence`` is 1.0 where the file itself holds the text; ``box`` is None
    where the file has no pages (text, e-mail, Word).
    """

    text: str
    page: int = 1
    confidence: float = 1.0
    box: Box | None = None


@dataclass(frozen=True)
class PageImage:
    """The size of a page as read, so that a line's box can be cut from its picture, in the same unit.

    ``quarters`` tells how often it was turned counter-clockwise by a quarter to stand upright.
    """

    page: int
    width: float
    height: float
    quarters: int = 0


@dataclass(frozen=True)
class Number:
    """A number that names something: a patent, a registration, a case at a platform, a parcel."""

    type: str
    value: str


@dataclass(frozen=True)
class Party:
    """Somebody that the paper names, with the role it gives them (plaintiff, respondent …)."""

    role: str
    name: str


@dataclass(frozen=True)
class DateRead:
    """A date that the paper prints, with what it means there."""

    date: date
    meaning: Meaning
    text: str
    page: int
    confidence: float
    time: time | None = None
    line: int | None = None

    @property
    def is_certain(self) -> bool:
        """Whether it may be shown without asking."""
        return self.confidence >= CERTAIN


@dataclass(frozen=True)
class PeriodRead:
    """A period that the paper sets without naming its last day, as in 'within 21 days after service'."""

    count: int
    unit: str
    after: str
    text: str
    page: int


@dataclass(frozen=True)
class Amount:
    """Money that the paper speaks of.  ``value`` is in units of ``currency`` (ISO code)."""

    value: float
    currency: str
    meaning: str
    text: str
    page: int


@dataclass(frozen=True)
class Reading:
    """A paper, read.

    ``kind`` is a code of the contract's list, ``form`` the finer kind of ``knowledge.paper_kinds`` where
    there is one.  ``due`` is the contract's deadline object, None while a date must still be asked.
    ``gaps`` are those of the ``questions`` that tell what of the paper was not read, or hardly.
    """

    kind: str
    form: str | None
    confidence: float
    title: str
    country: str | None
    forum: str | None
    docket: str | None
    numbers: tuple[Number, ...]
    parties: tuple[Party, ...]
    side: str
    dates: tuple[DateRead, ...]
    periods: tuple[PeriodRead, ...]
    amounts: tuple[Amount, ...]
    demands: tuple[str, ...]
    questions: tuple[str, ...]
    signs: tuple[str, ...]
    language: str | None
    pages: int
    ocr: bool
    seconds: float
    lines: tuple[Line, ...] = field(default=(), repr=False)
    sizes: tuple[PageImage, ...] = field(default=(), repr=False)
    due: dict[str, Any] | None = None
    gaps: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is of no known kind and says nothing of a dispute, so that it may be no notice at all."""
        ahead = any(item.meaning in (Meaning.DUE, Meaning.HEARING) for item in self.dates)
        told = (self.forum, self.docket, self.demands, self.periods, self.signs, self.gaps)
        return self.form is None and not ahead and not any(told)

    def with_due(self, due: dict[str, Any] | None, questions: tuple[str, ...]) -> Reading:
        """The same reading with its deadline and what must still be asked."""
        return replace(self, due=due, questions=questions)

    def to_json(self, *, lines: bool = False) -> dict[str, Any]:
        """:param lines: add the text of the paper, a row a line. :return: the contract's object."""
        found: dict[str, Any] = {
            "kind": self.kind,
            "form": self.form,
            "confidence": round(self.confidence, 3),
            "title": self.title,
            "country": self.country,
            "forum": self.forum,
            "docket": self.docket,
            "numbers": [{"type": item.type, "value": item.value} for item in self.numbers],
            "parties": [{"role": item.role, "name": item.name} for item in self.parties],
            "side": self.side,
            "dates": [_date_row(item) for item in self.dates],
            "periods": [
                {"count": p.count, "unit": p.unit, "after": p.after, "text": p.text, "page": p.page}
                for p in self.periods
            ],
            "due": self.due,
            "amounts": [
                {"value": a.value, "currency": a.currency, "meaning": a.meaning, "text": a.text, "page": a.page}
                for a in self.amounts
            ],
            "demands": list(self.demands),
            "questions": list(self.questions),
            "signs": list(self.signs),
            "gaps": list(self.gaps),
            "is_open": self.is_open,
            "language": self.language,
            "pages": self.pages,
            "ocr": self.ocr,
            "seconds": round(self.seconds, 2),
        }  # fmt: skip
        if lines:
            found["lines"] = [
                {"text": line.text, "page": line.page, "confidence": round(line.confidence, 3), "box": line.box}
                for line in self.lines
            ]  # fmt: skip
        return found


def _date_row(item: DateRead) -> dict[str, Any]:
    row: dict[str, Any] = {
        "date": item.date.isoformat(),
        "meaning": item.meaning.value,
        "text": item.text,
        "page": item.page,
        "confidence": round(item.confidence, 3),
    }
    if item.time is not None:
        row["time"] = item.time.isoformat("minutes")
    return row
