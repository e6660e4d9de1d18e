"""What a turn told of a matter, put into the record that the person sees and every form reads.

A record changes by what is told, never by what is merely asked: a question about Japan leaves a
German matter German.  A story of another dispute opens another record; a story of one that is known
returns to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from actions.context import Services
from actions.dates import DateRange, ExactDate, parse_date
from actions.deadline import member_state
from actions.deadline_fit import Situation, fits
from actions.deadline_rules import compute
from actions.forms import NOT_GIVEN
from actions.matter import CORRECTS, RETURNS, is_dispute
from actions.matter_center import kept
from actions.triage import PARTY_OF, happened
from desk import matters
from desk.engine import reading, writing
from desk.matters import Matter
from knowledge.deadline_types import Choose, RuleKind
from knowledge.errors import RuleError

MOST_STEPS = 6
_RECEIVED = re.compile(r"收到|签收|送达|寄到|送到")
_QUESTIONS = frozenset(("action_answer", "action_refuse"))
_DETAILS = ("country", "right", "platform", "party", "industry", "region", "company")
# What holds for the company, whichever dispute is spoken of.
_OF_COMPANY = ("region", "industry", "company")
_IDENTITY = ("country", "procedure")


@dataclass(frozen=True)
class Turn:
    """One turn as it ended.

    ``named`` are the entities of the message by name, ``acts`` the acts of its plan, ``slots`` the
    values after it, ``replies`` the message objects of the contract.
    """

    sender: str
    text: str
    intent: str
    acts: Sequence[str]
    named: Mapping[str, str]
    slots: Mapping[str, Any]
    replies: Sequence[Mapping[str, Any]]

    @property
    def is_question(self) -> bool:
        """Whether it was answered from the shelf, so that what it names is asked about."""
        return bool(self.acts) and self.acts[0] in _QUESTIONS

    @property
    def is_correction(self) -> bool:
        """Whether it changes or completes what was told, instead of telling of something else."""
        return self.intent in ("correct", "inform") or self.text.startswith(CORRECTS)

    @property
    def is_story(self) -> bool:
        """Whether it began to tell what happened."""
        return "triage_form" in self.acts and not self.is_correction

    def data(self, kind: str) -> Mapping[str, Any]:
        """The data of the last reply of a kind; empty when there was none."""
        found = [item["data"] for item in self.replies if item["kind"] == kind]
        return found[-1] if found else {}


# Whoever's name begins so is this program asking itself whether it answers.
PROBE = "probe~"


def keep(services: Services, turn: Turn) -> Matter | None:
    """Bring the person's record up to a turn that has ended.

    :return: the matter that is spoken of now; None when nothing was told yet.
    :raises StorageError: the record cannot be written.
    """
    if turn.sender.startswith(PROBE):
        return None
    with reading(services.engine) as conn:
        known = matters.listing(conn, turn.sender)
    before = next((item for item in known if item.is_current), None)
    if turn.intent == "start_over" and before is not None:
        with writing(services.engine, flushed=False) as conn:
            matters.leave(conn, turn.sender)
        return None
    now = absorb(services, known, turn)
    if now is None or now == before:
        return before
    with writing(services.engine, flushed=False) as conn:
        held = matters.listing(conn, turn.sender, lock=True)
        if held != known:  # a value was given by hand meanwhile
            now = absorb(services, held, turn) or now
        return matters.save(conn, now)


def absorb(services: Services, known: Sequence[Matter], turn: Turn) -> Matter | None:
    """The current matter after a turn, not yet stored; number 0 is a new one."""
    before = next((item for item in known if item.is_current), None)
    said = _said(services, turn)
    if turn.is_question and before is not None and is_dispute(before.text("procedure")):
        said = {}
    if before is None or (turn.is_story and _is_another(before, said, turn)):
        matter = _opened(known, before, said, turn)
    else:
        matter = before
    if matter is None:
        return None
    place = matter.text("region") or ""
    if place.startswith(said.get("region", place)) and not turn.is_correction:
        said.pop("region", None)  # Guangzhou says no more than its district did
    facts = {**matter.facts, **said}
    if "brief" in said:  # several papers of one dispute
        briefs = [*str(matter.text("brief") or "").split("\n"), str(said["brief"])]
        facts["brief"] = "\n".join(dict.fromkeys(line for line in briefs if line))
    if turn.is_correction and "procedure" in turn.slots and not turn.slots["procedure"]:
        facts.pop("procedure", None)  # what exists in one country only does not move to another
    facts = _with_replies(services, matter, facts, turn)
    return replace(matter, is_current=True, facts={k: v for k, v in facts.items() if v})


def _said(services: Services, turn: Turn) -> dict[str, Any]:
    """The facts that this turn told, by name."""
    found = {name: turn.slots.get(name) or turn.named[name] for name in _DETAILS if turn.named.get(name)}  # fmt: skip
    named = turn.slots.get("procedure") if turn.named.get("procedure") else happened(turn.text)
    found["procedure"] = named if is_dispute(named) else None
    for name in ("party", "country", "procedure"):
        asked = turn.slots.get(f"triage_{name}")
        if asked and asked != NOT_GIVEN and not turn.is_question:
            found[name] = asked
    for item in turn.replies:
        triage = item["data"].get("triage") or {}
        found.update({name: value for name, value in triage.items() if value})
        paper = item["data"].get("notice") or item["data"].get("paper") or {}
        found["paper"] = paper.get("title") or found.get("paper")
        found["brief"] = paper.get("brief") or found.get("brief")
    found["received_on"] = _day(services, turn)
    return {name: value for name, value in found.items() if value}


def _day(services: Services, turn: Turn) -> str | None:
    """The past day that the message names; of two days the earlier one is the safe one."""
    words = turn.slots.get("date_text") if turn.named.get("date") else None
    is_asked = turn.is_question and _RECEIVED.search(turn.text) is None
    if is_asked or not isinstance(words, str):
        return None
    today = services.today()
    found = parse_date(words, today)
    day = found.first if isinstance(found, DateRange) else getattr(found, "day", None)
    is_day = isinstance(found, ExactDate | DateRange) and day is not None and day <= today
    return day.isoformat() if is_day and day is not None else None


def _is_another(before: Matter, said: Mapping[str, Any], turn: Turn) -> bool:
    """Whether a story is of another dispute than the one spoken of."""
    settled = before.text("procedure")
    if settled is None:
        return False
    if turn.text.startswith(RETURNS):
        return any(said.get(name) != before.text(name) for name in _IDENTITY)
    procedure = said.get("procedure")
    if procedure is None:  # one of the buttons that begin anew
        return set(turn.named) <= {"party"} and bool(before.items("steps"))
    elsewhere = said.get("country") not in (None, before.text("country"))
    return procedure != settled or (before.text("country") is not None and elsewhere)


def _opened(
    known: Sequence[Matter], before: Matter | None, said: Mapping[str, Any], turn: Turn
) -> Matter | None:
    """The matter that the person tells of: one that is known, or a new one."""
    tells = set(said).intersection((*_IDENTITY, "party", "paper", "region", "company"))
    # Who asks about a registration has no dispute; who asks about a frozen store has.
    if not tells or (turn.is_question and said.get("procedure") not in PARTY_OF):
        return None
    for matter in reversed(known):
        same = [matter.text(name) for name in _IDENTITY] == [said.get(name) for name in _IDENTITY]
        if same and said.get("party") in (None, matter.text("party")):
            return matter
    carried = {} if before is None else before.facts
    facts = {name: carried[name] for name in _OF_COMPANY if name in carried}
    return Matter(turn.sender, 0, facts=facts)


def _with_replies(
    services: Services, before: Matter, facts: dict[str, Any], turn: Turn
) -> dict[str, Any]:
    """The facts with what the bot found out: the date, the steps, the center, the lead."""
    is_moved = any(facts.get(name) != before.text(name) for name in ("procedure", "country"))
    steps: Sequence[str] = next(
        (s for item in turn.replies if (s := item["data"].get("next_steps"))), []
    )
    is_told = any("triage" in item["data"] for item in turn.replies)
    if steps and (is_told or not facts.get("steps")):
        facts["steps"] = list(steps)[:MOST_STEPS]
    elif is_moved and before.text("procedure"):
        facts.pop("steps", None)
    facts["done"] = [step for step in facts.get("done") or () if step in (facts.get("steps") or ())]
    center = turn.data("center")
    if center and center.get("id") != facts.get("center_given"):
        facts["center"] = kept(center)
    if reference := turn.data("lead").get("reference"):
        facts["leads"] = list(dict.fromkeys([*(facts.get("leads") or ()), reference]))
    facts["deadline"] = _deadline(services, facts, turn)
    return facts


def _deadline(services: Services, facts: Mapping[str, Any], turn: Turn) -> Any:
    """The date of the matter: the one just given, else the one before, counted anew from the day told."""
    fresh = _fresh(services, facts, turn) or _due_on_paper(turn)
    given = fresh or facts.get("deadline") or {}
    rule = services.deadlines.rules.get(given.get("rule") or "")
    if rule is None:
        # A day that a paper prints stays until another takes its place.
        holds = given is fresh or given.get("kind") == RuleKind.PRINTED.value
        return given if holds and given.get("due_date") else None
    if fits(rule, _situation(facts)) is not None:
        kept = facts.get("deadline") or {}
        return _deadline(services, facts, replace(turn, replies=())) if kept and kept != given else None  # fmt: skip
    received = facts.get("received_on")
    is_fresh = given is fresh
    is_same = received in (None, given.get("trigger_date"))
    if is_fresh or is_same or rule.kind is not RuleKind.COMPUTED:
        return dict(given)
    # What was said to apply (易腐货物) still does; which of several lengths is longest is found anew.
    said = given.get("alternative") if rule.choose is Choose.ASK else None
    try:
        counted = compute(
            rule.id, date.fromisoformat(str(received)), services.today(),
            alternative=said, country=given.get("country") or member_state(facts.get("country")),
            table=services.deadlines,
        )  # fmt: skip
    except RuleError:  # the rule must ask more before it gives a date
        return None
    return counted.to_json()


def _fresh(services: Services, facts: Mapping[str, Any], turn: Turn) -> Mapping[str, Any]:
    """The date that was just given; of dates in several countries that of the matter's own."""
    said = (item["data"] for item in turn.replies if item["kind"] == "deadline")
    given = [row for row in said if row.get("trigger_date") or row.get("due_date")]
    rules = ((row, services.deadlines.rules.get(row.get("rule") or "")) for row in given)
    own = (row for row, rule in rules if rule and fits(rule, _situation(facts)) is None)
    return next(own, given[-1] if given else {})


def _situation(facts: Mapping[str, Any]) -> Situation:
    return Situation(
        side=facts.get("party"), country=facts.get("country"), procedure=facts.get("procedure")
    )


def _due_on_paper(turn: Turn) -> dict[str, Any]:
    """The last day that a paper's card gave in this turn; empty when it gave none."""
    found = [item["data"].get("paper") or {} for item in turn.replies]
    return next((paper["due"] for paper in found if paper.get("due")), {})
