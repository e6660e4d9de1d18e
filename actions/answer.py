"""Answers from the knowledge base: extractive, cited, guarded, within the known country."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions import followup, passages
from actions.context import AssistantAction, Event, Services
from actions.deadline import at_once, day_in
from actions.deadline_choice import asks_for_a_day, clear_rule, rule_candidates
from actions.lookup import Found, look_up
from actions.replies import CENTER, DEADLINE, FOLD, HUMAN, Button, Reply, citation, unique
from actions.shelf import ABOUT
from desk import unanswered
from desk.engine import writing
from knowledge.types import Citation, Passage

# The label shares the first screen with the body, the source line and the next steps.
LABEL_CHARS = 35
LEAST_BODY = 80
STEPS = 2
RELATED = 3
MAX_LABEL = 30
# Carries no figure, so that it needs no citation.
OVERDUE = "提醒：这份资料已过复核日期，用之前请核对官方现行文本。"
# What is said of an answer that was given just before.
GIST = 60
# A follow-up of a few characters (火星呢) names something rather than asking.
_LONGEST_NAME = 8
_NEAR_HITS = 5
_SHORT_QUESTION = 16
CHOICES = 4
QUESTIONS_AT_ONCE = 2
_QUESTION_MARK = re.compile(r"(?<=[？?])")
_SHORTEST_QUESTION = 6
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


def split_questions(text: str) -> list[str]:
    """Two questions in one message are answered both; anything else is one question."""
    parts = [part.strip() for part in _QUESTION_MARK.split(text) if part.strip("？? 。")]
    if 2 <= len(parts) <= QUESTIONS_AT_ONCE and all(len(p) >= _SHORTEST_QUESTION for p in parts):
        return parts
    return [text]


def answer_reply(question: str, found: Found, today: date) -> Reply:
    """The answer from the best passage, with a banner when its document is past its review date."""
    passage = found.hits[0].passage
    cited = [citation(passage, found.snapshot)]
    source = _source_line(passage, cited)
    steps = _steps(passage, cited)
    overdue = passage.review_due is not None and passage.review_due < today
    banner = OVERDUE if overdue else ""
    room = FOLD - LABEL_CHARS - len(source) - len(steps) - len(banner)
    said, has_more = passages.body(question, passage, max(LEAST_BODY, room))
    lines = [said, "（全文见下方引用）" if has_more else "", banner, source, steps]
    return Reply(
        "utter_answer",
        kind="answer",
        fields={"body": "\n".join(line for line in lines if line)},
        citations=cited,
        buttons=_buttons(found, passage),
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


def _hangs_on_context(question: str, found: Found) -> bool:
    """Whether a short question names no place (答辩期限是几天): it asks about what was spoken of."""
    info = found.info
    return len(question) <= _SHORT_QUESTION and not (info.countries or info.platforms)


def in_context(
    services: Services, question: str, named: str, country: str | None, last: str | None = None
) -> tuple[str, Found] | None:
    """A question that cannot stand alone, with what was named before it.

    :param last: the passage answered from before; one of its document is likelier to be meant.
    :return: the whole question and its hits, first one that holds a word of the question itself;
        None when there is no answer, or only one to what was named before.
    """
    whole = f"{named} {question}"
    found = look_up(services.index.current(), whole, services.today(), country=country)
    meeting = [
        hit
        for hit in found.hits[:_NEAR_HITS]
        if any(len(term) > 1 and term in question for term in hit.matched)
    ]
    if found.band != "answer" or not meeting:
        return None
    document = (last or "").partition("#")[0]
    meeting.sort(key=lambda hit: hit.passage.document != document)
    others = (hit for hit in found.hits if hit is not meeting[0])
    return whole, replace(found, hits=(meeting[0], *others))


def again_reply(question: str, found: Found) -> Reply:
    """The gist of an answer that was given just before, and ways to go on."""
    passage = found.hits[0].passage
    cited = [citation(passage, found.snapshot)]
    said, _ = passages.body(question, passage, GIST)
    return Reply(
        "utter_answer_again",
        kind="answer",
        fields={"body": said},
        citations=cited,
        buttons=_buttons(found, passage),
        data={"passage": passage.id, "again": True, "next_steps": list(passage.next_steps)},
    )


def names_of(services: Services, question: str) -> str:
    """What a question is about, in words: its country, platform, procedure and right."""
    words = services.vocabulary
    info = services.index.current().understand(question)
    return " ".join(
        words.name(kind, codes[0])
        for kind, codes in (
            ("country", info.countries),
            ("platform", info.platforms),
            ("procedure", info.procedures),
            ("right", info.ip_types),
        )
        if codes
    )


def deadline_at_once(
    services: Services, dispatcher: CollectingDispatcher, tracker: Tracker
) -> list[Event] | None:
    """The date itself when a message asks for one and holds all it takes; None otherwise."""
    if not asks_for_a_day(talk.text(tracker)):
        return None
    day, rule = day_in(services, tracker), clear_rule(rule_candidates(services, tracker))
    reply = (
        at_once(services, rule, day, talk.slot(tracker, "country"))
        if rule is not None and day is not None
        else None
    )
    if rule is None or reply is None:
        return None
    reply.send(dispatcher)
    return [SlotSet("last_topic", "deadline"), SlotSet("last_rule", rule.id)]


def choices_reply(found: Found) -> Reply:
    """Questions the person may have meant."""
    headings = dict.fromkeys(passages.label(hit.passage) for hit in found.hits)
    labels = [text for text in headings if not text.startswith(ABOUT)][:CHOICES]
    return Reply(
        "utter_choices",
        kind="question",
        fields={"choices": "\n".join(f"{n}. {text}" for n, text in enumerate(labels, start=1))},
        buttons=[*(Button.same(text) for text in labels), HUMAN],
        data={"choices": labels},
    )


def refusal_reply() -> Reply:
    """No guess: what cannot be answered, and where to go on."""
    return Reply(
        "utter_refusal", kind="refusal", buttons=[HUMAN, CENTER, Button("我能问什么", "你能做什么")]
    )


class ActionAnswer(AssistantAction):
    """Answers a question to the knowledge base."""

    def name(self) -> str:
        """The action's name."""
        return "action_answer"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Answer each question of the message."""
        dated = deadline_at_once(self.services, dispatcher, tracker)
        if dated is not None:
            return dated
        country = talk.slot(tracker, "country")
        events: list[Event] = []
        named = self._before(tracker)
        for part in split_questions(talk.text(tracker)):
            events = answer(
                self.services, dispatcher, tracker, part, country=country, named=named,
                is_offtopic=talk.intent(tracker) == "out_of_scope",
            )  # fmt: skip
            named = named or names_of(self.services, part)
        return events

    def _before(self, tracker: Tracker) -> str:
        """What the question before was about, for one that names nothing itself."""
        previous = talk.slot(tracker, "last_question")
        named = (talk.entity(tracker, name) for name in ("country", "platform"))
        if previous is None or any(named) or talk.intent(tracker) == "out_of_scope":
            return ""
        return names_of(self.services, previous)


class ActionFollowUp(AssistantAction):
    """Answers a follow-up by completing it from the question before."""

    def name(self) -> str:
        """The action's name."""
        return "action_follow_up"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Complete the question, then answer it."""
        dated = deadline_at_once(self.services, dispatcher, tracker)
        if dated is not None:
            return dated
        text = talk.text(tracker)
        country = talk.slot(tracker, "country")
        previous = talk.slot(tracker, "last_question")
        if previous is None:
            found = look_up(
                self.services.index.current(), text, self.services.today(), country=country
            )
            if found.band != "answer" and len(followup.core(text)) <= _LONGEST_NAME:
                dispatcher.utter_message(response="utter_follow_up_open")
                return []
            return answer(self.services, dispatcher, tracker, text, country=country)
        question = self.resolve(tracker, text, previous)
        if not talk.has_entities(tracker) and followup.topic(text) is None:
            before = names_of(self.services, previous)
            if in_context(self.services, text, before, country):
                return answer(
                    self.services, dispatcher, tracker, text, country=country, named=before
                )
            if self._is_answered_before(tracker, question, country) and len(
                followup.core(text)
            ) <= _LONGEST_NAME:  # fmt: skip
                # The new word changed nothing, so the old answer would pass for one about it.
                Reply(
                    "utter_follow_up_unknown", kind="refusal",
                    fields={"word": followup.core(text)[:MAX_LABEL]}, buttons=[HUMAN, CENTER],
                ).send(dispatcher)  # fmt: skip
                return []
        return answer(self.services, dispatcher, tracker, question, country=country)

    def _is_answered_before(self, tracker: Tracker, question: str, country: str | None) -> bool:
        found = look_up(
            self.services.index.current(), question, self.services.today(), country=country
        )
        return bool(found.hits) and found.hits[0].passage.id == talk.slot(tracker, "last_answer")

    def resolve(self, tracker: Tracker, text: str, previous: str) -> str:
        """The whole question behind a follow-up."""
        vocabulary = self.services.vocabulary
        index = self.services.index.current()
        before = index.understand(previous)
        replaced = [
            (kind, code)
            for kind in ("country", "right", "procedure")
            if (code := talk.entity(tracker, kind)) is not None
        ]
        # A country's alias may name a procedure as well (337, TRO); the country is what is asked.
        kinds = {kind for kind, _ in replaced}
        context = [
            vocabulary.name(kind, codes[0])
            for kind, codes in (
                (
                    "country",
                    before.countries or tuple(filter(None, [talk.slot(tracker, "country")])),
                ),
                ("procedure", before.procedures),
                ("right", before.ip_types),
            )
            if codes and kind not in kinds
        ]
        return followup.complete(
            text,
            previous,
            named=[vocabulary.name(kind, code) for kind, code in replaced],
            context=context,
            stripped=index.understanding.without(before.text, kinds),
        )


def answer(
    services: Services,
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    question: str,
    *,
    country: str | None,
    named: str = "",
    is_offtopic: bool = False,
) -> list[Event]:
    """Look a question up, say what is found, and remember what it was about.

    :param named: what was named before this question; used when it cannot stand alone.
    """
    found = look_up(services.index.current(), question, services.today(), country=country)
    if named and (found.band != "answer" or _hangs_on_context(question, found)):
        last = talk.slot(tracker, "last_answer")
        question, found = in_context(services, question, named, country, last) or (question, found)
    if found.band == "country":
        names = [services.vocabulary.country(code) for code in found.countries]
        Reply(
            "utter_ask_country",
            kind="question",
            buttons=[Button.same(name) for name in names],
            data={"countries": list(found.countries)},
        ).send(dispatcher)
        return [SlotSet("last_question", question), SlotSet("last_topic", "answer")]
    if is_offtopic and found.band != "answer":
        refusal_reply().send(dispatcher)
        return []
    if found.band == "answer":
        passage = found.hits[0].passage
        if passage.id == talk.slot(tracker, "last_answer") and question == talk.slot(
            tracker, "last_question"
        ):
            again_reply(question, found).send(dispatcher)
            return [SlotSet("last_topic", "answer")]
        reply = answer_reply(question, found, services.today())
        if passages.guarded(str(reply.fields["body"]), reply.citations):
            reply.send(dispatcher)
            return [
                SlotSet("last_question", question),
                SlotSet("last_answer", passage.id),
                SlotSet("last_topic", "answer"),
            ]
    with writing(services.engine) as conn:
        unanswered.record(
            conn, tracker.sender_id, question, found.band, confidence=found.confidence,
            nearest=[
                {"document": hit.passage.document, "heading": list(hit.passage.heading), "score": hit.score}
                for hit in found.hits[:3]
            ],
        )  # fmt: skip
    reply = choices_reply(found) if found.band == "choices" and found.hits else refusal_reply()
    reply.send(dispatcher)
    return [SlotSet("last_question", question), SlotSet("last_topic", "answer")]


def _source_line(passage: Passage, cited: Sequence[Citation]) -> str:
    """The document and its basis, each only if its figures stand in the quote."""
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
