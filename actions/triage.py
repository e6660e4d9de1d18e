"""Taking in what happened: two tracks, only what is missing is asked, one summary at the end."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.context import AssistantAction, Event
from actions.forms import NOT_GIVEN, FormEnd, Phase, SlotForm, phase, steers
from actions.matter import CORRECTS, is_dispute, told
from actions.triage_summary import belongs_elsewhere, story_of, summarise
from actions.turn.asking import asks

RESPONDENT, OWNER = "respondent", "owner"
# Events that only happen to one side.
PARTY_OF = {
    "tro": RESPONDENT, "section-337": RESPONDENT, "court": RESPONDENT, "warning-letter": RESPONDENT,
    "platform": RESPONDENT, "customs": RESPONDENT, "fair": RESPONDENT, "squatting": OWNER,
}  # fmt: skip
# Said by those to whom something was done; 我们的 before it (我们的专利被抄) is the owner speaking.
_SUFFERED = re.compile(
    r"被告|被(?:人|对方|客户|同行|他们)?(?:告|诉|起诉|投诉|举报|查|扣|收|封|冻)|收到|冻结|收走|没收|查扣|扣押|扣了|扣下|"
    r"(?:告|起诉|投诉|举报)了?我|(?:警察|海关|法院|执行官|律师|官员)[^，。]{0,12}(?:拿走|带走|搬走|来查|上门)|"
    r"(?:要求|让|叫)我们?(?:赔|停|下架|签)"
)
_OWNS = re.compile(
    r"维权|布局|侵权了|侵犯(?:了)?我|仿冒|仿我|抄|山寨|盗用|抢注|(?:想|要|准备|打算)(?:去)?(?:告|起诉)(?:他|她|它|对方|他们|那家)?"
)
# What names no procedure by its word but is one: somebody registered our name; we want to sue.
_HAPPENED = (
    ("squatting", re.compile(
        r"(?:把|将|拿|用|抢)(?:了)?我们?(?:家|公司|厂)?的?(?:商标|牌子|品牌|名字|招牌|logo)[^，。]{0,8}(?:注册|申请|登记)"
        r"|我们?的?(?:商标|牌子|品牌)[^，。]{0,6}被[^，。]{0,8}(?:注册|抢|登记)")),
    ("warning-letter", re.compile(
        r"(?:不然|否则|不.{0,4}就)(?:就)?(?:要)?(?:起诉|告)|(?:要求|要|叫|让)我们?[^，。]{0,8}(?:停止|下架|删|签)|(?:寄|发)来[^，。]{0,6}(?:信|函)[^。]*(?:侵犯|侵权)")),
    ("madrid", re.compile(r"提前布局|(?:去|在|到)[^，。]{0,8}(?:注册|申请)(?:一下)?商标|商标[^，。]{0,8}(?:注册|怎么布局)")),
    ("customs", re.compile(
        r"海关[^，。]{0,6}(?:查|扣|拦|没收)|(?:货|柜|箱)[^，。]{0,8}(?:被扣|被查|被拦|被没收|扣了|拦了)")),
    ("platform", re.compile(r"被[^，。]{0,4}投诉")),
    ("court", re.compile(r"(?:想|要|准备|打算)(?:去)?(?:告|起诉)(?:他|她|它|对方|他们|那家)")),
)  # fmt: skip


_DOMAIN = "domain-name"
# What is said of a domain name in the words for marks and listings (域名被抢注, 域名被人投诉).
_LIKE_DOMAIN = frozenset(("squatting", "platform"))
# A forum that is a court says what happened by its name.
_COURTS = frozenset(("UPC",))
# What a message tells of one dispute; nothing of it holds for the next one.
_OF_ONE_DISPUTE = (
    "country", "procedure", "party", "right", "platform", "date_text", "paper", "last_rule", "last_day",
)  # fmt: skip
# The two buttons that choose a side say nothing of what happened.
_TRACKS = {"我被诉或被投诉": RESPONDENT, "我要维权或布局": OWNER}


def happened(text: str) -> str | None:
    """The procedure that a message tells of without naming it; None when it tells of none."""
    if text in _TRACKS:
        return None
    return next((code for code, pattern in _HAPPENED if pattern.search(text)), None)


def _named(tracker: Tracker) -> str | None:
    """The procedure that the last message names, tells of, or brings along with its court."""
    of_court = "court" if talk.entity(tracker, "country") in _COURTS else None
    return talk.entity(tracker, "procedure") or happened(talk.text(tracker)) or of_court


def _of_domain(tracker: Tracker, procedure: str | None) -> str | None:
    """The procedure, which for a domain name that is squatted or complained of is one of its own.

    One that a corrected country does not have is none.
    """
    is_corrected = talk.text(tracker).startswith(CORRECTS)
    if is_corrected and belongs_elsewhere(procedure, talk.entity(tracker, "country")):
        return None
    is_domain = talk.slot(tracker, "right") == "domain"
    return _DOMAIN if procedure in _LIKE_DOMAIN and is_domain else procedure


class ValidateTriageForm(SlotForm):
    """Fills the track, the country and what happened from anything that was said."""

    form = "triage_form"
    slots = ("triage_party", "triage_country", "triage_procedure")
    optional = frozenset(("triage_country", "triage_procedure"))

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Before the person is asked to tell more, say what should not be sent."""
        left = self._leave(tracker) if phase(tracker, self.form) is Phase.START else []
        events = [*left, *super().act(dispatcher, tracker)]
        if (
            phase(tracker, self.form) is Phase.START
            and talk.slot(tracker, "last_topic") != "triage"
        ):
            filled = {event["name"] for event in events if event.get("event") == "slot"}
            if any(name not in filled and tracker.get_slot(name) is None for name in self.slots):
                dispatcher.utter_message(response="utter_confidential")
        return events

    def _leave(self, tracker: Tracker) -> list[Event]:
        """Begin another dispute with nothing of the one before, and let it be told whole."""
        text = talk.text(tracker)
        before = told(self.services, tracker.sender_id).get("procedure")
        named = _of_domain(tracker, _named(tracker))
        begins = named not in (None, before) or (named is None and text in _TRACKS)
        if not is_dispute(before) or not begins or text.startswith(CORRECTS):
            return []
        gone = [
            name
            for name in _OF_ONE_DISPUTE
            if tracker.get_slot(name) is not None
            and talk.entity(tracker, name.removesuffix("_text")) is None
        ]
        tracker.slots.update(dict.fromkeys(gone))
        return [SlotSet(name, None) for name in gone]

    def prefill(self, tracker: Tracker) -> dict[str, Any]:
        """What earlier messages said."""
        text = talk.text(tracker)
        procedure = talk.slot(tracker, "procedure") or _named(tracker)
        party = (
            talk.slot(tracker, "party")
            or PARTY_OF.get(procedure or "")
            or self.extract_triage_party(tracker)
        )
        if text in _TRACKS:
            party, procedure = _TRACKS[text], None
        procedure = _of_domain(tracker, procedure)
        country = talk.slot(tracker, "country")
        if country is None and procedure == _DOMAIN:
            country = NOT_GIVEN  # a domain name is disputed the same way everywhere
        return {
            "triage_party": party,
            "triage_country": country,
            "triage_procedure": procedure,
        }

    def others(self, tracker: Tracker) -> dict[str, Any]:
        """What this message says."""
        return {
            "triage_party": talk.entity(tracker, "party"),
            "triage_country": talk.entity(tracker, "country"),
            "triage_procedure": _of_domain(tracker, _named(tracker)),
        }

    def in_words(self, name: str, value: Any) -> str:
        """The names of the codes."""
        words = self.services.vocabulary
        kind = name.removeprefix("triage_")
        return words.country(value) if kind == "country" else words.name(kind, value)

    def extract_triage_party(self, tracker: Tracker) -> str | None:
        """Which side the person is on."""
        text = talk.text(tracker)
        named = talk.entity(tracker, "party") or PARTY_OF.get(
            talk.entity(tracker, "procedure") or ""
        )
        if named is not None:
            return named
        if _SUFFERED.search(text):
            return RESPONDENT
        return OWNER if _OWNS.search(text) else None

    def extract_triage_country(self, tracker: Tracker) -> str | None:
        """Where it happens."""
        return talk.entity(tracker, "country")

    def extract_triage_procedure(self, tracker: Tracker) -> str | None:
        """What was received or happened."""
        text = talk.text(tracker)
        named = talk.entity(tracker, "procedure") or happened(text)
        is_place = talk.entity(tracker, "country") is not None
        is_bare = 2 <= len(text) <= 30 and not asks(text) and not steers(tracker) and not is_place
        return named or (text if is_bare else None)


class ActionAskTriageProcedure(AssistantAction):
    """Asks what happened, with the choices of the person's side."""

    def name(self) -> str:
        """The name under which the form asks."""
        return "action_ask_triage_form_triage_procedure"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Ask an owner for what is to be done, anybody else for what was received."""
        is_owner = talk.slot(tracker, "triage_party") == OWNER
        dispatcher.utter_message(
            response="utter_ask_triage_goal" if is_owner else "utter_ask_triage_received"
        )
        return []


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
        if not self.services.vocabulary.knows("procedure", given["procedure"]):
            given["procedure"] = None  # told in words of their own, which are part of the story
        return [*cleared, *summarise(self.services, dispatcher, tracker, given, story)]
