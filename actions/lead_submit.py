"""The end of the form for aid: what will be sent is shown, and sent once it is confirmed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.engine import Connection

from actions import conversation as talk
from actions import lead_check
from actions.checklist import checklist_reply, fitting
from actions.context import AssistantAction, Event, Services
from actions.forms import NOT_GIVEN, FormEnd
from actions.funding_check import funding_check
from actions.lead import FIELDS, YES
from actions.matter import route
from actions.replies import HUMAN, Button, Reply, citation
from actions.shelf import Shelf
from desk import lead_intake, lead_work, leads, papers
from desk.engine import writing
from desk.errors import InvalidRecordError
from knowledge.errors import DeskError
from knowledge.types import Citation

logger = logging.getLogger(__name__)

# Item 8 of the 2020 policy: aid for enterprises' disputes abroad.
POLICY_FACT = "policy-08"
# New leads of one conversation; a company with more disputes a day needs a person, not a form.
MOST_A_DAY = 10


def summary(values: Mapping[str, Any]) -> str:
    """The fields as lines."""
    return "\n".join(f"{label}：{values.get(name) or NOT_GIVEN}" for name, label in FIELDS.items())


class ActionAskLeadConfirm(AssistantAction):
    """Shows the summary before anything is saved."""

    def name(self) -> str:
        """The name under which the form asks."""
        return "action_ask_lead_form_lead_confirm"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Show what would be saved."""
        values = {name: tracker.get_slot(name) for name in FIELDS}
        Reply(
            "utter_lead_summary",
            kind="question",
            fields={"summary": summary(values)},
            buttons=[Button.same("确认提交"), Button.same("改一项"), Button("取消", "取消登记")],
            data={"fields": {FIELDS[name]: value for name, value in values.items()}},
        ).send(dispatcher)
        return []


class ActionSubmitLead(FormEnd):
    """Saves a confirmed lead; without consent or confirmation nothing is stored."""

    def name(self) -> str:
        """The action's name."""
        return "action_submit_lead"

    def end(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Save and say the reference, the material list and what the policy says."""
        outcome = talk.slot(tracker, "form_outcome")
        if outcome == "refused":
            dispatcher.utter_message(response="utter_consent_refused")
            return _cleared(outcome=None)
        consent = talk.slot(tracker, "lead_consent")
        if consent is None or tracker.get_slot("lead_confirm") != YES:
            return []
        try:
            lead = _lead(self.services, tracker, consent)
            with writing(self.services.engine) as conn:
                reference, created = lead_intake.upsert(conn, lead, most_a_day=MOST_A_DAY)
                _keep_check(self.services, conn, reference, talk.slot(tracker, "party"))
            _attach_papers(self.services, tracker.sender_id, reference)
        except InvalidRecordError as error:
            dispatcher.utter_message(response="utter_lead_rejected", reason=str(error))
            return [SlotSet("lead_confirm", None)]
        cited = policy_citation(self.services)
        Reply(
            "utter_lead_saved" if created else "utter_lead_updated",
            kind="lead",
            fields={
                "reference": reference,
                "policy": f"政策依据：{cited.title}。" if cited else "",
            },
            citations=[cited] if cited else [],
            buttons=[Button.same("查进度"), HUMAN],
            data={"reference": reference, "status": leads.Stage.NEW.value, "created": created},
        ).send(dispatcher)
        lists = fitting(self.services, tracker)
        if lists:
            checklist_reply(lists[0]).send(dispatcher)
        role = talk.slot(tracker, "party")
        compared = funding_check(self.services, lead, {"role": role} if role else {})
        if compared is not None:
            compared.send(dispatcher)
        return _cleared(outcome=None)


def _attach_papers(services: Services, sender: str, reference: str) -> None:
    """The papers of the conversation become files of the lead; a disk that is full costs no lead."""
    folder = services.settings.desk.attachments_dir
    try:
        with writing(services.engine) as conn:
            papers.attach(conn, folder, sender, reference)
    except DeskError as error:
        logger.error("papers were not attached to %s: %s", reference, error)


def _keep_check(services: Services, conn: Connection, reference: str, role: str | None) -> None:
    """Have the first comparison with funding programs ready; one that cannot be made costs no lead."""
    lead = leads.get(conn, reference)
    known = {code for code, _label in lead_check.CHOICES["role"]}
    answers = {**lead_check.answers_from(lead), **({"role": role} if role in known else {})}
    try:
        found = lead_check.check(lead, answers, services.router, services.today())
    except InvalidRecordError as error:
        logger.error("%s was not compared with funding programs: %s", reference, error)
        return
    lead_work.record_check(conn, reference, "bot", answers, [item.to_json() for item in found])


def _lead(services: Services, tracker: Tracker, consent: str) -> leads.Lead:
    given = {
        name: (None if value == NOT_GIVEN else value)
        for name in FIELDS
        if (value := tracker.get_slot(name)) is not None
    }
    served = given.get("lead_served_on")
    routing = route(services, tracker, given.get("lead_region"))
    return leads.Lead(
        company=given.get("lead_company") or "",
        contact=given.get("lead_contact") or "",
        phone=given.get("lead_phone") or "",
        consent_version=consent,
        sender=tracker.sender_id,
        channel=talk.channel(tracker),
        credit_code=given.get("lead_credit_code"),
        district=given.get("lead_region"),
        country=given.get("lead_country"),
        right=given.get("lead_right"),
        procedure=given.get("lead_stage"),
        service_date=date.fromisoformat(served) if served else None,
        spent=given.get("lead_cost"),
        brief=given.get("lead_brief"),
        industry=services.vocabulary.industry(talk.slot(tracker, "industry")) or None,
        center=routing.primary.center.id,
    )


def _cleared(*, outcome: str | None) -> list[Event]:
    names = ("lead_consent", *FIELDS, "lead_confirm", "lead_edit")
    return [
        *(SlotSet(name, None) for name in names),
        SlotSet("form_outcome", outcome),
        SlotSet("last_topic", "lead"),
    ]


def policy_citation(services: Services) -> Citation | None:
    """The passage of the policy that aid abroad rests on, if it is published."""
    index = services.index.current()
    passage = Shelf.of(index).resting_on(POLICY_FACT)
    return citation(passage, index.snapshot_id) if passage else None
