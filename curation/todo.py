"""One list of what the knowledge needs: documents that expire, reviews that are due, contradictions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from curation.background import Report, silent
from curation.checking import problems_of
from curation.publishing import library_of, today_of
from knowledge.freshness import review_due
from knowledge.library import Library
from knowledge.text import quoted
from knowledge.types import Document
from settings import Settings

_ID = re.compile(r"[a-z0-9][a-z0-9-]*[a-z0-9]")
EXPIRES_WITHIN = timedelta(days=60)
# Findings of `kb check` that a trainer, not a programmer, settles.
_SETTLED_BY_TRAINERS = {
    **dict.fromkeys(("conflict", "duplicate", "near-duplicate", "question"), "conflict"),
    "edit-conflict": "conflict",
    **dict.fromkeys(("figure", "edit-figure"), "figure"),
}


@dataclass(frozen=True)
class Todo:
    """One thing to do: ``kind`` is expired, expiring, review, conflict or figure; ``on`` orders them."""

    kind: str
    title: str
    detail: str
    on: date | None = None

    @property
    def label(self) -> str:
        """The Chinese name of the kind."""
        return {
            "expired": "已失效",
            "expiring": "将到期",
            "review": "该复核",
            "conflict": "矛盾或重复",
            "figure": "数字没有出处",
        }[self.kind]


def dates_due(
    documents: tuple[Document, ...], today: date, within: timedelta = EXPIRES_WITHIN
) -> list[Todo]:
    """Documents that expire or are to be reviewed until then, the most urgent first."""
    found = []
    for document in documents:
        meta = document.meta
        if meta.superseded_by:
            continue
        name = meta.title
        if meta.effective_to is not None and meta.effective_to <= today + within:
            is_past = meta.effective_to < today
            detail = f"{'已于' if is_past else '将于'} {meta.effective_to} 失效"
            found.append(
                Todo("expired" if is_past else "expiring", name, detail, meta.effective_to)
            )
            continue
        day = review_due(meta)
        if day is not None and day <= today + within:
            last = f"上次复核 {meta.reviewed_on}" if meta.reviewed_on else f"资料截至 {meta.as_of}"
            word = "已过复核日期" if day < today else "应在此前复核"
            found.append(Todo("review", name, f"{last}，{word}", day))
    return sorted(found, key=lambda item: (item.on or today, item.title))


def _named(library: Library, text: str) -> str:
    """A text with documents and passages by title instead of by id."""
    titles = {document.meta.id: quoted(document.meta.title) for document in library.documents}
    found = {name for name in _ID.findall(text) if name in titles}
    if not found:
        return text
    names = {name: titles[name] for name in found}
    names |= {
        passage.id: titles[passage.document] + (passage.article or "".join(passage.heading[-1:]))
        for passage in library.passages
        if passage.document in found and passage.id in text
    }
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, names[name])
    return text


def collect(settings: Settings, *, report: Report = silent) -> list[Todo]:
    """Everything, from the documents as they stand now; takes seconds."""
    report("读取文档")
    library = library_of(settings)
    report("查找矛盾和重复")
    conflicts = [
        Todo(
            _SETTLED_BY_TRAINERS[problem.code],
            _named(library, problem.where),
            _named(library, problem.message),
        )
        for problem in problems_of(settings, library)
        if problem.code in _SETTLED_BY_TRAINERS
    ]
    return [*dates_due(library.documents, today_of(settings)), *conflicts]
