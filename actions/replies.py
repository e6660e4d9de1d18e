"""The only builder of outgoing shapes: response name, fields, citations, buttons and data.

A response's sentence lives in the domain; what is passed here fills it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from knowledge.types import GENERAL, Citation, Passage

# A phone shows about this many characters before one has to scroll.
FOLD = 300


@dataclass(frozen=True)
class Button:
    """A choice: what it says and the text that pressing it sends."""

    title: str
    payload: str

    @classmethod
    def same(cls, text: str) -> Button:
        """A button that sends what it says."""
        return cls(text, text)


HUMAN = Button.same("转人工")
CENTER = Button.same("找援助中心")
LEAD = Button("登记援助/资助线索", "我要登记援助线索")
DEADLINE = Button.same("算期限")
CANCEL = Button.same("取消")


@dataclass(frozen=True)
class Reply:
    """One message to be said."""

    response: str
    kind: str = "text"
    fields: Mapping[str, str] = field(default_factory=dict)
    citations: Sequence[Citation] = ()
    buttons: Sequence[Button] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    def send(self, dispatcher: CollectingDispatcher) -> None:
        """Hand the message to Rasa."""
        custom: dict[str, Any] = {"kind": self.kind}
        if self.citations:
            custom["citations"] = [citation.to_json() for citation in self.citations]
        if self.data:
            custom["data"] = dict(self.data)
        dispatcher.utter_message(
            response=self.response,
            buttons=[{"title": b.title, "payload": b.payload} for b in self.buttons],
            json_message=custom,
            **self.fields,
        )


def say(dispatcher: CollectingDispatcher, response: str, **fields: str) -> None:
    """Say a response whose kind and buttons stand in the domain."""
    dispatcher.utter_message(response=response, **fields)


def unique(buttons: Iterable[Button], limit: int = 5) -> tuple[Button, ...]:
    """The first buttons with different titles."""
    kept: dict[str, Button] = {}
    for button in buttons:
        kept.setdefault(button.title, button)
    return tuple(kept.values())[:limit]


def citation(passage: Passage, snapshot: str, quote: str | None = None) -> Citation:
    """Where a passage came from; the quote is the whole passage unless told."""
    text = quote or passage.text
    if passage.article and not text.startswith(passage.article):
        text = f"{passage.article} {text}"
    return Citation(
        document=passage.document,
        title=passage.title,
        heading=passage.heading,
        jurisdiction=_place(passage),
        basis=passage.basis
        or (f"《{passage.title}》{passage.article}" if passage.article else None),
        as_of=passage.as_of,
        url=passage.url,
        quote=text,
        snapshot=snapshot,
        passage=passage.id,
        version=passage.version,
    )


def _place(passage: Passage) -> str | None:
    """The one country a passage belongs to or is about; None for what holds everywhere."""
    places = passage.jurisdiction
    own = places[0] if places and GENERAL not in places else None
    return passage.place or own
