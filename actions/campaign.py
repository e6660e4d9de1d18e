"""The World IP Day quiz: a few questions with explanations, a score, no personal data."""

from __future__ import annotations

import hashlib
import logging
import random
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.context import AssistantAction, Event, Services
from actions.forms import REQUESTED, FormEnd, SlotForm
from actions.replies import Button, Reply, citation
from actions.shelf import Shelf
from desk import quiz
from desk.engine import writing
from indexer.hybrid import HybridIndex
from knowledge.errors import DeskError
from knowledge.quiz_round import draw_round
from knowledge.quiz_table import FILE_NAME, QuizQuestion, load_quiz
from knowledge.types import Citation

logger = logging.getLogger(__name__)

# Whom the conversation asks; the campaign page asks for the age.
_AUDIENCE = "adult"
_ORDINALS = {"一": "A", "二": "B", "三": "C", "四": "D", "1": "A", "2": "B", "3": "C", "4": "D"}
_LETTER = re.compile(r"(?<![A-Za-z])([A-Da-d])(?![A-Za-z])")
_NTH = re.compile(r"第([一二三四1-4])")


def seed_of(sender: str, turns: int, snapshot: str) -> str:
    """What a round is drawn by; it names the publication whose questions it asks to its end."""
    return f"{sender}/{turns}@{snapshot}"


def draw(services: Services, seed: str) -> list[QuizQuestion]:
    """The questions of one round; the same seed draws the same, whatever is published meanwhile."""
    knowledge = services.settings.knowledge
    questions = bank(knowledge.snapshots_dir, knowledge.tables_dir, seed.rpartition("@")[2])
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")
    chance = random.Random(number)  # noqa: S311 (a draw of quiz questions, nothing secret)
    return draw_round(questions, _AUDIENCE, chance)


@lru_cache(maxsize=8)
def bank(snapshots: Path, tables: Path, snapshot: str) -> tuple[QuizQuestion, ...]:
    """The questions of a publication; those shipped where it holds none."""
    published = snapshots / snapshot
    has_own = bool(snapshot) and (published / FILE_NAME).is_file()
    return tuple(load_quiz(published if has_own else tables))


def choice_in(text: str, question: QuizQuestion) -> str | None:
    """The label that an answer means: a letter, 第二个, or the option's own words."""
    for label, words in question.options.items():
        if text == words:
            return label
    nth, letter = _NTH.search(text), _LETTER.search(text)
    label = _ORDINALS[nth[1]] if nth else (letter[1].upper() if letter else "")
    return label if label in question.options else None


def basis_of(question: QuizQuestion) -> str:
    """What an explanation rests on; a rule whose text was not opened is said to be unverified."""
    basis = (question.basis or "").strip().rstrip("。")
    if not basis:
        return ""
    unread = "，以官方文本为准" if question.unverified else ""
    return f"（依据：{basis}{unread}）"


def citations_of(index: HybridIndex, facts: Iterable[str]) -> list[Citation]:
    """The published passage that an explanation rests on, when there is one."""
    found = map(Shelf.of(index).resting_on, facts)
    return [citation(passage, index.snapshot_id) for passage in found if passage][:1]


