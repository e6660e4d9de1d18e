"""Terms: deterministic, with the project's words, never touching the global jieba."""

from __future__ import annotations

from pathlib import Path

import jieba
import pytest

from indexer.tokenizer import Tokenizer
from knowledge.word_table import read_words


def test_project_word_becomes_a_term():
    assert "反向假冒" not in Tokenizer().tokenize("反向假冒行为")
    assert "反向假冒" in Tokenizer(["反向假冒"]).tokenize("反向假冒行为")


def test_words_and_bigrams_are_both_terms():
    terms = Tokenizer().tokenize("知识产权")
    assert "知识产权" in terms
    assert "识产" in terms


def test_latin_runs_are_folded_and_whole():
    assert Tokenizer().tokenize("ＴＲＯ 337") == ["tro", "337"]


def test_global_jieba_is_untouched():
    before = jieba.dt.FREQ.get("反向假冒词")
    Tokenizer(["反向假冒词"]).tokenize("反向假冒词")
    assert jieba.dt.FREQ.get("反向假冒词") == before


@pytest.mark.parametrize(
    "run",
    [
        "全国人民代表大会常务委员会关于惩治虚开增值税专用发票犯罪的决定",
        "对外国国家采取的反制措施由国务院有关部门决定",
        "研究生命起源的人民法院审判员工资",
        "囧犇猋骉",
        "中㐀间有扩展区的字",
    ],
)
def test_words_are_those_of_jiebas_search_mode(run: str):
    segmenter = Tokenizer(["反制措施"])._segment
    assert segmenter.search_words(run) == list(segmenter.jieba.cut_for_search(run, HMM=False))


@pytest.mark.parametrize(
    "text",
    [
        "我们被ITC告了，多久要回？",
        "Section 337 & TRO: 35 U.S.C. § 271(a) 的反制措施100%要不要",
        "中文English混排amazon.com\r\n第二行\t制表 空格",
        "囧犇猋骉㐀、C++代码#1_a-b",
        "",
        " \n ",
    ],
)
def test_words_are_those_of_jiebas_cut(text: str):
    segmenter = Tokenizer(["反制措施", "TRO"])._segment
    assert segmenter.cut(text) == list(segmenter.jieba.cut(text, HMM=False))


def test_a_list_of_terms_may_be_changed_by_who_asked_for_it():
    tokenizer = Tokenizer()
    for read in (tokenizer.tokenize, tokenizer.telling, tokenizer.words_of):
        before = read("专利侵权")
        read("专利侵权").clear()
        assert read("专利侵权") == before != []


def test_fingerprint_follows_the_words():
    assert Tokenizer(["甲乙"]).fingerprint != Tokenizer(["甲丙"]).fingerprint
    assert Tokenizer(["甲", "乙"]).fingerprint == Tokenizer(["乙", "甲"]).fingerprint


def test_words_joined_give_the_text_again():
    text = "我们被ITC告了，多久要回？"
    assert "".join(Tokenizer().words_of(text)) == text


def test_comments_and_frequencies_of_a_word_file_are_ignored(tmp_path: Path):
    path = tmp_path / "words.txt"
    path.write_text("# 说明\n反制措施 100 n\n\nTRO\n", "utf-8")
    assert read_words(path) == ["反制措施", "TRO"]


@pytest.mark.parametrize(
    "text", ["在日本，337案怎么办？", "EUIPO 异议\r\n韩国 法国", "日", "", "德国（慕尼黑）的展会"]
)
def test_a_part_is_a_word_where_the_whole_text_is_cut_into_it(text):
    tokenizer, places, start = Tokenizer(["展会"]), set(), 0
    for word in tokenizer.words_of(text):
        places.add((start, start + len(word)))
        start += len(word)
    every = {(one, two) for one in range(len(text)) for two in range(one + 1, len(text) + 1)}
    marks = {(one, two) for one, two in every if text[one:two] == "\r\n"}  # no name is one
    found = {span for span in every - marks if tokenizer.is_word(text, *span)}
    assert found == {span for span in places - marks if text[span[0]] not in "\r\n"} | {
        (at, at + 1) for at, sign in enumerate(text) if sign in "\r\n"
    }
