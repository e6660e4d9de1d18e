"""The header of a curated document: every refusal names the file and the place."""

from datetime import date

import pytest

from knowledge.errors import SourceError
from knowledge.front_matter import load_yaml, read_meta, split_header
from knowledge.types import Kind

VALUES = {"id": "us-sample", "title": "标题", "kind": "guide", "jurisdiction": ["US"]}


def test_text_without_header_has_none():
    assert split_header("# 标题\n正文", "a.md") is None


def test_header_is_cut_off_and_the_body_line_is_counted():
    header = split_header("---\nid: a\ntitle: 标题\n---\n正文", "a.md")
    assert header is not None
    assert header.values == {"id": "a", "title": "标题"}
    assert (header.body, header.body_line) == ("正文", 5)


def test_unfinished_header_is_refused():
    with pytest.raises(SourceError, match=r"a\.md 第1行.*---"):
        split_header("---\nid: a\n正文", "a.md")


def test_broken_yaml_names_file_and_line():
    with pytest.raises(SourceError, match=r"坏\.md 第3行"):
        split_header("---\nid: a\ntitle: [没有结束\n---\n正文", "坏.md")


def test_header_that_is_no_mapping_is_refused():
    with pytest.raises(SourceError, match="字段: 值"):
        split_header("---\n- a\n---\n", "a.md")


def test_yaml_aliases_are_refused():
    with pytest.raises(SourceError, match=r"第2行.*引用"):
        load_yaml("a: &x [1]\nb: *x", "a.yaml")


def test_yaml_object_tags_are_refused():
    with pytest.raises(SourceError):
        load_yaml("!!python/object/apply:os.system ['true']", "a.yaml")


def test_oversized_header_is_refused():
    with pytest.raises(SourceError, match="64 KB"):
        split_header("---\na: " + "字" * 70_000 + "\n---\n", "a.md")


def test_values_get_their_types():
    meta = read_meta(
        VALUES
        | {
            "effective_from": date(2020, 5, 14),
            "as_of": 2026,
            "sources": [{"title": "页", "url": "https://example.org", "basis": "第1条"}],
            "facts": ["a", "b"],
            "keywords": "单个",
        },
        "a.md",
    )
    assert meta.kind is Kind.GUIDE
    assert meta.as_of == "2026"
    assert meta.sources[0].basis == "第1条"
    assert meta.facts == ("a", "b")
    assert meta.keywords == ("单个",)


def test_norway_stays_a_country():
    values = load_yaml("jurisdiction: [NO, SE]", "a.md")
    assert read_meta(VALUES | values, "a.md").jurisdiction == ("NO", "SE")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": None}, "缺少字段 id"),
        ({"jurisdiction": []}, "缺少字段 jurisdiction"),
        ({"id": "中文"}, "小写字母"),
        ({"id": "../../etc"}, "小写字母"),
        ({"kind": "novel"}, "kind.*guide"),
        ({"audience": ["谁"]}, "audience.*enterprise"),
        ({"effective_to": "明天"}, "effective_to.*YYYY-MM-DD"),
        ({"sources": [{"url": "https://a"}]}, "缺少 title"),
        ({"sources": [{"title": "a", "url": "javascript:alert(1)"}]}, "http"),
        ({"sources": "一句话"}, "sources 应是"),
        ({"colour": "red"}, "colour"),
        ({"facts": [{"a": 1}]}, "facts 应是"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_bad_value_is_refused_by_name(change, message):
    with pytest.raises(SourceError, match=message):
        read_meta(VALUES | change, "a.md")
