"""Telling how a lead stands: its number and the last digits of the phone left with it."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.context import Event
from actions.forms import FAILURES, STUCK, FormEnd, SlotForm
from actions.replies import HUMAN, Button, Reply
from desk.engine import writing
from desk.lead_lookup import TooManyTriesError, look_up
from desk.lead_types import Lead
from desk.references import (
    ALPHABET,
    LEAD_PREFIX,
    TICKET_PREFIX,
    canonical_reference,
    references_in,
    without_references,
)

REFERENCE, PHONE = "status_reference", "status_phone"
# More numbers in one message than this are a list, not somebody's own leads.
MOST_AT_ONCE = 3
_BETWEEN = "、"
# Answers to the question for the number: without its letters, or written wrongly.
_BARE = re.compile(
    rf"(?<![A-Z0-9])(?=[0-9 -]*[A-Z])[{ALPHABET}]{{4}}[ -]?[{ALPHABET}]{{4}}(?![A-Z0-9])"
)
_MISWRITTEN = re.compile(rf"(?<![A-Z0-9])(?:{LEAD_PREFIX}|{TICKET_PREFIX})[A-Z0-9 -]{{4,16}}")
_DIGITS = re.compile(r"(?<![0-9])(?:[0-9]{7})?([0-9]{4})(?![0-9])")
_PHONE = re.compile(
    r"(?:后四位|后4位|尾号|手机|电话|号码)[^0-9A-Z]{0,6}(?:[0-9]{7})?([0-9]{4})(?![0-9])"
)


class ValidateStatusForm(SlotForm):
    """Reads the reference and the last four digits of the phone."""

    form = "status_form"
    slots = (REFERENCE, PHONE)

    def others(self, tracker: Tracker) -> dict[str, Any]:
        """References, and digits that are said to be a phone's or stand beside a reference."""
        references = references_in(talk.text(tracker), LEAD_PREFIX)
        rest = without_references(talk.text(tracker), LEAD_PREFIX)
        digits = (_DIGITS if references else _PHONE).findall(rest)
        return {
            REFERENCE: _BETWEEN.join(references[:MOST_AT_ONCE]) or None,
            PHONE: digits[-1] if digits else None,
        }

    def extract_status_reference(self, tracker: Tracker) -> str | None:
        """The references, else what was meant as one."""
        known = self.others(tracker)[REFERENCE]
        if known is not None:
            return str(known)
        text = talk.text(tracker).upper()
        bare = _BARE.search(text)
        if bare is not None:
            return canonical_reference(LEAD_PREFIX + bare[0])
        match = _MISWRITTEN.search(text)
        return canonical_reference(match[0]) if match else None

    def extract_status_phone(self, tracker: Tracker) -> str | None:
        """The last four digits."""
        rest = without_references(talk.text(tracker), LEAD_PREFIX)
        runs = re.findall(r"[0-9]{4,}", rest)
        return runs[-1][-4:] if runs else None

    def _answer(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, asked: str, *, is_stuck: bool
    ) -> list[Event]:
        given = {name: value for name, value in self.others(tracker).items() if value is not None}
        if REFERENCE not in given:
            return super()._answer(dispatcher, tracker, asked, is_stuck=is_stuck)
        # A number is an answer whatever is asked around it, and a second one replaces the first.
        done = [SlotSet(FAILURES, 0.0), *([SlotSet(STUCK, None)] if is_stuck else [])]
        return [*(SlotSet(name, value) for name, value in given.items()), *done]


class ActionLeadStatus(FormEnd):
    """Says where leads stand, to who knows their number and phone."""

    def name(self) -> str:
        """The action's name."""
        return "action_lead_status"

    def end(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Look the leads up."""
        done = [SlotSet(REFERENCE, None), SlotSet(PHONE, None)]
        references, digits = talk.slot(tracker, REFERENCE), talk.slot(tracker, PHONE)
        if references is None or digits is None:
            return done
        missing = []
        for reference in references.split(_BETWEEN):
            try:
                # Counted in a transaction of its own, which stands also when it is one try too many.
                with writing(self.services.engine) as conn:
                    lead = look_up(conn, reference, digits, tracker.sender_id)
            except TooManyTriesError as error:
                _too_often(error.minutes).send(dispatcher)
                break
            if lead is None:
                missing.append(reference)
            else:
                _standing(lead).send(dispatcher)
        if missing:
            Reply(
                "utter_lead_not_found",
                kind="notice",
                fields={"reference": _BETWEEN.join(missing)},
                buttons=[Button.same("查进度"), HUMAN],
            ).send(dispatcher)
        return done


def _too_often(minutes: int) -> Reply:
    return Reply(
        "utter_lead_too_often", kind="notice", fields={"minutes": str(minutes)}, buttons=[HUMAN]
    )


def _standing(lead: Lead) -> Reply:
    return Reply(
        "utter_lead_status",
        kind="lead",
        fields={"reference": lead.reference or "", "stage": lead.stage.label},
        buttons=[HUMAN],
        data={"reference": lead.reference, "status": lead.stage.value},
    )
