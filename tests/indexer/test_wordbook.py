"""The effect of an edit of words and names on a sentence, before it is saved."""

from datetime import date

import pytest

from indexer import wordbook
from indexer.build import build_index
from indexer.encoder import load_encoder
from indexer.hybrid import MODEL_DIR, HybridIndex
from knowledge.dictionary import EditKind, new_edit
from tests.indexer.conftest import make_passage

TODAY = date(2026, 11, 23)
ALIASES = """\
- {id: country-us, kind: country, code: US, name: 美国, aliases: [美利坚, 米国], expand: true}
- {id: country-us-more, kind: country, code: US, name: 美国, aliases: [美利坚], expand: true}
- {id: country-de, kind: country, code: DE, name: 德国, aliases: [], expand: true}
"""


@pytest.fixture
def tables(tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "aliases.yaml").write_text(ALIASES, "utf-8")
    (folder / "jieba_words.txt").write_text("查货\n中国\n", "utf-8")
    return folder


@pytest.fixture
def index(tables, tmp_path):
    passages = [
        make_passage("us", "美国海关扣货后先提交资料。", jurisdiction=("US",)),
        make_passage("de", "德国海关扣货后先提交资料。", jurisdiction=("DE",)),
    ]
    encoder = load_encoder(MODEL_DIR)
    build_index(
        passages,
        encoder,
        aliases_path=tables / "aliases.yaml",
        words_path=tables / "jieba_words.txt",
        out_dir=tmp_path / "index",
    )
    return HybridIndex.load(tmp_path / "index", encoder)


def test_a_new_word_stays_whole(index, tables):
    edit = new_edit(EditKind.WORD, "快维中心", by="li")
    found = wordbook.effect(index, tables, [], edit, "快维中心能查货吗", TODAY)
    assert "快维中心" not in found.before.words
    assert found.after.words[0] == "快维中心"
    assert "查货" in found.after.words
    assert found.is_changed
    assert wordbook.is_idle(tables, [], edit) == ""


def test_a_new_alias_brings_the_country_and_its_passages(index, tables):
    edit = new_edit(EditKind.ALIAS, "老德那边", by="li", target="country-de")
    found = wordbook.effect(index, tables, [], edit, "老德那边海关扣货", TODAY)
    assert found.before.info.countries == ()
    assert found.after.info.countries == ("DE",)
    assert [passage.document for passage in found.after.hits] == ["de"]
    assert len(found.before.hits) == 2
    assert index.understand("老德那边海关扣货").countries == ()


def test_a_synonym_is_searched_as_well(index, tables):
    edit = new_edit(EditKind.SYNONYM, "货被截了", by="li", target="海关扣货")
    found = wordbook.effect(index, tables, [], edit, "货被截了怎么办", TODAY)
    assert found.after.info.synonyms == ("海关扣货",)


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (new_edit(EditKind.WORD, "中国", by="li"), "切分"),
        (new_edit(EditKind.WORD, "知识产权", by="li"), "切分"),
        (new_edit(EditKind.ALIAS, "米国", by="li", target="country-us"), "识别"),
    ],
)
def test_an_edit_that_changes_nothing_is_told(tables, edit, reason):
    assert reason in wordbook.is_idle(tables, [], edit)


def test_shipped_entries_that_change_nothing_are_listed(tables):
    from knowledge.dictionary import alias_records
    from knowledge.word_table import load_words

    assert [item.name for item in wordbook.idle_words(load_words(tables))] == ["中国"]
    assert [(item.name, item.reason) for item in wordbook.idle_aliases(alias_records(tables))] == [
        ("美国：美利坚", "与country-us里的重复")
    ]


def test_without_an_edit_the_sentence_is_shown_as_it_is_read_now(index, tables):
    found = wordbook.effect(index, tables, [], None, "美国海关扣货", TODAY)
    assert not found.is_changed
    assert found.before.info.countries == ("US",)
