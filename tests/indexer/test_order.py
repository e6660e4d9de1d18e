"""The learned order: approved wordings first, curated passages only, a new document like any other."""

from __future__ import annotations

import dataclasses
from datetime import date
from functools import lru_cache

import numpy as np
import pytest

from indexer.build import build_index
from indexer.encoder import encode_query
from indexer.hybrid import HybridIndex
from indexer.order import FEATURES, TREES, WORDINGS, fold, load_order, save_order
from indexer.training import order as training
from indexer.types import SearchFilters
from knowledge.errors import SourceError
from knowledge.types import Kind
from tests.indexer.conftest import make_passage

TODAY = date(2026, 1, 1)
WORDING = "老外说我卖的东西像他家的，咋整"


def built(passages, encoder, folder, tables):
    build_index(
        passages,
        encoder,
        aliases_path=tables / "aliases.yaml",
        words_path=tables / "jieba_words.txt",
        glossary_path=tables / "glossary.yaml",
        out_dir=folder,
    )
    return HybridIndex.load(folder, encoder)


def ranked(index, question):
    """The candidates of a question with their scores before and after the order."""
    found = index.before_order(question, SearchFilters(), TODAY)
    vector = encode_query(index.encoder, found.info.text)
    after = index.order.rank(found.candidates, found.scores, found.info, vector, found.columns)
    return found, after


@lru_cache(maxsize=1)
def trees(passages=40):
    """Trees that put the passage first whose own text is nearest."""
    rng = np.random.default_rng(0)
    tables = [rng.random((20, len(FEATURES)), dtype=np.float32) for _ in range(passages)]
    return training.fit(tables, [(t[:, 3] > 0.9).astype(np.int32) for t in tables])


def test_an_approved_wording_comes_before_all_that_is_like_it(
    passages, fake_encoder, tables, tmp_path
):
    like = make_passage("like#1", f"{WORDING}？{WORDING}怎么办。", heading=(f"{WORDING}怎么办",))
    asked = make_passage("asked#1", "先不要回复，核对对方的权利。", similar=(WORDING,))
    index = built([like, *passages, asked], fake_encoder, tmp_path / "i", tables)
    for written in (WORDING, f"{WORDING}？", WORDING.replace("，", " ")):
        hits = index.search(written, 3, today=TODAY)
        assert hits[0].passage.document == "asked", written
        assert index.assess(written, hits).confidence == 1.0
    assert index.order.approved(index.understand(f"{WORDING}呢")) is None


def test_an_index_that_was_built_before_wordings_were_numbered_knows_them_too(
    passages, fake_encoder, tables, tmp_path
):
    asked = make_passage("asked#1", "先核对对方的权利。", similar=(WORDING,))
    index = built([*passages, asked], fake_encoder, tmp_path / "i", tables)
    (tmp_path / "i" / WORDINGS).unlink()
    before = HybridIndex.load(tmp_path / "i", fake_encoder)
    said = before.understand(WORDING)
    assert before.order.approved(said) == index.order.approved(said) is not None


@pytest.mark.parametrize("wording", ["邊個話我侵權，點解", "马得里的续展咋弄"])
def test_a_spoken_or_misspelt_wording_is_approved_as_it_was_written(
    passages, fake_encoder, tables, tmp_path, wording
):
    asked = make_passage("asked#1", "先核对对方的权利。", similar=(wording,))
    index = built([*passages, asked], fake_encoder, tmp_path / "i", tables)
    hits = index.search(wording, 1, today=TODAY)
    assert hits[0].passage.document == "asked"
    assert index.assess(wording, hits).band == "answer"


def test_a_document_published_a_minute_ago_is_found_first_by_its_only_wording(
    passages, fake_encoder, tables, tmp_path
):
    before = built(passages, fake_encoder, tmp_path / "before", tables)
    assert before.order.approved(before.understand(WORDING)) is None
    new = make_passage(
        "new#1", "先不要回复，核对对方的权利。", similar=(WORDING,), heading=("被指仿冒",)
    )
    after = built([*passages, new], fake_encoder, tmp_path / "after", tables)
    assert after.search(WORDING, 1, today=TODAY)[0].passage.document == "new"
    assert after.search("被指仿冒", 1, today=TODAY)[0].passage.document == "new"


def test_an_approved_wording_of_an_expired_passage_vouches_for_no_other(
    passages, fake_encoder, tables, tmp_path
):
    old = make_passage("old#1", "旧办法。", similar=(WORDING,), effective_to=date(2020, 1, 1))
    index = built([*passages, old], fake_encoder, tmp_path / "i", tables)
    hits = index.search(WORDING, 3, today=TODAY)
    assert "old" not in {hit.passage.document for hit in hits}
    assert index.assess(WORDING, hits).confidence < 1.0


def test_a_negative_question_outweighs_the_approved_wording(fake_encoder, tables, tmp_path):
    refused = make_passage("a#1", "甲的内容。", similar=(WORDING,), negative=(WORDING,))
    index = built([refused, make_passage("b#1", WORDING)], fake_encoder, tmp_path / "i", tables)
    assert [hit.passage.document for hit in index.search(WORDING, 3, today=TODAY)] == ["b"]


