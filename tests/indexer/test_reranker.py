"""The second stage: the same values as LightGBM, kept with its encoder, quick."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from indexer.candidates import FEATURES
from indexer.reranker import META, RerankerMeta, load_reranker, unit
from indexer.training import reranking
from knowledge.errors import EncoderError


def _tables(count: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    rng = np.random.default_rng(0)
    tables = [rng.random((30, len(FEATURES)), dtype=np.float32) for _ in range(count)]
    marks = [(table[:, 0] + 0.1 * table[:, 3] > 0.95).astype(np.int32) for table in tables]
    return tables, marks


@pytest.fixture(autouse=True)
def few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is learnt here is learnt by few."""
    monkeypatch.setattr(reranking, "TREES", 40)


def test_trees_score_as_lightgbm_does(monkeypatch):
    import lightgbm

    tables, marks = _tables(40)
    models = []
    original = lightgbm.train

    def remembering(*args, **options):
        models.append(original(*args, **options))
        return models[-1]

    monkeypatch.setattr(lightgbm, "train", remembering)
    trees = reranking.fit(tables, marks)
    assert len(models) == len(reranking.SEEDS)
    wanted = np.mean([model.predict(tables[0]) for model in models], axis=0)
    np.testing.assert_allclose(trees.raw(tables[0]), wanted, atol=1e-5)


def test_trees_learn_what_answers():
    tables, marks = _tables(60)
    trees = reranking.fit(tables[:40], marks[:40])
    hits = [marks[n][np.argmax(trees.raw(tables[n]))] for n in range(40, 60) if marks[n].any()]
    assert np.mean(hits) > 0.8


def test_trees_are_used_only_with_their_encoder(tmp_path: Path, fake_encoder):
    tables, marks = _tables(20)
    trees = reranking.fit(tables, marks)
    assert load_reranker(tmp_path, fake_encoder) is None
    trees.save(tmp_path, RerankerMeta(fake_encoder.fingerprint, FEATURES))
    loaded = load_reranker(tmp_path, fake_encoder)
    assert loaded is not None
    np.testing.assert_array_equal(loaded.raw(tables[0]), trees.raw(tables[0]))
    fake_encoder.fingerprint = "other"
    assert load_reranker(tmp_path, fake_encoder) is None


def test_trees_of_other_features_are_refused(tmp_path: Path, fake_encoder):
    tables, marks = _tables(20)
    reranking.fit(tables, marks).save(tmp_path, RerankerMeta(fake_encoder.fingerprint, FEATURES))
    meta = json.loads((tmp_path / META).read_text("utf-8"))
    meta["features"] = meta["features"][::-1]
    (tmp_path / META).write_text(json.dumps(meta), "utf-8")
    with pytest.raises(EncoderError, match="huhang train encoder"):
        load_reranker(tmp_path, fake_encoder)


def test_equal_scores_are_all_one():
    assert unit(np.array([2.0, 2.0], dtype=np.float32)).tolist() == [1.0, 1.0]
