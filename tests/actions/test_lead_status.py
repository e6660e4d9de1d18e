"""A person finds their own lead by its number and the end of their phone, however they write it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from actions.lead_status import ActionLeadStatus, ValidateStatusForm
from desk import lead_intake, leads
from desk.engine import writing
from desk.times import utc_now

LEAD = leads.Lead(
    company="广州测试灯具有限公司",
    contact="张三",
    phone="13800138000",
    consent_version="2026-11-23",
    consent_at=utc_now(),
    sender="someone",
    channel="rest",
    country="美国",
    right="专利",
    procedure="337调查",
)
LETTERS_ONLY, DIGITS_ONLY = "XS-ACEF-HJKM", "XS-3479-3479"
FORM = ValidateStatusForm(lambda: None)  # type: ignore[arg-type, return-value]


@pytest.fixture
def engine(fresh_db: Engine) -> Engine:
    return fresh_db


def stored(engine: Engine, monkeypatch: pytest.MonkeyPatch, *references: str) -> None:
    for number, reference in enumerate(references):
        monkeypatch.setattr(lead_intake, "new_reference", lambda _prefix, drawn=reference: drawn)
        with writing(engine) as conn:
            lead_intake.upsert(conn, replace(LEAD, country=f"第{number}国"))


def heard(dispatcher: Any, make_tracker: Any, text: str, **slots: Any) -> dict[str, Any]:
    tracker = make_tracker(text, "lead_status", slots=slots, loop="status_form")
    return {item["name"]: item["value"] for item in FORM.act(dispatcher, tracker)}


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("xsacefhjkm 8000", "8000"),
        ("XS-ACEF-HJKM，手机后四位8000，现在到哪一步了？", "8000"),
        ("XS ACEF HJKM 电话13800138000", "8000"),
        ("ＸＳ－ＡＣＥＦ－ＨＪＫＭ", None),
    ],
)
def test_one_message_holds_both(
    dispatcher: Any, make_tracker: Any, text: str, digits: str | None
) -> None:
    events = heard(dispatcher, make_tracker, text, requested_slot="status_reference")
    assert events["status_reference"] == LETTERS_ONLY
    assert events.get("status_phone") == digits


def test_digits_of_the_number_are_not_taken_for_the_phone(
    dispatcher: Any, make_tracker: Any
) -> None:
    events = heard(dispatcher, make_tracker, DIGITS_ONLY, requested_slot="status_reference")
    assert events["status_reference"] == DIGITS_ONLY
    assert "status_phone" not in events


def test_a_year_is_no_phone(dispatcher: Any, make_tracker: Any) -> None:
    tracker = make_tracker("查一下2026年10月登记的进度", "lead_status")
    assert FORM.others(tracker) == {"status_reference": None, "status_phone": None}


def test_another_number_replaces_the_first(dispatcher: Any, make_tracker: Any) -> None:
    slots = {"requested_slot": "status_phone", "status_reference": DIGITS_ONLY}
    events = heard(dispatcher, make_tracker, "写错了，是XS-ACEF-HJKM", **slots)
    assert events["status_reference"] == LETTERS_ONLY


def test_the_letters_in_front_may_be_left_out(dispatcher: Any, make_tracker: Any) -> None:
    events = heard(dispatcher, make_tracker, "7k4a-9txm", requested_slot="status_reference")
    assert events["status_reference"] == "XS-7K4A-9TXM"


def test_each_lead_of_a_message_is_told(
    engine: Engine, dispatcher: Any, make_tracker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(engine, monkeypatch, LETTERS_ONLY, DIGITS_ONLY)
    action = ActionLeadStatus(lambda: SimpleNamespace(engine=engine))  # type: ignore[arg-type, return-value]
    asked = f"{LETTERS_ONLY}、{DIGITS_ONLY}、XS-7K4A-9TXM"
    slots = {"status_reference": asked, "status_phone": "8000"}
    action.act(dispatcher, make_tracker("8000", slots=slots))
    told = [(item["response"], item.get("reference")) for item in dispatcher.messages]
    assert told == [
        ("utter_lead_status", LETTERS_ONLY),
        ("utter_lead_status", DIGITS_ONLY),
        ("utter_lead_not_found", "XS-7K4A-9TXM"),
    ]
