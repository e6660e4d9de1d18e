"""What judged questions teach: votes, frequencies, and where they keep silent."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from indexer.build import build_index
from indexer.hybrid import DEPTH, HybridIndex
from indexer.precedents import (
    Jurisprudence,
    Precedents,
    hashes_of,
    law_hash,
    load_precedents,
    wording_hash,
)
from indexer.types import SearchFilters
from knowledge.types import Kind, Passage
from tests.indexer.conftest import FakeEncoder, make_passage


@pytest.fixture
def statutes() -> list[Passage]:
    texts = ("借款人应当按期还款。", "租客应当交租金。", "房东应当维修房屋。", "打人的，拘留。")
    laws = ("合同编", "合同编", "合同编", "中华人民共和国治安管理处罚法")
    return [
        make_passage(
            f"law#{number}", text, title=law, document=law, kind=Kind.LAW, jurisdiction=("CN",)
        )
        for number, (text, law) in enumerate(zip(texts, laws, strict=True))
    ]


@pytest.fixture
def precedents(statutes, fake_encoder) -> Precedents:
    def of(*places: int) -> list[tuple[int, int]]:
        rows = hashes_of(statutes)
        return [(int(rows[0, place]), int(rows[1, place])) for place in places]

    questions = ["欠钱不还怎么办", "房租没交会怎样", "空调坏了谁修"]
    return Precedents.of(fake_encoder, questions, [of(0), of(1), of(2, 1)])


def test_article_is_known_by_wording_and_law_by_name():
    assert wording_hash("打人的，拘留。") == wording_hash("打人的, 拘留")
    assert law_hash("中华人民共和国商标法") == law_hash("商标法") != law_hash("专利法")


def test_guides_have_no_hash(statutes):
    rows = hashes_of([make_passage("guide#1", statutes[0].text), statutes[0]])
    assert rows[:, 0].tolist() == [0, 0]
    assert (rows[:, 1] != 0).all()


def test_nearest_questions_vote_for_their_articles(statutes, precedents, fake_encoder):
    index = Jurisprudence(precedents, hashes_of(statutes))
    votes = index.votes(fake_encoder.encode(["空调坏了谁来修"])[0])
    assert votes.passages.tolist() == [0, 1, 2]
    assert votes.article.argmax() in (1, 2)
    assert votes.article.sum() == pytest.approx(1 + votes.article[1], abs=0.2)
    assert votes.nearest[2] == pytest.approx(votes.top)
    assert votes.nearest[3] == votes.article[3] == 0
    # A neighbour in the same law shares the vote, an article of another law does not.
    assert votes.around[1] > 0
    assert votes.around[3] == 0


def test_frequencies_follow_the_questions_that_count(statutes, precedents):
    index = Jurisprudence(precedents, hashes_of(statutes))
    np.testing.assert_allclose(np.expm1(index.answered), [1, 2, 1, 0], atol=1e-5)
    assert index.prior[0] > index.prior[3]
    answered, prior = index.frequencies(np.array([False, True, True]))
    np.testing.assert_allclose(np.expm1(answered), [1, 0, 0, 0], atol=1e-5)
    assert prior[0] < index.prior[0]


def test_question_left_out_does_not_vote(statutes, precedents, fake_encoder):
    index = Jurisprudence(precedents, hashes_of(statutes))
    asked = fake_encoder.encode(["空调坏了谁修"])[0]
    assert index.votes(asked).top == pytest.approx(1, abs=0.02)
    votes = index.votes(asked, np.array([False, False, True]))
    assert votes.article[2] == 0
    assert votes.top < 0.98


def test_precedents_are_used_only_with_their_encoder(precedents, fake_encoder, tmp_path: Path):
    assert load_precedents(tmp_path, fake_encoder) is None
    precedents.save(tmp_path)
    loaded = load_precedents(tmp_path, fake_encoder)
    assert loaded is not None
    np.testing.assert_array_equal(loaded.wordings, precedents.wordings)
    fake_encoder.fingerprint = "other"
    assert load_precedents(tmp_path, fake_encoder) is None


class _Backwards:
    """A second stage that says the opposite of the first."""

    def score(self, table: np.ndarray, fused: np.ndarray) -> np.ndarray:
        assert len(table) == len(fused)
        return -fused


def test_second_stage_moves_statutes_among_themselves_only(
    statutes, precedents, fake_encoder: FakeEncoder, tmp_path: Path
):
    guides = [make_passage(f"g#{n}", text) for n, text in enumerate(("还款指南", "租金指南"))]
    build_index([*statutes, *guides], fake_encoder, out_dir=tmp_path)
    plain = HybridIndex.load(tmp_path, fake_encoder, precedents=precedents)
    plain.second = None
    second = HybridIndex.load(tmp_path, fake_encoder, precedents=precedents, reranker=_Backwards())
    question = "借款人还款和租金"
    before = [hit.passage for hit in plain.search(question)]
    after = [hit.passage for hit in second.search(question)]
    assert [p.kind for p in before] == [p.kind for p in after]
    laws = [p.id for p in before if p.kind is Kind.LAW]
    assert [p.id for p in after if p.kind is Kind.LAW] == laws[::-1]
    scores = [hit.score for hit in second.search(question)]
    assert scores == sorted(scores, reverse=True)


def test_guides_far_off_are_no_candidates_because_of_a_statute(
    statutes, precedents, fake_encoder: FakeEncoder, tmp_path: Path
):
    chance = random.Random(1)
    guides = [
        make_passage(f"g#{n}", "".join(chr(0x4E00 + chance.randrange(9000)) for _ in range(40)))
        for n in range(DEPTH + 60)
    ]
    build_index([*statutes, *guides], fake_encoder, out_dir=tmp_path)
    plain = HybridIndex.load(tmp_path, fake_encoder, precedents=precedents)
    plain.second = None
    second = HybridIndex.load(tmp_path, fake_encoder, precedents=precedents, reranker=_Backwards())

    def guides_found(index: HybridIndex) -> set[str]:
        ranked = index.rank("无关的问题", SearchFilters(), date(2026, 11, 23))
        found = [] if ranked is None else ranked.candidates.passages.tolist()
        return {index.passages[n].id for n in found if index.passages[n].kind is not Kind.LAW}

    assert guides_found(second) == guides_found(plain)
    assert len(guides_found(plain)) < len(guides)
