"""What an import would bring, passage by passage, told before anything is taken into the draft."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum

from knowledge.chunking import passages
from knowledge.contradictions import SIMILAR_FROM, bare, contradiction
from knowledge.errors import SourceError
from knowledge.kinship import Kinship, kinship
from knowledge.ledger import Ledger
from knowledge.library import Library
from knowledge.loaders.official import version_key
from knowledge.overlay import Drafted
from knowledge.text import normalise, quoted
from knowledge.types import Document, Kind, Passage

# Headings shorter than this are labels (上诉, 费用), not questions.
_SHORTEST_QUESTION = 8
_EXCERPT = 80
# Of one question: a heading that thousands of passages share is no question.
_ANSWERS_KEPT = 20
# Passages compared with the whole knowledge base in one piece of memory.
_AT_ONCE = 256

# Texts → for each the live passages nearest to it with their similarity, best first.
Nearest = Callable[[Sequence[str]], Sequence[Sequence[tuple[Passage, float]]]]


class Finding(str, Enum):
    """What is found about one passage or row; the worst comes first."""

    ERROR = "错误"
    CONFLICT = "与现有内容冲突"
    SUPERSEDED = "已有更新版本"
    EDITED = "有人修改过"
    EXACT = "完全重复"
    NORMALISED = "规范化后重复"
    SIMILAR = "相似"
    CHANGED = "更新"
    UNCHANGED = "未变"
    NEW = "新增"

    @property
    def is_doubtful(self) -> bool:
        """Whether a person should look at it."""
        return self not in (Finding.NEW, Finding.CHANGED, Finding.UNCHANGED)


@dataclass(frozen=True)
class RowVerdict:
    """The verdict on one passage: where the file has it, what was found, and the passage it is like.

    ``text``, ``other_name`` and ``other_text`` are filled where a person should compare the two.
    """

    place: str
    finding: Finding
    excerpt: str
    message: str = ""
    passage: str = ""
    other: str = ""
    score: float | None = None
    text: str = ""
    other_name: str = ""
    other_text: str = ""


@dataclass
class DryRun:
    """Compares documents with what is there, and with those judged before them in the same import."""

    library: Library
    ledger: Ledger
    nearest: Nearest
    is_live: Callable[[Passage], bool]
    timeout_s: float = 60.0
    today: date = field(default_factory=date.today)
    _exact: dict[str, Passage] = field(default_factory=dict)
    _bare: dict[str, Passage] = field(default_factory=dict)
    _questions: dict[str, list[Passage]] = field(default_factory=dict)
    # Passages whose questions are read once a new passage answers one; most texts of law do not.
    _unread: list[Passage] = field(default_factory=list)

    def __post_init__(self) -> None:
        for passage in self.library.passages:
            if self.is_live(passage):
                self._remember(passage)

    def judge(self, document: Document) -> list[RowVerdict]:
        """Compare one document.

        :return: a verdict for every row that was left out and every passage, in the order of the file.
        :raises SourceError: comparing takes longer than it may.
        """
        deadline = time.monotonic() + self.timeout_s
        found = [RowVerdict(row.place, Finding.ERROR, "", row.reason) for row in document.rejected]
        try:
            cut = passages(document, self.ledger)
        except SourceError as error:
            return [*found, RowVerdict("文件头", Finding.ERROR, "", str(error))]
        before, is_newer = self._predecessor(document)
        places = [section.place for section in document.sections if section.place]
        by_heading = {section.heading: section.place for section in document.sections}
        rows = self._before(before.meta.id) if before else {}
        seen: dict[str, str] = {}
        for passage, near in self._with_nearest(cut, deadline):
            place = (by_heading.get(passage.heading) if places else None) or _place(passage)
            if before is not None and not is_newer:
                message = f"已有{_dated(before)}，导入后这份只作历史"
                found.append(self._row(passage, place, Finding.SUPERSEDED, message, before.meta.id))
                continue
            known = rows.get(_anchor(passage))
            if known is not None:
                found.append(self._again(passage, place, known))
                continue
            own = {document.meta.id, before.meta.id if before else ""}
            verdict = self._fresh(passage, place, near, own)
            twin = seen.setdefault(bare(passage.text), place)
            if twin is not place and verdict.finding in (Finding.NEW, Finding.SIMILAR):
                message = f"与本文件的{twin}相同"
                verdict = self._row(passage, place, Finding.EXACT, message)
            found.append(verdict)
        for passage in cut:
            self._remember(passage)
        return found

    def _with_nearest(
        self, cut: Sequence[Passage], deadline: float
    ) -> Iterator[tuple[Passage, Sequence[tuple[Passage, float]]]]:
        """Each passage with the live ones nearest to it, a few at a time."""
        for start in range(0, len(cut), _AT_ONCE):
            if time.monotonic() > deadline:
                raise SourceError(
                    f"与现有内容比较超过 {self.timeout_s:g} 秒，已停止，请把文件拆小再导入"
                )
            part = cut[start : start + _AT_ONCE]
            yield from zip(part, self.nearest([item.text for item in part]), strict=True)

    def _remember(self, passage: Passage) -> None:
        self._exact.setdefault(passage.text, passage)
        self._bare.setdefault(bare(passage.text), passage)
        self._unread.append(passage)

    def _answering(self, question: str) -> Sequence[Passage]:
        """The passages that answer a question already."""
        for passage in self._unread:
            for asked in _questions(passage):
                answers = self._questions.setdefault(asked, [])
                if len(answers) < _ANSWERS_KEPT:
                    answers.append(passage)
        self._unread.clear()
        return self._questions.get(question, ())

    def _predecessor(self, document: Document) -> tuple[Document | None, bool]:
        """:return: the version that is there, and whether the document is newer than it."""
        meta = document.meta
        for known in self.library.documents:
            if known.meta.id == meta.id and kinship(known, document) is not Kinship.STRANGERS:
                return known, True
        if meta.kind not in {Kind.LAW, Kind.POLICY} or meta.facts:
            return None, True
        key = version_key(meta.title)
        for known in self.library.documents:
            if (
                known.meta.kind in {Kind.LAW, Kind.POLICY}
                and not known.meta.superseded_by
                and version_key(known.meta.title) == key
                and known.meta.jurisdiction == meta.jurisdiction
                and kinship(known, document) is Kinship.VERSIONS
            ):
                return known, (meta.as_of or "") >= (known.meta.as_of or "")
        return None, True

    def _before(self, document: str) -> dict[str, Drafted]:
        entries = self.library.entries.get(document, ())
        return {_anchor(entry.source): entry for entry in entries if entry.source is not None}

    def _again(self, passage: Passage, place: str, known: Drafted) -> RowVerdict:
        """A passage that an earlier version of the document has too."""
        source = known.source
        if source is not None and source.text == passage.text:
            return self._row(passage, place, Finding.UNCHANGED)
        old = _excerpt(source.text) if source else ""
        if known.edit is not None:
            message = f"{known.edit.by} 改过这一段，导入后要选择保留修改还是用新文。原文：{old}"
            return self._row(passage, place, Finding.EDITED, message, known.passage_id)
        return self._row(passage, place, Finding.CHANGED, f"原文：{old}", known.passage_id)

    def _fresh(
        self,
        passage: Passage,
        place: str,
        near: Sequence[tuple[Passage, float]],
        own: set[str],
    ) -> RowVerdict:
        """A passage that is new under its id: is it anywhere already, and does it contradict anything?"""
        for finding, known in (
            (Finding.EXACT, self._exact.get(passage.text)),
            (Finding.NORMALISED, self._bare.get(bare(passage.text))),
        ):
            if known is not None and known.document not in own and _share(known, passage):
                message = f"与{_named(known)}相同"
                return self._row(passage, place, finding, message, known)
        others = [
            (other, score)
            for other, score in near
            if other.document not in own and _share(other, passage)
        ]
        asked = [
            (other, None)
            for question in _questions(passage)
            for other in self._answering(question)
            if other.document not in own and _share(other, passage)
        ]
        for other, score in [*asked, *others]:
            reason = contradiction(passage, other, score, same_question=score is None)
            if reason:
                message = f"与{_named(other)}说的是同一件事，但{reason}：{_excerpt(other.text)}"
                return self._row(passage, place, Finding.CONFLICT, message, other, score)
        if others and others[0][1] >= SIMILAR_FROM:
            other, score = others[0]
            message = f"与{_named(other)}意思相近：{_excerpt(other.text)}"
            return self._row(passage, place, Finding.SIMILAR, message, other, score)
        return self._row(passage, place, Finding.NEW)

    @staticmethod
    def _row(
        passage: Passage,
        place: str,
        finding: Finding,
        message: str = "",
        other: Passage | str = "",
        score: float | None = None,
    ) -> RowVerdict:
        row = RowVerdict(place, finding, _excerpt(passage.text), message, passage.id, score=score)
        if isinstance(other, str):
            return replace(row, other=other)
        name, there = _named(other), other.text
        return replace(row, other=other.id, text=passage.text, other_name=name, other_text=there)


def counts(rows: Iterable[RowVerdict]) -> dict[Finding, int]:
    """:return: how many rows of each finding, worst first; those without any are left out."""
    found = list(rows)
    numbers = {item: sum(row.finding is item for row in found) for item in Finding}
    return {item: number for item, number in numbers.items() if number}


def _share(one: Passage, two: Passage) -> bool:
    return bool(set(one.jurisdiction) & set(two.jurisdiction))


def _questions(passage: Passage) -> Iterator[str]:
    if (
        passage.heading
        and passage.article is None
        and len(passage.heading[-1]) >= _SHORTEST_QUESTION
    ):
        yield normalise(passage.heading[-1])
    yield from map(normalise, passage.similar)


def _anchor(passage: Passage) -> str:
    return passage.id.partition("#")[2]


def _named(passage: Passage) -> str:
    where = passage.article or (passage.heading[-1] if passage.heading else "")
    return quoted(passage.title) + where


def _dated(document: Document) -> str:
    return quoted(document.meta.title) + (
        f"{document.meta.as_of} 版" if document.meta.as_of else ""
    )


def _place(passage: Passage) -> str:
    page = f"第{passage.page}页 " if passage.page else ""
    return page + (passage.article or " / ".join(passage.heading) or "正文")


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1] + "…"
