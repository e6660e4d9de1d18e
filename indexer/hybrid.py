"""The search engine: both retrievers, fusion, reranking and filters over one immutable index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer import confidence, fusion
from indexer.aliases import read_aliases
from indexer.candidates import Candidates, gather
from indexer.certainty import Certainty
from indexer.dense import FaissStore
from indexer.encoder import encode_query, load_encoder
from indexer.facets import Facets
from indexer.glossary import read_glossary
from indexer.lexical import BM25Retriever, best, counted, values
from indexer.named_articles import NamedArticles
from indexer.order import ShelfOrder, load_order
from indexer.persistence import LAYOUT, IndexMeta, PassageFile, mapped, products
from indexer.precedents import Precedents, load_precedents
from indexer.query import QueryUnderstanding
from indexer.ranked import Question, Ranked
from indexer.remembering import remembered
from indexer.reranker import Reranker, load_reranker
from indexer.second_stage import SecondStage
from indexer.tokenizer import Tokenizer, read_words
from indexer.types import Assessment, Encoder, QueryInfo, ScoredPassage, SearchFilters, VectorStore

MODEL_DIR = Path(__file__).resolve().parent / "model"

DEPTH = 100  # rows taken from each retriever before fusion
DEEPER = 200  # nearest rows looked at where the second stage can tell statutes apart
DENSE_WEIGHT = 0.7  # of the fused score; chosen on the train queries, see docs/retrieval.md
SYNONYM_WEIGHT = 0.3  # a synonym's term counts this much of a term the person wrote
NEGATIVE_LIMIT = (
    0.92  # a question this near to one that a passage must not answer drops the passage
)
ORIENTING = -0.35  # a section that only says whom a guide is for answers nothing by itself
NAMED = 5.0  # an article named with its law comes before anything that is only like the question
_REMEMBERED_QUESTIONS = 256
_AT_HAND = 8  # questions that may be searched for again in the same turn, within other places
_FILTERS_AT_HAND = 16  # of conversations under way; a mark for each row of each


class HybridIndex:
    """One published index, safe for any number of readers."""

    def __init__(
        self,
        folder: Path,
        meta: IndexMeta,
        encoder: Encoder,
        store: VectorStore,
        *,
        snapshot_id: str,
        reranker: Reranker | None = None,
        precedents: Precedents | None = None,
        order: Reranker | None = None,
    ) -> None:
        """Map the files of an index folder; use :meth:`load`."""
        self.folder = folder
        self.snapshot_id = snapshot_id
        self.meta = meta
        self.encoder, self.store = encoder, store
        self.passages = PassageFile.open(folder)
        self.facets = Facets.load(folder)
        self.covered = self.facets.jurisdictions
        self.named_articles = NamedArticles.load(folder)
        self.lexical = BM25Retriever.load(folder, meta.rows)
        self._rows = mapped(folder / LAYOUT.rows)
        self._vectors = mapped(folder / LAYOUT.vectors)
        self._negatives = mapped(folder / LAYOUT.negatives)
        self._negative_rows = mapped(folder / LAYOUT.negative_rows)
        self._orienting = mapped(folder / LAYOUT.orienting)
        self._first_rows = np.searchsorted(self._rows, np.arange(meta.passages))
        self.tokenizer = Tokenizer(read_words(folder / LAYOUT.words))
        self.understanding = QueryUnderstanding(
            read_aliases(folder / LAYOUT.aliases),
            self.tokenizer,
            read_glossary(folder / LAYOUT.glossary),
        )
        self.second = SecondStage.load(
            folder, reranker, precedents, self.lexical, self.tokenizer, self._vectors
        )
        self.order = ShelfOrder(folder, order, self.lexical, self.facets)
        self.certainty = Certainty(
            self.passages, self.named_articles, self.order, self.understanding, self.covered
        )
        self._understand = remembered(self.understanding.understand, _REMEMBERED_QUESTIONS)
        self._question = remembered(self._ask, _AT_HAND)
        self._ranked = remembered(self._rank, _AT_HAND)
        self._weights = remembered(self._weigh, _REMEMBERED_QUESTIONS)
        self._allowed_rows = remembered(self._find_allowed_rows, _FILTERS_AT_HAND)

    @classmethod
    def load(
        cls,
        folder: Path,
        encoder: Encoder | None = None,
        *,
        snapshot_id: str | None = None,
        chunking: str | None = None,
        reranker: Reranker | None = None,
        precedents: Precedents | None = None,
        store: VectorStore | None = None,
    ) -> HybridIndex:
        """Open an index folder.

        :param encoder: the encoder that made it; the shipped one when omitted.
        :param chunking: how passages are cut now; not compared when omitted.
        :param reranker: trees for the second stage; the shipped ones when omitted.
        :param precedents: judged questions for it; the shipped ones when omitted.
        :param store: where its vectors are searched; the FAISS file of the folder when omitted.
        :raises SnapshotError: when it is incomplete or other settings made it.
        """
        meta = IndexMeta.read(folder)
        used = encoder or load_encoder(MODEL_DIR)
        meta.check(folder, used, chunking)
        return cls(
            folder,
            meta,
            used,
            FaissStore.load(folder) if store is None else store,
            snapshot_id=snapshot_id or folder.name,
            reranker=reranker or load_reranker(MODEL_DIR, used),
            precedents=precedents or load_precedents(MODEL_DIR, used),
            order=load_order(MODEL_DIR),
        )

    @cached_property
    def chances(self) -> confidence.Chances:
        """The fitted chances; read when the first question is weighed, so that they can be fitted anew."""
        return confidence.Chances.load(MODEL_DIR)

    def __len__(self) -> int:
        return self.meta.passages

    def open_vectors(self) -> None:
        """Open the vectors now, which otherwise wait for the first search."""
        len(self.store)

    def understand(self, text: str) -> QueryInfo:
        """What a question names; remembered for the next call."""
        return self._understand(text)

    def search(
        self,
        query: str,
        top_k: int = 10,
        filters: SearchFilters = SearchFilters(),  # noqa: B008 (frozen, no fields set)
        today: date | None = None,
    ) -> list[ScoredPassage]:
        """The passages that answer a question, best first.

        :param filters: hard limits; expired passages are left out unless asked for.
        :param today: the day on which passages must be in force; the real one when omitted.
        :return: at most ``top_k`` passages; none for a blank question.
        """
        ranked = self.rank(query, filters, today or date.today())
        return [] if ranked is None else self.hits(ranked, top_k)

    def hits(self, ranked: Ranked, top_k: int) -> list[ScoredPassage]:
        """The first passages of a ranking."""
        candidates = ranked.candidates.take(slice(top_k))
        matched = self._matched(ranked, candidates)
        verdicts = ranked.ordered.verdicts if ranked.ordered else {}
        lines = ranked.ordered.lines if ranked.ordered else {}
        columns = (
            candidates.passages, ranked.scores[: len(candidates)], candidates.lexical_rank,
            candidates.dense_rank, candidates.lexical, candidates.dense,
        )  # fmt: skip
        return [
            ScoredPassage(
                passage=self.passages[number],
                score=score,
                lexical_rank=lexical_rank or None,
                dense_rank=dense_rank or None,
                lexical_score=lexical,
                dense_score=dense,
                matched=matched[place],
                verdict=verdicts.get(number, 0.0),
                line=tuple(lines[number].tolist()) if number in lines else (),
            )
            for place, (number, score, lexical_rank, dense_rank, lexical, dense) in enumerate(
                zip(*(column.tolist() for column in columns), strict=True)
            )
        ]

    def ids(self, query: str, top_k: int) -> list[str]:
        """The ids of the passages that answer a question, best first; reads none of their texts."""
        ranked = self.rank(query, SearchFilters(), date.today())
        found = () if ranked is None else ranked.candidates.passages[:top_k]
        return [self.passages.identifier(int(number)) for number in found]

    def _matched(self, ranked: Ranked, first: Candidates) -> list[tuple[str, ...]]:
        """The question's own terms that the best rows of the first candidates hold."""
        own = [column for column in ranked.columns if column.weight >= 1]
        known = ranked.ordered.held if ranked.ordered else {}
        marks = [known.get(number) for number in first.passages.tolist()]
        if any(held is None for held in marks):  # those that the order did not read
            marks = list(values(own, first.rows, len(self.lexical)).T)
        terms = [column.term for column in own]
        return [tuple(compress(terms, held.tolist())) for held in marks if held is not None]

    def rank(self, query: str, filters: SearchFilters, today: date) -> Ranked | None:
        """All candidates of a question in their final order; None when there is none.

        A turn may ask the same of the same places more than once; the last ones stay at hand.
        """
        # Whoever measures exchanges what orders them.
        return self._ranked(self.understand(query), filters, today, self.order.trees, self.second)

    def _rank(self, info: QueryInfo, filters: SearchFilters, today: date, *_: Any) -> Ranked | None:
        found = self._before_order(info, filters, today)
        if found is None:
            return None
        vector = encode_query(self.encoder, found.info.text)
        ordered = self.order.rank(found.candidates, found.scores, found.info, vector, found.columns)
        order = np.lexsort((found.candidates.passages, -ordered.scores))
        order = order[np.isfinite(ordered.scores[order])]
        candidates = found.candidates.take(order)
        scores = ordered.scores[order]
        return Ranked(found.info, candidates, scores, found.columns, ordered, found.candidates)

    def before_order(self, query: str, filters: SearchFilters, today: date) -> Ranked | None:
        """All candidates of a question with the scores that the learned order reads, in no order."""
        return self._before_order(self.understand(query), filters, today)

    def _before_order(self, info: QueryInfo, filters: SearchFilters, today: date) -> Ranked | None:
        question = self._question(info)
        if question is None or not len(found := self.candidates(question, filters, today)):
            return None
        columns, votes = question.columns, question.votes
        scores = self.fuse(found)
        if self.second is not None and votes is not None:
            scores = self.second.rerank(found, scores, info, question.vector, columns, votes)
        scores = scores + self.order.agreement.of(info, found.passages)
        if len(question.wanted):
            scores = scores + NAMED * np.isin(found.passages, question.wanted)
        scores = scores + ORIENTING * self._orienting[found.passages]
        if len(question.refused):
            scores = np.where(np.isin(found.passages, question.refused), -np.inf, scores)
        return Ranked(info, found, np.asarray(scores, dtype=np.float32), columns)

    def question(self, query: str) -> Question | None:
        """A question read for the retrievers; None for a blank one or an empty index."""
        return self._question(self.understand(query))

    def _ask(self, info: QueryInfo) -> Question | None:
        if not info.text or not len(self):
            return None
        vector = encode_query(self.encoder, info.text)
        columns = tuple(self.lexical.columns(self.terms(info)))
        wanted = np.array(self.named_articles.find(info.text, info.articles), dtype=np.int64)
        votes = self.second.jurisprudence.votes(vector) if self.second is not None else None
        totals, refused = self.lexical.score_all(columns), self._refused(vector)
        return Question(info, vector, columns, totals, wanted, refused, votes)

    def terms(self, info: QueryInfo) -> Mapping[str, float]:
        """Lexical terms of a question; what synonyms add counts less."""
        terms = counted(self.tokenizer.tokenize(info.text))
        for name in info.articles:
            terms[name] = terms.get(name, 0.0) + 1.0
        for synonym in info.synonyms:
            for term in self.tokenizer.tokenize(synonym):
                terms.setdefault(term, SYNONYM_WEIGHT)
        return terms

    def candidates(self, question: Question, filters: SearchFilters, today: date) -> Candidates:
        """What either retriever finds within the filters, and the passages named or voted for."""
        vector, totals, votes = question.vector, question.totals, question.votes
        allowed_rows = self._allowed_rows(filters, today)
        if allowed_rows is not None:
            totals = np.where(allowed_rows, totals, np.float32(0))
        lexical_rows = best(totals, DEPTH).rows
        depth = DEPTH if votes is None else DEEPER
        nearness, neighbours = self.store.search(vector[None], depth, allowed_rows)
        near = neighbours[0]
        near = near[near >= 0] if vector.any() else near[:0]
        dense_rows = near if self.second is None else self.second.beyond(near, DEPTH, self._rows)
        union = np.union1d(lexical_rows, dense_rows)
        also = question.wanted
        if votes is not None:
            also = np.union1d(also, votes.passages).astype(np.int64)
        if len(also):
            rows = self._first_rows[also]
            union = np.union1d(union, rows if allowed_rows is None else rows[allowed_rows[rows]])
        dense_scores = products(self._vectors[union], vector)
        found = gather(self._rows, lexical_rows, dense_rows, totals, dense_scores, union)
        return replace(
            found,
            least_dense=float(nearness[0, -1]) if len(near) == depth else -np.inf,
            least_lexical=float(totals[lexical_rows].min()) if len(lexical_rows) == DEPTH else 0.0,
        )

    def _find_allowed_rows(self, filters: SearchFilters, today: date) -> NDArray[np.bool_] | None:
        """A mark for each row that may be found, read-only; None when all may."""
        allowed = self.facets.allowed(filters, today)
        return None if allowed is None else allowed[self._rows]

    def fuse(self, candidates: Candidates) -> NDArray[np.float32]:
        """Both scores, each brought to 0–1 within the best of either retriever, added by weight.

        What only the second stage asked for does not stretch the range.
        """
        return fusion.weighted(
            (candidates.dense, candidates.lexical),
            (DENSE_WEIGHT, 1 - DENSE_WEIGHT),
            candidates.within(DEPTH),
        )

    def _refused(self, vector: NDArray[np.float32]) -> NDArray[np.int32]:
        """The passages that must not answer a question because it is one of their negative ones."""
        if not len(self._negatives):
            return self._negative_rows[:0]
        return np.asarray(self._negative_rows[self._negatives @ vector >= NEGATIVE_LIMIT])

    def assess(self, query: str, hits: list[ScoredPassage]) -> Assessment:
        """Whether the hits answer the question, with a calibrated confidence."""
        info = self.understand(query)
        settled = self.certainty.of(info, hits)
        if settled is not None:
            return settled
        return confidence.assess(info, self.question_terms(info), hits, self.chances)

    def question_terms(self, info: QueryInfo) -> confidence.Terms:
        """What the chances read of a question's words."""
        return confidence.Terms(*self.term_weights(info), self.covered)

    def term_weights(self, info: QueryInfo) -> tuple[Sequence[str], Mapping[str, float], float]:
        """The question's telling words, how telling each known one is, and an unknown one."""
        return self._weights(info.text)

    def _weigh(self, text: str) -> tuple[Sequence[str], Mapping[str, float], float]:
        terms = self.tokenizer.telling(text)
        counts = self.lexical.counts(terms)
        weights = {term: self.lexical.idf(count) for term, count in counts.items()}
        return terms, weights, self.lexical.idf(0)
