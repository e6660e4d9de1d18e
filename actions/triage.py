"""Taking in what happened: two tracks, only what is missing is asked, one summary at the end."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.context import Event
from actions.forms import NOT_GIVEN, FormEnd, SlotForm
from actions.triage_summary import story_of, summarise

RESPONDENT, OWNER = "respondent", "owner"
# Events that only happen to one side.
_PARTY_OF = {
    "tro": RESPONDENT, "section-337": RESPONDENT, "court": RESPONDENT, "warning-letter": RESPONDENT,
    "platform": RESPONDENT, "customs": RESPONDENT, "fair": RESPONDENT, "squatting": OWNER,
}  # fmt: skip
# Said by those to whom something was done; 我们的 before it (我们的专利被抄) is the owner speaking.
_SUFFERED = re.compile(
    r"被告|被诉|被起诉|被投诉|被查|被扣|被收|被封|被冻|收到|冻结|收走|没收|查扣|扣押|扣了|扣下|"
    r"(?:告|起诉|投诉|举报)了?我|(?:警察|海关|法院|执行官|律师|官员)[^，。]{0,12}(?:拿走|带走|搬走|来查|上门)|"
    r"(?:要求|让|叫)我们?(?:赔|停|下架|签)"
)


class ValidateTriageForm(SlotForm):
    """Fills the track, the country and what happened from anything that was said."""

    form = "triage_form"
    slots = ("triage_party", "triage_country", "triage_procedure")
    optional = frozenset(("triage_country", "triage_procedure"))

    def prefill(self, tracker: Tracker) -> dict[str, Any]:
        """What earlier messages said."""
        text = talk.text(tracker)
        procedure = talk.slot(tracker, "procedure")
        party = (
            talk.slot(tracker, "party")
            or _PARTY_OF.get(procedure or "")
            or self.extract_triage_party(tracker)
        )
        if text in ("我被诉或被投诉", "我要维权或布局"):
            party = RESPONDENT if text.startswith("我被") else OWNER
            procedure = None
        return {
            "triage_party": party,
            "triage_country": talk.slot(tracker, "country"),
            "triage_procedure": procedure,
        }

    def others(self, tracker: Tracker) -> dict[str, Any]:
        """What this message says."""
        return {
            "triage_party": talk.entity(tracker, "party"),
            "triage_country": talk.entity(tracker, "country"),
            "triage_procedure": talk.entity(tracker, "procedure"),
        }

    def extract_triage_party(self, tracker: Tracker) -> str | None:
        """Which side the person is on."""
        text = talk.text(tracker)
        named = talk.entity(tracker, "party") or _PARTY_OF.get(
            talk.entity(tracker, "procedure") or ""
        )
        if named is not None:
            return named
        if _SUFFERED.search(text):
            return RESPONDENT
        return (
            OWNER
            if any(word in text for word in ("维权", "布局", "侵权了", "仿冒", "抄"))
            else None
        )

    def extract_triage_country(self, tracker: Tracker) -> str | None:
        """Where it happens."""
        return talk.entity(tracker, "country")

    def extract_triage_procedure(self, tracker: Tracker) -> str | None:
        """What was received or happened."""
        named = talk.entity(tracker, "procedure")
        text = talk.text(tracker)
        is_bare = 2 <= len(text) <= 30 and talk.intent(tracker) in ("inform", "triage")
        return named or (text if is_bare else None)


class ActionTriage(FormEnd):
    """The summary: the guide that fits, the date, the first steps, the options, the list, the center."""

    def name(self) -> str:
        """The action's name."""
        return "action_triage"

    def end(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Put together what the conversation holds."""
        given = {
            name: (None if (value := talk.slot(tracker, f"triage_{name}")) == NOT_GIVEN else value)
            for name in ("party", "country", "procedure")
        }
        cleared = [
            SlotSet(name, None) for name in ("triage_party", "triage_country", "triage_procedure")
        ]
        story = story_of(tracker, ValidateTriageForm.form)
        return [*cleared, *summarise(self.services, dispatcher, tracker, given, story)]
