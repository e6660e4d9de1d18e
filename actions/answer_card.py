"""One answer as it is shown: what a passage says, its source, what comes next; also a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from actions import passages
from actions.lookup import Found
from actions.replies import CENTER, DEADLINE, FOLD, HUMAN, Button, Reply, citation, unique
from knowledge.option_cards import ABOUT
from knowledge.types import Citation, Passage

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
# Procedures in which a date runs against somebody.
_DATED = frozenset(
    ("section-337", "court", "tro", "opposition", "customs",
     "ptab", "domain-name", "pi", "cancellation")
)  # fmt: skip


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
