"""Which of several versions of one document is in force, decided over all documents at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from knowledge.kinship import Kinship, kinship
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

    Of official documents with one title that share articles the latest is in force and the others are
    superseded by it (parts of one text and different texts of one title supersede nothing); of
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
        for family in _families(group):
            current[key] = _succeed(sorted(family, key=_order), found, today)
    for document in documents:
        if document.meta.kind is Kind.LAW and document.meta.title.endswith("决定"):
            _amendments(document, current, found)
    return found


def _families(group: Sequence[Document]) -> list[list[Document]]:
    """Divide documents of one title into texts with their versions.

    Only what shares articles is a version; without dates only the same text is.
    """
    found: list[list[Document]] = []
    for document in sorted(group, key=_order, reverse=True):
        family = next((f for f in found if any(_is_version(document, item) for item in f)), None)
        if family is None:
            found.append([document])
        else:
            family.append(document)
    return found


def _is_version(one: Document, two: Document) -> bool:
    if _body(one) == _body(two):
        return True
    return _is_dated(one, two) and kinship(one, two) is Kinship.VERSIONS


def _is_dated(one: Document, two: Document) -> bool:
    """Whether the dates of two documents tell which is the newer one."""
    left, right = one.meta.as_of or "", two.meta.as_of or ""
    return bool(left and right) and not (left.startswith(right) or right.startswith(left))


def identity_notes(
    document: Document, others: Sequence[Document], today: date, *, retired: bool = True
) -> tuple[str, ...]:
    """What importing a document does to those of its title: what it retires, and what a person decides.

    :param others: the documents that are there; one with the id of the document is replaced by it.
    :param retired: whether to name what it retires too.
    """
    kept = [other for other in others if other.meta.id != document.meta.id]
    key = version_key(document.meta.title)
    alike = [
        other
        for other in kept
        if version_key(other.meta.title) == key
        and other.meta.jurisdiction == document.meta.jurisdiction
        and other.meta.kind in {Kind.LAW, Kind.POLICY}
        and not other.meta.facts
    ]
    if not alike or document.meta.kind not in {Kind.LAW, Kind.POLICY}:
        return ()
    found = successions([*alike, document], today)
    notes = []
    for other in alike:
        end = found.get(other.meta.id)
        named = f"《{other.meta.title}》（{other.meta.as_of or '没有日期'}）"
        if end is not None and end.successor == document.meta.id:
            last = f"用到 {end.until} 为止" if end.until else "转为历史，不再用来回答"
            notes += [f"导入后，库里的{named}{last}（{end.reason}）"] if retired else []
        elif document.meta.id in found or end is not None:
            continue
        elif kinship(document, other) is Kinship.PARTS:
            notes.append(f"与库里的{named}条号前后相接，按同一部法的各部分都保留")
        elif kinship(document, other) is Kinship.VERSIONS:
            notes.append(
                f"与库里的{named}像是新旧版本，但日期分不出先后，两份都照样回答；请在旧的那份的“文档信息”里填被哪份取代"
            )
        else:
            notes.append(
                f"与库里的{named}同名，但内容对不上，不当作新旧版本，两份都保留；如果确是新版，请在旧的那份的“文档信息”里填被哪份取代"
            )
    return tuple(notes)


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
