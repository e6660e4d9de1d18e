"""English words of a question read in Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.aliases import read_aliases
from indexer.build import build_index
from indexer.glossary import Glossary, read_glossary, rewrite, write_glossary
from indexer.hybrid import HybridIndex
from indexer.query import QueryUnderstanding
from indexer.tokenizer import Tokenizer
from tests.indexer.conftest import make_passage

GLOSSARY = """
deadline: 期限
rule: 规则
ruling: 裁定
word limit: 字数限制
limit: 限制
file: 提交
request: 请求
trade: 贸易
patent owner: 专利权人
opt out: 退出
"""


@pytest.fixture
def glossary(tmp_path: Path) -> Path:
    path = tmp_path / "glossary.yaml"
    path.write_text(GLOSSARY, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("deadlines是几天", "期限是几天"),
        ("Filed了requests以后", "提交了请求以后"),
        ("word-limit多少", "字数限制多少"),
        ("Opt-Out几天", "退出几天"),
        ("ruling不是rules", "裁定不是规则"),
        ("profile怎么填", "profile怎么填"),
        ("rule4怎么填", "rule4怎么填"),
    ],
)
def test_words_are_known_in_all_their_forms(glossary, said, read):
    known = read_glossary(glossary)
    assert rewrite(said, known.find(said)) == read


def test_names_stay_and_the_longest_wins(tmp_path, glossary):
    aliases = tmp_path / "aliases.yaml"
    aliases.write_text(
        "- {id: p, kind: right, code: patent, name: 专利, aliases: [patent]}\n"
        "- {id: s, kind: term, code: secret, name: 商业秘密, aliases: [trade secret], expand: true}\n"
        "- {id: d, kind: country, code: DE, name: 德国, aliases: [Germany], expand: true}\n",
        encoding="utf-8",
    )
    reading = QueryUnderstanding(read_aliases(aliases), Tokenizer(), read_glossary(glossary))
    assert reading.understand("patent owner 的 deadline").text == "专利权人的期限"
    info = reading.understand("patent 在 Germany 的 deadline")
    assert info.text == "patent 在 Germany 的期限"
    assert (info.countries, info.ip_types) == (("DE",), ("patent",))
    assert reading.understand("trade secret 的 deadline").text == "商业秘密 trade secret 的期限"
    assert reading.understand("期限是几天").text == "期限是几天"


def test_a_mixed_wording_and_a_mixed_question_meet_in_chinese(tmp_path, glossary, fake_encoder):
    passages = [
        make_passage("a#1", "六十天。", heading=("选择",), similar=("opt-out 的 deadline",)),
        make_passage("b#1", "七千字。", heading=("字数",), similar=("书状的 word limit",)),
    ]
    build_index(passages, fake_encoder, glossary_path=glossary, out_dir=tmp_path / "i")
    index = HybridIndex.load(tmp_path / "i", fake_encoder)
    for question in ("退出的期限", "opting out 有没有 deadlines"):
        hits = index.search(question, 2)
        assert hits[0].passage.id == "a#1"
        assert hits[0].lexical_rank == 1
    assert "退出的期限" in fake_encoder.encoded
    approved = index.order.approved(index.understand("opt-out 的 deadline"))
    assert approved is not None
    assert index.passages[approved].id == "a#1"


def test_only_rows_that_read_otherwise_are_encoded_again(tmp_path, glossary, fake_encoder):
    passages = [
        make_passage("a#1", "六十天。", heading=("选择",), similar=("opt-out 几天",)),
        make_passage("b#1", "七千字。", heading=("字数",), similar=("书状几个字",)),
    ]
    build_index(passages, fake_encoder, out_dir=tmp_path / "i")
    report = build_index(
        passages,
        fake_encoder,
        glossary_path=glossary,
        out_dir=tmp_path / "j",
        previous=tmp_path / "i",
    )
    assert (report.encoded, report.rows) == (1, 6)


def test_a_glossary_is_kept_with_the_index(tmp_path):
    write_glossary(tmp_path / "g.json", Glossary({"fee": "费用"}))
    assert read_glossary(tmp_path / "g.json").entries == {"fee": "费用"}
    assert not read_glossary(tmp_path / "none.yaml")
