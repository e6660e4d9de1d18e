"""Answers from the knowledge base: extractive, cited, guarded, within the known country.

Three steps of certainty: one answer; up to three, each under its own question; a refusal with a next
step.  What is answered from is what the turn searched, never another search.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions import passages
from actions.answer_card import again_reply, answer_reply, refusal_reply, short_reply
from actions.context import AssistantAction, Event, Services
from actions.deadline_choice import PLATFORM, is_of_platform
from actions.lookup import AT_HOME, Found, is_of_another_member
from actions.refusal import trained
from actions.replies import Button, Reply
from actions.shelf import Shelf
from actions.turn.asking import asks
from actions.turn.bare import unknown_name, unread_place
from actions.turn.comparing import compared
from actions.turn.counted_items import counted
from actions.turn.plan import plan_in
from actions.turn.readings import HEARD, Reading, readings
from actions.turn.rules import resting
from actions.turn.several import each_question
from desk import unanswered
from desk.engine import writing
from indexer.jurisdictions import scope
from knowledge.option_cards import ABOUT
from knowledge.types import Passage

# From this chance on that the first hit is right one answer is enough (indexer/confidence.py).
SURE = 0.85
MOST_ANSWERS = 3
# A hit with less of a chance to answer, or, where none was weighed, whose score lies this far behind the
# first, is no other way to read the question.
LEAST_CHANCE = 0.06
NEAR_SCORE = 0.45
# Hits among which another is looked for where the first may not be said.
_LOOKED_AT = 5
# A question that is completed later is remembered by its end.
MOST_REMEMBERED = 80
# What is kept of a matter that something was answered of.
_UNDER_WAY = ("last_answer", "last_rule", "last_day")
# Facts about World IP Day, the weeks around it and their themes; who asks for them may like to play.
_OF_THE_DAY = ("of-", "ip-day-theme-", "national-ip-week-")


def _several(found: Found, others: Sequence[Found]) -> list[Passage]:
    """What is said: one passage if it is sure; one for each question asked; else what may be meant."""
    answered = [each for each in (found, *others) if each.band == "answer"]
    if len(answered) > 1:
        asked = {each.hits[0].passage.id: each.hits[0].passage for each in answered}
        return list(asked.values())[:MOST_ANSWERS]
    if found.band == "answer" and found.right >= SURE:
        return [found.hits[0].passage]
    return alternatives(found)


def _different(passages_: Sequence[Passage]) -> list[Passage]:
    """Each passage once, and no second one on the same fact."""
    kept: list[Passage] = []
    for passage in passages_:
        if not any(
            p.id == passage.id or (p.facts and p.facts[:1] == passage.facts[:1]) for p in kept
        ):
            kept.append(passage)
    return kept[:MOST_ANSWERS]


def _of_matter(services: Services, tracker: Tracker, several: Sequence[Passage]) -> list[Passage]:
    """What may be meant, without the law of a country that neither the message nor what was answered speaks of."""
    country = talk.entity(tracker, "country") or talk.slot(tracker, "country")
    rest = (p for p in several[1:] if not is_of_another_member(p, country))
    several = [*several[:1], *rest]
    before = Shelf.of(services.index.current()).find(talk.slot(tracker, "last_answer"))
    if before is None or {"country", "platform"} & talk.names(tracker):
        return list(several)
    here = AT_HOME.union(*(scope(_places(p)) for p in (before, several[0])))
    return [p for p in several if not here.isdisjoint(_places(p))]


def _places(passage: Passage) -> Sequence[str]:
    """Whose law a passage tells."""
    return (passage.place,) if passage.place else passage.jurisdiction


def alternatives(found: Found) -> list[Passage]:
    """The passages that may be meant, the first one first, each about something else."""
    return _different([hit.passage for n, hit in enumerate(found.hits) if _may_be_meant(found, n)])


def _may_be_meant(found: Found, place: int) -> bool:
    """Whether a hit is another way to read the question; the first always is."""
    hit = found.hits[place]
    if place == 0:
        return True
    if hit.passage.heading and hit.passage.heading[-1].startswith(ABOUT):
        return False
    if found.each:
        return place < len(found.each) and found.each[place] >= LEAST_CHANCE
    return hit.score >= found.hits[0].score - NEAR_SCORE


class ActionAnswer(AssistantAction):
    """Answers a question to the knowledge base."""

    def name(self) -> str:
        """The action's name."""
        return "action_answer"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Answer each question of the message."""
        text = talk.text(tracker)
        reading = readings(self.services, tracker, text)[0]
        others = each_question(self.services, tracker, compared(text))
        if _follows_day(tracker):
            others = [found for found in others if found.band == "answer"]
            if not others:
                return []
            reading = replace(reading, found=others[0])
        elif counted(text):
            reading = in_order(reading, others)
        return say(self.services, dispatcher, tracker, reading, others)


def in_order(reading: Reading, others: Sequence[Found]) -> Reading:
    """The first item that is answered, where the best reading is of another item: what is counted keeps its order."""
    answered = [found for found in others if found.band == "answer"]
    said = {found.hits[0].passage.id for found in answered}
    if not reading.found.hits or reading.found.hits[0].passage.id not in said:
        return reading
    return replace(reading, question=answered[0].question, found=answered[0])


def _follows_day(tracker: Tracker) -> bool:
    """Whether a day was said just now, and what else is asked follows."""
    return tuple(plan_in(tracker).get("acts", ())[:2]) == ("action_day", "action_answer")


class ActionRefuse(AssistantAction):
    """Declines what is no matter of the shelf's, whatever words it shares with it."""

    def name(self) -> str:
        """The action's name."""
        return "action_refuse"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Refuse by the reason, with a next step."""
        _declined(self.services, tracker).send(dispatcher)
        return []


def say(
    services: Services,
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    reading: Reading,
    others: Sequence[Found] = (),
) -> list[Event]:
    """Say what the shelf has to a question, and remember what it was about.

    :param others: what it has to each question of a message that asks several.
    """
    found = reading.found
    said = list(replies(services, tracker, reading, others))
    for reply in said:
        reply.send(dispatcher)
    if found.band != "answer":
        _note_unanswered(services, tracker, reading)
    if not any(reply.citations for reply in said):
        return [SlotSet("last_topic", "answer")]
    # Who only tells something still asks what was asked before.
    before = talk.slot(tracker, "last_question")
    is_told = before is not None and not asks(talk.text(tracker)) and reading.name == HEARD
    return [
        SlotSet("last_question", before if is_told else reading.question[-MOST_REMEMBERED:]),
        SlotSet("last_answer", str(said[0].data["passage"])),
        SlotSet("last_topic", "answer"),
        *_rule_of(services, tracker, reading),
        *_offer_quiz(dispatcher, tracker, reading),
    ]


def _offer_quiz(
    dispatcher: CollectingDispatcher, tracker: Tracker, reading: Reading
) -> list[Event]:
    """After an answer about the day the quiz is offered, once in a conversation."""
    passage = reading.found.hits[0].passage
    is_about = any(fact.startswith(_OF_THE_DAY) for fact in passage.facts)
    if not is_about or tracker.active_loop_name or tracker.get_slot("quiz_offered"):
        return []
    Reply("utter_quiz_offer", buttons=[Button.same("开始答题")]).send(dispatcher)
    return [SlotSet("quiz_offered", True)]


def _rule_of(services: Services, tracker: Tracker, reading: Reading) -> list[Event]:
    """The deadline rule that the answer rests on is what a date told next belongs to."""
    rule = resting(services, tracker, reading)
    if rule is not None and rule.procedure != PLATFORM and is_of_platform(tracker):
        return []  # what a court counts is no period of a complaint on a platform
    if rule is None or rule.id == talk.slot(tracker, "last_rule"):
        return []
    return [SlotSet("last_rule", rule.id), SlotSet("last_day", None)]


def replies(
    services: Services, tracker: Tracker, reading: Reading, others: Sequence[Found] = ()
) -> Iterator[Reply]:
    """What is said to a question.

    :param others: what the shelf has to each question of a message that asks several.
    """
    found = reading.found
    if found.band == "refuse" or not found.hits:
        yield _refusal(services, tracker)
        return
    several = _several(found, others)
    if not others:
        several = _of_matter(services, tracker, several)
    found = next((f for f in (found, *others) if f.hits and f.hits[0].passage is several[0]), found)
    if len(several) == 1 and (alone := list(_alone(services, tracker, reading, found))):
        yield from alone
        return
    first = under_question(services, found)
    each = [
        first if number == 1 else short_reply(passage, found, is_last=number == len(several))
        for number, passage in enumerate(several, start=1)
    ]
    said = [reply for reply in each if reply is not None] or _next_best(found, several)
    yield from said or [refusal_reply()]
    if said and found.band == "country":
        names = [services.vocabulary.country(code) for code in found.countries]
        yield Reply(
            "utter_ask_country",
            kind="question",
            buttons=[Button.same(name) for name in names],
            data={"countries": list(found.countries)},
        )


def _refusal(services: Services, tracker: Tracker) -> Reply:
    """A refusal by the name of what the shelf has nothing about: a country, or what a bare follow-up names."""
    place = unread_place(services, tracker)
    if place is not None:
        return refusal_reply(place=services.vocabulary.country(place))
    word = unknown_name(services.index.current(), talk.text(tracker))
    return refusal_reply(word) if word is not None else _declined(services, tracker)


def _declined(services: Services, tracker: Tracker) -> Reply:
    """A refusal by the reason that the message is heard to have."""
    reason = trained().reason(talk.text(tracker), services.index.current().encoder)
    is_under_way = any(talk.slot(tracker, name) is not None for name in _UNDER_WAY)
    return refusal_reply(reason=reason, is_under_way=is_under_way)


def under_question(services: Services, found: Found) -> Reply | None:
    """The first hit as one of several answers; a short one, or none, where a figure would stand uncited."""
    passage = found.hits[0].passage
    reply = answer_reply(found, services.today(), services.index.current(), is_one_of_several=True)
    if passages.guarded(str(reply.fields["body"]), reply.citations):
        return reply
    return short_reply(passage, found, is_last=False)


def _alone(services: Services, tracker: Tracker, reading: Reading, found: Found) -> Iterator[Reply]:
    """The one passage that is sure; nothing where a figure of it stands in none of its quotes."""
    passage = found.hits[0].passage
    was_said = passage.id == talk.slot(tracker, "last_answer")
    if was_said and reading.question == talk.slot(tracker, "last_question"):
        yield again_reply(found)
    elif was_said:
        yield again_reply(found, talk.text(tracker), services.index.current())
        # Another question is seldom answered by what was said to the one before.
        for other in [p for p in alternatives(found) if p.id != passage.id][:1]:
            if (more := short_reply(other, found, is_last=True)) is not None:
                yield more
    else:
        reply = answer_reply(found, services.today(), services.index.current())
        if passages.guarded(str(reply.fields["body"]), reply.citations):
            yield reply


def _next_best(found: Found, tried: Sequence[Passage]) -> list[Reply]:
    """The next hit whose figures all stand in its quotes, where none of those tried may be said."""
    rest = (hit.passage for hit in found.hits[:_LOOKED_AT] if hit.passage not in tried)
    replies = (short_reply(passage, found, is_last=True) for passage in rest)
    return [reply for reply in replies if reply is not None][:1]


def _note_unanswered(services: Services, tracker: Tracker, reading: Reading) -> None:
    found = reading.found
    with writing(services.engine, flushed=False) as conn:
        unanswered.record(
            conn, tracker.sender_id, reading.question, found.band, confidence=found.confidence,
            nearest=[
                {"document": hit.passage.document, "heading": list(hit.passage.heading), "score": hit.score}
                for hit in found.hits[:3]
            ],
        )  # fmt: skip
