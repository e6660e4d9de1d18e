"""Curated and imported documents together, and what the tables around them must hold."""

import json

import pytest

from knowledge.checklist_table import ChecklistItem, load_checklists
from knowledge.errors import SnapshotError, SourceError
from knowledge.golden import GoldenQuestion, failures, load_golden
from knowledge.ledger import load_ledger, lookup
from knowledge.library import load_library
from knowledge.loaders import load
from knowledge.persistence import (
    document_from_json,
    document_to_json,
    passage_from_json,
    passage_to_json,
    read_passages,
    write_passages,
)
from knowledge.quiz_table import load_quiz
from knowledge.word_table import load_words


def test_library_holds_curated_and_imported_passages(folders, law_file, today):
    library = load_library(*folders, [load(law_file)], today=today)
    assert [document.meta.id for document in library.documents] == [
        "us-sample",
        "law-yang-li-fa-2019-01-01",
    ]
    assert len(library.passages) == 2 + 3
    assert len({passage.id for passage in library.passages}) == 5


def test_imported_document_takes_the_place_of_the_curated_one(folders, guide_text, tmp_path, today):
    path = tmp_path / "us-sample.md"
    path.write_text(guide_text.replace("尽快联系律师", "马上联系律师"), encoding="utf-8")
    library = load_library(*folders, [load(path)], today=today)
    assert len(library.documents) == 1
    assert any("马上" in passage.text for passage in library.passages)


def test_unreadable_source_is_named_and_the_others_are_kept(folders, today):
    (folders[0] / "guides" / "bad.md").write_text("---\nid: [\n---\n", encoding="utf-8")
    (folders[0] / "guides" / "image.png").write_bytes(b"x")
    library = load_library(*folders, today=today)
    assert len(library.documents) == 1
    assert any("bad.md" in message for message in library.unreadable)
    assert any("image.png" in message for message in library.unreadable)


def test_document_with_an_unknown_fact_is_left_out_and_named(folders, guide_text, today):
    text = guide_text.replace("us-sample", "us-other").replace("itc-20", "no-such-fact")
    (folders[0] / "guides" / "us-other.md").write_text(text, encoding="utf-8")
    library = load_library(*folders, today=today)
    assert any("no-such-fact" in message for message in library.unreadable)
    assert {document.meta.id for document in library.documents} == {"us-sample"}


def test_missing_ledger_says_how_to_make_it(folders, today):
    (folders[1] / "facts.yaml").unlink()
    with pytest.raises(SourceError, match=r"build_fact_ledger\.py"):
        load_library(*folders, today=today)


def test_documents_and_passages_survive_json(folders, law_file, today):
    library = load_library(*folders, [load(law_file)], today=today)
    for document in library.documents:
        assert document_from_json(json.loads(json.dumps(document_to_json(document)))) == document
    for passage in library.passages:
        assert passage_from_json(json.loads(json.dumps(passage_to_json(passage)))) == passage


def test_passage_file_is_read_back_and_a_broken_line_is_named(folders, tmp_path, today):
    path = tmp_path / "passages.jsonl"
    library = load_library(*folders, today=today)
    assert write_passages(path, library.passages) == 2
    assert read_passages(path) == list(library.passages)
    path.write_text(path.read_text(encoding="utf-8") + "{坏", encoding="utf-8")
    with pytest.raises(SnapshotError, match="第3行"):
        read_passages(path)
    with pytest.raises(SnapshotError, match="缺少"):
        read_passages(tmp_path / "none.jsonl")


def test_ledger_entries_are_typed_and_unknown_ids_refused(folders):
    ledger = load_ledger(folders[1])
    assert ledger["itc-20"].settled
    assert ledger["itc-20"].figures >= {"20d"}
    with pytest.raises(SourceError, match=r"某处.*no-such"):
        lookup(ledger, ["no-such"], "某处")


def test_ledger_with_an_unknown_verification_is_refused(folders):
    path = folders[1] / "facts.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("verified: source", "verified: rumour"),
        encoding="utf-8",
    )
    with pytest.raises(SourceError, match=r"itc-20.*verified"):
        load_ledger(folders[1])


