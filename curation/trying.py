"""The draft with what is being typed in it, as an index to ask: made from the live one, kept nowhere."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy.engine import Engine

from curation.draft_actions import as_typed
from desk import asked_of
from desk.asked_of import Question
from desk.engine import reading
from indexer.amending import Amender
from indexer.build import dense_text
from indexer.clustering import THRESHOLD
from indexer.hybrid import HybridIndex
from indexer.jurisdictions import scope
from indexer.order import fold
from knowledge.edit_checks import new_figures
from knowledge.errors import SourceError
from knowledge.figures import readable_figure
from knowledge.library import Library
from knowledge.overlay import Drafted, State
from knowledge.types import GENERAL, Document, Passage

# So far back people's questions are looked through for wordings.
MONTHS = timedelta(days=90)
# From this confidence on an answer needs no further wording.
CERTAIN = 0.85
SUGGESTED = 8
# So many of a passage's wordings are asked at a time; each takes a little of a second.
ASKED = 4


@dataclass(frozen=True)
class Typed:
    """A passage with what is typed; ``figures`` are those that neither source nor facts carry."""

    entry: Drafted
    passages: tuple[Passage, ...]
    figures: tuple[str, ...]


@dataclass(frozen=True)
class Suggestion:
    """A wording that people used: ``is_refused`` when nothing was answered to it."""

    question: Question
    is_refused: bool


def typed(
    library: Library, document: Document, entry: Drafted, form: Mapping[str, str], by: str
) -> Typed:
    """The whole draft with what a form holds for one passage.

    :raises SourceError: it could not be kept as it is typed, or the passage is not in the source.
    """
    if entry.source is None:
        raise SourceError("这一段在原文里已不存在，不能试答")
    changed = as_typed(entry, form, by)
    passages = (
        passage
        for other in library.documents
        for item in library.entries[other.meta.id]
        for passage in (changed if item is entry else item).results
    )
    figures = sorted(map(readable_figure, new_figures(changed, document, library.ledger)))
    return Typed(changed, tuple(passages), tuple(figures))


def index_of(live: HybridIndex, passages: tuple[Passage, ...]) -> HybridIndex:
    """The index of a draft; the last one made is kept, so that a second question costs only itself.

    :param live: the index that is published, from which unchanged passages are taken.
    """
    with _lock:
        amender = _amenders.get(live)
        if amender is None:
            amender = _amenders[live] = Amender(live)
        held = _last.get(amender)
        if held is None or held[0] != passages:
            held = _last[amender] = (passages, amender.amended(passages))
        return held[1]


_lock = threading.Lock()
_amenders: weakref.WeakKeyDictionary[HybridIndex, Amender] = weakref.WeakKeyDictionary()
_last: weakref.WeakKeyDictionary[Amender, tuple[tuple[Passage, ...], HybridIndex]] = (
    weakref.WeakKeyDictionary()
)


def wordings(entry: Drafted, question: str) -> list[str]:
    """What is asked of a passage that is being edited: the trainer's question, then its own wordings.

    New wordings come first, then others spread over all it has.
    """
    before = {fold(text) for source in entry.sources for text in source.similar}
    every = list(dict.fromkeys(text for item in entry.results for text in item.similar))
    fresh = [text for text in every if fold(text) not in before]
    old = [text for text in every if fold(text) in before]
    room = max(0, ASKED - len(fresh[-ASKED:]))
    spread = old[:: max(1, len(old) // room)][:room] if room else []
    heads = [item.heading[-1] for item in entry.results if item.heading]
    asked = [question.strip(), *fresh[-ASKED:], *(spread or heads[:1])]
    return [text for text in dict.fromkeys(asked) if text]


def suggestions(
    engine: Engine, index: HybridIndex, entry: Drafted, now: datetime
) -> list[Suggestion]:
    """What people asked that this passage answered without certainty, or that was refused and resembles it."""
    passage = entry.results[0] if entry.results else entry.source
    if passage is None or entry.state is State.ABSORBED:
        return []
    since = now - MONTHS
    with reading(engine) as conn:
        unsure = asked_of.answered_from(
            conn, passage.document, passage.id, since=since, below=CERTAIN
        )
        refused = asked_of.refused(conn, since=since)
    known = {fold(text) for text in (*passage.similar, *passage.negative, *passage.heading)}
    like = _alike(index, passage, refused)
    found = [
        *(Suggestion(item, is_refused=False) for item in unsure),
        *(Suggestion(item, is_refused=True) for item in like),
    ]
    once: dict[str, Suggestion] = {}
    for item in sorted(found, key=lambda item: -item.question.times):
        if (key := fold(item.question.text)) not in known:
            once.setdefault(key, item)
    return list(once.values())[:SUGGESTED]


def _alike(index: HybridIndex, passage: Passage, questions: tuple[Question, ...]) -> list[Question]:
    """The questions that mean what a passage or one of its wordings says, for the same places."""
    asked = [item for item in questions if _is_for(index, passage, item.text)]
    if not asked:
        return []
    own = [dense_text(passage), *passage.heading[-1:], *passage.similar]
    texts = index.encoder.encode(
        [index.understand(item.text).text for item in asked], is_query=True
    )
    held = index.encoder.encode([index.understanding.rewritten(text) for text in own])
    near = np.max(texts @ held.T, axis=1)
    return [item for item, score in zip(asked, near, strict=True) if score >= THRESHOLD]


def _is_for(index: HybridIndex, passage: Passage, text: str) -> bool:
    """Whether a question names no country, or one that the passage is for."""
    places = scope(index.understand(text).countries)
    return (
        not places or GENERAL in passage.jurisdiction or not places.isdisjoint(passage.jurisdiction)
    )
