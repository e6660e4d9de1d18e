"""Whether a text can be read aloud: short sentences, terms explained, the unverified said to be so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge.courses import states_nothing
from knowledge.ledger import Fact
from knowledge.problems import Problem, error, warning
from knowledge.table_row import Row, load_mapping
from knowledge.text import split_sentences
from knowledge.types import Document, Kind

FILE_NAME = "terms.yaml"
# A sentence longer than this, on the average of a document, is lost over the phone.
MAX_SENTENCE_CHARS = 60
# Words that tell a reader that a statement is not settled.
_HEDGE = re.compile(r"核实|核对|为准|不确定|没有查到|未查到")
# A note to ourselves that tells a reader neither what is uncertain nor where to look.
_BARE = re.compile(r"待(?:核实|核对|核查|查证|确认)")
_SAY_WHAT = "“{}”没有说什么不确定、到哪里核对，请写成“这一点没有查到官方原文，请向……核对”"
_LIST_MARK = re.compile(r"(?m)^\s*(?:[-*|>]|\d+[.、])\s*")
_NAME = re.compile(r"[（(]([A-Za-z][A-Za-z’'\-]*(?: [A-Za-z&’'\-]+){1,7})[）)]")
_AFTER = r"(?:[（(][^（）()]*[\u4e00-\u9fff]|[，,]?(?:即|是指|指的是))"


@dataclass(frozen=True)
class Term:
    """An abbreviation that a factory owner need not know, and what it means."""

    term: str
    meaning: str
    english: str | None


def load_terms(tables_dir: Path) -> dict[str, Term]:
    """Read ``terms.yaml``: abbreviation → meaning and English name; empty where the table is absent.

    :raises SourceError: naming the term that is malformed.
    """
    path = tables_dir / FILE_NAME
    if not path.is_file():
        return {}
    top = load_mapping(path)
    return {name: _term(name, top.needed_child(name)) for name in top.names()}


def _term(name: str, row: Row) -> Term:
    row.name = name
    return row.done(Term(name, row.text("meaning"), row.optional_text("english")))


def check_wording(
    document: Document, ledger: Mapping[str, Fact], terms: Mapping[str, Term]
) -> Iterator[Problem]:
    """Run the checks of wording on one curated document."""
    yield from _reading_level(document)
    yield from _unverified(document, ledger)
    if document.meta.kind is not Kind.FAQ:  # an answer is short; its guide explains
        yield from _terms(document, terms)
        yield from _english_names(document)


def check_table_wording(tables_dir: Path) -> Iterator[Problem]:
    """Refuse a bare note to ourselves in a table: its texts are read out as they are."""
    for path in sorted(tables_dir.glob("*.yaml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            bare = _BARE.search(line.split("#", 1)[0])
            if bare:
                yield error("unverified", f"{path.name}第{number}行", _SAY_WHAT.format(bare[0]))


def average_sentence(document: Document) -> float:
    """:return: characters a sentence, list marks and table bars not counted."""
    sentences = [
        sentence
        for section in document.sections
        for line in section.text.splitlines()
        for sentence in split_sentences(_LIST_MARK.sub("", line))
    ]
    return sum(map(len, sentences)) / len(sentences) if sentences else 0.0


def _reading_level(document: Document) -> Iterator[Problem]:
    average = average_sentence(document)
    if average > MAX_SENTENCE_CHARS:
        yield error(
            "reading",
            document.path,
            f"平均每句 {average:.0f} 字，超过 {MAX_SENTENCE_CHARS} 字，请断句",
        )


def _unverified(document: Document, ledger: Mapping[str, Fact]) -> Iterator[Problem]:
    for section in document.sections:
        where = f"{document.path}《{' / '.join(section.heading)}》"
        bare = _BARE.search(section.text)
        if bare:
            yield error(
                "unverified",
                where,
                _SAY_WHAT.format(bare[0]),
            )
        if states_nothing(document, section):
            continue
        open_facts = [
            identifier
            for identifier in section.facts
            if identifier in ledger and not ledger[identifier].settled
        ]
        if open_facts and not _HEDGE.search(section.text):
            yield error(
                "unverified",
                where,
                f"{'、'.join(open_facts)} 没有核实，请写明什么没有查到、到哪里核对，或“以官方现行文本为准”",
            )


def _terms(document: Document, terms: Mapping[str, Term]) -> Iterator[Problem]:
    """Every known abbreviation is explained in the title or in the section that first has it."""
    for term in terms.values():
        word = rf"(?<![A-Za-z]){re.escape(term.term)}(?![A-Za-z])"
        if _is_explained(document.meta.title, word, term):
            continue
        for section in document.sections:
            text = f"{section.heading[-1] if section.heading else ''}\n{section.text}"
            if re.search(word, text):
                if not _is_explained(text, word, term):
                    yield error(
                        "term",
                        f"{document.path}《{' / '.join(section.heading)}》",
                        f"{term.term} 第一次出现要说明，例如“{term.meaning}（{term.term}）”",
                    )
                break


def _is_explained(text: str, word: str, term: Term) -> bool:
    return bool(
        (term.meaning in text and re.search(word, text))
        or re.search(rf"[\u4e00-\u9fff》”][（(][^（）()]*{word}[^（）()]*[）)]", text)
        or re.search(rf"{word}{_AFTER}", text)
    )


def _english_names(document: Document) -> Iterator[Problem]:
    """A full English name in brackets helps once in a section; twice it is in the way."""
    for section in document.sections:
        names = [name.casefold() for name in _NAME.findall(section.text)]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield warning(
                "term",
                f"{document.path}《{' / '.join(section.heading)}》",
                f"英文名 {name} 在一节里加注了不止一次，留一次即可",
            )