def test_words_skip_comments_and_refuse_spaces(tmp_path):
    (tmp_path / "jieba_words.txt").write_text("# 词\n下架\n维权援助 10 n\n\n", encoding="utf-8")
    assert load_words(tmp_path) == ["下架", "维权援助"]
    (tmp_path / "jieba_words.txt").write_text("下架\n两个 词语\n", encoding="utf-8")
    with pytest.raises(SourceError, match="第2行"):
        load_words(tmp_path)


def test_checklists_are_read_and_a_bad_row_is_named(tmp_path):
    path = tmp_path / "checklists.yaml"
    path.write_text(
        "- id: a\n  title: 清单\n  facts: [x]\n  items: [{text: 营业执照}, {text: 授权书, form: 原件}]\n",
        encoding="utf-8",
    )
    (found,) = load_checklists(tmp_path)
    assert found.items == (ChecklistItem("营业执照"), ChecklistItem("授权书", form="原件"))
    assert (found.items[1].values(), found.facts) == ({"text": "授权书", "form": "原件"}, ("x",))
    path.write_text("- id: a\n  title: 清单\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"checklists\.yaml 第1行：“a” 的 items"):
        load_checklists(tmp_path)


QUESTION = (
    "- id: q1\n  question: 哪天\n  options: {A: 甲, B: 乙}\n  answer: A\n  explanation: 因为\n"
)


def test_quiz_is_read_and_an_answer_outside_the_options_refused(tmp_path):
    path = tmp_path / "quiz.yaml"
    path.write_text(QUESTION, encoding="utf-8")
    assert load_quiz(tmp_path)[0].options == {"A": "甲", "B": "乙"}
    path.write_text(QUESTION.replace("answer: A", "answer: C"), encoding="utf-8")
    with pytest.raises(SourceError, match="第4行：“q1” 的 answer：答案 C"):
        load_quiz(tmp_path)
    path.write_text(QUESTION + QUESTION, encoding="utf-8")
    with pytest.raises(SourceError, match="q1 重复"):
        load_quiz(tmp_path)


def test_missing_and_malformed_tables_are_named(tmp_path):
    with pytest.raises(SourceError, match=r"quiz\.yaml"):
        load_quiz(tmp_path)
    (tmp_path / "quiz.yaml").write_text("一句话", encoding="utf-8")
    with pytest.raises(SourceError, match=r"quiz\.yaml"):
        load_quiz(tmp_path)


def test_golden_questions_fail_when_no_passage_carries_the_expectation(folders, tmp_path, today):
    passages = load_library(*folders, today=today).passages
    questions = [GoldenQuestion("几天答辩", "210.13"), GoldenQuestion("天气", "晴")]
    (failed,) = failures(questions, lambda text: passages)
    assert "天气" in failed
    assert load_golden(tmp_path) == []
    (tmp_path / "golden.yaml").write_text("- {question: 无期望}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"golden\.yaml 第1行：“第 1 条” 的 expects：缺少"):
        load_golden(tmp_path)


def test_a_source_and_the_ledger_are_read_again_after_a_change(folders, guide_text, today):
    path = folders[0] / "guides" / "us-sample.md"
    before = load_library(*folders, today=today)
    assert load_library(*folders, today=today).documents[0] == before.documents[0]
    path.write_text(path.read_text("utf-8").replace("尽快联系律师", "马上联系律师"), "utf-8")
    ledger = folders[1] / "facts.yaml"
    ledger.write_text(ledger.read_text("utf-8").replace("itc-20", "itc-21"), "utf-8")
    after = load_library(*folders, today=today)
    assert set(after.ledger) != set(before.ledger)
    assert any("itc-20" in message for message in after.unreadable)
    ledger.write_text(ledger.read_text("utf-8").replace("itc-21", "itc-20"), "utf-8")
    texts = [passage.text for passage in load_library(*folders, today=today).passages]
    assert any("马上联系律师" in text for text in texts)
