"""A message within its conversation: what it may hang on, whether it stands alone, what it is heard as."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.deadline_fit import WITHIN
from actions.lookup import CHINA, Found
from actions.shelf import Shelf
from actions.turn.bare import unknown_name
from actions.turn.hearing import EARLIER, Conversation, context, is_of_the_matter, trained
from actions.turn.places import answered_there
from indexer.jurisdictions import scope
from indexer.types import QueryInfo, ScoredPassage
from knowledge.types import GENERAL, Passage

# A message is heard within its conversation up to this length; what is longer is a story of its own.
_MOST_HEARD = 120
# From this length on, and from this chance on that its answer is right, a question stands by itself.
_LEAST_OWN, _OWN_RIGHT = 8, 0.8
_GIVEN_AT_HOME = "funding"


def conversation(services: Services, tracker: Tracker) -> Conversation:
    """What a question may hang on."""
    shelf, last = Shelf.of(services.index.current()), talk.slot(tracker, "last_answer")
    before = dict.fromkeys(talk.held(tracker, "last_answer"))
    earlier = (shelf.find(value) for value in before if value and value != last)
    if (there := answered_there(services, tracker)) is not None:
        question, passage = there
        return Conversation(
            country=talk.slot(tracker, "country"), question=question, passage=passage
        )
    return Conversation(
        country=talk.slot(tracker, "country"),
        platform=talk.slot(tracker, "platform"),
        procedure=talk.slot(tracker, "procedure"),
        right=talk.slot(tracker, "right"),
        question=talk.slot(tracker, "last_question"),
        passage=shelf.find(last),
        earlier=tuple(islice(filter(None, earlier), EARLIER)),
    )


def stands_alone(said: Conversation, found: Found, text: str, *, names_place: bool) -> bool:
    """Whether a message needs nothing of what was said before: its own answer is all but sure.

    Whoever names no country itself (``names_place``) means the one spoken of, not another's answer.
    """
    is_sure = found.band == "answer" and found.right >= _OWN_RIGHT
    if not is_sure or len(text) < _LEAST_OWN:
        return False
    passage = found.hits[0].passage
    abroad = set(passage.jurisdiction) - {GENERAL, CHINA}
    if not names_place and said.country and abroad and abroad.isdisjoint(scope((said.country,))):
        return False
    if not names_place and said.country not in (None, CHINA) and _is_home_law(passage):
        return False
    return names_place or is_of_the_matter(passage, replace(said, earlier=()))


def _is_home_law(passage: Passage) -> bool:
    """Whether a passage tells the law at home, which what is given at home (funding) is not."""
    theirs = {passage.place} if passage.place else {*passage.jurisdiction} - {GENERAL}
    return theirs == {CHINA} and _GIVEN_AT_HOME not in passage.procedures


def heard_after(
    services: Services, said: Conversation, text: str, info: QueryInfo
) -> tuple[str, Found] | None:
    """The message as it is meant after what was said; None where nothing was or it stands alone.

    :return: the words that it is read as, and what the shelf says to them.
    """
    index = services.index.current()
    if info.articles or index.order.approved(info) is not None or len(text) > _MOST_HEARD:
        return None
    named = context(index, services.vocabulary, said, info)
    if not (said.question or named or said.passage) or unknown_name(index, text) is not None:
        return None  # what was said before is no answer for a name that stands nowhere
    found = trained().hear(index, text, said, named, services.today())
    if found is None:
        return None
    if said.procedure is not None and not info.procedures:
        found = own_periods_first(services, said.procedure, found)
    return f"{named} {text}".strip(), found


def own_periods_first(services: Services, procedure: str, found: Found) -> Found:
    """The periods of the known procedure before those of others, where one of its own was found."""
    own = {procedure, WITHIN.get(procedure)}

    def leads_away(hit: ScoredPassage) -> bool:
        rule = services.deadlines.resting(hit.passage.facts)
        return rule is not None and rule.procedure not in own

    rests = [hit for hit in found.hits if services.deadlines.resting(hit.passage.facts) is not None]
    if all(map(leads_away, rests)):
        return found
    return replace(found, hits=tuple(sorted(found.hits, key=leads_away)))
