"""What a card sends is checked like answers typed one by one."""

from __future__ import annotations

from datetime import date

import pytest

from actions.lead_card import card_fields

TODAY = date(2026, 11, 28)


def said(make_tracker, lead):
    tracker = make_tracker("同意", intent="affirm")
    tracker.latest_message["metadata"] = {"lead": lead}
    return card_fields(tracker, TODAY)


def test_a_message_without_a_card_has_no_fields(make_tracker):
    assert card_fields(make_tracker("同意", intent="affirm"), TODAY) is None
    assert said(make_tracker, "企业名称") is None


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("company", "  广州花灯有限公司 ", "广州花灯有限公司"),
        ("company", 7, None),
        ("phone", "138 0013 8000", "13800138000"),
        ("phone", "1380013800", None),
        ("credit_code", "91350211M000100Y46", "91350211M000100Y46"),
        ("credit_code", "91350211M000100Y40", None),
        ("served_on", "2026-11-16", "2026-11-16"),
        ("served_on", "2026-11-29", None),
        ("served_on", "上周", None),
        ("brief", "情" * 900, "情" * 500),
        ("brief", "", None),
    ],
)
def test_each_field_is_read_or_left_open(make_tracker, name, value, read):
    fields = said(make_tracker, {name: value})
    assert fields[f"lead_{name}"] == read
    assert all(other is None for key, other in fields.items() if key != f"lead_{name}")
