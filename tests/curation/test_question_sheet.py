"""The question bank to a spreadsheet and back."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook

from curation import question_sheet
from knowledge import question_bank
from knowledge.errors import SourceError
from knowledge.quiz_table import load_quiz
from settings import ROOT

TABLES = ROOT / "knowledge" / "tables"
GOOD = {
    "id": "q1", "question": "题目一", "options": ["甲", "乙"], "answer": "B", "explanation": "因为。",
}  # fmt: skip


def sheet(*lines):
    book = Workbook()
    for line in lines:
        book.active.append(line)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_the_shipped_bank_comes_back_unchanged(tmp_path):
    rows = question_bank.rows_of(TABLES / "quiz.yaml")
    found = question_bank.judge(question_sheet.read(question_sheet.written(rows)), rows)
    assert found.is_good
    assert {verdict.change for verdict in found.verdicts} == {""}
    assert found.removed == 0
    question_bank.take_over(tmp_path, found.rows, by="li", at="2026")
    assert load_quiz(tmp_path) == load_quiz(TABLES)
    assert question_bank.last_change(tmp_path) == ("li", "2026")


def test_a_text_that_looks_like_a_formula_stays_a_text():
    rows = [{**GOOD, "question": "=1+1 等于几", "options": ["-2", "2"]}]
    data = question_sheet.written(rows)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")
    ((_, row),) = question_sheet.read(data)
    assert (row["question"], row["options"]) == ("=1+1 等于几", ["-2", "2"])


def test_numbers_and_a_lower_case_answer_are_read_as_people_mean_them():
    head = ["编号", "题目", "选项A", "选项B", "选项C", "答案", "解析"]
    data = sheet(head, ["q9", "几月几日", 3, 4.0, None, "b", "四月"], [None] * 7)
    ((number, row),) = question_sheet.read(data)
    assert number == 2
    assert (row["options"], row["answer"]) == (["3", "4"], "B")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"question": ""}, "缺少题目"),
        ({"explanation": " "}, "缺少解析"),
        ({"answer": "C"}, "不在选项里"),
        ({"answer": ""}, "不在选项里"),
        ({"answer": "AB"}, "不在选项里"),
        ({"options": ["甲"]}, "至少两个"),
        ({"options": ["甲", "", "丙"]}, "中间不能空"),
        ({"options": ["甲", "甲"]}, "两个选项相同"),
        ({"question": "长" * 201}, "超过 200"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_by_its_number(change, problem):
    found = question_bank.judge(
        [(2, GOOD), (3, {**GOOD, "id": "q2", "question": "题目二", **change})], []
    )
    assert not found.is_good
    assert found.verdicts[0].problem == ""
    assert problem in found.verdicts[1].problem
    assert found.verdicts[1].row == 3


def test_duplicates_changes_and_removals_are_counted():
    before = [GOOD, {**GOOD, "id": "gone", "question": "旧题"}]
    found = question_bank.judge(
        [(2, {**GOOD, "answer": "A"}), (3, {**GOOD, "id": "q2"}), (4, GOOD)], before
    )
    assert [verdict.change for verdict in found.verdicts] == ["有改动", "新增", ""]
    assert "题目与第 2 行重复" in found.verdicts[1].problem
    assert "编号与第 2 行重复" in found.verdicts[2].problem
    assert found.removed == 1


def bomb():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (21 * 1024 * 1024))
    return content.getvalue()


def damaged(change):
    """A bank of one row with its sheet written anew."""
    whole, content = sheet(list(question_sheet.HEADINGS), ["q1", 7]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(content, "w") as packed:
        for name in old.namelist():
            text = old.read(name)
            packed.writestr(name, change(text) if name.endswith("sheet1.xml") else text)
    return content.getvalue()


def charts_only():
    book = Workbook()
    book.create_chartsheet()
    book.remove(book.active)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"not a zip", "xlsx"),
        (damaged(lambda text: text[: text.index(b"</row>") + 6]), "读不了"),
        (damaged(lambda text: text.replace(b"<v>7</v>", b"<v>x</v>")), "读不了"),
        (charts_only(), "读不了"),
        (bomb(), "太大"),
        (sheet(["编号", "题目"]), "表头缺少：选项A、选项B、答案、解析"),
        (sheet(), "表头缺少"),
    ],
)
def test_what_is_no_bank_is_refused(data, reason):
    with pytest.raises(SourceError, match=reason):
        question_sheet.read(data)
