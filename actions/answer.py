"""Answers from the knowledge base: extractive, cited, guarded, within the known country.

Three steps of certainty: one answer; up to three, each under its own question; a refusal with a next
step.  What is answered from is what the turn searched, never another search.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions import passages
from actions.context import AssistantAction, Event, Services
from actions.lookup import Found
from actions.replies import CENTER, DEADLINE, FOLD, HUMAN, Button, Reply, citation, unique
from actions.shelf import ABOUT, Shelf
from actions.turn.asking import asks
from actions.turn.readings import HEARD, Reading, readings, unknown_name
from actions.turn.rules import resting
from actions.turn.several import each_question
from desk import unanswered
from desk.engine import writing
from indexer.build import is_orienting as is_orienting_section
from knowledge.types import Citation, Passage

# From this chance on that the first hit is right one answer is enough (indexer/confidence.py).
SURE = 0.85
MOST_ANSWERS = 3
# A hit with less of a chance to answer, or, where none was weighed, whose score lies this far behind the
# first, is no other way to read the question.
LEAST_CHANCE = 0.06
NEAR_SCORE = 0.45
# Hits among which another is looked for where the first may not be said.
_LOOKED_AT = 5
# The label shares the first screen with the body, the source line and the next steps.
LABEL_CHARS = 35
LEAST_BODY = 80
# The body of each of several answers.
SHORT_BODY = 130
STEPS = 2
RELATED = 3
MAX_LABEL = 30
# Carries no figure, so that it needs no citation.
OVERDUE = "提醒：这份资料已过复核日期，用之前请核对官方现行文本。"
# What is said of an answer that was given just before.
GIST = 60
BEARING = 160
# A question that is completed later is remembered by its end.
MOST_REMEMBERED = 80
# Facts about World IP Day, the weeks around it and their themes; who asks for them may like to play.
_OF_THE_DAY = ("of-", "ip-day-theme-", "national-ip-week-")
# Procedures in which a date runs against somebody.
_DATED = frozenset(
    (
        "section-337",
        "court",
        "tro",
        "opposition",
        "customs",
        "ptab",
        "domain-name",
        "pi",
        "cancellation",
    )
)


def answer_reply(
    found: Found, today: date, beside: Passage | None = None, *, is_one_of_several: bool = False
) -> Reply:
    """The answer from the best passage, with a banner when its document is past its review date.

    :param beside: another passage on the same fact; what it says more stands below, with its own citation.
    """
    passage = found.hits[0].passage
    cited = [citation(passage, found.snapshot)]
    overdue = passage.review_due is not None and passage.review_due < today
    banner = OVERDUE if overdue else ""
    source = _source_line(passage, cited)
    room = FOLD - LABEL_CHARS - len(source) - len(banner)
    said, has_more = passages.body(passage, max(LEAST_BODY, room))
    more = ""
    if beside is not None and not has_more:
        more = passages.beyond(said, beside, room - len(said))
        if more:
            cited.append(citation(beside, found.snapshot))
    steps = _steps(passage, cited)
    if len(said) + len(more) + len(steps) > room:
        steps = ""
    if is_one_of_several:
        steps = ""
    label = passages.label(passage)
    is_titled = is_one_of_several and passages.guarded(label, cited)
    lines = [said, "（全文见下方引用）" if has_more else "", more, banner, source, steps]
    return Reply(
        "utter_answer_under" if is_titled else "utter_answer",
        kind="answer",
        fields={
            "body": "\n".join(line for line in lines if line),
            **({"question": label} if is_titled else {}),
        },
        citations=cited,
        buttons=[] if is_one_of_several else _buttons(found, passage),
        data={
            "passage": passage.id,
            "has_more": has_more,
            "next_steps": list(passage.next_steps),
            "overdue": overdue,
            "confidence": round(found.confidence, 3),
            "countries": list(found.info.countries),
            "corrections": [list(pair) for pair in found.info.corrections],
        },
    )


def _beside(services: Services, passage: Passage) -> Passage | None:
    """Another passage that rests first of all on the same fact, for the same places."""
    shelf = Shelf.of(services.index.current())
    for number in shelf.by_fact.get(passage.facts[0], ()) if passage.facts else ():
        other = shelf.passages[number]
        is_fit = other.facts[:1] == passage.facts[:1] and other.jurisdiction == passage.jurisdiction
        if other.id != passage.id and is_fit and not is_orienting_section(other):
            return other
    return None


def short_reply(passage: Passage, found: Found, *, is_last: bool) -> Reply | None:
    """One of several answers, under its own question; None where a figure would stand uncited."""
    cited = [citation(passage, found.snapshot)]
    said, has_more = passages.body(passage, SHORT_BODY)
    label = passages.label(passage)
    more = "（全文见下方引用）" if has_more else ""
    source = _source_line(passage, cited)
    body = "\n".join(line for line in (said + more, source) if line)
    if not passages.guarded(body, cited):
        return None
    is_titled = passages.guarded(label, cited)
    return Reply(
        "utter_answer_under" if is_titled else "utter_answer",
        kind="answer",
        fields={"body": body, **({"question": label} if is_titled else {})},
        citations=cited,
        buttons=[HUMAN] if is_last else [],
        data={
            "passage": passage.id,
            "has_more": has_more,
            "next_steps": list(passage.next_steps),
            "confidence": round(found.confidence, 3),
        },
    )


def _several(found: Found, others: Sequence[Found]) -> list[Passage]:
    """What is said: one passage if it is sure; one for each question asked; else what may be meant."""
    if found.band == "answer" and others:
        firsts = [found, *(other for other in others if other.band == "answer")]
        asked = {other.hits[0].passage.id: other.hits[0].passage for other in firsts}
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


def again_reply(found: Found, question: str = "") -> Reply:
    """What an answer that was given just before says to this question, and ways to go on."""
    passage = found.hits[0].passage
    cited = [citation(passage, found.snapshot)]
    said = (
        passages.bearing(question, passage, BEARING)
        if question
        else passages.body(passage, GIST)[0]
    )
    return Reply(
        "utter_answer_again",
        kind="answer",
        fields={"body": said},
        citations=cited,
        buttons=_buttons(found, passage),
        data={"passage": passage.id, "again": True, "next_steps": list(passage.next_steps)},
    )


def refusal_reply(word: str | None = None) -> Reply:
    """No guess: what cannot be answered, and where to go on.

    :param word: what a follow-up named and the shelf does not know.
    """
    buttons = [HUMAN, CENTER, Button("我能问什么", "你能做什么")]
    if word is None:
        return Reply("utter_refusal", kind="refusal", buttons=buttons)
    return Reply("utter_follow_up_unknown", kind="refusal", fields={"word": word}, buttons=buttons)


class ActionAnswer(AssistantAction):
    """Answers a question to the knowledge base."""

    def name(self) -> str:
        """The action's name."""
        return "action_answer"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Answer each question of the message."""
        text = talk.text(tracker)
        reading = readings(self.services, tracker, text)[0]
        others = each_question(self.services, tracker, text)
        return say(self.services, dispatcher, tracker, reading, others)


class ActionRefuse(AssistantAction):
    """Declines what is no matter of the shelf's, whatever words it shares with it."""

    def name(self) -> str:
        """The action's name."""
        return "action_refuse"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Refuse with a next step."""
        refusal_reply().send(dispatcher)
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
        yield refusal_reply(unknown_name(services.index.current(), talk.text(tracker)))
        return
    several = _several(found, others)
    if len(several) == 1:
        passage = found.hits[0].passage
        was_said = passage.id == talk.slot(tracker, "last_answer")
        if was_said and reading.question == talk.slot(tracker, "last_question"):
            yield again_reply(found)
            return
        if was_said:
            yield again_reply(found, talk.text(tracker))
            # Another question is seldom answered by what was said to the one before.
            for other in [p for p in alternatives(found) if p.id != passage.id][:1]:
                if (more := short_reply(other, found, is_last=True)) is not None:
                    yield more
            return
        reply = answer_reply(found, services.today(), _beside(services, passage))
        if passages.guarded(str(reply.fields["body"]), reply.citations):
            yield reply
            return
    first = answer_reply(
        found, services.today(), _beside(services, several[0]), is_one_of_several=True
    )
    is_first_said = passages.guarded(str(first.fields["body"]), first.citations)
    each = [
        first
        if number == 1 and is_first_said
        else short_reply(passage, found, is_last=number == len(several))
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


def _next_best(found: Found, tried: Sequence[Passage]) -> list[Reply]:
    """The next hit whose figures all stand in its quotes, where none of those tried may be said."""
    rest = (hit.passage for hit in found.hits[:_LOOKED_AT] if hit.passage not in tried)
    replies = (short_reply(passage, found, is_last=True) for passage in rest)
    return [reply for reply in replies if reply is not None][:1]


def _note_unanswered(services: Services, tracker: Tracker, reading: Reading) -> None:
    found = reading.found
    with writing(services.engine) as conn:
        unanswered.record(
            conn, tracker.sender_id, reading.question, found.band, confidence=found.confidence,
            nearest=[
                {"document": hit.passage.document, "heading": list(hit.passage.heading), "score": hit.score}
                for hit in found.hits[:3]
            ],
        )  # fmt: skip


def _source_line(passage: Passage, cited: Sequence[Citation]) -> str:
    """The basis and the document, each only if its figures stand in the quote."""
    if passage.article:
        return ""
    title = f"来源：{passage.title}"
    full = f"{title}（{passage.basis.split('；')[0]}）" if passage.basis else title
    return next((line for line in (full, title) if passages.guarded(line, cited)), "")


def _steps(passage: Passage, cited: Sequence[Citation]) -> str:
    steps = [step for step in passage.next_steps if passages.guarded(step, cited)][:STEPS]
    return f"接下来：{'；'.join(step.rstrip('。；') for step in steps)}。" if steps else ""


def _buttons(found: Found, passage: Passage) -> tuple[Button, ...]:
    said = passages.label(passage)
    related = [
        Button.same(text)
        for hit in found.hits[1:]
        if (text := passages.label(hit.passage)) != said
        and len(text) <= MAX_LABEL
        and not text.startswith(ABOUT)
    ][:RELATED]
    extra = [DEADLINE] if _DATED.intersection(passage.procedures) else []
    return unique([*related, *extra, HUMAN], limit=RELATED + 2)
