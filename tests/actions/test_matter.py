"""The procedure of a dispute stays what was told, whatever else is asked for or a button says."""

from datetime import date
from types import SimpleNamespace

import pytest

from actions.handoff import facts
from actions.lead import ValidateLeadForm
from actions.matter import dispute_procedure
from actions.vocabulary import Vocabulary
from desk import matters
from desk.engine import writing
from desk.matters import Matter
from settings import KnowledgeSettings
from tests.fresh_database import fresh_database

TOLD = {"event": "slot", "name": "procedure", "value": "tro"}
FUNDING = {"event": "slot", "name": "procedure", "value": "funding"}
RESET = {"event": "reset_slots"}
BUTTON = "登记援助/资助线索"


@pytest.fixture
def services(tmp_path):
    engine = fresh_database(tmp_path / "desk.sqlite")
    yield SimpleNamespace(vocabulary=Vocabulary.load(KnowledgeSettings().tables_dir), engine=engine)
    engine.dispose()


@pytest.mark.parametrize(
    ("slot", "events", "expected"),
    [
        ("tro", [TOLD], "tro"),
        ("funding", [TOLD, FUNDING], "tro"),
        ("funding", [FUNDING], None),
        ("funding", [TOLD, RESET, FUNDING], None),
        (None, [], None),
    ],
)
def test_funding_never_becomes_the_procedure_of_the_dispute(make_tracker, slot, events, expected):
    tracker = make_tracker(BUTTON, slots={"procedure": slot}, events=events)
    assert dispute_procedure(tracker) == expected


def test_lead_opened_by_its_button_keeps_the_order_it_is_about(make_tracker, services):
    tracker = make_tracker(
        BUTTON,
        intent="lead",
        entities=[("procedure", "funding")],
        slots={"procedure": "funding", "country": "US"},
        events=[TOLD, FUNDING],
    )
    form = ValidateLeadForm(lambda: services)
    assert form.prefill(tracker)["lead_stage"] == "临时限制令（TRO）"
    assert "lead_stage" not in form.others(tracker)
    assert form.extract_lead_stage(tracker) is None


def test_staff_read_the_dispute_and_not_what_the_button_said(make_tracker, services):
    tracker = make_tracker(BUTTON, slots={"procedure": "funding"}, events=[TOLD, FUNDING])
    assert facts(services, tracker)["程序"] == "临时限制令（TRO）"


RECORD = {
    "country": "DE",
    "procedure": "squatting",
    "received_on": "2026-11-16",
    "paper": "异议通知",
}


def test_staff_and_lead_get_what_was_told_and_not_what_was_asked_last(make_tracker, services):
    with writing(services.engine) as conn:
        matters.save(conn, Matter("someone", 0, facts=RECORD))
    asked = {"country": "JP", "procedure": "section-337"}
    tracker = make_tracker("转人工", intent="human", slots=asked)
    known = facts(services, tracker)
    assert (known["争议国家"], known["程序"]) == ("德国", "商标抢注")
    assert (known["文书"], known["收到日期"]) == ("异议通知", "2026-11-16")
    filled = ValidateLeadForm(lambda: services_with_clock(services)).prefill(tracker)
    assert (filled["lead_country"], filled["lead_stage"]) == ("德国", "商标抢注")
    assert filled["lead_served_on"] == "2026-11-16"


def services_with_clock(services):
    return SimpleNamespace(**vars(services), today=lambda: date(2026, 11, 28))
