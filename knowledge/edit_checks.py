"""What is checked of the trainers' edits before they may be published."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from knowledge.figures import figures, readable_figure, uncarried_figures
from knowledge.ledger import Fact
from knowledge.library import Library
from knowledge.overlay import Drafted
from knowledge.problems import Problem, error
from knowledge.types import Document

# Numbers that are names: 337调查.
_NAMES = {"337"}


def check_edits(library: Library) -> Iterator[Problem]:
    """Edits that lost their footing, and figures that an editor wrote and nothing carries."""
    for conflict in library.conflicts:
        where = conflict.passage or conflict.document
        message = f"{conflict.by} 的修改与新版本冲突：{conflict.reason}"
        yield error("edit-conflict", where, message)
    for document in library.documents:
        for entry in library.entries.get(document.meta.id, ()):
            if entry.edit is None or entry.edit.texts is None or entry.source is None:
                continue
            missing = sorted(new_figures(entry, document, library.ledger))
            if missing:
                yield error(
                    "edit-figure",
                    entry.passage_id,
                    f"{entry.edit.by} 的修改写了原文和来源里都没有的数字 {'、'.join(map(readable_figure, missing))}，请核对",
                )


def new_figures(entry: Drafted, document: Document, ledger: Mapping[str, Fact]) -> set[str]:
    """:return: the figures of an edited passage that neither its source text nor its facts carry."""
    carriers: set[str] = set()
    for base in entry.edit.bases if entry.edit else ():
        carriers |= figures("\n".join((*base.heading, base.text)))
    for source in document.meta.sources:
        carriers |= figures(f"{source.title}\n{source.basis or ''}")
    for result in entry.results:
        for identifier in (*document.meta.facts, *result.facts):
            carriers |= ledger[identifier].figures if identifier in ledger else set()
    return {token for result in entry.results for token in unfounded_figures(result.text, carriers)}


def unfounded_figures(text: str, carriers: set[str]) -> set[str]:
    """:return: the figures of a text that nothing carries; small counts and names are none."""
    return {
        token
        for token in uncarried_figures(text, carriers)
        if token not in _NAMES and not _is_small_count(token)
    }


def _is_small_count(token: str) -> bool:
    """Whether a bare number merely counts things of the text itself (分3步, 2份)."""
    return re.fullmatch(r"\d{1,2}", token) is not None and int(token) <= 12
