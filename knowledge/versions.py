"""Which of several versions of one document is in force, decided over all documents at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from knowledge.loaders.official import version_key
from knowledge.sections import HISTORY, PREAMBLE
from knowledge.text import normalise
from knowledge.types import Document, Kind

_AMENDED = re.compile(r"(?:修改|废止)[^。；]{0,4}《([^《》]*(?:《[^《》]*》[^《》]*)*)》")


@dataclass(frozen=True)
class Succession:
    """Why a document no longer answers."""

    document: str
    successor: str
    successor_title: str
    reason: str
    until: date | None = None


def _order(document: Document) -> tuple[str, str]:
    """:return: later is newer."""
    meta = document.meta
    return (meta.as_of or "", str(meta.effective_from or ""))


def _has_dated_name(document: Document) -> bool:
    return bool(re.search(r"\d{4}-\d{2}-\d{2}", document.path.rsplit("/", 1)[-1]))


def _body(document: Document) -> str:
    return normalise(
        "\n".join(
            section.text
            for section in document.sections
            if section.heading not in {(PREAMBLE,), (HISTORY,)}
        )
    )


def successions(documents: Sequence[Document], today: date) -> dict[str, Succession]:
    """Find superseded documents.

    Of official documents with one title the latest is in force and the others are superseded by it; of
    two with the same text the one whose file name is dated stays.  A version that takes effect after
    ``today`` supersedes nothing yet (``until`` is the last day of the version before it).  An
    interpretation that a later decision amends, and that is present only as it read before, is
    superseded by that decision.

    :return: superseded document id → its successor.
    """
    found: dict[str, Succession] = {}
    groups: dict[tuple[str, tuple[str, ...]], list[Document]] = defaultdict(list)
    for document in documents:
        # A document that names its successor itself is no candidate for the version in force.
        is_official = document.meta.kind in {Kind.LAW, Kind.POLICY} and not document.meta.facts
        if is_official and not document.meta.superseded_by:
            groups[version_key(document.meta.title), document.meta.jurisdiction].append(document)
    current: dict[str, Document] = {}
    for (key, _), group in groups.items():
        ordered = sorted(group, key=_order)
        current[key] = _succeed(ordered, found, today)
    for document in documents:
        if document.meta.kind is Kind.LAW and document.meta.title.endswith("决定"):
            _amendments(document, current, found)
    return found


def _succeed(ordered: list[Document], found: dict[str, Succession], today: date) -> Document:
    """Chain the versions of one title, oldest first.

    :return: the version in force.
    """
    newest = ordered[-1]
    for twin in ordered[:-1]:
        if _body(twin) == _body(newest) and _has_dated_name(twin) and not _has_dated_name(newest):
            ordered = [*(document for document in ordered if document is not twin), twin]
            newest = twin
            break
    for older in ordered[:-1]:
        start = newest.meta.effective_from
        same = _body(older) == _body(newest)
        pending = start is not None and start > today and not same
        found[older.meta.id] = Succession(
            document=older.meta.id,
            successor=newest.meta.id,
            successor_title=newest.meta.title,
            reason="内容相同" if same else "同名文件有更新的版本",
            until=start - timedelta(days=1) if pending and start is not None else None,
        )
    return newest


def _amendments(
    decision: Document, current: Mapping[str, Document], found: dict[str, Succession]
) -> None:
    """Mark what a decision amends and what is present only in a version older than the decision."""
    since = str(decision.meta.effective_from or decision.meta.as_of or "")
    adopted = min(filter(None, (decision.meta.as_of, since, _adopted(decision))), default="")
    for title in _amended_titles(decision):
        old = current.get(version_key(title))
        if old is None or old.meta.id == decision.meta.id or not old.meta.as_of:
            continue
        if old.meta.as_of < adopted:
            found[old.meta.id] = Succession(
                old.meta.id,
                decision.meta.id,
                decision.meta.title,
                "已被该决定修改，库中没有修改后的全文",
            )


def _adopted(decision: Document) -> str:
    text = "\n".join(section.text for section in decision.sections if section.heading == (HISTORY,))
    dates = [
        f"{int(y):04d}-{int(m):02d}-{int(d):02d}"
        for y, m, d in re.findall(r"(\d{4})年(\d{1,2})月(\d{1,2})日", text)
    ]
    return min(dates, default="")


def _amended_titles(decision: Document) -> Iterable[str]:
    for section in decision.sections:
        for label in section.heading[:1]:
            for match in _AMENDED.finditer(label):
                yield match[1]


def with_successors(documents: Sequence[Document], today: date) -> list[Document]:
    """:return: the documents, superseded ones marked as such or given their last day in force."""
    found = successions(documents, today)
    return [_marked(document, found.get(document.meta.id)) for document in documents]


def _marked(document: Document, succession: Succession | None) -> Document:
    if succession is None or document.meta.superseded_by:
        return document
    if succession.until is not None:
        return replace(document, meta=replace(document.meta, effective_to=succession.until))
    return replace(document, meta=replace(document.meta, superseded_by=succession.successor))
