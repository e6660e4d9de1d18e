"""Sections to passages: what is indexed and cited, each with its citation.

An article is one passage, or several when it is long; two articles never share one.  A passage's id
survives edits of its text; its version is the hash of the text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.freshness import review_due
from knowledge.ledger import Fact, Ledger, lookup
from knowledge.option_cards import ORIENTING
from knowledge.sections import HISTORY, PREAMBLE, article_number
from knowledge.text import fold_numerals, normalise, quoted
from knowledge.types import GENERAL, Document, DocumentMeta, Kind, Passage, Section

# Recorded in the manifest: passages cut by other values are another index.
TARGET_CHARS = 500
MAX_CHARS = 900
# Of one file; the longest statute there is (民法典, 1,260 articles) has a tenth of it.
MAX_PASSAGES = 20_000
CHUNK_SETTINGS = {"target_chars": TARGET_CHARS, "max_chars": MAX_CHARS, "version": 3}
_ITEM = re.compile(r"\s*[（(][一二三四五六七八九十百\d]{1,4}[)）]")
_SENTENCE_END = re.compile(r"(?<=[。！？；])")
_POLICY_ITEM = re.compile(r"[（(]([一二三四五六七八九十]{1,3})[)）]")
_TOP = re.compile(r"([一二三四五六七八九十]{1,3})、")
_NUMBERED = re.compile(r"(\d{1,3})\s?[.．、]")

# Facts that hold anywhere; a platform's own rules are a place of their own.
_NO_PLACE = frozenset(("", GENERAL))


@dataclass(frozen=True)
class Cut:
    """A passage and whether it stays out of the index."""

    passage: Passage
    is_disabled: bool = False


def passages(document: Document, ledger: Ledger) -> list[Passage]:
    """Cut a document into passages.

    :raises SourceError: a section names a fact that the ledger does not hold.
    """
    return [cut.passage for cut in cuts(document, ledger) if not cut.is_disabled]


def cuts(document: Document, ledger: Ledger) -> list[Cut]:
    """As :func:`passages`, with those that an exported document keeps out of the index.

    :raises SourceError: a section names a fact that the ledger does not hold.
    """
    result: list[Cut] = []
    taken: dict[str, int] = {}
    for section in document.sections:
        if (
            section.passage is None
            and section.heading in {(PREAMBLE,), (HISTORY,)}
            and document.meta.kind in {Kind.LAW, Kind.POLICY}
        ):
            continue
        facts = lookup(ledger, section.facts, f"{document.path}《{' / '.join(section.heading)}》")
        if section.passage is not None:
            whole = passage_of(document.meta, section, facts, section.passage, section.text)
            result.append(Cut(whole, section.disabled))
            continue
        anchor = _anchor(section)
        for number, text in enumerate(split_text(section.text)):
            taken[anchor] = taken.get(anchor, 0) + 1
            ordinal = taken[anchor]
            identifier = f"{document.meta.id}#{anchor}" + (f"-{ordinal}" if ordinal > 1 else "")
            is_first = number == 0
            piece = passage_of(document.meta, section, facts, identifier, text, first=is_first)
            result.append(Cut(piece))
    return result


def pieces_in(document: Document) -> int:
    """:return: how many passages a document is cut into at most, without cutting those that stay whole."""
    return sum(
        1 if len(section.text) <= TARGET_CHARS or section.passage is not None
        else len(split_text(section.text))
        for section in document.sections
    )  # fmt: skip


def _anchor(section: Section) -> str:
    """:return: the part of an id that tells one place of a document from another."""
    digest = _heading_digest(section.heading)
    if section.article is None:
        return f"s-{digest}"
    branch = re.search(r"之(\d+)$", fold_numerals(re.sub(r"之(\S+)$", r"条之\1", section.article)))
    label = f"art-{article_number(section.article)}"
    if "之" in section.article:
        label += (
            f"-{branch[1]}"
            if branch
            else "-" + hashlib.sha256(section.article.encode()).hexdigest()[:4]
        )
    # Articles of an annex count from one again.
    return f"{label}-{digest}" if any(map(_is_annex, section.heading)) else label


@lru_cache(maxsize=8192)
def _heading_digest(heading: tuple[str, ...]) -> str:
    return hashlib.sha256(normalise("/".join(heading)).encode("utf-8")).hexdigest()[:8]


def _is_annex(heading: str) -> bool:
    return heading.startswith("附") and not re.sub(r"\s", "", heading).startswith("附则")


def text_version(text: str) -> str:
    """:return: the hash under which a text of a passage is known."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def _authority(
    meta: DocumentMeta, section: Section, facts: Sequence[Fact]
) -> tuple[str | None, str | None, str | None]:
    """What a section rests on: the rule, where it can be read, and as of when."""
    primary = facts[0] if facts else None
    source = meta.sources[0] if meta.sources else None
    basis, url, as_of = _official_basis(meta, section), source.url if source else None, meta.as_of
    if primary is not None:
        basis, url, as_of = (
            primary.basis or primary.source_title,
            primary.url,
            primary.as_of or meta.as_of,
        )
    elif basis is None and source is not None:
        basis = source.basis or source.title
    if section.basis is not None:
        # Another row's address must not stand beside this row's rule.
        basis, url = section.basis or None, section.url or None
    return basis, url, as_of


