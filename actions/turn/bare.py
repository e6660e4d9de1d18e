"""Messages that only name something (法国呢, 火星呢): whether they do, and the questions that they may go on with."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker

from actions import conversation as talk
from actions import followup
from actions.context import Services
from actions.shelf import Shelf
from actions.turn.asking import asks
from indexer.hybrid import HybridIndex
from indexer.jurisdictions import scope
from indexer.query import Mention
from knowledge.types import GENERAL

# A bare topic (期限呢, 交多少钱) is no longer than this.
_BARE = 6
# A bare name that says nothing to the last question is read after so many before it.
_GOES_BACK = 3
PLACES = ("country", "platform")
_NO_LAW_OF_ITS_OWN = frozenset(("CN", GENERAL))
# Signs of small words, which stand in no name of a place, a company or a court.
_IN_NO_NAME = frozenset("不没要是会能可就再也都谁哪怎啥吗")


def is_bare(services: Services, text: str) -> bool:
    """Whether a message is the name of another country or platform and wants the question before it."""
    core = followup.core(text)
    rest = core
    mentions = services.index.current().understanding.mentions(core)
    places = [m for m in mentions if m.row.kind in PLACES]
    for start, stop in sorted({(m.start, m.stop) for m in places}, reverse=True):
        rest = rest[:start] + rest[stop:]
    names_place = bool(places)
    names_topic = any(m.row.kind == "procedure" and not _is_place(m, mentions) for m in mentions)
    is_whole = names_place and not names_topic and len(rest) <= 1
    return is_whole and (core != text or not asks(text))


def _is_place(topic: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether a name of a procedure is that of a place as well (337, TRO)."""
    return any(m.row.kind in PLACES and m.start <= topic.start < m.stop for m in mentions)


def names_alone(services: Services, tracker: Tracker, text: str) -> bool:
    """Whether a place is named to go on with and nothing was said before (法国呢)."""
    said = sum(event.get("event") == "user" for event in tracker.events)
    return said <= 1 and followup.core(text) != text and is_bare(services, text)


def asked_before(tracker: Tracker) -> list[str]:
    """The questions that a bare name may go on with, the last one first."""
    values = (talk.slot(tracker, "last_question"), *talk.held(tracker, "last_question"))
    return list(dict.fromkeys(filter(None, values)))[:_GOES_BACK]


def unknown_name(index: HybridIndex, text: str) -> str | None:
    """What a bare follow-up names (火星呢), if it stands nowhere on the shelf."""
    core = followup.core(text)
    if core == text.strip("，,。？? ") or not 1 < len(core) <= _BARE:
        return None
    if not _IN_NO_NAME.isdisjoint(core) or len([*index.tokenizer.words_of(core)]) > 1:
        return None  # 那要是不理呢, 过了呢 ask for something else
    info = index.understand(core)
    is_named = info.countries or info.platforms or info.procedures or info.ip_types
    return None if is_named or index.term_weights(info)[1] else core


def unread_place(services: Services, tracker: Tracker) -> str | None:
    """The one country that a message names and that no passage tells the law of."""
    named = {code for code in talk.entities(tracker, "country") if code not in _NO_LAW_OF_ITS_OWN}
    if len(named) != 1:
        return None
    index = services.index.current()
    (code,) = named
    return code if Shelf.of(index).places.isdisjoint(scope((code,))) else None
