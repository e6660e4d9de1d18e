from __future__ import annotations

import csv
import io

import pytest
from openpyxl import load_workbook
from sqlalchemy.engine import Engine

from desk import audit, exports, lead_intake, leads
from desk.engine import writing
from desk.errors import InvalidRecordError
from desk.exports import FIELDS, Format, cell
from knowledge.errors import SourceError
from knowledge.lead_export_table import CONTACT, Column, load_export_columns
from knowledge.lead_export_table import FIELDS as NAMES
from settings import ROOT

COLUMNS = load_export_columns(ROOT / "knowledge" / "tables")


def _rows(content: bytes, file_format: Format) -> list[list[str]]:
    if file_format is Format.CSV:
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(content)).active
    return [[str(item.value or "") for item in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("file_format", list(Format))
def test_export_masks_contact_details_by_default(
    either_db: Engine, lead, file_format: Format
) -> None:
    with writing(either_db) as conn:
        lead_intake.upsert(
            conn, lead(credit_code="91350100M000100Y43", brief="请打13900139000或a.b@c.com")
        )
        content = exports.export(
            conn, leads.listing(conn), file_format, "cli:li", columns=COLUMNS.leads
        )
    heading, row = _rows(content, file_format)
    assert heading == [column.heading for column in COLUMNS.leads]
    assert "138****8000" in row
    shown = "|".join(row)
    for secret in ("张三", "13800138000", "91350100M000100Y43", "13900139000", "a.b@c.com"):
        assert secret not in shown


@pytest.mark.parametrize("file_format", list(Format))
def test_revealing_needs_a_reason_and_is_recorded(
    either_db: Engine, lead, file_format: Format
) -> None:
    with writing(either_db) as conn:
        lead_intake.upsert(conn, lead())
        found = leads.listing(conn)
        with pytest.raises(InvalidRecordError, match="理由"):
            exports.export(
                conn, found, file_format, "cli:li", columns=COLUMNS.leads, reveal=True, reason=" "
            )
        assert audit.search(conn) == ()
        content = exports.export(
            conn,
            found,
            file_format,
            "cli:li",
            columns=COLUMNS.leads,
            reveal=True,
            reason="报送11月批次",
        )
        (entry,) = audit.search(conn)
    assert "13800138000" in _rows(content, file_format)[1]
    assert (entry.actor, entry.action) == ("cli:li", "export")
    assert entry.detail == {
        "format": file_format.value, "rows": 1, "revealed": True, "reason": "报送11月批次",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "  =1", "|calc", "\r=1", "\x01=1"]
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text).startswith("'")


@pytest.mark.parametrize("text", ["甲公司", "3万美元", "", "2026-11-20", "a=b"])
def test_plain_values_are_left_alone(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize("file_format", list(Format))
def test_formula_in_a_name_arrives_as_text(either_db: Engine, lead, file_format: Format) -> None:
    hostile = '=HYPERLINK("http://x","点我")'
    with writing(either_db) as conn:
        lead_intake.upsert(conn, lead(company=hostile, brief="一\n二\x07"))
        content = exports.export(
            conn, leads.listing(conn), file_format, "cli:li", columns=COLUMNS.leads
        )
    row = _rows(content, file_format)[1]
    assert "'" + hostile in row
    assert "一\n二" in row
    if file_format is Format.XLSX:
        sheet = load_workbook(io.BytesIO(content)).active
        assert "f" not in {item.data_type for item in sheet[2]}
        assert not any(str(item.value).startswith("=") for item in sheet[2])


def test_export_of_nothing_has_the_headings(either_db: Engine) -> None:
    with writing(either_db) as conn:
        assert (
            len(
                _rows(
                    exports.export(conn, (), Format.CSV, "cli:li", columns=COLUMNS.leads),
                    Format.CSV,
                )
            )
            == 1
        )


def test_columns_follow_the_form_that_was_given(either_db: Engine, lead) -> None:
    columns = (Column("序号", None), Column("单位", "company"), Column("案由", "right"))
    with writing(either_db) as conn:
        lead_intake.upsert(conn, lead())
        (kept,) = leads.listing(conn)
        content = exports.export(conn, [kept], Format.CSV, "cli:li", columns=columns)
    assert _rows(content, Format.CSV) == [["序号", "单位", "案由"], ["", kept.company, kept.right]]


def test_every_field_of_the_forms_can_be_written() -> None:
    from desk.digests import CASE_FIELDS

    assert set(FIELDS) | {"result"} == NAMES
    assert set(CASE_FIELDS) == NAMES - CONTACT


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{id: a, form: leads, heading: 电话, field: telephone}", "不认识“telephone”"),
        ("{id: a, form: cases, heading: 电话, field: phone}", "不带联系人、电话"),
        ("{id: a, form: other, heading: 电话}", "form"),
        ("{id: a, form: leads, field: phone}", "heading"),
    ],
)
def test_a_wrong_form_is_refused_with_its_row(tmp_path, row: str, said: str) -> None:
    (tmp_path / "lead_export_columns.yaml").write_text(f"- {row}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=said):
        load_export_columns(tmp_path)
