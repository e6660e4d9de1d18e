"""What is wrong with the documents and tables as they stand, for the people who keep them."""

from __future__ import annotations

from curation.publishing import today_of
from knowledge.checks import check
from knowledge.dictionary import ALIASES_FILE
from knowledge.library import Library
from knowledge.problems import Problem, warning
from knowledge.word_table import FILE_NAME as WORDS_FILE
from settings import Settings


def problems_of(settings: Settings, library: Library) -> list[Problem]:
    """:return: what ``kb check`` finds."""
    return check(
        library,
        sources_dir=settings.knowledge.sources_dir,
        tables_dir=settings.knowledge.tables_dir,
        today=today_of(settings),
    )


def idle_entries(settings: Settings) -> list[Problem]:
    """:return: words and aliases of the shipped tables that change nothing."""
    from indexer.wordbook import idle_aliases, idle_words
    from knowledge.dictionary import alias_records
    from knowledge.word_table import load_words

    tables = settings.knowledge.tables_dir
    idle = []
    if (tables / WORDS_FILE).is_file():
        idle += [(WORDS_FILE, entry) for entry in idle_words(load_words(tables))]
    if (tables / ALIASES_FILE).is_file():
        idle += [(ALIASES_FILE, entry) for entry in idle_aliases(alias_records(tables))]
    return [
        warning("idle", name, f"“{entry.name}”{entry.reason}，可以删去") for name, entry in idle
    ]
