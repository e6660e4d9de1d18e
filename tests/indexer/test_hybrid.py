"""The engine: filters, synonyms, negatives, incremental builds, refusal to load, edge answers."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from indexer.build import build_index
from indexer.hybrid import HybridIndex
from indexer.persistence import LAYOUT, widened
from indexer.types import SearchFilters
from knowledge.errors import SnapshotError
from tests.indexer.conftest import FakeEncoder, make_passage

TODAY = date(2026, 1, 1)


def _documents(index: HybridIndex, query: str, **filters: object) -> list[str]:
    hits = index.search(query, 5, SearchFilters(**filters), TODAY)  # type: ignore[arg-type]
    return [hit.passage.document for hit in hits]


@pytest.mark.parametrize("query", ["", "   ", "\u200b"])
def test_blank_question_finds_nothing(index, query):
    assert index.search(query) == []


def test_similar_question_leads_to_its_passage(index):
    assert _documents(index, "我们被ITC告了多久要回")[0] == "us-337"


def test_negative_question_suppresses_the_passage(index):
    assert "us-337" not in _documents(index, "德国展会怎么办")


def test_country_lock_keeps_general_documents(index):
    found = _documents(index, "商标抢注展会答辩", jurisdictions=frozenset({"DE"}))
    assert "us-337" not in found
    assert "reg" not in found
    assert {"de-fair", "squat"} <= set(found)


def test_kinds_filter(index):
    assert _documents(index, "反制措施", kinds=frozenset({"law"})) == ["reg"]


def test_one_platform_does_not_answer_for_another(fake_encoder, tmp_path):
    aliases = tmp_path / "aliases.yaml"
    aliases.write_text(
        "- {id: p1, kind: platform, code: amazon, name: 亚马逊, aliases: [], expand: false}\n"
        "- {id: p2, kind: platform, code: temu, name: Temu, aliases: [], expand: false}\n",
        encoding="utf-8",
    )
    passages = [
        make_passage("temu#1", "被投诉专利侵权下架，怎么申诉：在后台提交证据。", title="Temu投诉"),
        make_passage("any#1", "被投诉专利侵权下架，怎么申诉：先请权利人撤回。", title="平台投诉"),
    ]
    build_index(passages, fake_encoder, aliases_path=aliases, out_dir=tmp_path / "i")
    index = HybridIndex.load(tmp_path / "i", fake_encoder)
    assert _documents(index, "Temu被投诉专利侵权下架，怎么申诉")[0] == "temu"
    assert _documents(index, "亚马逊被投诉专利侵权下架，怎么申诉")[0] == "any"


def test_article_number_finds_its_article(index):
    assert _documents(index, "规定第13条")[0] == "reg"


def test_hits_carry_ranks_scores_and_matched_terms(index):
    hit = index.search("马德里商标国际注册", 1, today=TODAY)[0]
    assert (hit.lexical_rank, hit.dense_rank) == (1, 1)
    assert "商标" in hit.matched
    assert index.snapshot_id == "s1"


def test_expired_passage_is_only_found_as_history(fake_encoder, tmp_path):
    old = make_passage("old#1", "旧的资助办法按件资助。", effective_to=date(2020, 1, 1))
    replaced = make_passage("old2#1", "旧的资助办法已经被代替。", superseded_by="new")
    build_index([old, replaced], fake_encoder, out_dir=tmp_path / "i")
    index = HybridIndex.load(tmp_path / "i", fake_encoder)
    assert _documents(index, "资助办法") == []
    assert set(_documents(index, "资助办法", include_expired=True)) == {"old", "old2"}


def test_index_of_nothing_answers_nothing(fake_encoder, tmp_path):
    build_index([], fake_encoder, out_dir=tmp_path / "i")
    index = HybridIndex.load(tmp_path / "i", fake_encoder)
    assert index.search("商标") == []
    assert index.assess("商标", []).band == "refuse"


def test_only_the_changed_passage_is_encoded_again(passages, tmp_path):
    first = FakeEncoder()
    build_index(passages, first, out_dir=tmp_path / "a")
    changed = dataclasses.replace(passages[1], text="内容改了。", version="other")
    second = FakeEncoder()
    report = build_index(
        [passages[0], changed, *passages[2:]],
        second,
        out_dir=tmp_path / "b",
        previous=tmp_path / "a",
    )
    assert (report.encoded, report.reused) == (1, report.rows - 1)
    fresh = FakeEncoder()
    build_index([passages[0], changed, *passages[2:]], fresh, out_dir=tmp_path / "c")
    assert (tmp_path / "b" / LAYOUT.vectors).read_bytes() == (
        tmp_path / "c" / LAYOUT.vectors
    ).read_bytes()


def test_previous_index_of_another_encoder_is_not_reused(passages, tmp_path):
    build_index(passages, FakeEncoder(), out_dir=tmp_path / "a")
    other = FakeEncoder()
    other.fingerprint = "fake-2"
    report = build_index(passages, other, out_dir=tmp_path / "b", previous=tmp_path / "a")
    assert report.reused == 0


def _change_meta(folder: Path, **values: object) -> None:
    path = folder / LAYOUT.meta
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), "utf-8")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"encoder_fingerprint": "x"}, "HUHANG_ENCODER"),
        ({"tokenizer_version": 99}, "分词.*huhang kb build"),
        ({"format": 99}, "格式.*huhang kb build"),
        ({"chunking": "a=2"}, "分段.*huhang kb build"),
    ],
    ids=["encoder", "tokenizer", "format", "chunking"],
)
def test_index_made_by_other_settings_is_refused(index, fake_encoder, tmp_path, change, message):
    _change_meta(tmp_path / "index", **change)
    with pytest.raises(SnapshotError, match=message):
        HybridIndex.load(tmp_path / "index", fake_encoder, chunking="a=1")


def test_incomplete_index_names_the_missing_file(index, fake_encoder, tmp_path):
    (tmp_path / "index" / LAYOUT.vectors).unlink()
    with pytest.raises(SnapshotError, match=LAYOUT.vectors):
        HybridIndex.load(tmp_path / "index", fake_encoder)


def test_edit_of_words_changes_the_terms_after_a_build(passages, fake_encoder, tables, tmp_path):
    words = tables / "jieba_words.txt"
    words.write_text("立案通知后\n", "utf-8")
    build_index(passages, fake_encoder, words_path=words, out_dir=tmp_path / "w")
    edited = HybridIndex.load(tmp_path / "w", fake_encoder)
    hit = edited.search("立案通知后", 1, today=TODAY)[0]
    assert "立案通知后" in hit.matched


@pytest.mark.parametrize(
    ("question", "band"),
    [
        ("商标法第十五条讲什么", "answer"),
        ("商标法第九十九条讲什么", "refuse"),
        ("专利法第七十一条讲什么", "refuse"),
    ],
)
def test_article_that_no_passage_names_is_refused(tmp_path, fake_encoder, question, band):
    statute = make_passage(
        "law",
        "未经授权，代理人以自己的名义注册的，不予注册。",
        title="中华人民共和国商标法",
        article="第十五条",
        jurisdiction=("CN",),
    )
    build_index([statute], fake_encoder, out_dir=tmp_path)
    index = HybridIndex.load(tmp_path, fake_encoder)
    assert index.assess(question, index.search(question)).band == band


def test_ids_are_those_of_the_search(tmp_path, fake_encoder):
    texts = {f'd{n}#一"节': f"第{n}段讲商标抢注" for n in range(3)} | {"plain#1": "商标抢注的期限"}
    passages = [make_passage(identifier, text) for identifier, text in texts.items()]
    build_index(passages, fake_encoder, out_dir=tmp_path)
    index = HybridIndex.load(tmp_path, fake_encoder)
    hits = index.search("商标抢注", 10)
    assert hits
    assert index.ids("商标抢注", 10) == [hit.passage.id for hit in hits]


def test_half_precision_is_widened_exactly():
    every = np.arange(65536, dtype=np.uint16).view(np.float16)
    finite = every[np.isfinite(every)].reshape(-1, 2048)
    np.testing.assert_array_equal(widened(finite[1:]), finite[1:].astype(np.float32))
