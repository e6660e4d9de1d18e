"""What pays for defending rights abroad: the cited policy and the programs of the person's place."""

from __future__ import annotations

from collections.abc import Iterator

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions import passages
from actions.answer_card import refusal_reply
from actions.context import AssistantAction, Event
from actions.funding_check import funding_check, lead_of
from actions.lookup import CHINA, Found, look_up
from actions.replies import CENTER, FOLD, HUMAN, LEAD, Button, Reply, citation
from actions.turn.readings import HEARD, readings
from indexer.hybrid import HybridIndex
from knowledge.types import Passage

BODY_CHARS = FOLD - 120
# Whose funding is meant when nobody said where the company is.
HOME_CITY = "广州"
NEAR_HITS = 4
TOPIC, ABROAD = "海外维权资助", "海外维权"


class ActionFunding(AssistantAction):
    """Answers a question about money from the knowledge base and offers to register."""

    def name(self) -> str:
        """The action's name."""
        return "action_funding"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Cite what a document says of funding; never promise."""
        question = talk.text(tracker)
        events = self._answer(dispatcher, tracker, question)
        is_answered = events is not None
        purpose = "insurance" if "保险" in question or "保费" in question else "dispute"
        lead = lead_of(self.services, tracker)
        compared = lead and funding_check(
            self.services, lead, {"applicant": "enterprise", "purpose": purpose}
        )
        if not is_answered and not compared:
            refusal_reply().send(dispatcher)
        if lead is None:
            dispatcher.utter_message(response="utter_funding_where")
            return [*(events or ()), SlotSet("last_topic", "funding")]
        if compared:
            compared.send(dispatcher)
        return events or []

    def _answer(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, question: str
    ) -> list[Event] | None:
        """Say what a document says; None where none does."""
        index = self.services.index.current()
        # What money is asked for goes without saying, at last whatever part of it is asked for.
        city = self._city(tracker, question)
        plain = self._at_home(index, question)
        asked = (question,) if plain == question else ()  # what is paid is paid at home
        wordings = (*asked, f"{TOPIC} {plain}", f"{city}{TOPIC}给多少钱")
        tried = (
            *self._heard(tracker, question),
            *(self._found(index, wording) for wording in wordings),
        )
        found = next((f for f in tried if f.band != "refuse" and f.hits), None)
        if found is None:
            return None
        passage = _of_city(found, city)
        said, has_more = passages.body(passage, BODY_CHARS)
        cited = [citation(passage, found.snapshot)]
        if not passages.guarded(said, cited):
            return None
        Reply(
            "utter_funding",
            kind="answer",
            fields={"body": said + ("（全文见下方引用）" if has_more else "")},
            citations=cited,
            buttons=[LEAD, Button.same("要准备什么材料"), CENTER, HUMAN],
            data={"passage": passage.id, "has_more": has_more},
        ).send(dispatcher)
        if city not in "".join((*passage.heading, passage.text)):
            dispatcher.utter_message(response="utter_funding_elsewhere", city=city)
        return [
            SlotSet("last_question", question),
            SlotSet("last_answer", passage.id),
            SlotSet("last_topic", "answer"),
        ]

    def _heard(self, tracker: Tracker, question: str) -> Iterator[Found]:
        """What a question that hangs on the conversation asks for (封顶多少)."""
        best = readings(self.services, tracker, question)[0]
        if best.name == HEARD and best.found.band == "answer":
            yield best.found

    def _at_home(self, index: HybridIndex, question: str) -> str:
        """A question without the dispute abroad that it tells of; as it stands where it tells of none."""
        info = index.understand(question)
        if not set(info.countries) - {CHINA}:
            return question
        return index.understanding.without(info.text, {"country", "procedure", "platform"})

    def _found(self, index: HybridIndex, question: str) -> Found:
        return look_up(index, question, self.services.today(), country=CHINA, ask_country=False)

    def _city(self, tracker: Tracker, question: str) -> str:
        """The city whose money is asked for: the one that is named, the company's, or the center's own."""
        regions = self.services.router.regions
        place = regions.find(question) or regions.find(talk.slot(tracker, "region"))
        return (place.city or place.province if place else None) or HOME_CITY


def _of_city(found: Found, city: str) -> Passage:
    """The first near hit that speaks of a city, and of disputes abroad; another city's money is no answer."""
    near = [hit.passage for hit in found.hits[:NEAR_HITS]]
    own = [p for p in near if city in "".join((*p.heading, p.text))]
    abroad = (p for p in own if ABROAD in p.heading[-1])
    return next(abroad, next(iter(own), near[0]))
