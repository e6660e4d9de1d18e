"""One answer as it is shown: what a passage says, its source, what comes next; also a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from actions import passages
from actions.lookup import Found
from actions.refusal import Reason, response_of
from actions.replies import CENTER, DEADLINE, FOLD, HUMAN, Button, Reply, citation, unique
from actions.supplement import Sentence, asks_for_basis, supplement
from indexer.hybrid import HybridIndex
from knowledge.option_cards import ABOUT
from knowledge.types import Citation, Passage

# The label shares the first screen with the body, the source line and the next steps.
LABEL_CHARS = 35
LEAST_BODY = 80
# The body of each of several answers.
SHORT_BODY = 130
# What is said of a passage that does not fit whole; what is asked of the rest of it is looked for.
LONG_BODY = 180
STEPS = 2
RELATED = 3
MAX_LABEL = 30
# Carries no figure, so that it needs no citation.
OVERDUE = "提醒：这份资料已过复核日期，用之前请核对官方现行文本。"
# What is said of an answer that was given just before.
GIST = 60
# Procedures in which a date runs against somebody.
_DATED = frozenset(
    ("section-337", "court", "tro", "opposition", "customs",
     "ptab", "domain-name", "pi", "cancellation")
)  # fmt: skip


def answer_reply(
    found: Found, today: date, index: HybridIndex | None = None, *, is_one_of_several: bool = False
) -> Reply:
    """The answer from the best passage, with a banner when its document is past its review date.

    :param index: where what answers the rest of the question is looked for; it stands below, each passage
        with its own citation.
    """
    passage = found.hits[0].passage
    wants_basis = passage.basis is not None and asks_for_basis(found.info.text)
    quote = f"{passage.text}\n依据：{passage.basis}" if wants_basis else None
    cited = [citation(passage, found.snapshot, quote)]
    overdue = passage.review_due is not None and passage.review_due < today
    banner = OVERDUE if overdue else ""
    source = _source_line(passage, cited, is_whole=wants_basis)
    room = max(LEAST_BODY, FOLD - LABEL_CHARS - len(source) - len(banner))
    said, has_more = passages.body(passage, room)
    if has_more:
        said, has_more = passages.body(passage, min(room, LONG_BODY))
    added = supplement(index, found, said, room - len(said)) if index else []
    cited += _cited_beside(found, added)
    more = "".join(one.text for one in added)
    steps = _steps(passage, cited)
    if is_one_of_several or len(said) + len(more) + len(steps) > room:
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


def again_reply(found: Found, question: str = "", index: HybridIndex | None = None) -> Reply:
    """What an answer that was given just before says to this question, and ways to go on.

    :param index: where what it does not say is looked for, for another question than before.
    """
    passage = found.hits[0].passage
    cited = [citation(passage, found.snapshot)]
    if question:
        said = passages.bearing(question, passage, LONG_BODY)
        known = f"{passages.body(passage, LONG_BODY)[0]}{said}"
        more = supplement(index, found, known, LONG_BODY) if index else []
        cited += _cited_beside(found, more)
        said = "".join((said, *(one.text for one in more)))
    else:
        said = passages.body(passage, GIST)[0]
    return Reply(
        "utter_answer_again",
        kind="answer",
        fields={"body": said},
        citations=cited,
        buttons=_buttons(found, passage),
        data={"passage": passage.id, "again": True, "next_steps": list(passage.next_steps)},
    )


def refusal_reply(
    word: str | None = None,
    *,
    place: str | None = None,
    reason: Reason | None = None,
    is_under_way: bool = False,
) -> Reply:
    """No guess: what cannot be answered, why, and where to go on.

    :param word: what a follow-up named and the shelf does not know.
    :param place: the name of a country whose law the shelf does not tell.
    :param reason: why the message is declined; None for the general sentence.
    :param is_under_way: whether something of the person's matter was answered before.
    """
    buttons = [HUMAN, CENTER, Button("我能问什么", "你能做什么")]
    if place is not None:
        fields = {"place": place}
        return Reply("utter_no_law_of", kind="refusal", fields=fields, buttons=buttons)
    if word is None:
        response = response_of(reason, is_under_way=is_under_way)
        return Reply(response, kind="refusal", buttons=buttons)
    return Reply("utter_follow_up_unknown", kind="refusal", fields={"word": word}, buttons=buttons)


def _cited_beside(found: Found, added: Sequence[Sentence]) -> list[Citation]:
    """Where what is said besides the first hit stands, each passage once."""
    first = found.hits[0].passage
    others = {one.passage.id: one.passage for one in added if one.passage.id != first.id}
    return [citation(passage, found.snapshot) for passage in others.values()]


def _source_line(passage: Passage, cited: Sequence[Citation], *, is_whole: bool = False) -> str:
    """The basis and the document, each only if its figures stand in the quote.

    :param is_whole: all of the basis, where it is asked for.
    """
    if passage.article:
        return ""
    title = f"来源：{passage.title}"
    basis = passage.basis or ""
    basis = basis if is_whole else basis.split("；")[0]
    full = f"{title}（{basis}）" if basis else title
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
