"""What was answered just before: where it is written, and the same in one sentence."""

from __future__ import annotations

from collections.abc import Callable

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions import passages
from actions.context import AssistantAction, Event, Services
from actions.replies import HUMAN, Reply, citation
from actions.shelf import Shelf
from knowledge.types import Passage

# Of the passage's own words so many are shown; the whole stands in the citation.
_QUOTE = 110
# One sentence of an answer, as it would be said on the phone.
_GIST = 40
_NO_URL = "没有登记网址，请按文件名到官方网站查"


class ActionSource(AssistantAction):
    """Says where the last answer is written: law, document, date, address, and the words themselves."""

    def name(self) -> str:
        """The action's name."""
        return "action_source"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Cite the passage that the last answer, or the rule of the last day, rests on."""
        return _say(self.services, dispatcher, tracker, source_reply)


class ActionSimpler(AssistantAction):
    """Says the last answer again in one sentence."""

    def name(self) -> str:
        """The action's name."""
        return "action_simpler"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Take the passage's own direct answer and its first step."""
        return _say(self.services, dispatcher, tracker, simpler_reply)


def _say(
    services: Services,
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    reply: Callable[[Passage, str], Reply],
) -> list[Event]:
    """Say something of the passage that the conversation's last answer or last computed day rests on."""
    index = services.index.current()
    passage = Shelf.of(index).find(talk.slot(tracker, "last_answer"))
    if passage is None:
        dispatcher.utter_message(response="utter_nothing_cited")
    else:
        reply(passage, index.snapshot_id).send(dispatcher)
    return []


def source_reply(passage: Passage, snapshot: str) -> Reply:
    """Basis, document, day, address and the words of a passage."""
    cited = citation(passage, snapshot)
    quote, has_more = passages.body(passage, _QUOTE)
    place = " › ".join(filter(None, (passage.title, *passage.heading[-1:])))
    lines = [
        f"依据：{cited.basis}" if cited.basis else "",
        f"写在：{place}",
        f"核对到：{passage.as_of}" if passage.as_of else "",
        f"官方页面：{passage.url or _NO_URL}",
        f"原文：“{quote}”" + ("（全文见下方引用）" if has_more else ""),
    ]
    return Reply(
        "utter_source",
        kind="answer",
        fields={"body": "\n".join(line for line in lines if line)},
        citations=[cited],
        buttons=[HUMAN],
        data={"passage": passage.id, "again": True},
    )


def simpler_reply(passage: Passage, snapshot: str) -> Reply:
    """The direct answer of a passage and the first thing to do."""
    said, _ = passages.body(passage, _GIST)
    step = passage.next_steps[0] if passage.next_steps else ""
    cited = citation(passage, snapshot)
    if not passages.guarded(step, [cited]):
        step = ""
    return Reply(
        "utter_simpler",
        kind="answer",
        fields={"body": "\n".join(filter(None, (said, f"先做一件事：{step}。" if step else "")))},
        citations=[cited],
        buttons=[HUMAN],
        data={"passage": passage.id, "again": True, "next_steps": list(passage.next_steps)},
    )
