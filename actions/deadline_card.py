"""The card of a computed deadline: the day, how it was counted, what follows when it is missed."""

from __future__ import annotations

from dataclasses import replace

from rasa_sdk import Tracker

from actions.calendars import spoken
from actions.context import Services
from actions.deadline_result import DeadlineResult
from actions.replies import HUMAN, LEAD, Button, Reply, citation, unique
from actions.shelf import Shelf
from actions.turn.printed import SLOT as PAPER
from knowledge.deadline_types import DeadlineRule

_EARLIER = (
    "这个期限从“{trigger}”那天起算，不从收到那天算。按您说的收到的日子，最晚是下面这一天，"
    "真正的截止日会更早：请看文书上印的日期或邮戳，告诉我就重新算。"
)


def case_in_hand(tracker: Tracker, rule: DeadlineRule) -> str:
    """What the matter of a paper in hand is told by, where the paper is one that starts a rule."""
    kept = tracker.get_slot(PAPER)
    if not isinstance(kept, dict) or kept.get("kind") not in rule.papers:
        return ""
    return str(kept.get("case") or "")


def deadline_reply(
    services: Services, result: DeadlineResult, *, by_receipt: bool = False, case: str = ""
) -> Reply:
    """The card: date, weekday, days left, how it was counted, what happens if missed.

    :param by_receipt: it was counted from a paper's coming though the rule counts from its sending, so that
        the day can only be earlier.
    :param case: what tells the matter from others in a calendar.
    """
    rule = result.rule
    index = services.index.current()
    passage = Shelf.of(index).resting_on(rule.fact, rule.jurisdiction)
    first = [_EARLIER.format(trigger=rule.trigger)] if by_receipt else []
    lines = [*first, f"{rule.title}：{_headline(result)}"]
    lines.append(f"算法：{result.counted}。依据：{rule.basis}。")
    if rule.consequence:
        lines.append(f"错过的后果：{rule.consequence.rstrip('。')}。")
    if rule.extension:
        lines.append(f"能否延长：{rule.extension.rstrip('。')}。")
    lines += later_steps(result)
    lines += [f"{note.rstrip('。')}。" for note in result.notes]
    buttons = [HUMAN, LEAD] if result.urgent else [LEAD, HUMAN]
    return Reply(
        "utter_deadline_urgent" if result.urgent else "utter_deadline",
        kind="deadline",
        fields={"body": "\n".join(lines)},
        citations=[citation(passage, index.snapshot_id)] if passage else [],
        buttons=unique([*buttons, Button.same("要准备什么材料")]),
        data={
            **replace(result, notes=(*first, *result.notes)).to_json(),
            **({"case": case} if case else {}),
        },
    )


def later_steps(result: DeadlineResult) -> list[str]:
    """The steps after the day, a line each; those before it are among the notes."""
    shown = result.shown_date
    return [
        f"{step.label}：{spoken(step.due_date)}，{step.counted}。"
        for step in result.also
        if shown is not None and step.due_date > shown
    ]


def _headline(result: DeadlineResult) -> str:
    shown = result.shown_date
    if shown is None:
        return "截止日以文书上印的日期为准。"
    day = spoken(shown)
    if result.due_date is None:
        return f"请先看文书上印的日期；按规则估算约为{day}。"
    left = result.days_left or 0
    tail = f"还有{left}天" if left > 0 else ("就是今天" if left == 0 else f"已过{-left}天")
    return f"截止日是{day}，{tail}。"
