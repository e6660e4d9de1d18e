"""What ``huhang kb check`` refuses: gaps in provenance, figures without a carrier, contradictions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, product
from pathlib import Path

from knowledge.checks_sources import check_sources
from knowledge.courses import check_course, of_the_story
from knowledge.coverage import check_coverage, check_unanswered
from knowledge.edit_checks import check_edits, unfounded_figures
from knowledge.errors import SourceError
from knowledge.faq_checks import check_answers
from knowledge.figures import figures, readable_figure
from knowledge.followups import check_followups
from knowledge.followups import folder_of as followups_of
from knowledge.front_matter import split_header
from knowledge.ledger import Fact
from knowledge.library import Library
from knowledge.loaders.markdown import links
from knowledge.near_texts import near_pairs
from knowledge.option_cards import check_cards
from knowledge.problems import Problem
from knowledge.problems import error as _error
from knowledge.problems import warning as _warning
from knowledge.table_readers import READERS
from knowledge.table_row import has_former
from knowledge.text import normalise
from knowledge.types import Document, Kind, Passage, Section
from knowledge.wording import Term, check_table_wording, check_wording, load_terms
from knowledge.wordings import check_wordings, folder_of

# Texts of one jurisdiction more alike than this say the same thing twice.
NEAR_DUPLICATE = 95.0
_MIN_COMPARED_CHARS = 40
# Headings shorter than this are labels (上诉, 费用), not questions.
_MIN_QUESTION_CHARS = 8
_PERIOD = re.compile(r"[\d.]+(?:d|wd|w|m|y|h)")
_WEB = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def check(library: Library, *, sources_dir: Path, tables_dir: Path, today: date) -> list[Problem]:
    """Run every check.

    :return: the problems, errors first, else in the order of the documents.
    """
    problems = stopping(library)
    successors = {document.meta.id for document in library.documents}
    terms = _terms(tables_dir)
    for document in library.documents:
        problems += _provenance(document)
        problems += _validity(document, successors, today)
        if not is_official(document):
            problems += _facts(document, library.ledger)
            problems += check_cards(document)
            problems += check_course(document)
            problems += check_wording(document, library.ledger, terms)
            problems += _links(document, sources_dir, successors)
    current = [passage for passage in library.passages if passage.is_current(today)]
    official = {document.meta.id for document in library.documents if is_official(document)}
    problems += _questions(current)
    problems += _duplicates(current, official)
    problems += _conflicts(current, official)
    problems += check_answers(library)
    problems += check_coverage(library, tables_dir)
    problems += check_unanswered(library, tables_dir)
    problems += check_sources(library, tables_dir)
    problems += _tables(tables_dir)
    problems += check_table_wording(tables_dir)
    by_id = {document.meta.id: document for document in library.documents}
    problems += check_wordings(by_id, folder_of(sources_dir))
    problems += check_followups(by_id, followups_of(sources_dir))
    return sorted(problems, key=lambda problem: not problem.is_error)


def stopping(library: Library) -> list[Problem]:
    """What no snapshot may contain: documents that cannot be read, ids given twice, edits in conflict."""
    return [
        *(_error("unreadable", text.split("：", 1)[0], text) for text in library.unreadable),
        *_identifiers(library.documents),
        *check_edits(library),
    ]


def is_official(document: Document) -> bool:
    """Whether a document is an official text taken over word by word, its own source."""
    return (
        document.meta.kind in {Kind.LAW, Kind.POLICY}
        and not document.meta.facts
        and not any(section.facts for section in document.sections)
    )


def _terms(tables_dir: Path) -> dict[str, Term]:
    """The table of abbreviations; a malformed one is reported with the other tables."""
    try:
        return load_terms(tables_dir)
    except SourceError:
        return {}


def _identifiers(documents: Sequence[Document]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for document in documents:
        other = seen.setdefault(document.meta.id, document.path)
        if other != document.path:
            yield _error("duplicate-id", document.path, f"id {document.meta.id} 与 {other} 重复")
            continue
        path = Path(document.path)
        if path.suffix == ".md" and not is_official(document) and path.stem != document.meta.id:
            yield _error("file-name", document.path, f"文件名应与 id 相同：{document.meta.id}.md")


def _provenance(document: Document) -> Iterator[Problem]:
    meta = document.meta
    if (
        not meta.sources
        and not meta.facts
        and not any(section.facts for section in document.sections)
    ):
        yield _error("no-source", document.path, "没有写明来源（sources 或 facts）")
    if not (meta.as_of or meta.effective_from or meta.reviewed_on):
        severity = _warning if is_official(document) else _error
        yield severity("no-date", document.path, "没有写明资料截至日期（as_of）或生效日期")


def _validity(document: Document, known: set[str], today: date) -> Iterator[Problem]:
    meta = document.meta
    if meta.superseded_by and meta.superseded_by not in known:
        yield _error(
            "no-successor", document.path, f"superseded_by 指向的 {meta.superseded_by} 不存在"
        )
    if meta.effective_from and meta.effective_to and meta.effective_to < meta.effective_from:
        yield _error("dates", document.path, "effective_to 早于 effective_from")
    if (
        meta.effective_to
        and meta.effective_to < today
        and not meta.superseded_by
        and not _says_expired(meta.title)
    ):
        yield _error(
            "expired",
            document.path,
            f"已于 {meta.effective_to} 失效，请写明 superseded_by，或在标题注明已失效",
        )
    if meta.superseded_by and meta.superseded_by == meta.id:
        yield _error("no-successor", document.path, "superseded_by 指向自己")


def _says_expired(title: str) -> bool:
    return any(word in title for word in ("已失效", "失效", "历史", "往年", "已废止"))


def _facts(document: Document, ledger: dict[str, Fact]) -> Iterator[Problem]:
    meta = document.meta
    unknown = [identifier for identifier in meta.facts if identifier not in ledger]
    if unknown:
        yield _error(
            "unknown-fact", document.path, f"facts 中的 {'、'.join(unknown)} 不在事实台账里"
        )
    shared = figures(
        "\n".join(
            filter(
                None,
                [
                    meta.title,
                    meta.as_of,
                    str(meta.effective_from or ""),
                    str(meta.effective_to or ""),
                ],
            )
        )
    )
    for source in meta.sources:
        shared |= figures(f"{source.title}\n{source.basis or ''}")
    for identifier in meta.facts:
        if identifier in ledger:
            shared |= ledger[identifier].figures
    for section in document.sections:
        yield from _section_figures(document, section, ledger, shared)


def _section_figures(
    document: Document, section: Section, ledger: dict[str, Fact], shared: set[str]
) -> Iterator[Problem]:
    carriers = set(shared)
    for identifier in section.facts:
        if identifier in ledger:
            carriers |= ledger[identifier].figures
    missing = {
        token
        for token in unfounded_figures(section.text, carriers)
        if not of_the_story(document, section, token)
    }
    if missing:
        yield _error(
            "figure",
            f"{document.path}《{' / '.join(section.heading)}》",
            f"数字 {'、'.join(map(_with_token, sorted(missing)))} 没有事实或来源承载，请补出处或改正",
        )


def _links(document: Document, sources_dir: Path, known: set[str]) -> Iterator[Problem]:
    path = sources_dir / document.path
    if path.suffix != ".md" or not path.is_file():
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    header = split_header(text, document.path)
    for target in links(header.body if header else text):
        if _WEB.match(target) or target.startswith("#"):
            continue
        name = target.split("#", 1)[0]
        if name not in known and not (path.parent / name).is_file():
            yield _error("dead-link", document.path, f"内部链接 {target} 指向不存在的文档")


def _questions(passages: Sequence[Passage]) -> Iterator[Problem]:
    """One question, one answer: a similar question must not be claimed twice nor denied by its owner."""
    owner: dict[tuple[str, str], Passage] = {}
    for passage in passages:
        refused = {normalise(question) for question in passage.negative}
        for question in dict.fromkeys(map(normalise, passage.similar)):
            if question in refused:
                yield _error(
                    "question", passage.id, f"“{question}”同时写在相似问法和不应匹配的问法里"
                )
            for code in passage.jurisdiction:
                other = owner.setdefault((question, code), passage)
                if other is not passage:
                    yield _warning(
                        "question",
                        passage.id,
                        f"“{question}”也写在 {other.id} 的相似问法里，两处会争抢同一问题",
                    )
                    break


def _duplicates(passages: Sequence[Passage], official: set[str]) -> Iterator[Problem]:
    """Passages of curated documents that say the same in the same words."""
    groups: dict[str, list[tuple[Passage, str]]] = defaultdict(list)
    exact: dict[str, Passage] = {}
    for passage in passages:
        text = normalise(passage.text)
        if passage.document in official:
            continue
        other = exact.setdefault(text, passage)
        if other is not passage:
            yield _error("duplicate", passage.id, f"与 {other.id} 文字相同，请保留一处")
        elif len(text) >= _MIN_COMPARED_CHARS:
            groups["+".join(sorted(passage.jurisdiction))].append((passage, text))
    for group in groups.values():
        for first, second, score in near_pairs([text for _, text in group], NEAR_DUPLICATE):
            (one, left), (two, right) = group[first], group[second]
            if figures(left) == figures(right):
                yield _error(
                    "near-duplicate", two.id, f"与 {one.id} 几乎相同（{score:.0f}%），请合并"
                )
            else:
                yield _error(
                    "conflict", two.id, f"与 {one.id} 几乎相同但数字不同，请核对后保留正确的一处"
                )


def _conflicts(passages: Sequence[Passage], official: set[str]) -> Iterator[Problem]:
    """Answers to one question in one jurisdiction whose periods differ."""
    # By question and country, then by document: one passage for each set of periods it states.
    groups: dict[tuple[str, str], dict[str, dict[frozenset[str], Passage]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for passage in passages:
        if passage.document in official:
            continue
        periods = frozenset(token for token in figures(passage.text) if _PERIOD.fullmatch(token))
        if not periods:
            continue
        for question in {*map(normalise, passage.heading[-1:]), *map(normalise, passage.similar)}:
            for code in passage.jurisdiction if len(question) >= _MIN_QUESTION_CHARS else ():
                groups[question, code][passage.document].setdefault(periods, passage)
    told: set[tuple[str, str]] = set()
    for (question, code), answers in groups.items():
        for before, after in combinations(answers.values(), 2):
            for (left, one), (right, two) in product(before.items(), after.items()):
                if not left & right and (one.id, two.id) not in told:
                    told.add((one.id, two.id))
                    yield _error(
                        "conflict",
                        two.id,
                        f"“{question}”（{code}）在 {one.id} 里的期限不同，请核对",
                    )


def _tables(tables_dir: Path) -> Iterator[Problem]:
    """Every table that exists must be readable by its own reader."""
    for name, read in READERS.items():
        path = tables_dir / name
        if not (path.is_file() or has_former(path)):
            yield _warning("table", name, f"缺少表格 {name}")
            continue
        try:
            read(tables_dir)
        except SourceError as error:
            yield _error("table", name, str(error))


def _with_token(token: str) -> str:
    """A figure in words, with the form that the ledger states it in."""
    words = readable_figure(token)
    return token if words == token else f"{words}（台账写作 {token}）"
