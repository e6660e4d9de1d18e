"""Erasing what a person left, after one confirming turn."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import AllSlotsReset, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.assent import assents
from actions.context import Event
from actions.forms import REQUESTED, FormEnd, SlotForm
from actions.replies import Reply
from desk import attachments, privacy
from desk.engine import writing

YES = "yes"
# Asked to erase once more instead of confirming.
AGAIN = "again"
# The words of what is agreed to, and agreeing by doing as asked.
_ERASED = "删除?|删掉|清除|清空|清掉|抹掉|擦掉|数据|资料|信息|记录|对话|线索|登记|delete|erase"
_ERASES = re.compile(r"[那就都全请]*(?:删|删除|删掉|删了)吧[。！!]?")


class ValidateEraseForm(SlotForm):
    """Asks once before anything is erased."""

    form = "erase_form"
    slots = ("erase_confirm",)
    heard = frozenset(("cancel",))

    def extract_erase_confirm(self, tracker: Tracker) -> str | None:
        """A plain yes or no; asking for it once more is not yet a yes."""
        intent, text = talk.intent(tracker), talk.text(tracker)
        if assents(tracker, _ERASED) or _ERASES.fullmatch(text):
            return YES
        if intent == "erase_data":
            return AGAIN
        return "no" if intent in ("deny", "skip", "cancel") or text.startswith("不") else None

    def _accept(self, asked: str, value: Any) -> list[Event]:
        return [SlotSet(REQUESTED, asked)] if value == AGAIN else super()._accept(asked, value)


class ActionErase(FormEnd):
    """Erases messages, leads and the content of tickets."""

    def name(self) -> str:
        """The action's name."""
        return "action_erase"

    def end(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Erase if it was confirmed."""
        if tracker.get_slot("erase_confirm") != YES:
            dispatcher.utter_message(response="utter_not_erased")
            return [SlotSet("erase_confirm", None)]
        with writing(self.services.engine) as conn:
            erased = privacy.erase(conn, tracker.sender_id)
        attachments.sweep(self.services.engine, self.services.settings.desk.attachments_dir)
        Reply(
            "utter_erased",
            kind="notice",
            fields={"messages": str(erased.messages), "leads": str(erased.leads)},
            data={"erased": True, "messages": erased.messages, "leads": erased.leads},
        ).send(dispatcher)
        return [AllSlotsReset()]
