"""A round of a campaign's quiz: drawn, asked one question at a time, explained at once.

What the page gets before an answer is a question and its options in an order of this round alone; the
right one stays on the server until the answer is stored.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection, Engine

from actions.campaign import bank, basis_of, citations_of
from desk import campaign_counts, campaign_plays
from desk.campaign_counts import Happening
from desk.campaign_plays import Asked, Play
from desk.campaigns import Campaign, Phase
from desk.engine import reading, writing
from desk.errors import InvalidRecordError, TransitionError
from indexer.hybrid import HybridIndex
from knowledge.quiz_round import draw_round
from knowledge.quiz_table import AUDIENCES, QuizQuestion
from settings import Settings

AUDIENCE_NAMES = {
    "child": "小朋友",
    "student": "中学生、大学生",
    "adult": "市民",
    "enterprise": "企业",
}


class Rounds:
    """Begins rounds and takes their answers."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._knowledge = settings.knowledge
        self._engine = engine

    def begin(
        self, campaign: Campaign, phase: Phase, index: HybridIndex, wanted: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Draw a round.

        :param wanted: ``audience``, and where given the codes of ``place`` and ``team``.
        :raises InvalidRecordError: nobody of that name plays, or the team is not known.
        :raises TransitionError: the campaign is closed.
        """
        if phase is Phase.CLOSED:
            raise TransitionError("答题已经截止，谢谢关注；小游戏和提问还可以用")
        audience, team = str(wanted.get("audience", "")), str(wanted.get("team") or "")
        if audience not in AUDIENCES:
            raise InvalidRecordError("请先选谁来答题")
        chosen_team = campaign.team(team) if team.strip() else None
        if team.strip() and chosen_team is None:
            raise InvalidRecordError("没有这个班级或队伍码，请核对后再填，也可以空着")
        place = campaign.place(str(wanted.get("place") or ""))
        questions = self._bank(index.snapshot_id)
        chance = secrets.SystemRandom()
        drawn = draw_round(list(questions.values()), audience, chance, campaign.questions)
        play = Play(
            id=campaign_plays.new_id(), campaign_id=campaign.id, place=place.code if place else "",
            team=chosen_team.code if chosen_team else "", audience=audience, snapshot=index.snapshot_id,
            asked=tuple(Asked(item.id, _shuffled(item, chance)) for item in drawn),
            counts=phase is Phase.OPEN,
        )  # fmt: skip
        with writing(self._engine) as conn:
            campaign_plays.begin(conn, play)
            self._count(conn, play, Happening.START)
        return {"play": play.id, "total": len(play.asked), "question": self._shown(play)}

    def answer(
        self, campaign: Campaign, index: HybridIndex, identifier: str, number: int, choice: int
    ) -> tuple[Play, dict[str, Any]]:
        """Take an answer and explain it; the same answer sent again is explained again.

        :param number: which question, from 1; ``choice`` which option as shown, from 0.
        :return: the round as it stands, and what the page shows.
        :raises TransitionError: the question is not the one that is open.
        """
        with reading(self._engine) as conn:
            play = campaign_plays.find(conn, campaign.id, identifier)
        given = len(play.choices)
        if not 1 <= number <= min(given + 1, len(play.asked)):
            raise TransitionError("题号不对，请重新开始一轮")
        asked = play.asked[number - 1]
        if number == given + 1:
            if not 0 <= choice < len(asked.order):
                raise InvalidRecordError("请选一个选项")
            play = self._take(play, asked, asked.order[choice])
        return play, self._verdict(play, number, index)

    def _take(self, play: Play, asked: Asked, label: str) -> Play:
        is_right = label == self._bank(play.snapshot)[asked.question].answer
        with writing(self._engine) as conn:
            later = campaign_plays.answer(conn, play, label, is_right=is_right)
            happening = Happening.RIGHT if is_right else Happening.WRONG
            self._count(conn, play, happening, asked.question)
            if later.is_over:
                self._count(conn, play, Happening.FINISH)
        return later

    def _verdict(self, play: Play, number: int, index: HybridIndex) -> dict[str, Any]:
        """What was right about an answered question, and the next one."""
        asked = play.asked[number - 1]
        question = self._bank(play.snapshot)[asked.question]
        chosen = play.choices[number - 1]
        marks = [label == self._bank(play.snapshot)[item.question].answer
                 for item, label in zip(play.asked, play.choices, strict=False)][:number]  # fmt: skip
        cited = citations_of(index, question.facts)
        source = [{"title": item.title, "heading": item.heading[-1] if item.heading else "",
                   "quote": item.quote, "url": item.url} for item in cited]  # fmt: skip
        return {
            "number": number,
            "right": chosen == question.answer,
            "answer": asked.order.index(question.answer),
            "choice": asked.order.index(chosen),
            "explanation": f"{question.explanation}{basis_of(question)}",
            "source": source[0] if source else None,
            "score": sum(marks),
            "streak": _streak(marks),
            "next": self._shown(play) if number == len(play.choices) else None,
        }

    def _shown(self, play: Play) -> dict[str, Any] | None:
        """The open question without its answer; None when the round is over."""
        if play.is_over:
            return None
        place = len(play.choices)
        asked = play.asked[place]
        question = self._bank(play.snapshot)[asked.question]
        options = [question.options[label] for label in asked.order]
        return {"number": place + 1, "text": question.question, "options": options}

    def _bank(self, snapshot: str) -> dict[str, QuizQuestion]:
        knowledge = self._knowledge
        return {
            item.id: item for item in bank(knowledge.snapshots_dir, knowledge.tables_dir, snapshot)
        }

    def _count(self, conn: Connection, play: Play, what: Happening, question: str = "") -> None:
        if play.counts:
            campaign_counts.count(conn, play.campaign_id, play.place, what, question=question)


def _shuffled(question: QuizQuestion, chance: random.Random) -> tuple[str, ...]:
    labels = list(question.options)
    chance.shuffle(labels)
    return tuple(labels)


def _streak(marks: list[bool]) -> int:
    """How many of the last answers were right in a row."""
    return next((n for n, is_right in enumerate(reversed(marks)) if not is_right), len(marks))
