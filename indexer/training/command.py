"""``huhang train encoder``: from files to a model folder with its card."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.encoder import StaticEncoder, quantise
from indexer.golden import read_golden
from indexer.ngrams import WordList
from indexer.training.card import write_card
from indexer.training.data import (
    Corpus,
    Judged,
    Pair,
    near_duplicates,
    read_judged,
    read_pairs,
    read_statutes,
)
from indexer.training.documents import SOURCE as DOCUMENTS
from indexer.training.documents import read_document_pairs
from indexer.training.judging import judged_precedents
from indexer.training.material import prepare, without_duplicates
from indexer.training.recipe import Recipe, Scores, run_stage
from indexer.training.start import starting_vectors
from indexer.training.trainer import Trainer, bag_matrix
from indexer.training.vocabulary import choose_entries

logger = logging.getLogger(__name__)
NAME = "huhang-static-zh"


@dataclass(frozen=True)
class Sources:
    """The files of a training run."""

    pairs: Path
    statutes: Path
    queries: Path
    documents: Path | None = None
    judged: Path | None = None  # questions that judge the knowledge base; never trained on


@dataclass(frozen=True)
class Split:
    """Judged questions to train on and to validate with; nothing almost alike stands on both sides."""

    train: tuple[Judged, ...]
    held: tuple[Judged, ...]


def split(judged: Sequence[Judged], held: Sequence[int]) -> Split:
    """Hold out the questions at these places; near-duplicates of them are not trained on."""
    places = set(held)
    kept = tuple(judged[place] for place in sorted(places))
    rest = [item for place, item in enumerate(judged) if place not in places]
    marks = near_duplicates([item.query for item in rest], [item.query for item in kept])
    return Split(tuple(item for item, marked in zip(rest, marks, strict=True) if not marked), kept)


@dataclass(frozen=True)
class Trained:
    """The result of a run."""

    words: tuple[str, ...]
    table: NDArray[np.float32]
    history: tuple[Scores, ...]


def read_all(sources: Sources) -> tuple[Corpus, list[Judged], list[Pair]]:
    """Articles, judged questions, and pairs with those of the project's own documents."""
    corpus = read_statutes(sources.statutes)
    pairs = read_pairs(sources.pairs)
    if sources.documents is not None:
        asked = [item.question for item in read_golden(sources.judged)] if sources.judged else []
        pairs += without_duplicates(read_document_pairs(sources.documents), asked)
    return corpus, read_judged(sources.queries, corpus), pairs


def choose_words(
    corpus: Corpus, pairs: Sequence[Pair], judged: Sequence[Judged], size: int
) -> list[str]:
    """The word list from all training texts, each passage once."""
    others = [pair for pair in pairs if pair.source != DOCUMENTS]
    own = [pair for pair in pairs if pair.source == DOCUMENTS]
    texts = [*corpus.texts, *dict.fromkeys(pair.passage for pair in others)]
    texts += [pair.query for pair in others] + [item.query for item in judged]
    own_texts = [*dict.fromkeys(pair.passage for pair in own), *(pair.query for pair in own)]
    return choose_entries(texts, own_texts, size=size)


def train(
    corpus: Corpus,
    pairs: Sequence[Pair],
    parts: Split,
    entries: Sequence[str],
    recipe: Recipe,
    seed: int,
    *,
    base: NDArray[np.float32] | None = None,
    keep_last: bool = False,
) -> Trained:
    """Base stage on pairs and articles, then refinement with the judged questions.

    :param base: the table after the base stage, when it is at hand.
    :param keep_last: keep the last epoch instead of the best, so that held-out questions only judge.
    """
    rng = np.random.default_rng(seed)
    words = WordList(entries)
    corpus_bags = bag_matrix(words, corpus.texts, recipe.power)
    usable = without_duplicates(pairs, [item.query for item in parts.held])
    material = prepare(words, recipe.power, corpus, parts.train, usable, corpus_bags)
    validation = None
    if parts.held:
        questions = bag_matrix(words, [item.query for item in parts.held], recipe.power)
        validation = (questions, corpus_bags, parts.held)
    if base is None:
        base = train_base(corpus, pairs, parts, entries, recipe, seed)
    trainer = Trainer(
        base.copy(), temperature=recipe.temperature, dropout=recipe.dropout, seed=seed
    )
    table, history = run_stage(
        material, trainer, recipe.refine, recipe, rng, validation=validation, label="精调"
    )
    return Trained(tuple(entries), trainer.table if keep_last else table, tuple(history))


def train_base(
    corpus: Corpus,
    pairs: Sequence[Pair],
    parts: Split,
    entries: Sequence[str],
    recipe: Recipe,
    seed: int,
) -> NDArray[np.float32]:
    """The base stage: no judged question and nothing almost like one is seen."""
    rng = np.random.default_rng(seed)
    words = WordList(entries)
    corpus_bags = bag_matrix(words, corpus.texts, recipe.power)
    everything = [item.query for item in (*parts.train, *parts.held)]
    material = prepare(
        words, recipe.power, corpus, (), without_duplicates(pairs, everything), corpus_bags
    )
    logger.info("decomposing %d passages", material.passages.shape[0])
    start = starting_vectors(material.passages, recipe.dimension, seed)
    trainer = Trainer(start, temperature=recipe.temperature, dropout=recipe.dropout, seed=seed)
    table, _ = run_stage(material, trainer, recipe.base, recipe, rng, label="基础")
    return table


def train_encoder(
    sources: Sources, out: Path, *, seed: int, holdout: int, epochs: int, command: str
) -> str:
    """Train, quantise and write the shipped encoder.

    :param holdout: how many judged questions validate the epochs and are not trained on.
    :param epochs: epochs of the refinement.
    :return: one line for the person who waited.
    """
    started = time.perf_counter()
    recipe = Recipe()
    recipe = replace(recipe, refine=replace(recipe.refine, epochs=epochs))
    corpus, judged, pairs = read_all(sources)
    order = np.random.default_rng(seed).permutation(len(judged))
    parts = split(judged, order[:holdout].tolist())
    entries = choose_words(corpus, pairs, judged, recipe.words)
    result = train(corpus, pairs, parts, entries, recipe, seed)
    vectors, scales = quantise(result.table)
    encoder = StaticEncoder(result.words, vectors, scales, name=NAME, power=recipe.power)
    encoder.save(out)
    judged_precedents(encoder, judged, corpus).save(out)
    _write_module_files(out)
    minutes = (time.perf_counter() - started) / 60
    write_card(
        out, recipe, result.history, seed=seed, command=command, minutes=minutes, pairs=len(pairs),
        judged=len(parts.train), held=len(parts.held), articles=len(corpus.ids),
    )  # fmt: skip
    return f"编码器已写入 {out}（指纹 {encoder.fingerprint}，用时 {minutes:.1f} 分钟）"


def _write_module_files(out: Path) -> None:
    """What sentence-transformers reads to load the folder."""
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "indexer.sentence_module.StaticSentenceModule"}
    ]
    config = {
        "model_type": "SentenceTransformer",
        "prompts": {"query": "", "document": ""},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    }
    for name, value in (("modules", modules), ("config_sentence_transformers", config)):
        text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
        (out / f"{name}.json").write_text(text, encoding="utf-8")
