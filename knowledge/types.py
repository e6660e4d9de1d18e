"""What the knowledge base is made of: documents, sections, passages, citations.

A *document* is a source file; it has *sections* (a heading's or an article's span); a *passage* is
what is indexed and cited; a *citation* says where a statement came from.  All are frozen values that
keep their citation from loading to reply.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from knowledge.consultations import is_draft_title


class Kind(str, Enum):
    """What a document is; decides how it is shown and how it ranks."""

    GUIDE = "guide"
    FAQ = "faq"
    POLICY = "policy"
    LAW = "law"
    TRAINING = "training"
    OUTREACH = "outreach"


# Jurisdiction of documents that belong to no single country (treaties, cross-country situations).
GENERAL = "GENERAL"


@dataclass(frozen=True)
class Source:
    """A page, rule or statute that a document relies on."""

    title: str
    url: str | None = None
    basis: str | None = None


@dataclass(frozen=True)
class DocumentMeta:
    """The front matter of a document (DESIGN: knowledge documents).

    ``no_options`` says why a guide ends without option cards, ``no_faq`` why fewer than five of the
    questions in ``faq/`` rest on the document's facts.  ``number`` is that of an official document
    (穗知发〔2026〕12号), ``issued_on`` the day it was issued.
    """

    id: str
    title: str
    kind: Kind
    jurisdiction: tuple[str, ...]
    audience: tuple[str, ...] = ()
    ip_types: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    issuer: str | None = None
    number: str | None = None
    issued_on: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    superseded_by: str | None = None
    as_of: str | None = None
    reviewed_on: date | None = None
    sources: tuple[Source, ...] = ()
    facts: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    no_options: str | None = None
    no_faq: str | None = None


@dataclass(frozen=True)
class Section:
    """One heading's or article's text, in document order.

    ``heading`` is the path of headings from the top (without the document title), ``article`` the
    article label (第十三条) where the document has articles, ``page`` the 1-based page of a PDF.
    ``facts``, ``similar`` and ``negative`` come from directive comments in curated markdown.
    ``jurisdiction``, ``basis``, ``url`` and ``as_of`` are those of this section alone where a file states
    them by row (an empty ``basis``: none); ``place`` is where the file has it (第5行).  ``passage`` is set in
    an exported document: the section is that one passage, and ``disabled`` keeps it out of the index.
    """

    heading: tuple[str, ...]
    text: str
    article: str | None = None
    page: int | None = None
    facts: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    jurisdiction: tuple[str, ...] = ()
    basis: str | None = None
    url: str | None = None
    as_of: str | None = None
    place: str | None = None
    passage: str | None = None
    disabled: bool = False


@dataclass(frozen=True)
class Rejected:
    """A part of a file that was left out: where it stands and why."""

    place: str
    reason: str


@dataclass(frozen=True)
class Document:
    """A loaded source: its metadata and its sections in order.

    ``warnings`` tell what the loader could not read (a scanned page), ``rejected`` which rows of a table
    are unusable, for whoever imports the file.
    """

    meta: DocumentMeta
    sections: tuple[Section, ...]
    path: str
    sha256: str
    warnings: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True)
class Passage:
    """What is indexed and cited.

    ``id`` is stable under edits of the text (document, heading path, ordinal); ``version`` is the
    hash of the text.  ``basis`` is the rule or article relied on; ``as_of`` the year or date the
    statement was true.  ``similar`` are questions this passage answers, ``negative`` questions it
    must not answer.  ``review_due`` is the day by which a person was to compare the document with its sources.
    ``place`` is the country whose law a section tells, by its facts, where its document names another first.
    """

    id: str
    version: str
    document: str
    title: str
    heading: tuple[str, ...]
    text: str
    kind: Kind
    jurisdiction: tuple[str, ...]
    ip_types: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    article: str | None = None
    page: int | None = None
    basis: str | None = None
    as_of: str | None = None
    url: str | None = None
    facts: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_to: date | None = None
    superseded_by: str | None = None
    reviewed_on: date | None = None
    review_due: date | None = None
    verified: bool = True
    place: str | None = None

    @property
    def is_draft(self) -> bool:
        """Whether the passage is of a text out for comment, which is no rule."""
        return self.kind in {Kind.LAW, Kind.POLICY} and is_draft_title(self.title)

    def is_current(self, today: date) -> bool:
        """Whether the passage may answer as the rule in force on ``today``."""
        if self.superseded_by or self.is_draft:
            return False
        if (
            self.kind is Kind.LAW
            and self.effective_from is not None
            and self.effective_from > today
        ):
            return False
        return not (self.effective_to is not None and self.effective_to < today)


@dataclass(frozen=True)
class Citation:
    """Where a statement came from, as it is stored with the answer and shown to the person."""

    document: str
    title: str
    heading: tuple[str, ...]
    jurisdiction: str | None
    basis: str | None
    as_of: str | None
    url: str | None
    quote: str
    snapshot: str
    passage: str = ""
    version: str = ""

    def to_json(self) -> dict[str, Any]:
        """The citation object of the message contract."""
        return {
            "document": self.document,
            "title": self.title,
            "heading": list(self.heading),
            "jurisdiction": self.jurisdiction,
            "basis": self.basis,
            "as_of": self.as_of,
            "url": self.url,
            "quote": self.quote,
            "snapshot": self.snapshot,
            "passage": self.passage,
            "version": self.version,
        }
