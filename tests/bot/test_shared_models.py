"""Machines that have dialogue models and trainers' examples in common."""

from __future__ import annotations

import pytest

from bot import retraining, shared_models
from bot.training import corrections_file, model_path, newest_model
from settings import load_settings
from tests.bot.test_retraining import SCORES, candidate
from tests.stores import object_store, store_url

__all__ = ["object_store", "store_url"]


@pytest.fixture
def pair(store_url, tmp_path):
    """The settings of two machines."""
    return [
        load_settings({"HUHANG_DATA_DIR": str(tmp_path / name), "HUHANG_STORE": store_url})
        for name in ("here", "there")
    ]


def trained(settings) -> None:
    path = model_path(settings)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"model")
    shared_models.store(settings, path)


def test_a_model_that_one_machine_trained_answers_at_the_other(pair):
    here, there = pair
    trained(here)
    assert newest_model(there).read_bytes() == b"model"


def test_a_candidate_is_switched_to_at_one_machine_and_back_at_the_other(pair):
    here, there = pair
    trained(here)
    made = candidate(here)
    shared_models.store(here, here.bot.models_dir / made.model)
    assert retraining.candidate_of(there) == made
    assert retraining.switch(there).name == made.model
    assert newest_model(here).name == made.model
    assert corrections_file(here).read_bytes() == corrections_file(there).read_bytes()
    retraining.switch_back(here)
    assert newest_model(there).name == newest_model(here).name != made.model
    assert not corrections_file(there).exists()


def test_a_page_that_is_seen_meanwhile_leaves_the_training_its_examples(pair, monkeypatch):
    here, _ = pair
    trained(here)
    old = candidate(here)
    shared_models.store(here, here.bot.models_dir / old.model)

    def seen(settings, corrections):
        assert retraining.candidate_of(settings) == old
        path = model_path(settings, corrections)
        path.write_bytes(b"newer")
        return path

    async def stories(_model, settings):
        assert retraining.candidate_of(settings) == old
        return 1, 1, []

    monkeypatch.setattr(retraining, "train", seen)
    monkeypatch.setattr(retraining, "_scores", lambda *_: SCORES)
    monkeypatch.setattr(retraining, "run_stories", stories)
    made = retraining.prepare(here, [("找个活人", "human")], "li")
    assert retraining.candidate_of(here) == made
    assert retraining.switch(here).name == made.model != old.model
    assert "找个活人" in corrections_file(here).read_text("utf-8")


def test_examples_of_before_the_store_stay(pair):
    here, _ = pair
    candidate(here)
    shared_models.take_over(here)
    assert (retraining.folder(here) / "candidate.yml").is_file()


def test_without_the_store_the_own_model_answers(pair, monkeypatch):
    here, _ = pair
    trained(here)

    def away(*_args: object) -> None:
        raise shared_models.StorageError("对象存储现在用不了")

    monkeypatch.setattr(shared_models.Objects, "read", away)
    assert newest_model(here) == model_path(here)
