"""The decision: which acts a message gets.

The order of what decides: a certain command; a value the open form can check; a question that the
shelf answers; the classifier's other acts, each against the answer by what speaks for it; at last the
answer's own refusal.  A form that stays open asks again, once, after everything else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from actions.deadline_asking import asks_a_period, asks_for_a_day, asks_what_day_it_is
from actions.matter import CORRECTS
from actions.turn.asking import asks_what_now
from actions.turn.evidence import Evidence
from actions.turn.fitting import fit
from actions.turn.misheard import only_asks_of_leaving
from actions.turn.of_days import of_days, of_days_in_form
from actions.turn.plan import AGAIN, ANSWER, DAY, LEAVE_QUIETLY, LIGHT, Plan
from actions.turn.purpose import TO_THE_SHELF
from actions.turn.waiting import while_waiting
from indexer.asked import NAMES, kinds

REFUSE = "action_refuse"
CORRECT = "action_correct_matter"
LEAVE = "action_leave_form"
# What the classifier's intents do; every other intent is a question to the shelf.
ACT_OF: Mapping[str, str] = {
    "greet": "utter_greet", "help": "utter_help", "thanks": "utter_thanks", "bye": "utter_bye",
    "identity": "utter_identity", "affirm": "utter_yes_to_what", "deny": "utter_no_problem",
    "skip": "utter_no_problem", "cancel": "utter_nothing_to_cancel", "start_over": "action_start_over",
    "repeat": "action_repeat", "inform": "action_inform", "correct": "action_inform",
    "praise": "action_feedback", "not_helpful": "action_feedback", "complaint": "utter_complaint",
    "human": "action_handoff", "take_back": "action_take_back", "deadline": "deadline_form",
    "center": "center_form", "lead": "lead_form", "lead_status": "status_form",
    "funding": "action_funding", "checklist": "action_checklist", "erase_data": "erase_form",
    "privacy": "utter_privacy", "triage": "triage_form", "notice": "action_notice", "quiz": "quiz_form",
    "quiz_choice": "utter_quiz_idle", "out_of_scope": REFUSE, "hours": "action_hours",
    "source": "action_source", "simpler": "action_simpler", "wait": "utter_take_your_time",
}  # fmt: skip
END_OF: Mapping[str, str] = {
    "deadline_form": "action_deadline", "center_form": "action_center", "lead_form": "action_submit_lead",
    "status_form": "action_lead_status", "erase_form": "action_erase", "triage_form": "action_triage",
    "quiz_form": "action_quiz_result",
}  # fmt: skip
ASKING = TO_THE_SHELF
# In a form these are said by the person who answers it.
_ANSWERING = frozenset(("inform", "correct", "affirm", "deny", "skip", "quiz_choice", "repeat"))
# An act of the classifier's must be this likely to be weighed at all.
_LEAST = 0.3
# Whatever else is unlikely, an act that cannot be undone, or that silences the bot, must be likely itself.
_LEAST_OF_ITSELF: Mapping[str, float] = {"erase_form": 0.7, "action_handoff": 0.7}
GO_ON, _GO_ON = "utter_go_on", 0.31
WAIT = ACT_OF["wait"]
# Who pleads to be waited for is this short (等我一下好吗).
_A_PLEA, _WHETHER = 10, re.compile(r"(?:吗|行不行|好不好|可不可以|能不能|[?？])[?？。]*$")
# An answer with so little chance of being right is none to what asks nothing.
_HARDLY = 0.15
_GOES_ON = 1.0
_CORRECTED = 0.5
# What is left to say when nothing else fits.
_REFUSAL = 0.28
# From this chance on that it is right an answer goes before the questions of a form.
_ANSWERED = 0.5
_TAKEN_IN = 0.9
_MATTER = frozenset(("procedure", "platform", "country", "right"))
_KNOWN = frozenset(("country", "procedure"))
# Asked by somebody who looks for help: where, and whom.
_WHOM = [NAMES.index("where"), NAMES.index("who")]
# What asks what now in fewer signs than this is a question.
_STORY = 15
# From this chance on what asks nothing, or only what now, is taken in as what it tells.
_TOLD, _PLAIN = ("triage", "inform", "correct"), 0.5
# What is wished for and asks nothing is no question that hangs on the answer before (来考我一道题).
_WISHES, _SURELY = frozenset(("quiz_form", "lead_form", "erase_form", "action_handoff")), 0.95
_PLAINLY = 0.8
# From this chance of a question on a form takes no value from what is worded as one.
_WONDERS = 0.6


def decide(seen: Evidence) -> Plan:
    """The plan for a message."""
    plan = _decide(seen)
    return while_waiting(seen, plan) if seen.form is None and seen.waits else plan


def _decide(seen: Evidence) -> Plan:
    if seen.text and all(
        unicodedata.category(sign)[0] in "PZ" for sign in seen.text
    ):  # says nothing
        return Plan((seen.form or "utter_help",), "marks")
    if (outright := _outright(seen)) is not None:
        return outright
    if seen.text.startswith(CORRECTS):
        again = () if seen.form is None or seen.form in LIGHT else (f"{AGAIN}{seen.form}",)
        return Plan((CORRECT, *again), "panel")
    if asks_what_day_it_is(seen.text):
        return Plan((DAY, *((f"{AGAIN}{seen.form}",) if seen.form else ())), "today")
    if seen.form is not None:
        return _in_form(seen, seen.form)
    if seen.is_certain and not _goes_on(seen):
        return Plan((_act(seen.intent), *_also(seen.intent)), "certain")
    if seen.is_paper:
        return Plan(("action_notice", "triage_form"), "paper")
    if seen.hangs_on_nothing:
        return Plan((GO_ON,), "hangs on nothing", seen=seen.decided)
    if (told := of_days(seen)) is not None:
        return told
    scores = weigh(seen)
    best = max(scores, key=lambda act: scores[act])
    intent = next((i for i, act in ACT_OF.items() if act == best and i in seen.ranking), "")
    is_lacking = best == "triage_form" and seen.is_answered and seen.lacks(best)
    first = (ANSWER,) if is_lacking else ()
    return Plan((*first, best, *_also(intent)), "weighed", scores, seen.decided)


def _goes_on(seen: Evidence) -> bool:
    """Whether a known phrase asks on after what was said: for its day, or where what was told of is done."""
    if not seen.text:
        return False
    if seen.intent == "deadline":
        return seen.dating is not None
    is_asked = seen.intent == "center" and seen.topic == "answer" and seen.asks
    return is_asked and seen.goes_on_with_answer


def _asks_to_wait(seen: Evidence) -> bool:
    """Whether somebody goes to ask or to look something up, and tells or asks nothing."""
    is_heard = not seen.is_certain and seen.likely("wait") >= _PLAINLY
    return is_heard and _may_wait(seen)


def _may_wait(seen: Evidence) -> bool:
    """Whether a message names no matter (等等，是波兰) and does not ask whether to wait (晚点再答辩可以吗)."""
    asks_whether = len(seen.text) > _A_PLEA and _WHETHER.search(seen.text) is not None
    return not (_MATTER & seen.names or asks_whether)


def _outright(seen: Evidence) -> Plan | None:
    """What a message gets whatever is open: it names something by its number or its title, or asks to wait."""
    if _asks_to_wait(seen):  # an open form stays open until they come back
        return Plan((WAIT,), "weighed", seen=seen.decided)
    if seen.names_lead and seen.form != "status_form":
        return Plan(("status_form",), "lead number")
    if seen.names_list and seen.form is None:
        return Plan(("action_checklist",), "list title")
    return None


def weigh(seen: Evidence) -> dict[str, float]:
    """What speaks for each act: what the message is for, and among the other acts the classifier."""
    purpose, found = seen.purpose, seen.best.found
    refuses = found.band == "refuse"
    scores = {ANSWER: _REFUSAL if refuses else max(purpose.shelf, purpose.decline)}
    if refuses:
        scores[REFUSE] = purpose.decline
    # Whose day is asked that named nothing is asked back for the paper, unless the shelf is sure.
    is_open = not seen.names and found.right < _ANSWERED and asks_for_a_day(seen.text)
    if found.band != "answer" or is_open:
        scores["deadline_form"] = seen.likely("deadline")
    if (refuses or found.right < _HARDLY) and not seen.asks and not seen.names:
        scores[GO_ON] = _GO_ON
    for act, score in (*_told(seen), *_placed(seen), *_paid(seen), *_others(seen)):
        scores[act] = max(scores.get(act, 0.0), score)
    if seen.asks_of_term:  # no paper came by which a right ends
        scores.pop("deadline_form", None)
    return scores


def _told(seen: Evidence) -> Iterator[tuple[str, float]]:
    """What a message that asks nothing, or only what now, is taken in as."""
    is_of_next = asks_what_now(seen.text)
    if is_of_next and (not seen.is_answered or not seen.names):
        yield "triage_form", _TAKEN_IN if _MATTER & seen.names else _REFUSAL
    is_story = is_of_next and len(seen.text) >= _STORY
    intents = ("triage",) if is_story else () if seen.asks else _TOLD
    if seen.only_names and seen.is_answered and seen.topic == "answer":
        intents = ()  # 智利的异议 after a question tells nothing: it asks the same of another place
    if intents and seen.likely(*intents) >= _PLAIN:
        act = ACT_OF[max(intents, key=seen.likely)]
        # Who tells what happened in which country has a matter, whatever the shelf has on it.
        is_known = act == "triage_form" and not seen.asks and seen.names >= _KNOWN
        yield act, _GOES_ON if is_known else 1 - seen.purpose.decline


def _placed(seen: Evidence) -> Iterator[tuple[str, float]]:
    """The center of a place that is named, asked for or put in the place of another."""
    if "region" not in seen.names:
        return
    is_refused = seen.best.found.band == "refuse"
    # A place is named and help there is wanted: better its center than a refusal.
    asks_whom = seen.asks and bool(kinds(seen.text)[_WHOM].any())
    sought = ("center", "help") if asks_whom else ("center",)
    is_wanted = is_refused and seen.likely(*sought) >= _PLAIN
    yield (
        "center_form",
        _GOES_ON if is_wanted else seen.likely("center") * (1 - seen.purpose.decline),
    )
    if asks_whom and _MATTER & seen.names and is_refused:
        yield "center_form", _GOES_ON
    is_corrected = seen.likely("correct", "inform", "not_helpful") >= _CORRECTED
    if seen.topic == "center" and (is_refused or is_corrected):
        yield "center_form", _GOES_ON


def _paid(seen: Evidence) -> Iterator[tuple[str, float]]:
    """What is paid at home: who names its place and hardly asks for anything but money is not refused."""
    is_wanted = seen.asks and seen.likely("funding") >= _LEAST
    if is_wanted and "region" in seen.names and seen.best.found.band == "refuse":
        yield "action_funding", _GOES_ON


def _others(seen: Evidence) -> Iterator[tuple[str, float]]:
    """What the classifier takes a message for that is for none of the shelf."""
    chances = {i: chance for i, chance in seen.ranking.items() if ACT_OF.get(i, REFUSE) != REFUSE}
    if not _may_wait(seen):
        chances.pop("wait", None)
    if seen.form is not None and not seen.has_called and "take_back" in chances:
        # Nobody was called: what is taken back is the form (先取消，我跟我哥商量商量再来).
        chances["cancel"] = chances.get("cancel", 0.0) + chances.pop("take_back")
    most = max(chances.values(), default=1.0)
    for intent, chance in chances.items():
        act = ACT_OF[intent]
        if chance >= _LEAST_OF_ITSELF.get(act, _LEAST):
            share = seen.purpose.other * chance / most
            is_wish = not seen.asks and act in _WISHES and chance >= _SURELY
            is_wish = is_wish or (intent == "cancel" and seen.form is not None and not seen.asks)
            is_unknown = seen.best.found.band == "refuse"
            if chance >= _PLAINLY and (is_wish or is_unknown):
                share = chance  # what the shelf does not know is the likelier another wish
            yield act, share * fit(seen, intent, chance)


def _in_form(seen: Evidence, form: str) -> Plan:
    """The open form first, unless the message is a command or a question."""
    again = f"{AGAIN}{form}"
    if seen.is_certain:
        return _command(seen, form)
    if seen.is_paper:
        return Plan(("action_notice", again), "paper", seen=seen.decided)
    if seen.likely("cancel") >= _SURELY and not (only_asks_of_leaving(seen) or seen.names):
        # 算了取消 is no value, whatever is read
        return Plan((LEAVE,), "weighed", seen=seen.decided)
    if (dated := of_days_in_form(seen, form)) is not None:
        return dated
    fits = seen.fits_form
    if seen.wants_free_words and not _plainly_asks(seen):
        return Plan((form,), "free words", seen=seen.decided)
    answers = seen.best.found.band == "answer"
    wonders = seen.asks and seen.likely(*ASKING, "funding") >= _WONDERS
    counts = form == "deadline_form" and (asks_a_period(seen.text) or not seen.is_answered)
    if fits and (counts or not (seen.asks and (answers or wonders))):
        return Plan((form,), "fits", seen=seen.decided)
    return _beside(seen, form)


def _beside(seen: Evidence, form: str) -> Plan:
    """What a message in a form gets that the form takes no value from, and whether the form asks again."""
    again, answers = f"{AGAIN}{form}", seen.best.found.band == "answer"
    if form == "deadline_form" and asks_what_now(seen.text) and not seen.names:
        return Plan(
            (form,), "unread", seen=seen.decided
        )  # 那我该怎么办 of who has no paper at hand
    scores = weigh(seen)
    best = max(scores, key=lambda act: scores[act])
    is_nothing = best in (ANSWER, REFUSE) and not seen.asks and not answers
    if best in ("action_inform", form) or is_nothing:
        return Plan((form,), "unread", scores, seen.decided)
    if best in ("utter_nothing_to_cancel", "action_start_over"):
        return Plan((LEAVE,), "weighed", scores, seen.decided)
    if best in ("utter_yes_to_what", "utter_no_problem", "utter_quiz_idle", "action_repeat"):
        return Plan((form,), "unread", scores, seen.decided)
    if form == "lead_form" and best == "status_form" and seen.likely("lead_status") < _PLAINLY:
        return Plan((again,), "weighed", scores, seen.decided)  # 那登记的继续
    if best in END_OF or best == "action_handoff":
        return Plan((best,), "weighed", scores, seen.decided)
    last = LEAVE_QUIETLY if form in LIGHT and again in seen.acts_before else again
    return Plan((best, last), "weighed", scores, seen.decided)


def _command(seen: Evidence, form: str) -> Plan:
    """A certain command in a form: what it does, then the form again where it stays open."""
    intent, again = seen.intent, f"{AGAIN}{form}"
    act = _act(intent)
    if seen.slot_form is not None and intent in seen.slot_form.heard:
        return Plan((form,), "fits")
    if intent in ("cancel", "start_over"):
        return Plan((LEAVE,), "certain")
    if intent == "bye" and seen.closes_form:
        return Plan((form,), "fits")
    if intent in _ANSWERING or (not seen.text and intent not in ACT_OF):
        return Plan((form,), "fits")
    if act == form:  # the opening sentence once more, unless it answers
        return Plan((form if seen.text and seen.fits_form else again,), "certain")
    if act in END_OF or act == "action_handoff":
        return Plan((act,), "certain")
    return Plan((act, again), "certain")


def _plainly_asks(seen: Evidence) -> bool:
    """Whether a message in place of free words is a question after all."""
    ends = re.search(r"[?？吗呢嗎]$", seen.text.rstrip("。 ")) is not None
    return ends and seen.best.found.band == "answer"


def _act(intent: str) -> str:
    return ACT_OF.get(intent, ANSWER)


def _also(intent: str) -> tuple[str, ...]:
    """What follows an act as a matter of course."""
    return ("triage_form",) if intent == "notice" else ()
