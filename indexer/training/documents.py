"""Training pairs from the project's own documents: headings and written questions with their sections."""

from __future__ import annotations

from pathlib import Path

from indexer.training.data import Pair, passage_text
from knowledge.library import load_sources

SOURCE = "documents"


def read_document_pairs(folder: Path) -> list[Pair]:
    """A pair for each section: its heading asks, its text answers; so do its similar questions."""
    documents, _ = load_sources(folder)
    pairs = []
    for document in documents:
        for section in document.sections:
            if not section.heading or not section.text.strip():
                continue
            passage = passage_text(document.meta.title, section.heading, section.text)
            bare = passage_text(document.meta.title, (), section.text)
            pairs.append(Pair(SOURCE, section.heading[-1], bare))
            pairs.extend(Pair(SOURCE, question, passage) for question in section.similar)
    return pairs
