"""Taking in what happened: two tracks, only what is missing is asked, one summary at the end."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions import passages
from actions.center import contact_line
from actions.context import Event
from actions.forms import NOT_GIVEN, FormEnd, SlotForm
from actions.lookup import look_up
from actions.matter import route
from actions.replies import DEADLINE, FOLD, HUMAN, LEAD, Button, Reply, citation, unique

BODY_CHARS = FOLD - 150
STEPS = 3
RESPONDENT, OWNER = "respondent", "owner"
# Events that only happen to one side.
_PARTY_OF = {
    "tro": RESPONDENT, "section-337": RESPONDENT, "court": RESPONDENT, "warning-letter": RESPONDENT,
    "platform": RESPONDENT, "customs": RESPONDENT, "fair": RESPONDENT, "squatting": OWNER,
}  # fmt: skip


class ValidateTriageForm(SlotForm):
    """Fills the track, the country and what happened from anything that was said."""

    form = "triage_form"
    slots = ("triage_party", "triage_country", "triage_procedure")
    optional = frozenset(("triage_country", "triage_procedure"))

    def prefill(self, tracker: Tracker) -> dict[str, Any]:
        """What earlier messages said."""
        text = talk.text(tracker)
        procedure = talk.slot(tracker, "procedure")
        party = talk.slot(tracker, "party") or _PARTY_OF.get(procedure or "")
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
        if any(word in text for word in ("被告", "被诉", "被投诉", "被查", "被扣", "收到", "冻结")):
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
    """The summary: the guide that fits, the first steps, the center and why, what to do now."""

    def name(self) -> str:
        """The action's name."""
        return "action_triage"

    def end(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Put together what the conversation holds."""
        cleared = [
            SlotSet(name, None) for name in ("triage_party", "triage_country", "triage_procedure")
        ]
        words = self.services.vocabulary
        given = {
            name: (None if (value := talk.slot(tracker, f"triage_{name}")) == NOT_GIVEN else value)
            for name in ("party", "country", "procedure")
        }
        known = [
            words.country(given["country"]),
            words.procedure(given["procedure"]),
            words.right(talk.slot(tracker, "right")),
        ]
        question = f"{''.join(filter(None, known))}怎么办，第一步做什么"
        found = look_up(
            self.services.index.current(), question, self.services.today(),
            country=given["country"], ask_country=False,
        )  # fmt: skip
        routing = route(self.services, tracker, talk.slot(tracker, "region"))
        where = f"建议联系：{routing.primary.center.name}。{routing.primary.reason}"
        recognised = "、".join(
            filter(None, [*known, words.industry(talk.slot(tracker, "industry"))])
        )
        cited, lines = [], [f"我理解的情况：{recognised}。" if recognised else ""]
        if found.hits and found.band != "refuse":
            passage = found.hits[0].passage
            cited = [citation(passage, found.snapshot)]
            said, _ = passages.body(question, passage, BODY_CHARS)
            lines.append(said)
            steps = [s for s in passage.next_steps if passages.guarded(s, cited)][:STEPS]
            if steps:
                lines.append("先做：" + "；".join(step.rstrip("。；") for step in steps) + "。")
        lines += [where, contact_line(routing.primary), routing.question or ""]
        text = "\n".join(line for line in lines if line)
        is_cited = bool(cited) and passages.guarded(text, cited)
        if not is_cited:  # the center's own figures are not the passage's
            text = "\n".join(line for line in (*lines[:-3], where) if line)
            is_cited = bool(cited) and passages.guarded(text, cited)
        Reply(
            "utter_triage",
            kind="answer" if is_cited else "center",
            fields={"body": text},
            citations=cited if is_cited else [],
            buttons=unique([DEADLINE, LEAD, HUMAN, Button.same("要准备什么材料")]),
            data={**routing.primary.to_json(), "triage": given, "routing": routing.to_json()},
        ).send(dispatcher)
        return [
            *cleared,
            SlotSet("party", given["party"]),
            SlotSet("last_question", question),
            SlotSet("last_topic", "triage"),
        ]
