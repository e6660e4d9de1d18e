"""The procedure of a dispute stays what was told, whatever else is asked for or a button says."""

from types import SimpleNamespace

import pytest

from actions.handoff import facts
from actions.lead import ValidateLeadForm
from actions.matter import dispute_procedure
from actions.vocabulary import Vocabulary
from settings import KnowledgeSettings

TOLD = {"event": "slot", "name": "procedure", "value": "tro"}
FUNDING = {"event": "slot", "name": "procedure", "value": "funding"}
RESET = {"event": "reset_slots"}
SERVICES = SimpleNamespace(vocabulary=Vocabulary.load(KnowledgeSettings().tables_dir))
BUTTON = "登记援助/资助线索"


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


def test_lead_opened_by_its_button_keeps_the_order_it_is_about(make_tracker):
    tracker = make_tracker(
        BUTTON,
        intent="lead",
        entities=[("procedure", "funding")],
        slots={"procedure": "funding", "country": "US"},
        events=[TOLD, FUNDING],
    )
    form = ValidateLeadForm(lambda: SERVICES)
    assert form.prefill(tracker)["lead_stage"] == "临时限制令（TRO）"
    assert "lead_stage" not in form.others(tracker)
    assert form.extract_lead_stage(tracker) is None


def test_staff_read_the_dispute_and_not_what_the_button_said(make_tracker):
    tracker = make_tracker(BUTTON, slots={"procedure": "funding"}, events=[TOLD, FUNDING])
    assert facts(SERVICES, tracker)["程序"] == "临时限制令（TRO）"