def test_statutes_keep_their_scores_and_curated_passages_share_theirs(index):
    index.order.trees = trees()
    found, after = ranked(index, "对商标采取反制措施，期限几天")
    numbers = found.candidates.passages
    is_law = np.array([index.passages[int(n)].kind is Kind.LAW for n in numbers])
    assert is_law.any()
    assert not is_law.all()
    np.testing.assert_array_equal(after.scores[is_law], found.scores[is_law])
    np.testing.assert_array_equal(np.sort(after.scores), np.sort(found.scores))
    laws = {int(number) for number in numbers[is_law]}
    assert laws.isdisjoint(after.verdicts)
    assert set(after.lines) == set(after.verdicts)


def test_without_trees_the_scores_stay_and_an_approved_wording_still_wins(index):
    index.order.trees = None
    found, after = ranked(index, "商标在境外被抢注")
    np.testing.assert_array_equal(after.scores, found.scores)
    assert after.verdicts == {}
    assert index.search("我们被ITC告了多久要回", 1, today=TODAY)[0].passage.document == "us-337"


def test_the_best_verdict_takes_the_best_score(index):
    index.order.trees = trees()
    found, after = ranked(index, "商标在境外被抢注，几天内答辩")
    scores = dict(zip(map(int, found.candidates.passages), after.scores, strict=True))
    by_verdict = sorted(after.verdicts, key=lambda number: -after.verdicts[number])
    assert len(by_verdict) > 2
    assert by_verdict == sorted(by_verdict, key=lambda number: -scores[number])


def test_hits_carry_what_the_order_read(index):
    index.order.trees = trees()
    hits = index.search("我们被ITC告了多久要回", 5, today=TODAY)
    line = dict(zip(FEATURES, hits[0].line, strict=True))
    assert hits[0].passage.document == "us-337"
    assert line["rows"] == 3  # its text, its heading and its wording
    assert line["is_faq"] == 0
    assert line["coverage_any"] == 1
    read = np.array([hits[0].line], dtype=np.float32)
    assert hits[0].verdict == pytest.approx(index.order.trees.raw(read)[0])


def test_trees_come_back_from_disk_and_others_are_not_used(tmp_path):
    assert load_order(tmp_path) is None
    fitted = trees()
    save_order(fitted, tmp_path)
    table = np.random.default_rng(1).random((5, len(FEATURES)), dtype=np.float32)
    loaded = load_order(tmp_path)
    assert loaded is not None
    np.testing.assert_array_equal(loaded.raw(table), fitted.raw(table))
    np.savez(tmp_path / TREES, features=np.array(FEATURES[::-1]), **fitted.arrays())
    assert load_order(tmp_path) is None


@pytest.mark.parametrize("written", ["337，几天？", " 337 几天 ", "３３７幾天"])
def test_marks_width_and_script_do_not_make_another_question(written):
    assert fold(written) == fold("337几天")


def test_examples_ask_each_wording_of_an_index_that_has_not_seen_it(passages, fake_encoder, tables):
    shelf = [
        *passages,
        make_passage("o#1", "这篇写给谁。", heading=("这篇写给谁：甲",), similar=("这篇讲什么",)),
    ]
    found, labels, asked = training.examples(
        shelf,
        fake_encoder,
        today=TODAY,
        aliases_path=tables / "aliases.yaml",
        words_path=tables / "jieba_words.txt",
        glossary_path=tables / "glossary.yaml",
    )
    assert asked == ["我们被ITC告了多久要回"]
    assert found[0].shape == (len(labels[0]), len(FEATURES))
    assert sorted(labels[0])[-1] == 2
    own = found[0][np.argmax(labels[0])]
    assert own[FEATURES.index("rows")] == 2  # its text and its heading, not the wording


def test_every_wording_is_left_out_of_exactly_one_fold(passages):
    wordings = [f"第{n}种问法" for n in range(40)]
    one = [make_passage("a#1", "甲", similar=tuple(wordings))]
    left = [training.without_fold(one, fold)[0].similar for fold in range(training.FOLDS)]
    for wording in wordings:
        assert sum(wording not in kept for kept in left) == 1


@pytest.fixture
def asked_shelf(passages):
    return [
        dataclasses.replace(p, similar=tuple(f"{p.text[:n]}怎么办" for n in range(4, 14)))
        for p in passages
        if p.kind is Kind.GUIDE
    ]


def train(shelf, encoder, tables, out):
    return training.train_order(
        shelf,
        encoder,
        out,
        today=TODAY,
        aliases_path=tables / "aliases.yaml",
        words_path=tables / "jieba_words.txt",
        glossary_path=tables / "glossary.yaml",
    )


def test_training_writes_the_order_and_says_what_it_is_worth(
    asked_shelf, fake_encoder, tables, tmp_path
):
    said = train(asked_shelf, fake_encoder, tables, tmp_path / "out")
    assert "40 条问法；留出的 8 条里排在第一的从 " in said
    assert load_order(tmp_path / "out") is not None


def test_training_without_wordings_is_refused_and_writes_nothing(
    passages, fake_encoder, tables, tmp_path
):
    with pytest.raises(SourceError, match="几乎没有问法"):
        train(passages, fake_encoder, tables, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow  # it is trained five times
def test_the_order_is_judged_on_wordings_that_it_has_not_seen():
    rng = np.random.default_rng(0)
    tables = [rng.random((20, len(FEATURES)), dtype=np.float32) for _ in range(100)]
    labels = [(t[:, 3] == t[:, 3].max()).astype(np.int32) for t in tables]
    before, after, held = training.judged(tables, labels)
    assert held == 20
    assert before < 0.3
    assert after > 0.7
