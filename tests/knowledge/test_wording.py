"""Texts that can be read aloud over the phone."""

from dataclasses import replace

import pytest

from knowledge.errors import SourceError
from knowledge.loaders import load
from knowledge.wording import Term, average_sentence, check_table_wording, check_wording, load_terms

TERMS = {"TRO": Term("TRO", "临时限制令", "Temporary Restraining Order")}
FIRST = "20天。美国337调查的被诉企业应在送达后20天内答辩。"


@pytest.fixture
def check(tmp_path, guide_text, ledger):
    def run(*changes, facts=ledger, terms=TERMS):
        text = guide_text
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "us-sample.md"
        path.write_text(text, encoding="utf-8")
        return [
            (problem.code, problem.message) for problem in check_wording(load(path), facts, terms)
        ]

    return run


def test_sound_guide_passes(check):
    assert check() == []


def test_long_sentences_are_refused(check, tmp_path):
    endless = "被诉企业" + "在收到立案通知之后，" * 60 + "应当答辩。"
    found = check((FIRST, endless))
    assert [code for code, _ in found] == ["reading"]
    assert average_sentence(load(tmp_path / "us-sample.md")) > 60


def test_list_marks_are_not_read(check, tmp_path):
    check((FIRST, "- 一\n- 二\n1. 三四"))
    assert average_sentence(load(tmp_path / "us-sample.md")) < 9


@pytest.mark.parametrize(
    ("text", "explained"),
    [
        ("收到TRO后答辩。", False),
        ("收到临时限制令（TRO）后答辩。", True),
        ("收到TRO（法院的临时命令）后答辩。", True),
        ("TRO，即法院的临时命令。", True),
        ("收到RETRO后答辩。", True),
    ],
)
def test_abbreviation_is_explained_at_its_first_use(check, text, explained):
    found = check((FIRST, text), ("尽快联系律师", "TRO到期前联系律师"))
    assert [code for code, _ in found] == ([] if explained and "RETRO" not in text else ["term"])


def test_title_may_explain_for_the_whole_document(check):
    assert (
        check(("title: 美国337答辩", "title: 美国临时限制令（TRO）"), (FIRST, "收到TRO后答辩。"))
        == []
    )


def test_english_name_twice_in_a_section_is_noticed(check):
    twice = "临时限制令（Temporary Restraining Order）和它（Temporary Restraining Order）。"
    assert [code for code, _ in check((FIRST, twice))] == ["term"]


def test_open_fact_must_be_worded_as_such(check, ledger):
    open_facts = {"itc-20": replace(ledger["itc-20"], open=True)}
    found = check(facts=open_facts)
    assert [code for code, _ in found] == ["unverified"] * 2
    assert "itc-20" in found[0][1]
    hedged = FIRST + "期限没有查到官方原文，请向律师核对。"
    assert len(check((FIRST, hedged), facts=open_facts)) == 1


def test_a_bare_note_to_ourselves_is_refused(check):
    (found,) = check((FIRST, FIRST + "期限待核实。"))
    assert found[0] == "unverified"
    assert "到哪里核对" in found[1]


def test_a_bare_note_in_a_table_is_refused_with_its_line(tmp_path):
    table = tmp_path / "deadlines.yaml"
    table.write_text("# 待核实\nrules:\n- {note: 是否改动待核实}\n", encoding="utf-8")
    (found,) = check_table_wording(tmp_path)
    assert (found.code, found.where) == ("unverified", "deadlines.yaml第3行")
    table.write_text("rules:\n- {note: 有没有改动没有查到原文，到官网核对}\n", encoding="utf-8")
    assert list(check_table_wording(tmp_path)) == []


def test_terms_need_a_meaning(tmp_path):
    assert load_terms(tmp_path) == {}
    (tmp_path / "terms.yaml").write_text("TRO: {english: Order}\n", encoding="utf-8")
    with pytest.raises(SourceError, match="TRO"):
        load_terms(tmp_path)
