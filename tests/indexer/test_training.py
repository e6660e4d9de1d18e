"""Training: what is excluded, that it learns, that a seed repeats it."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.encoder import StaticEncoder
from indexer.ngrams import WordList
from indexer.training.command import Sources, split, train, train_encoder
from indexer.training.data import (
    Corpus,
    Judged,
    Pair,
    near_duplicates,
    read_judged,
    read_pairs,
    read_statutes,
)
from indexer.training.documents import read_document_pairs
from indexer.training.material import hard_negatives, prepare, without_duplicates
from indexer.training.recipe import Recipe, Stage
from indexer.training.trainer import Batch, Trainer, bag_matrix
from indexer.training.vocabulary import choose_entries
from knowledge.errors import SourceError

THINGS = (
    "商标",
    "专利",
    "工资",
    "租房",
    "离婚",
    "借款",
    "保险",
    "旅游",
    "快递",
    "物业",
    "遗产",
    "股权",
)
RECIPE = Recipe(
    words=500, dimension=16, batch=8, dropout=0.0,
    base=Stage(epochs=2, rate=0.02, judged_repeats=0, pairs=100, clozes=12, negatives_from=0, negatives_to=4),
    refine=Stage(epochs=2, rate=0.02, judged_repeats=2, pairs=10, clozes=4, negatives_from=0, negatives_to=4),
)  # fmt: skip


@pytest.fixture
def corpus() -> Corpus:
    texts = tuple(
        f"{thing}法 关于{thing}的纠纷由{thing}机关处理。当事人对{thing}处理不服的可以起诉。"
        for thing in THINGS * 10
    )
    return Corpus(
        tuple(map(str, range(len(texts)))), texts, tuple(text.split(" ")[0] for text in texts)
    )


@pytest.fixture
def judged() -> list[Judged]:
    return [
        Judged(str(row), f"{thing}出了问题该找谁啊", (row,)) for row, thing in enumerate(THINGS)
    ]


def test_near_duplicates_are_found_and_others_are_not():
    marks = near_duplicates(["谁可以成为个体工商户", "离婚怎么分财产"], ["谁可以成为个体工商户？"])
    assert marks.tolist() == [True, False]


def test_pairs_that_repeat_a_judged_question_are_left_out():
    pairs = [Pair("a", "工资被拖欠怎么办？", "甲"), Pair("a", "租房押金不退", "乙")]
    assert [pair.passage for pair in without_duplicates(pairs, ["工资被拖欠怎么办"])] == ["乙"]


def test_split_keeps_near_duplicates_of_held_questions_from_training():
    questions = ["谁可以成为个体工商户？", "谁可以成为个体工商户", "离婚怎么分财产"]
    judged = [Judged(str(n), text, (0,)) for n, text in enumerate(questions)]
    parts = split(judged, [0])
    assert [item.id for item in parts.train] == ["2"]


@pytest.mark.encoders
def test_negatives_never_answer_the_question(corpus, judged):
    words = WordList(choose_entries(corpus.texts, size=500, min_bigrams=1, min_words=1))
    material = prepare(words, 0.5, corpus, judged, [])
    table = np.random.default_rng(0).standard_normal((len(words), 8)).astype(np.float32)
    trainer = Trainer(table, temperature=0.05, dropout=0.0, seed=0)
    chosen = np.arange(len(material.examples))
    negatives = hard_negatives(material, trainer, chosen, 0, 5)
    for example in chosen:
        assert material.examples.passage[example] not in negatives[example]


def test_pair_that_cites_an_article_is_an_example_of_that_article(corpus):
    words = WordList(choose_entries(corpus.texts, size=500, min_bigrams=1, min_words=1))
    cited = corpus.texts[5].split(" ", 1)[1].replace("。", " 。")
    pairs = [
        Pair("a", "借了钱找谁", f"借款法 {cited}", cited),
        Pair("a", "闲聊", "没有出处的回答"),
    ]
    material = prepare(words, 0.5, corpus, [], pairs)
    assert corpus.texts[material.examples.passage[0]] == corpus.texts[5]
    same = {row for row, text in enumerate(corpus.texts) if text == corpus.texts[5]}
    assert material.examples.answers[0] == same
    assert material.examples.passage[1] == len(corpus.ids)
    assert material.passages.shape[0] == len(corpus.ids) + 1


def test_steps_lower_the_loss_and_the_gradient_is_right(corpus):
    words = WordList(choose_entries(corpus.texts, size=500, min_bigrams=1, min_words=1))
    bags = bag_matrix(words, corpus.texts[:8], 0.5)
    table = np.random.default_rng(1).standard_normal((len(words), 8)).astype(np.float32)
    trainer = Trainer(table, temperature=0.5, dropout=0.0, seed=0)
    batch = Batch(bags[:4], bags[4:], np.zeros((4, 4), dtype=np.bool_))
    losses = [trainer.step(batch, 0.01) for _ in range(20)]
    assert losses[-1] < losses[0] * 0.8


@pytest.mark.encoders
def test_same_seed_gives_the_same_table(corpus, judged):
    entries = choose_entries(corpus.texts, size=500, min_bigrams=1, min_words=1)
    pairs = [Pair("x", f"{thing}怎么处理好", f"{thing}机关处理") for thing in THINGS]
    parts = split(judged, [0])
    first = train(corpus, pairs, parts, entries, RECIPE, 3)
    again = train(corpus, pairs, parts, entries, RECIPE, 3)
    np.testing.assert_array_equal(first.table, again.table)
    other = train(corpus, pairs, parts, entries, replace(RECIPE, dropout=0.5), 3)
    assert not np.array_equal(first.table, other.table)


def test_words_of_the_own_documents_are_kept_although_rare():
    texts = ["商标纠纷处理"] * 20
    assert "tro" not in choose_entries([*texts, "TRO"], size=100)
    assert "tro" in choose_entries(texts, ["TRO冻结"] * 3, size=100)


def test_sections_become_pairs(tmp_path: Path):
    (tmp_path / "a.md").write_text(
        "---\nid: a\ntitle: 指南\nkind: guide\njurisdiction: [US]\nas_of: '2026'\n---\n"
        "## 几天答辩\n<!-- similar: 多久要回 -->\n20天内答辩。\n",
        "utf-8",
    )
    questions = {pair.query for pair in read_document_pairs(tmp_path)}
    assert questions == {"几天答辩", "多久要回"}


def _write(path: Path, records: list[dict[str, object]]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    return path


@pytest.mark.encoders
@pytest.mark.filterwarnings("ignore")
def test_command_writes_a_model_that_loads(tmp_path: Path, corpus, judged, monkeypatch):
    monkeypatch.setattr("indexer.training.command.Recipe", lambda: RECIPE)
    statutes = _write(
        tmp_path / "s.jsonl.gz",
        [
            {"id": i, "law": law, "article": "第一条", "text": text.split(" ", 1)[1]}
            for i, (law, text) in enumerate(zip(corpus.laws, corpus.texts, strict=True))
        ],
    )
    queries = _write(
        tmp_path / "q.jsonl.gz",
        [{"id": j.id, "query": j.query, "relevant": list(j.relevant)} for j in judged],
    )
    pairs = _write(
        tmp_path / "p.jsonl.gz",
        [
            {
                "source": "DRCD",
                "query": f"{t}怎麼辦理呢",
                "passage": f"《{t}法》第十條：{t}機關辦理",
            }
            for t in THINGS
        ],
    )
    line = train_encoder(
        Sources(pairs, statutes, queries),
        tmp_path / "model",
        seed=1,
        holdout=2,
        epochs=1,
        command="x",
    )
    encoder = StaticEncoder.load(tmp_path / "model")
    assert encoder.fingerprint in line
    card = (tmp_path / "model" / "README.md").read_text("utf-8")
    assert "STARD" in card
    assert "recall@100" in card
    assert (tmp_path / "model" / "modules.json").is_file()


def test_passages_are_read_simplified_and_without_article_numbers(tmp_path: Path):
    path = _write(
        tmp_path / "p.jsonl.gz",
        [
            {"source": "drcd", "query": "機關", "passage": "資訊"},
            {
                "source": "lawyer-llama",
                "query": "问",
                "passage": "《民法典》第一千零七十六条：应当登记。",
            },
        ],
    )
    pairs = read_pairs(path)
    assert (pairs[0].query, pairs[0].passage) == ("机关", "资讯")
    assert pairs[1].passage == "民法典 应当登记。"
    assert [pair.cited for pair in pairs] == ["", "应当登记。"]


def test_broken_line_is_named(tmp_path: Path):
    path = tmp_path / "s.jsonl"
    path.write_text('{"id": 1, "law": "法", "text": "甲"}\n{', "utf-8")
    with pytest.raises(SourceError, match="第 2 行"):
        read_statutes(path)


def test_relevant_ids_outside_the_corpus_are_dropped(tmp_path: Path, corpus):
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": 1, "query": "问", "relevant": [0, 99999]}\n', "utf-8")
    assert read_judged(path, corpus)[0].relevant == (0,)
