"""What is seen of a message before anything is decided."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.deadline_alternatives import speaks_of_alternative
from actions.deadline_order import asks_of_term
from actions.forms import SlotForm, form_named
from actions.shelf import Shelf
from actions.turn.about_day import AboutDay, about_day
from actions.turn.asking import asks
from actions.turn.dating import dating
from actions.turn.each_place import OfPlace, of_each_place
from actions.turn.held_rules import Dating
from actions.turn.plan import plan_in
from actions.turn.purpose import TO_THE_SHELF, Purpose, begins
from actions.turn.readings import FOLLOW, Reading, readings
from actions.turn.rules import told_day
from desk import conversations
from desk.conversations import Owner
from desk.engine import reading
from desk.references import LEAD_PREFIX, references_in
from knowledge.notices import is_foreign, recognise

_NAMED = ("country", "platform", "procedure", "right", "office")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# From this chance on that it is right the shelf answers.
_ANSWERED = 0.5
# A paper that was pasted holds hardly a Chinese character.
_FEW = 8
# The least chance of a question where the message completes the one before it.
_COMPLETED = 0.9
# So few signs follow up what was said, from this chance on.
_SHORT_FOLLOW_UP, _FOLLOWS = 8, 0.8


@dataclass(frozen=True)
class Evidence:
    """A message with everything that bears on what it gets; the shelf is searched when it is asked.

    ``ranking`` is the classifier's, ``is_certain`` tells that the whole message is a known command.
    """

    services: Services
    tracker: Tracker
    text: str
    intent: str
    ranking: Mapping[str, float]
    is_certain: bool
    form: str | None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, services: Services, tracker: Tracker) -> Evidence:
        """Read the last message of a conversation."""
        latest = tracker.latest_message
        text = talk.text(tracker)
        ranking = {
            str(row["name"]): float(row["confidence"]) for row in latest.get("intent_ranking") or ()
        }
        intent = talk.intent(tracker)
        ranking.setdefault(intent, talk.confidence(tracker))
        # A story of the tests names its intents and says nothing.
        is_certain = bool(latest.get("is_command")) or not text or not latest.get("intent_ranking")
        form = (tracker.active_loop or {}).get("name")
        return cls(services, tracker, text, intent, ranking, is_certain, form)

    @cached_property
    def readings(self) -> list[Reading]:
        """The readings of the message as a question, best first."""
        return readings(self.services, self.tracker, self.text)

    @property
    def best(self) -> Reading:
        """The reading that the shelf answers best."""
        return self.readings[0]

    @property
    def purpose(self) -> Purpose:
        """What the message is for; by the classifier alone where it hangs on the question before it."""
        heard = self.best.purpose
        if heard is not None:
            return heard
        asked, strange = self.likely(*TO_THE_SHELF, "deadline"), self.likely("out_of_scope")
        is_completed = self.best.name == FOLLOW
        asked = max(asked, _COMPLETED) if is_completed else asked
        return Purpose(asked, min(strange, 1 - asked), max(0.0, 1 - asked - strange))

    @cached_property
    def asks(self) -> bool:
        """Whether it is worded as a question."""
        return asks(self.text)

    @cached_property
    def is_paper(self) -> bool:
        """Whether a paper was pasted; foreign words in a Chinese question are none."""
        if recognise(self.text) is not None:
            return True
        return is_foreign(self.text) and len(_CHINESE.findall(self.text)) < _FEW

    @cached_property
    def names(self) -> frozenset[str]:
        """The kinds of names found in it, what it denies left out."""
        return talk.names(self.tracker)

    @cached_property
    def is_bare(self) -> bool:
        """Whether it is a name of the alias table and nothing else."""
        return bool(self.text) and not self.besides_names

    @property
    def only_names(self) -> bool:
        """Whether it is names, with a 的 between them at most."""
        return len(self.besides_names) <= 1

    @cached_property
    def besides_names(self) -> str:
        """What it says besides names of the alias table."""
        rest = self.services.index.current().understanding.without(self.text, _NAMED)
        return rest.strip(" ，,。？?！!呢")

    def likely(self, *intents: str) -> float:
        """The classifier's chance of any of these intents."""
        return sum(self.ranking.get(intent, 0.0) for intent in intents)

    @cached_property
    def slot_form(self) -> SlotForm | None:
        """The open form's reader."""
        return None if self.form is None else form_named(self.form, self.services)

    @cached_property
    def fits_form(self) -> bool:
        """Whether the open form could take a value from the message."""
        return self.slot_form is not None and self.slot_form.reads(self.tracker)

    @cached_property
    def closes_form(self) -> bool:
        """Whether it says that nothing more is to come in the open form (就这些)."""
        return self.slot_form is not None and self.slot_form.closes(self.tracker)

    @cached_property
    def names_lead(self) -> bool:
        """Whether the number of a lead stands in it: whoever writes one asks how it stands."""
        return bool(references_in(self.text, LEAD_PREFIX))

    @property
    def names_list(self) -> bool:
        """Whether it is the title of a list of materials, as a button says it."""
        return any(item.title == self.text for item in self.services.checklists)

    @cached_property
    def has_called(self) -> bool:
        """Whether a human was asked for in this conversation."""
        return any(
            event.get("event") == "action" and event.get("name") == "action_handoff"
            for event in self.tracker.events
        )

    @cached_property
    def hangs_on_nothing(self) -> bool:
        """Whether it is a few words that follow up something, and nothing was said before (多少天)."""
        is_short = len(self.text) <= _SHORT_FOLLOW_UP and not self.names
        is_first = begins(self.tracker) and self.tracker.get_slot("paper") is None
        return is_short and is_first and self.likely("follow_up") >= _FOLLOWS

    @cached_property
    def waits(self) -> bool:
        """Whether a human is waited for at this moment."""
        if not self.has_called:
            return False
        with reading(self.services.engine) as conn:
            return conversations.owner(conn, self.tracker.sender_id) is Owner.WAITING

    @property
    def computed(self) -> tuple[str | None, date | None]:
        """The rule and the day from which the day spoken of was computed."""
        return talk.slot(self.tracker, "last_rule"), told_day(self.tracker)

    def lacks(self, form: str) -> bool:
        """Whether a form that began with this message would ask for something."""
        slot_form = form_named(form, self.services)
        return slot_form is not None and bool(slot_form.lacks(self.tracker))

    @property
    def place(self) -> str | None:
        """The country that is spoken of."""
        return talk.slot(self.tracker, "country")

    @property
    def topic(self) -> str | None:
        """What was spoken of last: answer, triage, deadline, center, lead or funding."""
        return talk.slot(self.tracker, "last_topic")

    @property
    def acts_before(self) -> tuple[str, ...]:
        """The acts of the turn before."""
        return tuple(plan_in(self.tracker).get("acts", ()))

    @property
    def wants_free_words(self) -> bool:
        """Whether the open form waits for words of any kind."""
        form = self.slot_form
        return form is not None and form.requested(self.tracker) in form.free_text

    @cached_property
    def each_place(self) -> list[OfPlace]:
        """What each country gets where the message is about several."""
        return of_each_place(self.services, self.tracker)

    @cached_property
    def dating(self) -> Dating | None:
        """The rule that is asked for, with the day where it is known."""
        return dating(self.services, self.tracker, self.readings)

    @cached_property
    def about_day(self) -> AboutDay | None:
        """What is asked of the day that was computed, or of the period that was answered."""
        first = next((hit.passage for hit in self.best.found.hits[:1]), None)
        return about_day(self.services, self.tracker, is_answered=self.is_answered, passage=first)

    @cached_property
    def tells_length(self) -> bool:
        """Whether it says that another length of the rule applies by which the day was computed, or does not."""
        rule = self.services.deadlines.rules.get(self.computed[0] or "")
        return rule is not None and speaks_of_alternative(rule, self.text)

    @cached_property
    def asks_of_term(self) -> bool:
        """Whether it asks how long a right itself lasts."""
        own = self.services.index.current().understand(self.text)
        return asks_of_term(self.text, own)

    @property
    def is_answered(self) -> bool:
        """Whether the shelf answers, and more likely rightly than not."""
        found = self.best.found
        return found.band == "answer" and found.right >= _ANSWERED

    @property
    def goes_on_with_answer(self) -> bool:
        """Whether the shelf answers it, the document that was answered from last among the first."""
        last = Shelf.of(self.services.index.current()).find(talk.slot(self.tracker, "last_answer"))
        found = self.best.found
        is_among = any(last and h.passage.document == last.document for h in found.hits[:3])
        return found.band == "answer" and is_among

    @property
    def decided(self) -> dict[str, object]:
        """What a plan was made from; the explanation (``explaining``) adds what stood beside it."""
        hits = [hit.passage.id for hit in self.best.found.hits[:3]]
        return {"intent": self.intent, "asks": self.asks, "hits": hits}
