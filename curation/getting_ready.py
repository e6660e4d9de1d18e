"""What a trainer's work will need, loaded and asked before anybody waits for it; for processes aside."""

from __future__ import annotations

import os

from curation import answers, importing, publishing
from curation.background import Report, silent
from curation.release import golden_questions
from curation.shelves import passages_of
from settings import Settings

# Fewer questions are asked in a moment.
_MANY = 100
# How much nicer than other work aside what nobody waits for is.
_LEISURE = 5


def get_ready(settings: Settings, *, report: Report = silent) -> None:
    """Load what importing, building and comparing need; for a process aside.

    :raises SnapshotError: the live snapshot cannot be opened.
    """
    report("读取文档")
    importing.judge_of(settings)
    store = publishing.store_of(settings)
    live = store.current_id()
    if live is not None:
        passages_of(store.path(live))
        publishing.open_index(settings, store.path(live))


def ask_live(settings: Settings, *, report: Report = silent) -> None:
    """Have the live snapshot's answers ready for the comparison that a trainer's work will end with.

    :raises SnapshotError: it cannot be opened.
    """
    live, questions = publishing.store_of(settings).current_id(), golden_questions(settings)
    if live is not None:
        answers.ask_ahead(
            settings, live, questions,
            lambda number: report(f"问线上版本的判定问题，第 {number} 题，共 {len(questions)} 题"),
        )  # fmt: skip


def ask_live_at_leisure(settings: Settings, *, report: Report = silent) -> None:
    """:func:`ask_live` in a process that takes next to nothing from anybody else.

    :raises SnapshotError: as there.
    """
    os.nice(_LEISURE)
    ask_live(settings, report=report)


def live_is_asked(settings: Settings) -> bool:
    """Whether :func:`ask_live` has nothing to do that takes long."""
    live, questions = publishing.store_of(settings).current_id(), golden_questions(settings)
    return live is None or not takes_long(settings) or answers.are_kept(settings, live, questions)


def takes_long(settings: Settings) -> bool:
    """Whether comparing asks so many questions that it pays to get ready for it."""
    return len(golden_questions(settings)) >= _MANY