def passage_of(
    meta: DocumentMeta,
    section: Section,
    facts: Sequence[Fact],
    identifier: str,
    text: str,
    *,
    first: bool = True,
) -> Passage:
    """:return: one passage of a section; ``first`` tells that it carries the section's questions."""
    basis, url, as_of = _authority(meta, section, facts)
    return Passage(
        id=identifier,
        version=text_version(text),
        document=meta.id,
        title=meta.title,
        heading=section.heading,
        text=text,
        kind=meta.kind,
        jurisdiction=section.jurisdiction or meta.jurisdiction or (GENERAL,),
        ip_types=meta.ip_types,
        procedures=meta.procedures,
        audience=meta.audience,
        keywords=meta.keywords,
        article=section.article,
        page=section.page,
        basis=basis,
        as_of=section.as_of or as_of,
        url=url,
        facts=section.facts,
        similar=section.similar if first else (),
        negative=section.negative,
        next_steps=meta.next_steps,
        effective_from=meta.effective_from,
        effective_to=meta.effective_to,
        superseded_by=meta.superseded_by,
        reviewed_on=meta.reviewed_on,
        review_due=review_due(meta) if meta.facts or section.facts else None,
        verified=all(fact.settled for fact in facts),
        place=_place(section, meta, facts),
    )


def _place(section: Section, meta: DocumentMeta, facts: Sequence[Fact]) -> str | None:
    """:return: the one country or court that the facts of a section belong to, where its document is not of that alone.

    Facts of no country say nothing about it; a section that sets options side by side is for every country.
    """
    places = section.jurisdiction or meta.jurisdiction
    is_for_all = any(part.startswith(ORIENTING) for part in section.heading)
    codes = {fact.jurisdiction for fact in facts}.difference(_NO_PLACE)
    if is_for_all or len(codes) != 1:
        return None
    code = codes.pop()
    return None if code in places[:1] and GENERAL not in places else code


def _official_basis(meta: DocumentMeta, section: Section) -> str | None:
    """:return: 《法名》第X条, 《文件》第（八）项, or None where a document has neither."""
    title = quoted(meta.title)
    annex = next((part.rstrip("：: ") for part in section.heading if _is_annex(part)), "")
    if section.article is not None:
        return f"{title}{annex}{section.article}"
    if meta.kind not in {Kind.LAW, Kind.POLICY} or meta.facts or section.facts:
        return None
    title += annex
    if annex:
        return title
    labels = [part for part in section.heading if _POLICY_ITEM.match(part)]
    if labels:
        match = _POLICY_ITEM.match(labels[-1])
        return f"{title}第（{match[1] if match else ''}）项"
    top = next((match for part in section.heading if (match := _TOP.match(part))), None)
    item = next((match for part in section.heading if (match := _NUMBERED.match(part))), None)
    if top is not None:
        return f"{title}第{top[1]}部分" + (f"第{item[1]}项" if item else "")
    return None


# -- cutting long texts ----------------------------------------------------------------------------


def split_text(text: str, target: int = TARGET_CHARS, limit: int = MAX_CHARS) -> list[str]:
    """Cut a long text at its paragraphs.

    A list of （一）（二） items stays with its introduction as long as both fit the limit; a paragraph is cut
    at sentence ends only when it alone exceeds the limit.

    :return: the pieces in order; together they hold every character of the text but line ends.
    """
    if len(text) <= target:
        return [text]
    pieces: list[str] = []
    current = ""
    for unit in _units(text, limit):
        if current and len(current) + 1 + len(unit) > target:
            pieces.append(current)
            current = unit
        else:
            current = f"{current}\n{unit}" if current else unit
    if current:
        pieces.append(current)
    return pieces


def _units(text: str, limit: int) -> list[str]:
    """Paragraphs, each list joined to its introduction, none longer than the limit."""
    groups: list[list[str]] = []
    for line in text.split("\n"):
        joins = groups and (_ITEM.match(line) or groups[-1][-1].endswith(("：", ":")))
        size = sum(len(part) + 1 for part in groups[-1]) if groups else 0
        if joins and size + len(line) <= limit:
            groups[-1].append(line)
        else:
            groups.append([line])
    units: list[str] = []
    for group in groups:
        joined = "\n".join(group)
        units.extend([joined] if len(joined) <= limit else _cut(joined, limit))
    return [unit for unit in units if unit.strip()]


def _cut(text: str, limit: int) -> list[str]:
    pieces, current = [], ""
    for sentence in _SENTENCE_END.split(text):
        for start in range(0, max(len(sentence), 1), limit):
            part = sentence[start : start + limit]
            if current and len(current) + len(part) > limit:
                pieces.append(current)
                current = part
            else:
                current += part
    return [*pieces, current] if current else pieces
