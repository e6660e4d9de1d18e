"""The published knowledge as the console uses it: passages to cite, and what the bot would answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from desk.errors import InvalidRecordError
from indexer.hybrid import HybridIndex
from indexer.jurisdictions import scope
from indexer.live import LiveIndex
from indexer.types import SearchFilters
from knowledge.types import Citation, Passage

_SHOWN = 6
MOST_CITATIONS = 5


@dataclass(frozen=True)
class Found:
    """A passage as the panel shows it."""

    passage: Passage
    snapshot: str


@dataclass(frozen=True)
class Suggestion:
    """What the bot would say, for a person to approve; ``passage`` is what it cites."""

    text: str
    passage: Passage
    question: str


class Shelf:
    """The published index as the console uses it; every method blocks."""

    def __init__(self, live: LiveIndex) -> None:
        self._live = live
        self._numbers: tuple[str, dict[str, int]] | None = None

    def search(self, query: str, country: str | None, day: date) -> tuple[Found, ...]:
        """Passages to a question; those of other countries are left out once one is known.

        :raises SnapshotError: when nothing is published.
        """
        index = self._live.current()
        named = index.understand(country).countries if country else ()
        asked = index.understand(query).countries
        places = scope(asked or named) if asked or named else frozenset()
        hits = index.search(query, _SHOWN, SearchFilters(jurisdictions=places), day)
        return tuple(Found(hit.passage, index.snapshot_id) for hit in hits)

    def suggest(self, question: str, country: str | None, day: date) -> Suggestion | None:
        """What the bot would answer; None where it would decline or ask back."""
        # Imported here: the actions bring Rasa's SDK along, which the pages do without.
        from actions.answer_card import answer_reply
        from actions.lookup import look_up
        from actions.passages import guarded

        index = self._live.current()
        named = index.understand(country).countries if country else ()
        found = look_up(
            index, question, day, country=named[0] if named else None, ask_country=not named
        )
        if found.band != "answer" or not found.hits:
            return None
        reply = answer_reply(found, day)
        text = str(reply.fields["body"])
        if not guarded(text, reply.citations):
            return None
        return Suggestion(text, found.hits[0].passage, question)

    def citations(self, passages: Sequence[str]) -> tuple[Citation, ...]:
        """The citations of passages by id, made here: what a browser sends is never quoted.

        :raises InvalidRecordError: when a passage is not published any more.
        """
        from actions.replies import citation

        index = self._live.current()
        known = self._known(index)
        if len(passages) > MOST_CITATIONS:
            raise InvalidRecordError(f"一条回复最多引用{MOST_CITATIONS}处")
        missing = [key for key in passages if key not in known]
        if missing:
            raise InvalidRecordError("引用的段落已不在当前知识库里，请重新检索后再引用")
        cited = [index.passages[known[key]] for key in dict.fromkeys(passages)]
        return tuple(citation(passage, index.snapshot_id) for passage in cited)

    def _known(self, index: HybridIndex) -> dict[str, int]:
        """Where each passage stands in the published index."""
        held = self._numbers
        if held is None or held[0] != index.snapshot_id:
            numbers = {index.passages[n].id: n for n in range(len(index.passages))}
            held = self._numbers = (index.snapshot_id, numbers)
        return held[1]
