"""Files for evaluation: compressed or not, either form, bad lines named; and the command on them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from channels.cli.evaluate import judge
from indexer.passages_file import read_passages_file, read_queries_file
from knowledge.errors import SourceError
from settings import Settings

KEYS = [
    "recall@1", "recall@5", "recall@10", "recall@20", "recall@100", "mrr@10", "ndcg@10",
    "ms_per_query_p50", "ms_per_query_p95", "build_seconds", "passages", "queries", "peak_rss_mb",
]  # fmt: skip


def _lines(path: Path, records: list[object]) -> Path:
    content = "\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(content.encode()))
    else:
        path.write_text(content, "utf-8")
    return path


@pytest.mark.parametrize("name", ["p.jsonl", "p.jsonl.gz"])
def test_both_forms_are_read(tmp_path: Path, name):
    records = [
        {"id": 1, "text": "甲"},
        {"id": 2, "law": "商标法", "article": "第一条", "text": "乙"},
    ]
    passages = read_passages_file(_lines(tmp_path / name, records))
    assert [passage.id for passage in passages] == ["1", "2"]
    assert (passages[1].title, passages[1].article) == ("商标法", "第一条")


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([{"id": 1}], "第 1 行缺少字段 text"),
        ([{"id": 1, "text": "甲"}] * 2, "第 2 行的 id 1 重复"),
        ([[1]], "JSON 对象"),
    ],
    ids=["no-text", "twice", "no-object"],
)
def test_bad_passages_are_named(tmp_path: Path, records, message):
    with pytest.raises(SourceError, match=message):
        read_passages_file(_lines(tmp_path / "p.jsonl", records))


def test_missing_and_broken_files_are_named(tmp_path: Path):
    with pytest.raises(SourceError, match="找不到文件"):
        read_queries_file(tmp_path / "none.jsonl")
    broken = tmp_path / "p.jsonl.gz"
    broken.write_bytes(gzip.compress(b'{"id": 1}')[:-6])
    with pytest.raises(SourceError, match="无法读取"):
        read_passages_file(broken)


def test_evaluation_prints_exactly_the_agreed_keys(tmp_path: Path):
    passages = _lines(
        tmp_path / "p.jsonl.gz",
        [
            {"id": i, "text": f"{thing}纠纷的处理办法"}
            for i, thing in enumerate(("商标", "工资", "租房"))
        ],
    )
    queries = _lines(tmp_path / "q.jsonl", [{"id": 7, "query": "拖欠工资", "relevant": [1]}])
    report = judge(passages, queries, Settings())
    assert list(report) == KEYS
    assert report["recall@1"] == 1.0
    assert (report["passages"], report["queries"]) == (3, 1)
