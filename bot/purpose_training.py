"""Teaching what a message is for (``actions/turn/purpose``) on what strangers wrote.

Learnt from are: whole conversations written without sight of the shelf, held with the bot as it is, so
that each message is seen with what the bot had said before; questions and messages to be declined, with the
chances of trees that have not seen them; and sentences of many hands (``bot/data/voices``), each heard by
a classifier that has read nothing of its hand and said in the midst of one of those conversations.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.turn.affirmed import affirmed
from actions.turn.evidence import Evidence
from actions.turn.purpose import (
    CLASSES,
    DECLINE,
    FEATURES,
    OTHER,
    SHELF,
    TO_THE_SHELF,
    Floats,
    Weighing,
    features,
    odds,
)
from actions.turn.readings import read
from bot.evaluation import EVERYTHING, VECTOR_SCALE, heard_by_hand, read_examples, softmax
from bot.training import DATA, TOPICS, VOICES
from bot.written import Bot, Line, bot_as_it_is, conversations, purpose_in
from indexer.confidence import logistic
from indexer.training.parts import dealt
from indexer.training.reranking import BOOSTING, flatten
from settings import Settings

logger = logging.getLogger(__name__)

PARTS = 5
TREES = 150
PARAMETERS: dict[str, Any] = {
    **BOOSTING, "objective": "multiclass", "num_class": len(CLASSES), "min_data_in_leaf": 20, "seed": 1,
}  # fmt: skip
# What a turn of a conversation, a question, a message to be declined and an example count; turns that ask
# the shelf are twenty times as many as all others and count less each.
_TURN, _ASKING_TURN, _QUESTION, _DECLINED, _EXAMPLE = 1.5, 0.7, 1.0, 1.0, 0.2
_SHARPNESS = 5.0  # as config.yml sets it
_RANKING = 5  # intents that the classifier names
_EACH, _MOST = (
    130,
    {"out_of_scope": 600, "ask": 450, "follow_up": 300, "deadline": 200, "triage": 200},
)
# How often an example is said within a conversation; some intents make no sense outside of one.
_WITHIN, _ALWAYS_WITHIN = 0.55, 0.9
_HANGING = frozenset(
    (
        "affirm", "deny", "repeat", "take_back", "source", "simpler", "follow_up", "correct", "inform",
        "not_helpful", "skip",
    )
)  # fmt: skip
# Acts that answer what the shelf may answer too, and the chance from which on a question is taken for one.
_GIVING = frozenset(
    ("center", "funding", "checklist", "lead_status", "privacy", "identity", "hours")
)
_TAKEN_FOR = 0.5
Held = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Row:
    """A message as the trees read it; ``source`` keeps the turns of a conversation together."""

    line: Floats
    purpose: str
    source: str
    kind: str
    weight: float


async def train_purpose(
    settings: Settings, lines: Sequence[Mapping[str, Any]], held: Held, out: Path
) -> str:
    """Teach the trees and write them.

    :param lines: conversations (with ``turns``), questions (with ``fact_ids``) and messages to be declined,
        as :func:`lines_of` reads them; the clock is that of ``settings``.
    :param held: for each question what trees of the shelf that have not seen it say (there, right).
    :return: lines for the person who waited.
    """
    with bot_as_it_is(settings) as bot:
        rows, states = await _of_conversations(bot, conversations(lines))
        rows += [
            row
            async for row in _of_questions(bot, [line for line in lines if "text" in line], held)
        ]
        rows += [row async for row in _of_examples(bot, states)]
    report = _cross_validated(rows)
    fit(rows).save(out)
    return f"一句话是问什么的，已从 {len(rows)} 句学到。\n{report}"


def fit(rows: Sequence[Row]) -> Weighing:
    """The trees of all purposes."""
    import lightgbm

    data = lightgbm.Dataset(
        np.stack([row.line for row in rows]),
        np.array([CLASSES.index(row.purpose) for row in rows]),
        weight=np.array([row.weight for row in rows]),
        feature_name=list(FEATURES),
    )
    trees = lightgbm.train(PARAMETERS, data, TREES).dump_model()["tree_info"]
    # One tree a purpose, in turn.
    return Weighing(
        **{name: flatten(trees[n :: len(CLASSES)], 1.0) for n, name in enumerate(CLASSES)}
    )


async def _of_conversations(bot: Bot, rows: Iterable[Line]) -> tuple[list[Row], list[Tracker]]:
    """The turns of whole conversations, and the conversations as they stood at each."""
    found, states = [], []
    async for tracker, expect in bot.hold(rows):
        if not _is_weighed(bot.services, tracker):
            continue
        if not (tracker.active_loop or {}).get("name"):
            states.append(tracker)
        purpose = purpose_in(expect)
        if purpose is not None:
            line = _line(bot.services, tracker)
            weight = _ASKING_TURN if purpose == SHELF else _TURN
            found.append(Row(line, purpose, tracker.sender_id, "turn", weight))
    return found, states


async def _of_questions(
    bot: Bot, rows: Iterable[Mapping[str, Any]], held: Held
) -> AsyncIterator[Row]:
    for number, row in enumerate(rows):
        if "answer" in row.get("ok_kinds", ()) or row["text"] not in held:
            continue
        tracker = await bot.said(row["text"])
        if not _is_weighed(bot.services, tracker):
            continue
        if row.get("fact_ids") and _likely_of(tracker, _GIVING) >= _TAKEN_FOR:
            continue  # either the act or the shelf answers
        line = _line(bot.services, tracker, held[row["text"]])
        purpose, weight = (SHELF, _QUESTION) if row.get("fact_ids") else (DECLINE, _DECLINED)
        yield Row(line, purpose, f"question-{number}", "question", weight)


async def _of_examples(bot: Bot, states: Sequence[Tracker]) -> AsyncIterator[Row]:
    """Sentences of many hands, as a classifier that has not read their hand ranks them."""
    rng = random.Random(3)  # noqa: S311 (no secret)
    for text, intent, source, ranking in _examples(rng):
        share = _ALWAYS_WITHIN if intent in _HANGING else _WITHIN
        within = rng.choice(states) if states and rng.random() < share else None
        tracker = await bot.said(text, within)
        tracker.latest_message["intent_ranking"] = ranking
        tracker.latest_message["intent"] = ranking[0]
        if not _is_weighed(bot.services, tracker):
            continue
        if intent == "follow_up" and within is None:
            intent = "out_of_scope"  # it hangs on nothing
        is_question = intent in (*TO_THE_SHELF, "deadline")
        purpose = DECLINE if intent == "out_of_scope" else SHELF if is_question else OTHER
        yield Row(_line(bot.services, tracker), purpose, f"example-{source}", "example", _EXAMPLE)


def _examples(rng: random.Random) -> Iterator[tuple[str, str, str, list[dict[str, Any]]]]:
    own = read_examples(sorted(DATA.glob(TOPICS)))
    hands = [read_examples([path]) for path in sorted(DATA.glob(VOICES))]
    margins, names = heard_by_hand(own, hands, EVERYTHING, VECTOR_SCALE)
    order = [(hand, n) for hand, data in enumerate(hands) for n in range(len(data.texts))]
    rng.shuffle(order)
    taken: Counter[str] = Counter()
    for hand, n in order:
        intent = str(hands[hand].intents[n])
        if taken[intent] >= _MOST.get(intent, _EACH):
            continue
        taken[intent] += 1
        chances = softmax(margins[hand][n : n + 1], _SHARPNESS)[0]
        best = np.argsort(-chances)[:_RANKING]
        ranking = [{"name": str(names[k]), "confidence": float(chances[k])} for k in best]
        yield hands[hand].texts[n], intent, f"{hand}-{n}", ranking


def _likely_of(tracker: Tracker, intents: Collection[str]) -> float:
    rows = tracker.latest_message["intent_ranking"]
    return sum(float(row["confidence"]) for row in rows if row["name"] in intents)


def _is_weighed(services: Services, tracker: Tracker) -> bool:
    """Whether the purpose of a message is asked: it is no command and fills no open form."""
    seen = Evidence.of(services, tracker)
    return not (seen.is_certain or (seen.form is not None and seen.fits_form))


def _line(services: Services, tracker: Tracker, held: tuple[float, float] | None = None) -> Floats:
    """The features of a message; ``held`` takes the place of what the shelf's own trees say of it alone."""
    text = affirmed(tracker, talk.text(tracker))
    found = [reading.found for reading in read(services, tracker, text)]
    if held is not None:
        there, right = (
            odds(h) - odds(now)
            for h, now in zip(held, (found[0].confidence, found[0].right), strict=True)
        )
        found = [
            replace(
                item,
                confidence=logistic(odds(item.confidence) + there),
                right=logistic(odds(item.right) + right),
            )
            for item in found
        ]
    return features(tracker, text, found)


def _cross_validated(rows: Sequence[Row]) -> str:
    """For each kind of message what trees that have not seen it take it for."""
    part_of = dealt((row.source for row in rows), PARTS, seed=0)
    taken: Counter[tuple[str, str, str]] = Counter()
    for part in range(PARTS):
        trees = fit([row for row in rows if part_of[row.source] != part])
        for row in (row for row in rows if part_of[row.source] == part):
            taken[row.kind, row.purpose, _largest(trees, row.line)] += 1
    lines = [f"{'':>10}{'':>10}" + "".join(f"{name:>10}" for name in CLASSES)]
    for kind, purpose in sorted({(row.kind, row.purpose) for row in rows}):
        counts = "".join(f"{taken[kind, purpose, name]:>10}" for name in CLASSES)
        lines.append(f"{kind:>10}{purpose:>10}{counts}")
    return "\n".join(lines)


def _largest(trees: Weighing, line: NDArray[np.float32]) -> str:
    purpose = trees.of(line)
    chances = (purpose.shelf, purpose.decline, purpose.other)
    return CLASSES[int(np.argmax(chances))]