class ValidateQuizForm(SlotForm):
    """Hears the answer to each question of a round and explains it."""

    form = "quiz_form"
    slots = ("quiz_answer",)

    def others(self, tracker: Tracker) -> dict[str, Any]:
        """Nothing said before the quiz answers it."""
        return {}

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Start a round with a seed of its own."""
        events = super().act(dispatcher, tracker)
        if talk.slot(tracker, "quiz_round") is None or tracker.get_slot("quiz_place") is None:
            turns = sum(event.get("event") == "user" for event in tracker.events)
            events += [
                SlotSet("quiz_round", seed_of(tracker.sender_id, turns, self._published())),
                SlotSet("quiz_place", 0.0),
                SlotSet("quiz_score", 0.0),
                SlotSet("quiz_offered", True),
            ]
        return events

    def _published(self) -> str:
        return self.services.index.current().snapshot_id

    def _question(self, tracker: Tracker) -> QuizQuestion:
        place = int(tracker.get_slot("quiz_place") or 0)
        return draw(self.services, talk.slot(tracker, "quiz_round") or "")[place]

    def extract_quiz_answer(self, tracker: Tracker) -> str | None:
        """The label chosen."""
        return choice_in(talk.text(tracker), self._question(tracker))

    def validate_quiz_answer(
        self, label: str, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> str:
        """Say whether it was right, and why."""
        question = self._question(tracker)
        right = label == question.answer
        place = int(tracker.get_slot("quiz_place") or 0) + 1
        score = int(tracker.get_slot("quiz_score") or 0) + int(right)
        tracker.slots.update({"quiz_place": float(place), "quiz_score": float(score)})
        self._count(question.id, label, right)
        Reply(
            "utter_quiz_right" if right else "utter_quiz_wrong",
            kind="quiz",
            fields={
                "answer": f"{question.answer}. {question.options[question.answer]}",
                "explanation": question.explanation,
                "basis": basis_of(question),
            },
            citations=citations_of(self.services.index.current(), question.facts),
            data={
                "id": question.id,
                "right": right,
                "answer": question.answer,
                "facts": list(question.facts),
            },
        ).send(dispatcher)
        return label

    def _count(self, question: str, label: str, right: bool) -> None:
        """Add to the question's tally; the round goes on when that fails."""
        try:
            with writing(self.services.engine) as conn:
                quiz.record(conn, question, label, right, self.services.today())
        except DeskError as error:
            logger.error("a quiz answer was not counted: %s", error)

    def _accept(self, asked: str, value: Any) -> list[Event]:
        return [SlotSet("quiz_answer", None)]

    def _answer(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, asked: str, *, is_stuck: bool
    ) -> list[Event]:
        before = tracker.get_slot("quiz_place")
        events = super()._answer(dispatcher, tracker, asked, is_stuck=is_stuck)
        place = tracker.get_slot("quiz_place")
        if place == before:
            return events
        events += [
            SlotSet("quiz_place", place),
            SlotSet("quiz_score", tracker.get_slot("quiz_score")),
        ]
        is_over = int(place) >= len(draw(self.services, talk.slot(tracker, "quiz_round") or ""))
        return [*events, SlotSet(REQUESTED, None if is_over else "quiz_answer")]


class ActionAskQuizAnswer(AssistantAction):
    """Asks the next question of the round."""

    def name(self) -> str:
        """The name under which the form asks."""
        return "action_ask_quiz_form_quiz_answer"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Show question and options."""
        questions = draw(self.services, talk.slot(tracker, "quiz_round") or "")
        place = int(tracker.get_slot("quiz_place") or 0)
        question = questions[place]
        options = "\n".join(f"{label}. {text}" for label, text in question.options.items())
        Reply(
            "utter_quiz_question",
            kind="quiz",
            fields={
                "number": str(place + 1), "total": str(len(questions)), "question": question.question, "options": options,
            },
            buttons=[Button(f"{label}. {text}"[:30], label) for label, text in question.options.items()],
            data={"id": question.id, "number": place + 1, "total": len(questions), "options": dict(question.options)},
        ).send(dispatcher)  # fmt: skip
        return []


class ActionQuizResult(FormEnd):
    """Says the score and offers another round and a card to share."""

    def name(self) -> str:
        """The action's name."""
        return "action_quiz_result"

    def end(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Close the round."""
        total, score = (
            int(tracker.get_slot("quiz_place") or 0),
            int(tracker.get_slot("quiz_score") or 0),
        )
        if total:
            Reply(
                "utter_quiz_result",
                kind="quiz",
                fields={"score": str(score), "total": str(total)},
                buttons=[Button.same("再答一次"), Button("我能问什么", "你能做什么")],
                data={"score": score, "total": total, "finished": True},
            ).send(dispatcher)
        return [
            SlotSet(name, None)
            for name in ("quiz_round", "quiz_place", "quiz_score", "quiz_answer")
        ]
