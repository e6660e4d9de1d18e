"""An index of the draft as it stands, to try questions on before anything is published."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from curation.drafting import stamp
from curation.publishing import build_into, open_index
from indexer.hybrid import NEGATIVE_LIMIT
from indexer.types import SearchFilters
from knowledge.errors import SourceError
from knowledge.files import sole_writer
from knowledge.loaders.places import place_name
from knowledge.types import GENERAL, Passage
from settings import Settings

if TYPE_CHECKING:
    from indexer.hybrid import HybridIndex

FOLDER = "draft-index"
_LOCK = ".lock"
_FRESH = ".fresh-"
# How long a build waits for another process that builds.
_WAIT_S = 600.0
_READY = "草稿索引已是最新"
_lock = threading.Lock()
_open: dict[Path, HybridIndex] = {}


@dataclass(frozen=True)
class Reason:
    """Why a passage is where it is in the result: its place, both ranks, and what stands in its way."""

    passage: Passage
    place: int | None
    lexical_rank: int | None
    dense_rank: int | None
    dense_score: float | None
    matched: tuple[str, ...]
    missing: tuple[str, ...]
    obstacles: tuple[str, ...]


def folder_of(settings: Settings) -> Path:
    """Where the index of the draft as it stands lies or will lie."""
    text = repr((stamp(settings), settings.indexer.encoder))
    return settings.data_dir / FOLDER / hashlib.sha256(text.encode()).hexdigest()[:16]


def build_draft_index(settings: Settings, report: Callable[[str], None]) -> str:
    """Build the index of the draft aside and leave it where :func:`opened` looks.

    :return: a sentence about the result.
    :raises SourceError: another process builds it all the time.
    """
    if folder_of(settings).is_dir():
        return _READY
    report("正在读取草稿")
    folder = settings.data_dir / FOLDER
    with sole_writer(folder / _LOCK, _WAIT_S, SourceError("草稿索引正在建立，请过一会儿再试")):
        target = folder_of(settings)
        if target.is_dir():  # another process was at it
            return _READY
        for old in folder.iterdir():
            if old.name.startswith(_FRESH):  # of a process that was killed
                shutil.rmtree(old, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix=_FRESH, dir=folder))
        try:
            report("正在建立草稿索引")
            build_into(
                settings,
                fresh,
                lambda number, whole: report(f"建立草稿索引：第 {number} 段，共 {whole} 段"),
            )
            for old in folder.iterdir():
                if old.is_dir() and old not in (fresh, target):
                    shutil.rmtree(old, ignore_errors=True)
            os.rename(fresh, target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return "草稿索引已更新"


def opened(settings: Settings) -> HybridIndex | None:
    """:return: the index of the draft as it stands; None when it has yet to be built.

    :raises SnapshotError: it cannot be opened.
    """
    folder = folder_of(settings)
    with _lock:
        if folder not in _open:
            if not folder.is_dir():
                return None
            index = open_index(settings, folder)
            _open.clear()
            _open[folder] = index
        return _open[folder]


def explain(
    index: HybridIndex,
    question: str,
    passage: Passage,
    today: date,
    jurisdictions: frozenset[str],
) -> Reason:
    """Why a passage was found where it was, or was not.

    :param jurisdictions: the countries to which the search was locked; none: not locked.
    """
    everything = index.rank(question, SearchFilters(include_expired=True), today)
    place = lexical = dense = score = None
    if everything is not None:
        found = everything.candidates
        at = [
            n for n in range(len(found)) if index.passages[int(found.passages[n])].id == passage.id
        ]
        if at:
            place = at[0] + 1
            lexical = int(found.lexical_rank[at[0]]) or None
            dense = int(found.dense_rank[at[0]]) or None
            score = float(found.dense[at[0]])
    asked = dict.fromkeys(
        term for term in index.tokenizer.tokenize(index.understand(question).text) if len(term) > 1
    )
    said = " ".join(
        (passage.title, *passage.heading, passage.text, *passage.similar, *passage.keywords)
    )
    held = set(index.tokenizer.tokenize(said))
    return Reason(
        passage=passage,
        place=place,
        lexical_rank=lexical,
        dense_rank=dense,
        dense_score=score,
        matched=tuple(term for term in asked if term in held),
        missing=tuple(term for term in asked if term not in held),
        obstacles=tuple(_obstacles(index, question, passage, today, jurisdictions, place)),
    )


def _places(codes: Iterable[str]) -> str:
    return "、".join(sorted(map(place_name, codes)))


def _obstacles(
    index: HybridIndex,
    question: str,
    passage: Passage,
    today: date,
    jurisdictions: frozenset[str],
    place: int | None,
) -> list[str]:
    found = []
    if passage.superseded_by:
        found.append("所在文档已被更新的文档取代，只作历史，不回答现行问题")
    elif passage.is_draft:
        found.append("所在文档是征求意见稿，不是现行规定")
    elif not passage.is_current(today):
        found.append("所在文档今天不在有效期内")
    if (
        jurisdictions
        and GENERAL not in passage.jurisdiction
        and jurisdictions.isdisjoint(passage.jurisdiction)
    ):
        found.append(
            f"问题限定在 {_places(jurisdictions)}，这一段属于 {_places(passage.jurisdiction)}"
        )
    if passage.negative and place is None:
        near = index.encoder.encode([question, *passage.negative], is_query=True)
        if float((near[1:] @ near[0]).max()) >= NEGATIVE_LIMIT:
            found.append("问题与这一段“不应匹配”的问法几乎相同")
    if place is None and not found:
        found.append(
            "关键词和语义两种检索的前 100 名里都没有它：可加相似问法，或让标题用上用户的词"
        )
    return found
