"""Tables of questions: every usable row is read, every other one named with its place."""

from __future__ import annotations

import io

import openpyxl
import pytest

from knowledge.chunking import passages
from knowledge.errors import SourceError
from knowledge.loaders import load
from knowledge.loaders.faq_table import COLUMNS, template
from knowledge.types import Kind

HEAD = "问题,答案,相似问法,不应匹配,国家或地区,依据,网址,资料截至\n"
ROW = "展会被投诉怎么办,先看文件，再联系主办方。,参展被投诉##展位被查,展会怎么报名,德国,展会规则第3条,https://example.org/r,2026-05-01\n"


def csv_file(tmp_path, text, name="展会问答.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def xlsx_file(tmp_path, sheets, name="展会问答.xlsx"):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = tmp_path / name
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_row_becomes_a_question_with_its_answer(tmp_path, encoding, delimiter):
    text = (HEAD + ROW).replace(",", delimiter)
    document = load(csv_file(tmp_path, text, encoding=encoding))
    assert (document.meta.kind, document.meta.title) == (Kind.FAQ, "展会问答")
    assert (document.meta.as_of, document.meta.jurisdiction) == ("2026-05-01", ("DE",))
    (passage,) = passages(document, {})
    assert passage.heading == ("展会被投诉怎么办",)
    assert passage.text == "先看文件，再联系主办方。"
    assert passage.similar == ("参展被投诉", "展位被查")
    assert passage.negative == ("展会怎么报名",)
    assert (passage.basis, passage.url) == ("展会规则第3条", "https://example.org/r")
    assert passage.jurisdiction == ("DE",)


def test_a_table_with_other_headings_and_several_values_in_a_cell_is_read(tmp_path):
    text = (
        "2026年客服问答\n序号,常见问题,答复内容,其他问法,适用国家,来源依据,备注\n"
        '1,Temu店铺被投诉怎么办,先看通知。,"Temu侵权申诉\n拼多多跨境被投诉","美国、德国",Temu规则,核对过\n'
    )
    (section,) = load(csv_file(tmp_path, text, encoding="gb18030")).sections
    assert section.heading == ("Temu店铺被投诉怎么办",)
    assert section.similar == ("Temu侵权申诉", "拼多多跨境被投诉")
    assert section.jurisdiction == ("US", "DE")
    assert section.basis == "Temu规则"


def test_id_of_a_row_stays_when_its_answer_changes(tmp_path):
    first = passages(load(csv_file(tmp_path, HEAD + ROW)), {})[0]
    second = passages(load(csv_file(tmp_path, HEAD + ROW.replace("再联系", "马上联系"))), {})[0]
    assert first.id == second.id
    assert first.version != second.version


def test_row_without_a_country_is_general_beside_rows_that_have_one(tmp_path):
    document = load(csv_file(tmp_path, HEAD + ROW + "展品被查怎么办,不要签字。,,,,,,\n"))
    assert [passage.jurisdiction for passage in passages(document, {})] == [("DE",), ("GENERAL",)]


def test_row_without_a_rule_never_shows_the_rule_of_another_row(tmp_path):
    document = load(csv_file(tmp_path, HEAD + ROW + "展品被查怎么办,不要签字。,,,,,,\n"))
    second = passages(document, {})[1]
    assert (second.basis, second.url) == (None, None)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",没有问题,,,,,,", "缺少问题"),
        ("只有问题,,,,,,,", "缺少答案"),
        ("问一,答一,,,火星,,,", "火星"),
        ("问一,答一,,,,,ftp://x,", "http"),
        ("问一,答一,,,,,,去年", "2026-05-01"),
        ("问一,答一,,,,,,2026-02-31", "有效日期"),
        ("问一,答一,同一问,同一问,,,,", "同时写在"),
        ("长" * 201 + ",答,,,,,,", "200"),
    ],
)
def test_unusable_row_is_named_with_its_place_and_the_rest_is_read(tmp_path, row, reason):
    document = load(csv_file(tmp_path, HEAD + ROW + row + "\n另一问,另一答,,,,,,\n"))
    (rejected,) = document.rejected
    assert rejected.place == "第3行"
    assert reason in rejected.reason
    assert len(document.sections) == 2


def test_repeated_question_is_named_with_the_row_it_repeats(tmp_path):
    rows = ROW + ROW + ROW.replace("先看文件", "先找律师")
    document = load(csv_file(tmp_path, HEAD + rows))
    assert [(item.place, item.reason) for item in document.rejected] == [
        ("第3行", "与第2行重复，只保留前一行"),
        ("第4行", "问题与第2行相同但答案不同，请合并成一行"),
    ]
    assert len(document.sections) == 1


def test_cell_with_line_breaks_and_commas_is_one_answer(tmp_path):
    document = load(
        csv_file(tmp_path, '问题,答案\n怎么办,"第一步，看文件。\n\n第二步，打电话。"\n')
    )
    assert document.sections[0].text == "第一步，看文件。\n第二步，打电话。"


def test_every_sheet_with_the_columns_is_read_and_others_are_reported(tmp_path):
    head = ["序号", "问题（必填）", "回答"]
    path = xlsx_file(tmp_path, {
        "甲": [["说明文字"], head, [1, "问一", "答一"], [2, "问二", 20.0]],
        "乙": [head, [1, "问三", None], [2, "问四", "答四"]],
        "图表": [["年份", "数量"], [2026, 3]],
    })  # fmt: skip
    document = load(path)
    assert [section.text for section in document.sections] == ["答一", "20", "答四"]
    assert document.rejected[0].place == "“乙”第2行"
    assert document.warnings == ("工作表“图表”没有“问题”和“答案”两列，未导入",)


def test_template_has_the_columns_and_reads_back_once_it_is_filled_in(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(template()))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [column.title for column in COLUMNS]
    sheet.append([column.example for column in COLUMNS])
    path = tmp_path / "我的问答.xlsx"
    book.save(path)
    (section,) = load(path).sections
    assert section.jurisdiction == ("DE",)
    assert len(section.similar) == 2


@pytest.mark.parametrize("text", ["甲,乙\n1,2\n", "问题,答案\n", "问题,答案\n,\n,x\n"])
def test_table_without_a_usable_row_is_refused_and_says_why(tmp_path, text):
    with pytest.raises(SourceError, match=r"展会问答\.csv.*(模板|没有一行可用)"):
        load(csv_file(tmp_path, text))


def test_word_file_under_an_excel_name_is_refused(tmp_path):
    import docx

    path = tmp_path / "展会.xlsx"
    docx.Document().save(path)
    with pytest.raises(SourceError, match="不是 Excel"):
        load(path)


def test_rows_in_are_rows_out(tmp_path):
    rows = "".join(f"第{n}个问题怎么办,答{n}。,,,,,,\n" for n in range(1, 501))
    assert len(passages(load(csv_file(tmp_path, HEAD + rows)), {})) == 500
