"""An index made from a former one is, file by file, what building it anew gives."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.build import build_index
from indexer.encoder import encode_alike, load_encoder
from indexer.hybrid import MODEL_DIR
from indexer.postings import Postings
from indexer.reading_tables import Tables
from indexer.taking_over import FormerIndex, build_onto
from knowledge.types import Kind, Passage

WORDS = "驻场联络员\n紫水晶\n"
ALIASES = """\
- {id: us, kind: country, code: US, name: 美国, aliases: [USA], expand: false}
- {id: p337, kind: procedure, code: section-337, name: 337调查, aliases: [ITC], expand: true}
"""


@pytest.fixture(scope="module")
def encoder():
    return load_encoder(MODEL_DIR)


@pytest.fixture
def tables(tmp_path):
    (tmp_path / "words.txt").write_text(WORDS, encoding="utf-8")
    (tmp_path / "aliases.yaml").write_text(ALIASES, encoding="utf-8")
    return {"aliases_path": tmp_path / "aliases.yaml", "words_path": tmp_path / "words.txt"}


def guide(number: int, **fields: object) -> Passage:
    text = f"第{number}种情形应当在{number + 3}日内答辩，费用由律师报价。"
    values: dict[str, object] = {
        "id": f"us-{number}",
        "version": hashlib.sha256(text.encode()).hexdigest()[:16],
        "document": f"us-guide-{number // 3}",
        "title": f"美国337调查指南{number // 3}",
        "heading": (f"第{number}种情形怎么办",),
        "text": text,
        "kind": Kind.GUIDE,
        "jurisdiction": ("US",),
        "similar": (f"收到第{number}种文书", f"{number}天来得及吗"),
        "negative": (f"红烧肉要炖{number}天吗",) if number % 2 else (),
    }
    return Passage(**{**values, **fields})  # type: ignore[arg-type]


def article(number: int, **fields: object) -> Passage:
    values: dict[str, object] = {
        "id": f"law-{number}",
        "version": str(number),
        "document": "law",
        "title": "商标法",
        "heading": (),
        "text": f"商标注册人应当在第{number}年办理续展，费用另行规定。",
        "kind": Kind.LAW,
        "jurisdiction": ("CN",),
        "article": f"第{number}条",
    }
    return Passage(**{**values, **fields})  # type: ignore[arg-type]


BEFORE = [*map(guide, range(12)), *map(article, range(1, 7))]


def _one_text() -> list[Passage]:
    return [*BEFORE[:4], replace(BEFORE[4], text="紫水晶案件应当在17日内答辩。"), *BEFORE[5:]]


def _one_document_more() -> list[Passage]:
    law = {"document": "new", "title": "驻场联络员管理办法"}
    fresh = [
        article(n, id=f"new-{n}", text=f"驻场联络员每次不超过{n}个月。", **law) for n in (1, 2)
    ]
    return [*BEFORE[:3], *fresh, *BEFORE[3:]]


def _titles_and_questions() -> list[Passage]:
    other = replace(
        BEFORE[1],
        title=BEFORE[11].title,
        heading=("紫水晶怎么办",),
        similar=("紫水晶官司来了",),
        negative=("月饼几时吃", "红烧肉要炖1天吗"),
    )
    return [BEFORE[0], other, *BEFORE[2:]]


def _in_another_order() -> list[Passage]:
    return [*BEFORE[9:], BEFORE[2], BEFORE[0]]


WANTED = {
    "nothing": lambda: list(BEFORE),
    "one text": _one_text,
    "a document more": _one_document_more,
    "titles and questions": _titles_and_questions,
    "some are gone": lambda: BEFORE[2:-2],
    "another order": _in_another_order,
}


def files_of(folder: Path) -> dict[str, bytes]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


@pytest.mark.parametrize("name", WANTED)
def test_index_taken_over_is_the_one_built_anew_byte_by_byte(name, encoder, tables, tmp_path):
    build_index(BEFORE, encoder, out_dir=tmp_path / "before", **tables)
    passages = WANTED[name]()
    anew, onto = tmp_path / "anew", tmp_path / "onto"
    build_index(passages, encoder, out_dir=anew, chunking="c", **tables)
    former = FormerIndex.fitting(tmp_path / "before", encoder, Tables.read(*tables.values(), None))
    assert former is not None
    report = former.amended(passages, onto, "c")
    assert files_of(onto) == files_of(anew)
    assert report.encoded + report.reused == report.rows
    # One that was made so lends its rows as well.
    again = tmp_path / "again"
    build_onto(onto, BEFORE, encoder, out_dir=again, **tables)
    assert files_of(again) == files_of(tmp_path / "before")


@pytest.mark.parametrize("changed", ["words", "aliases", "times", "program"])
def test_nothing_is_taken_over_where_texts_would_be_read_otherwise(
    changed, encoder, tables, tmp_path, monkeypatch
):
    before = tmp_path / "before"
    build_index(BEFORE, encoder, out_dir=before, **tables)
    if changed == "words":
        tables["words_path"].write_text(f"{WORDS}商标注册人\n", encoding="utf-8")
    elif changed == "aliases":
        tables["aliases_path"].write_text(ALIASES.replace("[ITC]", "[ITC, 三三七]"), "utf-8")
    elif changed == "times":
        (before / "lexical_times.npy").unlink()
    else:
        monkeypatch.setattr("indexer.reading_memo._program", lambda: "another")
    read = Tables.read(*tables.values(), None)
    assert FormerIndex.fitting(before, encoder, read) is None
    passages = _one_text()
    build_onto(before, passages, encoder, out_dir=tmp_path / "onto", **tables)
    build_index(passages, encoder, out_dir=tmp_path / "anew", **tables)
    assert files_of(tmp_path / "onto") == files_of(tmp_path / "anew")


def test_of_a_shelf_that_is_mostly_new_nothing_is_taken_over(encoder, tables, tmp_path):
    build_index(BEFORE, encoder, out_dir=tmp_path / "before", **tables)
    passages = [replace(passage, text=f"另外，{passage.text}") for passage in BEFORE]
    told: list[tuple[int, int]] = []
    build_onto(
        tmp_path / "before",
        passages,
        encoder,
        out_dir=tmp_path / "onto",
        told=lambda *counts: told.append(counts),
        **tables,
    )
    build_index(passages, encoder, out_dir=tmp_path / "anew", **tables)
    assert files_of(tmp_path / "onto") == files_of(tmp_path / "anew")
    assert told[-1] == (len(passages), len(passages))


def test_postings_of_no_rows_can_be_amended_and_end_as_none():
    empty = Postings.of([])
    grown = empty.amended(np.array([-1, -1]), [["甲", "乙", "甲"], []])
    assert grown.lengths.tolist() == [3, 0]
    gone = grown.amended(np.zeros(0, dtype=np.int64), [])
    assert (len(gone.terms), len(gone.rows), gone.size) == (0, 0, 0)


@pytest.mark.parametrize("count", [1, 7, 8, 9])
def test_vector_does_not_depend_on_how_many_are_read_with_it(count, encoder):
    texts = [f"第{n}种情形应当在{n + 3}日内答辩" for n in range(count)]
    every = encode_alike(encoder, [*texts, *map(str, range(40))])
    np.testing.assert_array_equal(encode_alike(encoder, texts), every[:count])
