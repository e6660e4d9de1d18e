"""What an answer says besides its passage: the sentences that answer the rest of a question.

A question often asks two things (几天内交，不交会怎样), and what answers the second stands further down in
the passage, in another one on the same fact, or among the next hits.  Small trees give each such sentence
the chance that it answers something asked that the answer leaves open; they were taught on questions with
checks, written without sight of the shelf (``huhang train supplement``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from actions.lookup import Found
from actions.passages import pairs
from actions.shelf import Shelf, explains_a_word, tells_for_whom
from actions.turn.asking import asks, clauses
from indexer.asked import NAMES as KINDS
from indexer.asked import kinds
from indexer.encoder import encode_known
from indexer.hybrid import MODEL_DIR, HybridIndex
from indexer.reranker import Ensembles, Reranker
from knowledge.option_cards import HEADING as OPTIONS
from knowledge.text import split_sentences
from knowledge.types import Passage

FILE_NAME = "supplement.npz"
# From this log odds on that it answers something a sentence is said; found on held-out questions.
LEAST = -3.3
# What was said again in other words is not said twice.
_SAID = 0.6
_MOST = 3
# Passages said from besides the first: nobody checks more than three sources of one answer.
_MOST_BESIDE = 2
_HITS = 5
# A sentence that begins so is said with the one before it.
_LEANS = re.compile(
    r"^(?:但|不过|所以|因此|否则|不然|同时|此外|另外|其中|它|这|那|前者|后者|也|再|又|并且?|而|如果是|反之)"
)
# What is asked, and how what answers it looks.
_ASKED = (
    ("article", r"第几条|哪一?条|边条|哪部|法条|依据|article|section|rule", r"第[\d一二三四五六七八九十百]+条|§|Art\.|R\.\s?\d|\d+ (?:USC|CFR)|FRCP"),
    ("period", r"几[天日年个周]|多久|多长|什么时候|期限|最[晚迟]|how long|deadline", r"[\d一二三四五六七八九十两半]+\s*个?(?:天|日|个?月|年|周|小时|工作日)"),
    ("money", r"多少|几钱|收费|费用|官费|补贴|上限|最高|罚|赔|fee|cap", r"\d[\d,.]*\s*万?(?:元|美元|欧元|英镑|日元|卢|%)|%"),
    ("day", r"哪年|哪天|几号|何时|什么时候|几时|生效|主题", r"\d{4}年"),
    ("case", r"哪个?案|案子|判例|边单|case|谁告谁|哪件", r"案(?![件号])|诉| v\. "),
    ("count", r"几[次家件项种页回倍]|多少", r"\d+\s*(?:次|家|件|个|项|种|页|字|倍)"),
    ("name", r"叫什么|叫啥|什么名|哪家|哪个|谁", r"《|“|（[A-Z]"),
    ("not", r"对吧|吗|是不是|能不能|行不行|算不算|可以", r"不|没有|无"),
)  # fmt: skip
_NAMES = tuple(name for name, _, _ in _ASKED)
_ASKS = tuple(re.compile(asked, re.IGNORECASE) for _, asked, _ in _ASKED)
_ANSWERS = tuple(re.compile(answer) for _, _, answer in _ASKED)
# Where a sentence stands: further down, on the same fact, on another of the facts, a hit of the document, a hit.
PLACES = ("own", "fact", "facts", "document", "hit")
FEATURES = (
    "whole", "part", "part_open", "like_said", "shared", "shared_of_it", "said_of_it",
    *(f"answers_{name}" for name in _NAMES), *(f"opens_{name}" for name in _NAMES),
    *(f"has_{name}" for name in _NAMES), *(f"from_{name}" for name in PLACES),
    "place", "length", "rank", "right", "kinds", "parts", "asked_length", "covered",
)  # fmt: skip
_UNRANKED = 9
_AT_HAND = 1024  # sentences that need not be read again
_PASSAGES_AT_HAND = 256
_PAIRED = 512  # sentences of which the pairs of signs stay at hand, which take more room
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Sentence:
    """A sentence, with what leans on it: its passage, where it stands there, and why it is looked at."""

    passage: Passage
    place: int
    text: str
    source: str


@dataclass(frozen=True)
class Supplement(Ensembles):
    """The trees: the log odds that a sentence answers what is still open."""

    answers: Reranker
    file_name, features, trained_by = FILE_NAME, FEATURES, "huhang train supplement"


@lru_cache(maxsize=1)
def trained() -> Supplement:
    """The trees that the bot ships."""
    return Supplement.load(MODEL_DIR)


def supplement(index: HybridIndex, found: Found, said: str, room: int) -> list[Sentence]:
    """What to say besides an answer, passage by passage, each in its order.

    :param found: its first hit is what the answer says.
    :param said: what is said of it.
    :param room: how many characters are left.
    """
    known = _pairs(said)
    sentences = [
        one for one in candidates(index, found, said) if _may_be_said(one.text, known, room)
    ]
    if not sentences:
        return []
    odds = trained().answers.raw(features(index, found, said, sentences))
    return chosen(sentences, odds, said, room)


def chosen(sentences: Sequence[Sentence], odds: Floats, said: str, room: int) -> list[Sentence]:
    """The likeliest sentences that fit and say more than was said, in the order in which they stand."""
    kept: list[int] = []
    known = _pairs(said)
    for number in np.argsort(-odds, kind="stable"):
        text = sentences[number].text
        if odds[number] < LEAST or len(kept) == _MOST:
            break
        if len(_beside([sentences[k] for k in (*kept, number)])) > _MOST_BESIDE:
            continue
        if _may_be_said(text, known, room):
            kept.append(int(number))
            room -= len(text)
            known = known | _pairs(text)
    return [sentences[number] for number in sorted(kept)]


def _may_be_said(text: str, known: Set[str], room: int) -> bool:
    """Whether a sentence fits and says more than is said; what does not will not when more was said.

    :param known: the pairs of signs of all that is said.
    """
    if len(text) > room:
        return False
    own = _pairs(text)
    return bool(own) and len(own & known) / len(own) < _SAID


def _beside(sentences: Sequence[Sentence]) -> set[str]:
    return {sentence.passage.id for sentence in sentences if sentence.source != "own"}


def asks_for_basis(question: str) -> bool:
    """Whether a question asks for the article or the case that something rests on."""
    return any(_ASKS[_NAMES.index(name)].search(question) for name in ("article", "case"))


def candidates(index: HybridIndex, found: Found, said: str) -> Iterator[Sentence]:
    """Every sentence beside what is said: of the passage, of its facts, of the next hits for the same places."""
    first = found.hits[0].passage
    known = set(split_sentences(said))
    for passage, source in _passages(index, found):
        for place, text in enumerate(_sentences(passage)):
            if passage.id != first.id or known.isdisjoint(split_sentences(text)):
                yield Sentence(passage, place, text, source)


def _passages(index: HybridIndex, found: Found) -> Iterator[tuple[Passage, str]]:
    first = found.hits[0].passage
    if first.article:
        return
    shelf = Shelf.of(index)
    near = [(first, "own")]
    for fact in first.facts:
        on_it = (shelf.passages[number] for number in shelf.by_fact.get(fact, ()))
        near += [(p, "fact" if p.facts[:1] == first.facts[:1] else "facts") for p in on_it]
    hits = [hit.passage for hit in found.hits]
    near += [(passage, "document") for passage in hits if passage.document == first.document]
    near += [(passage, "hit") for passage in hits[:_HITS]]
    seen: set[str] = set()
    # Who knows the word is told nothing by what explains it.
    asks_what = bool(kinds(found.info.text)[KINDS.index("what")])
    for passage, source in near:
        is_fit = passage.jurisdiction == first.jurisdiction and not passage.article
        is_fit = is_fit and OPTIONS not in passage.heading  # a row of a table is no sentence
        is_fit = is_fit and (asks_what or source == "own" or not explains_a_word(passage))
        if is_fit and passage.id not in seen and not tells_for_whom(passage):
            seen.add(passage.id)
            yield passage, source


@lru_cache(maxsize=_PASSAGES_AT_HAND)
def _sentences(passage: Passage) -> tuple[str, ...]:
    """The sentences of a passage, each with what leans on it."""
    joined: list[str] = []
    for sentence in split_sentences(passage.text):
        if joined and _LEANS.match(sentence):
            joined[-1] += sentence
        else:
            joined.append(sentence)
    return tuple(joined)


def features(index: HybridIndex, found: Found, said: str, sentences: Sequence[Sentence]) -> Floats:
    """A line of :data:`FEATURES` for each sentence."""
    question = found.info.text
    parts = [clause for clause in clauses(question) if asks(clause)] or [question]
    told = split_sentences(said) or [said]
    each = [question, *parts, *told, *(s.text for s in sentences)]
    vectors = encode_known(index.encoder, each)
    whole, rest = vectors[0], vectors[1:]
    of_parts, rest = rest[: len(parts)], rest[len(parts) :]
    of_said, own = rest[: len(told)], rest[len(told) :]
    near_parts = own @ of_parts.T
    covered = (of_said @ of_parts.T).max(axis=0)
    asked = np.array([pattern.search(question) is not None for pattern in _ASKS])
    has_said, has = np.array(_answers(said)), np.array([_answers(s.text) for s in sentences])
    ranks = {hit.passage.id: rank for rank, hit in enumerate(found.hits)}
    of_hits = [ranks.get(s.passage.id, _UNRANKED) for s in sentences]
    asked_kinds = kinds(question)
    columns = (
        [whole @ one for one in own], near_parts.max(axis=1), (near_parts - covered).max(axis=1),
        (own @ of_said.T).max(axis=1), *_shares(sentences, _pairs(question), _pairs(said)),
        *(asked & has).T, *(asked & has & ~has_said).T, *has.T,
        *([s.source == name for s in sentences] for name in PLACES),
        [s.place for s in sentences], [len(s.text) for s in sentences], of_hits,
        [found.each[rank] if rank < len(found.each) else 0.0 for rank in of_hits],
        [asked_kinds @ kinds(s.text) for s in sentences], len(parts), len(question), covered.min(),
    )  # fmt: skip
    table = np.empty((len(sentences), len(FEATURES)), dtype=np.float32)
    for number, column in enumerate(columns):
        table[:, number] = column
    return table


def _shares(
    sentences: Sequence[Sentence], wanted: Set[str], known: Set[str]
) -> Iterator[tuple[float, ...]]:
    """How much of what is asked each sentence says, how much of it is that, and how much of it was said."""
    rows = []
    for sentence in sentences:
        its = _pairs(sentence.text)
        shared, size = len(its & wanted), max(len(its), 1)
        rows.append((shared / max(len(wanted), 1), shared / size, len(its & known) / size))
    yield from zip(*rows, strict=True)


@lru_cache(maxsize=_PAIRED)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(pairs(text))


@lru_cache(maxsize=_AT_HAND)
def _answers(text: str) -> tuple[bool, ...]:
    """What a text looks like an answer to, by the kinds of :data:`_ASKED`."""
    return tuple(pattern.search(text) is not None for pattern in _ANSWERS)
