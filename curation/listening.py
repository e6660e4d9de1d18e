"""What people asked in vain, by topic, and the ways to settle it: attach, answer, decline, assign."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import yaml
from sqlalchemy.engine import Engine

from curation.importing import import_files
from curation.publishing import library_of, today_of
from curation.release import golden_file
from desk import topics
from desk.engine import reading, writing
from desk.errors import InvalidRecordError, NotFoundError
from desk.topics import Heard, Topic, TopicState
from indexer.clustering import THRESHOLD, central, clusters, nearest
from indexer.golden import add_case
from indexer.hybrid import HybridIndex
from indexer.jurisdictions import scope
from indexer.types import SearchFilters
from knowledge.edits import EditStore
from knowledge.errors import SourceError
from knowledge.library import Library
from knowledge.types import GENERAL, Passage
from settings import Settings

_NEAREST = 3
_CASES = 5  # so many questions of a topic join the golden set
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Cluster:
    """Questions that mean much the same.

    ``topic`` is the one it was assigned with; ``returned`` the settled one whose question comes back.
    """

    title: str
    questions: tuple[Heard, ...]
    nearest: tuple[Passage, ...] = ()
    topic: Topic | None = None
    returned: Topic | None = None

    @property
    def id(self) -> str:
        """The same for the same questions."""
        keys = "\n".join(sorted(item.key for item in self.questions))
        return hashlib.sha256(keys.encode()).hexdigest()[:12]

    @property
    def count(self) -> int:
        """How often its questions were asked in vain."""
        return sum(item.count for item in self.questions)

    @property
    def disliked(self) -> int:
        """How many of these were answers rated badly."""
        return sum(item.disliked for item in self.questions)

    @property
    def recent(self) -> int:
        """How many fell in the last week."""
        return sum(item.recent for item in self.questions)

    @property
    def before(self) -> int:
        """How many fell in the week before."""
        return sum(item.before for item in self.questions)

    @property
    def last_at(self) -> datetime:
        """When it was asked last."""
        return max(item.last_at for item in self.questions)


@dataclass(frozen=True)
class NewAnswer:
    """An answer that a trainer writes; its source is what a citation will show."""

    question: str
    similar: tuple[str, ...]
    text: str
    jurisdiction: str
    basis: str
    source: str
    url: str = ""


def board(engine: Engine, index: HybridIndex, today: date, *, shown: int = 60) -> list[Cluster]:
    """The open questions by topic: those coming back first, then by how often they were asked.

    :param shown: so many of the first are given their nearest passages.
    """
    with reading(engine) as conn:
        found, known = topics.heard(conn), topics.listing(conn)
    if not found:
        return []
    vectors = index.encoder.encode([item.question for item in found], is_query=True)
    kinds = [index.understand(item.question).countries for item in found]
    members = [(topic, text) for topic in known for _, text in topic.questions]
    settled = (
        index.encoder.encode([text for _, text in members], is_query=True)
        if members
        else np.zeros((0, index.encoder.dimension), dtype=np.float32)
    )
    by_key = {key: topic for topic in known for key in topic.keys}
    result = []
    for rows in clusters(vectors, kinds):
        middle = central(vectors, rows)
        questions = tuple(sorted((found[row] for row in rows), key=lambda item: -item.count))
        place, score = nearest(vectors[middle], settled)
        topic = next((by_key[item.key] for item in questions if item.key in by_key), None)
        if (
            topic is None
            and score >= THRESHOLD
            and _same_country(index, members[place][1], kinds[middle])
        ):
            topic = members[place][0]
        is_open = topic is not None and topic.state is TopicState.ASSIGNED
        result.append(
            Cluster(
                title=found[middle].question,
                questions=questions,
                topic=topic if is_open else None,
                returned=None if is_open else topic,
            )
        )
    result.sort(key=lambda item: (item.returned is None, -item.count, -item.recent))
    near = [replace(item, nearest=_nearest(index, item.title, today)) for item in result[:shown]]
    return near + result[shown:]


def _source(library: Library, passage: str) -> Passage:
    """The passage of the source that an edit of an indexed passage belongs to."""
    for entries in library.entries.values():
        for entry in entries:
            if entry.source is not None and any(item.id == passage for item in entry.results):
                return entry.source
    raise NotFoundError("草稿里没有这一段了，可能刚被合并或停用，请另选一段")


def _same_country(index: HybridIndex, text: str, countries: tuple[str, ...]) -> bool:
    return index.understand(text).countries == countries


def _nearest(index: HybridIndex, question: str, today: date) -> tuple[Passage, ...]:
    countries = scope(index.understand(question).countries)
    filters = SearchFilters(jurisdictions=countries)
    hits = index.search(question, top_k=_NEAREST, filters=filters, today=today)
    return tuple(hit.passage for hit in hits)


def attach(
    settings: Settings, engine: Engine, questions: Sequence[str], passage: str, *, by: str
) -> Topic:
    """Let a passage answer these questions: similar questions of the next build, cases of the golden set.

    :raises NotFoundError: the draft holds no such passage.
    """
    found = _source(library_of(settings), passage)
    store = EditStore(settings.knowledge.draft_dir)
    for question in _chosen(questions):
        store.add_question(found, question, by=by)
    _remember(settings, questions, by=by, passages=[passage])
    with writing(engine) as conn:
        return topics.take_up(
            conn, questions, TopicState.ATTACHED, by=by, passage=passage, document=found.document
        )


def write_answer(
    settings: Settings, engine: Engine, questions: Sequence[str], answer: NewAnswer, *, by: str
) -> Topic:
    """Make a FAQ document of an answer and take it into the draft.

    :raises SourceError: it lacks its basis, or cannot be read as a document.
    """
    name, text = faq_document(answer, today_of(settings))
    with tempfile.TemporaryDirectory(prefix="huhang-faq-") as folder:
        path = Path(folder) / f"{name}.md"
        path.write_text(text, encoding="utf-8")
        (line,) = import_files(settings, [path], by=by)
    if line.verdict.document is None:
        raise SourceError(line.verdict.message)
    _remember(settings, [answer.question, *questions], by=by, documents=[name])
    with writing(engine) as conn:
        return topics.take_up(
            conn, [*questions] or [answer.question], TopicState.ANSWERED, by=by,
            title=answer.question, document=name,
        )  # fmt: skip


def decline(
    settings: Settings, engine: Engine, questions: Sequence[str], note: str, *, by: str
) -> Topic:
    """Note that these questions are to be refused."""
    _chosen(questions)
    for question in questions[:_CASES]:
        add_case(golden_file(settings), question, by=by, refuse=True)
    with writing(engine) as conn:
        return topics.take_up(conn, questions, TopicState.OUT_OF_SCOPE, by=by, note=note)


def assign(engine: Engine, questions: Sequence[str], assignee: str, note: str, *, by: str) -> Topic:
    """Give these questions to a colleague."""
    with writing(engine) as conn:
        return topics.take_up(
            conn, questions, TopicState.ASSIGNED, by=by, assignee=assignee, note=note
        )


def faq_document(answer: NewAnswer, today: date) -> tuple[str, str]:
    """A curated document of one entry.

    :return: its id and its text.
    :raises InvalidRecordError: something is missing.
    """
    question = _line(answer.question)
    if not question or not answer.text.strip():
        raise InvalidRecordError("请填写问题和答案")
    if not answer.source.strip():
        raise InvalidRecordError("请写明答案的来源（文件或网页名称），没有来源的内容不能发布")
    if answer.url and not _LINK.fullmatch(answer.url.strip()):
        raise InvalidRecordError("来源链接应以 http:// 或 https:// 开头")
    name = f"faq-{hashlib.sha256(question.encode()).hexdigest()[:12]}"
    source = {
        "title": _line(answer.source),
        "url": answer.url.strip() or None,
        "basis": _line(answer.basis) or None,
    }
    header = {
        "id": name,
        "title": f"问答：{question}"[:80],
        "kind": "faq",
        "jurisdiction": [answer.jurisdiction or GENERAL],
        "as_of": str(today.year),
        "reviewed_on": today,
        "sources": [{key: value for key, value in source.items() if value}],
    }
    similar = [text for text in map(_line, answer.similar) if text and text != question]
    lines = [f"## {question}"]
    if similar:
        lines.append(f"<!-- similar: {' | '.join(dict.fromkeys(similar))} -->")
    # A line that begins like a heading or a directive would be read as one.
    body = "\n".join(
        line.lstrip("#< ") if line.lstrip().startswith(("#", "<!--")) else line
        for line in answer.text.strip().splitlines()
    )
    shown = yaml.safe_dump(header, allow_unicode=True, sort_keys=False)
    return name, f"---\n{shown}---\n" + "\n".join((*lines, body, ""))


def _line(text: str) -> str:
    """One line without what the markdown directives are made of."""
    return re.sub(r"\s+", " ", text.replace("|", " ").replace("-->", " ")).strip(" #")


def _chosen(questions: Sequence[str]) -> Sequence[str]:
    if not [text for text in questions if text.strip()]:
        raise InvalidRecordError("请至少勾选一个问题")
    return questions


def _remember(
    settings: Settings,
    questions: Sequence[str],
    *,
    by: str,
    passages: Sequence[str] = (),
    documents: Sequence[str] = (),
) -> None:
    for question in dict.fromkeys(questions[:_CASES]):
        add_case(golden_file(settings), question, by=by, passages=passages, documents=documents)
