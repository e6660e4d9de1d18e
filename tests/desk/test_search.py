"""One search: what is found by what, and that nobody finds what they may not see."""

from __future__ import annotations

from typing import Any

import pytest

from desk import handoffs, lead_intake, recording, search, staff
from desk.engine import reading, writing
from desk.permissions import Role


@pytest.fixture
def filled(fresh_db: Any, lead: Any) -> Any:
    with writing(fresh_db) as conn:
        for login, role, center in (
            ("agent", Role.AGENT, "gz-aid"), ("officer", Role.LEAD_OFFICER, "gz-aid"),
            ("other", Role.LEAD_OFFICER, "gd-ippc"), ("all", Role.ADMIN, None),
            ("trainer", Role.TRAINER, "gz-aid"),
        ):  # fmt: skip
            staff.add(conn, login, login, role, center, "test")
        recording.receive(conn, "a", "web", "我们的案号是337-TA-1290，请打13912345678找周工")
        handoffs.open_ticket(
            conn,
            "a",
            "想请人看看",
            center="gz-aid",
            facts={"企业名称": "明烛灯具", "争议国家": "美国"},
        )
        handoffs.set_callback(conn, "a", phone="13912345678")
        lead_intake.upsert(
            conn, lead(company="广州花灯有限公司", phone="13800138000", center="gz-aid")
        )
    return fresh_db


def found(engine: Any, login: str, words: str) -> search.Found:
    with reading(engine) as conn:
        return search.search(conn, staff.get(conn, login), words)


@pytest.mark.parametrize(
    ("words", "tickets", "leads_", "said"),
    [
        ("明烛", 1, 0, 0),
        ("花灯", 0, 1, 0),
        ("8000", 0, 1, 0),
        ("5678", 1, 0, 1),
        ("13912345678", 1, 0, 1),
        ("337-ta-1290", 0, 0, 1),
        ("没有这个", 0, 0, 0),
        ("灯", 0, 0, 0),
        ("%%", 0, 0, 0),
        ("' OR '1'='1", 0, 0, 0),
    ],
)
def test_each_kind_of_word_finds_what_carries_it(filled, words, tickets, leads_, said):
    result = found(filled, "officer", words)
    assert (len(result.tickets), len(result.leads), len(result.words)) == (tickets, leads_, said)


def test_four_digits_count_at_the_end_of_a_phone_only(filled):
    assert not found(filled, "officer", "1391").tickets
    assert found(filled, "officer", "5678").tickets[0].why == "电话尾号"


def test_reference_is_found_however_it_is_typed(filled):
    with reading(filled) as conn:
        reference = handoffs.listing(conn)[0].reference
    result = found(filled, "agent", reference.lower().replace("-", " "))
    assert [(item.reference, item.why) for item in result.tickets] == [(reference, "编号")]


@pytest.mark.parametrize("login", ["other", "trainer"])
def test_other_centers_and_other_roles_find_nothing(filled, login):
    for words in ("明烛", "花灯", "8000", "337-TA-1290"):
        assert found(filled, login, words).is_empty


def test_role_without_leads_finds_no_lead(filled):
    assert not found(filled, "agent", "花灯").leads
    assert found(filled, "all", "花灯").leads


def test_piece_of_a_message_never_cuts_a_number_in_two():
    text = "电话" + "13912345678" + "，" + "字" * 80
    assert "13912345678" in search.around(text, "12345")
    long = "字" * 60 + "目标" + "字" * 60
    assert search.around(long, "目标") == "…" + "字" * 40 + "目标" + "字" * 40 + "…"


@pytest.mark.parametrize(
    ("login", "may"), [("agent", True), ("officer", True), ("all", True), ("trainer", False)]
)
def test_whoever_could_find_something_may_search(filled, login, may):
    with reading(filled) as conn:
        assert search.may_search(staff.get(conn, login)) is may
