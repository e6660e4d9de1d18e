"""Edits of the alias table and the word list over the shipped tables."""

import pytest
import yaml

from knowledge.dictionary import Dictionary, EditKind, new_edit, write_tables
from knowledge.errors import SourceError

ALIASES = """\
- {id: country-us, kind: country, code: US, name: 美国, aliases: [美利坚], expand: true}
- {id: term-tro, kind: term, code: tro, name: 临时限制令, aliases: [TRO], expand: true, match: word}
"""


@pytest.fixture
def tables(tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "aliases.yaml").write_text(ALIASES, "utf-8")
    (folder / "jieba_words.txt").write_text("下架 100 n\n# 说明\n冻店\n", "utf-8")
    return folder


@pytest.fixture
def dictionary(tmp_path):
    return Dictionary(tmp_path / "var")


def written(tables, dictionary, tmp_path):
    out = tmp_path / "out"
    out.mkdir(exist_ok=True)
    write_tables(tables, dictionary.edits(), out)
    rows = {row["id"]: row for row in yaml.safe_load((out / "aliases.yaml").read_text("utf-8"))}
    return rows, (out / "jieba_words.txt").read_text("utf-8").split()


def test_without_edits_the_tables_are_the_shipped_ones_byte_for_byte(tables, dictionary, tmp_path):
    written(tables, dictionary, tmp_path)
    for name in ("aliases.yaml", "jieba_words.txt"):
        assert (tmp_path / "out" / name).read_bytes() == (tables / name).read_bytes()


def test_edits_are_laid_over_the_tables(tables, dictionary, tmp_path):
    for edit in (
        new_edit(EditKind.WORD, "快维中心", by="li"),
        new_edit(EditKind.WORD, "冻店", by="li", is_removal=True),
        new_edit(EditKind.ALIAS, "老美", by="li", target="country-us"),
        new_edit(EditKind.ALIAS, "TRO", by="li", target="term-tro", is_removal=True),
        new_edit(EditKind.SYNONYM, "快维", by="wang", target="快速维权"),
    ):
        dictionary.add(edit, tables)
    rows, words = written(tables, dictionary, tmp_path)
    assert words == ["下架", "快维中心"]
    assert rows["country-us"]["aliases"] == ["美利坚", "老美"]
    assert rows["term-tro"] == {
        "id": "term-tro", "kind": "term", "code": "tro", "name": "临时限制令", "aliases": [],
        "expand": True, "match": "word",
    }  # fmt: skip
    added = [row for row in rows.values() if row["id"].startswith("edit-")]
    assert [(row["name"], row["aliases"], row["expand"]) for row in added] == [
        ("快速维权", ["快维"], True)
    ]


def test_the_opposite_edit_takes_the_first_one_back(tables, dictionary):
    dictionary.add(new_edit(EditKind.WORD, "下架", by="li", is_removal=True), tables)
    dictionary.add(new_edit(EditKind.WORD, "下架", by="wang"), tables)
    assert dictionary.edits() == []


def test_an_equal_edit_is_kept_once_and_can_be_withdrawn(tables, dictionary):
    first = dictionary.add(new_edit(EditKind.WORD, "快维", by="li"), tables)
    dictionary.add(new_edit(EditKind.WORD, "快维", by="wang"), tables)
    assert dictionary.edits() == [first]
    dictionary.withdraw(first.id, by="sun")
    assert dictionary.edits() == []
    assert [by for by, _at in dictionary.hands()] == ["li", "wang", "sun"]
    with pytest.raises(SourceError, match="已经不在"):
        dictionary.withdraw(first.id, by="sun")


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (new_edit(EditKind.WORD, "two words", by="li"), "不能有空格"),
        (new_edit(EditKind.WORD, "长", by="li"), "2 到 20"),
        (new_edit(EditKind.WORD, "没有的词", by="li", is_removal=True), "词表里没有"),
        (new_edit(EditKind.ALIAS, "老美", by="li", target="nowhere"), "没有 nowhere 这一行"),
        (new_edit(EditKind.ALIAS, "老美", by="li"), "谁的别名"),
        (new_edit(EditKind.SYNONYM, "快维", by="li", target="快维"), "两个不同的说法"),
    ],
)
def test_an_edit_that_cannot_be_applied_is_refused(tables, dictionary, edit, reason):
    with pytest.raises(SourceError, match=reason):
        dictionary.add(edit, tables)
    assert dictionary.edits() == []


def test_a_line_of_the_history_that_was_cut_off_stops_nothing(tables, dictionary):
    dictionary.add(new_edit(EditKind.WORD, "快维中心", by="li"), tables)
    history = dictionary.path.with_name("history.jsonl")
    with history.open("ab") as stream:
        stream.write('\n{"id": "a", "by": "王'.encode()[:-1])
    dictionary.add(new_edit(EditKind.WORD, "维权", by="wang"), tables)
    assert [by for by, _ in dictionary.hands()] == ["li", "wang"]


def test_a_change_whose_hand_cannot_be_kept_is_not_made(tables, dictionary, monkeypatch):
    def full(_descriptor):
        raise OSError("no space left on device")

    dictionary.add(new_edit(EditKind.WORD, "快维中心", by="li"), tables)
    monkeypatch.setattr("knowledge.dictionary.os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        dictionary.add(new_edit(EditKind.WORD, "维权", by="wang"), tables)
    assert [edit.text for edit in dictionary.edits()] == ["快维中心"]
