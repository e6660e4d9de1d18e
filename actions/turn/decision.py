"""The decision: which acts a message gets.

The order of what decides: a certain command; a value the open form can check; a question that the
shelf answers; the classifier's other acts, each against the answer by what speaks for it; at last the
answer's own refusal.  A form that stays open asks again, once, after everything else.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from actions.deadline_choice import asks_what_day_it_is
from actions.turn.asking import clauses
from actions.turn.dating import Dating
from actions.turn.evidence import Evidence
from actions.turn.plan import AGAIN, Plan
from actions.turn.readings import FOLLOW, HEARD

ANSWER, REFUSE = "action_answer", "action_refuse"
DAY = "action_day"
LEAVE = "action_leave_form"
# Forms that are begun anew as easily as they are taken up again: they ask again once, then let go.
LIGHT = frozenset(("deadline_form", "center_form", "triage_form", "status_form"))
LEAVE_QUIETLY = "leave"
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
    "source": "action_source", "simpler": "action_simpler",
}  # fmt: skip
END_OF: Mapping[str, str] = {
    "deadline_form": "action_deadline", "center_form": "action_center", "lead_form": "action_submit_lead",
    "status_form": "action_lead_status", "erase_form": "action_erase", "triage_form": "action_triage",
    "quiz_form": "action_quiz_result",
}  # fmt: skip
ASKING = ("ask", "follow_up")
# Acts of the conversation itself, said in few words; a long message is seldom one of them.
_SHORT = frozenset(
    (
        "greet", "thanks", "bye", "affirm", "deny", "skip", "cancel", "repeat", "take_back", "start_over",
        "praise", "not_helpful", "quiz_choice", "human", "identity", "help", "source", "simpler",
    )
)  # fmt: skip
_SHORT_CHARS = 12
# In a form these are said by the person who answers it.
_ANSWERING = frozenset(("inform", "correct", "affirm", "deny", "skip", "quiz_choice", "repeat"))
# An act of the classifier's must be this likely to be weighed at all.
_LEAST = 0.3
_LEAST_FOR_A_FORM = 0.45
# Whatever else is unlikely, an act that cannot be undone must be likely itself.
_LEAST_OF_ITSELF: Mapping[str, float] = {"erase_form": 0.7}
# So many characters that name a topic are a query.
_QUERY = 12
GO_ON = "utter_go_on"
_GO_ON = 0.31
# An answer with so little chance of being right is none to what asks nothing.
_HARDLY = 0.15
_GOES_ON = 0.6
_CORRECTED = 0.5
# A message in which nothing was found tells hardly anything.
_NOTHING_TOLD = 0.5
# What the classifier takes for a question lends the other intents no more than this much weight.
_OTHERS = 0.3
# What is left to say when nothing else fits.
_REFUSAL = 0.28
# From this chance on that it is right an answer goes before a refusal of the classifier's.
_SURE = 0.75
# What an answer is worth when nothing of the message is worded as a question.
_UNASKED = 0.45
# A question for the next step and nothing else: a story that ends in it is taken in as a whole.
_WHAT_NOW = re.compile(
    r"(?:怎么办|怎么处理|怎么弄|怎么应对|咋办|咋整|点算|点办|如何处理|如何应对|该做什么|做什么好|先做什么|怎么搞)[啊呀呢才好]*[?？。！!]*$"
)
# What a question to the shelf names; it makes up for a classifier that does not see a question.
_TOPICS = frozenset(("procedure", "platform", "country", "right", "region"))
_NAMES_COUNT, _DOUBT = 0.35, 0.35
# Who has a matter open seldom speaks of something else.
_IN_A_MATTER = 0.6
# From this chance on a message is out of scope whatever it names.
_CLEARLY = 0.75
_MATTER = frozenset(("procedure", "platform", "country"))
_STORY = 15
# Said in passing before or after what is meant.
_POLITE = frozenset(("greet", "thanks", "bye"))
_IN_PASSING = 0.45
# Answers to what was asked; what is worded as a question seldom is one.
# Forms and lists that go a little behind the answer to a question.
_GIVING = frozenset(
    ("deadline", "funding", "checklist", "privacy", "lead_status", "quiz", "erase_data")
)
_WORD_FOR_WORD = frozenset(("affirm", "deny", "skip"))
_ASKED = 0.2
_KNOWN_DAY = 0.6
# Intents under which a day may be told or asked for, and from where on it is one of the others.
_OF_A_DAY = frozenset(
    (
        "deadline",
        "inform",
        "correct",
        "triage",
        "notice",
        "not_helpful",
        "repeat",
        "affirm",
        "deny",
        "checklist",
    )
)
_PLAINLY = 0.8
# From this chance of a question on a form takes no value from what is worded as one.
_WONDERS = 0.6
# What a correction of the matter names.
_TELLING = frozenset(("party", "country", "procedure", "platform", "date", "region"))


def decide(seen: Evidence) -> Plan:
    """The plan for a message."""
    if seen.text and all(
        unicodedata.category(sign)[0] in "PZ" for sign in seen.text
    ):  # says nothing
        return Plan((seen.form or "utter_help",), "marks")
    if seen.names_lead and seen.form != "status_form":
        return Plan(("status_form",), "lead number")
    if asks_what_day_it_is(seen.text):
        return Plan((DAY, *((f"{AGAIN}{seen.form}",) if seen.form else ())), "today")
    if seen.form is not None:
        return _in_form(seen, seen.form)
    if seen.is_certain and not (seen.intent == "deadline" and seen.text and seen.dating):
        return Plan((_act(seen, seen.intent), *_also(seen, seen.intent)), "certain")
    if seen.is_paper:
        return Plan(("action_notice", "triage_form"), "paper")
    if seen.dating is not None and not _wants_something_else(seen):
        return _dated(seen, seen.dating)
    scores = weigh(seen)
    best = max(scores, key=lambda act: scores[act])
    intent = next((i for i, act in ACT_OF.items() if act == best and i in seen.ranking), "")
    return Plan((best, *_also(seen, intent)), "weighed", scores, _seen(seen))


def _wants_something_else(seen: Evidence) -> bool:
    """Whether a message that names a day is plainly about another thing than a day that runs."""
    return seen.likely(*(i for i in ACT_OF if i not in _OF_A_DAY)) >= _PLAINLY


def _dated(seen: Evidence, dating: Dating) -> Plan:
    """The day itself; where the day it counts from is not known, the answer first, then the question."""
    if dating.printed is not None:
        return Plan((DAY,), "printed", seen=_seen(seen), printed=dating.printed.to_json())
    day = dating.day.isoformat() if dating.day else None
    if dating.misfit is not None:
        acts: tuple[str, ...] = (ANSWER, DAY) if dating.is_said else (DAY,)
    elif day is not None:
        acts = (ANSWER, DAY) if dating.is_said else (DAY,)
    elif seen.best.found.band == "answer":
        acts = (ANSWER, "deadline_form")
    else:
        acts = ("deadline_form",)
    return Plan(
        acts,
        "dated",
        seen=_seen(seen),
        rule=dating.rule.id if dating.rule else None,
        day=day,
        misfit=dating.misfit,
    )


def weigh(seen: Evidence) -> dict[str, float]:
    """What speaks for each act: the shelf for the answer, the classifier for the others."""
    reading = seen.best
    is_question = (
        seen.asks or reading.name == FOLLOW or seen.likely(*ASKING) >= 0.5 or _is_query(seen)
    )
    refuses = reading.found.band == "refuse"
    # Who wants a day or a period asks too; where a day can be computed it was, before this.
    asking = seen.likely(*ASKING, "deadline") + (_NAMES_COUNT if _TOPICS & seen.names else 0.0)
    sure = reading.found.confidence * reading.found.right if seen.asks else 0.0
    shelf = (
        reading.found.confidence
        * (1.0 if is_question else _UNASKED)
        * min(1.0, max(asking + _DOUBT, sure))
    )
    scores = {ANSWER: _REFUSAL if refuses else max(shelf, seen.likely(*ASKING) * 0.6)}
    if refuses and _WHAT_NOW.search(seen.text):
        scores["triage_form"] = 0.5
    if (refuses or reading.found.right < _HARDLY) and not seen.asks and not seen.names:
        scores[GO_ON] = _GO_ON
    is_corrected = seen.likely("correct", "inform", "not_helpful") >= _CORRECTED
    if "region" in seen.names and seen.topic == "center" and (refuses or is_corrected):
        scores["center_form"] = _GOES_ON  # another place after a center was named
    # What the shelf cannot answer is no question to it: the other intents share the chance.
    others = 1 - seen.likely(*ASKING) if refuses else 1.0
    for intent, chance in seen.ranking.items():
        act = ACT_OF.get(intent)
        if act == REFUSE and not refuses:
            continue  # the chance of the answer has reckoned with it
        share = chance / max(others, _OTHERS)
        if act is None or share < (_LEAST_FOR_A_FORM if act in END_OF else _LEAST):
            continue
        if chance < _LEAST_OF_ITSELF.get(act, _LEAST if act in END_OF else 0.0):
            continue
        scores[act] = max(scores.get(act, 0.0), share * _fit(seen, intent) * _beside(seen, act))
    return scores


def _is_query(seen: Evidence) -> bool:
    """Whether a few words name a topic, as people type them into a search box (商标异议期)."""
    return len(seen.text) <= _QUERY and bool(_TOPICS & seen.names - {"country", "region"})


def _beside(seen: Evidence, act: str) -> float:
    """What is left of a fixed sentence, a game or a refusal where the shelf answers the question."""
    found = seen.best.found
    sure = found.confidence * found.right
    # A form that lacks a value says nothing itself.
    is_lacking = act == "center_form" and "region" not in seen.names and seen.best.name == HEARD
    gives_way = act.startswith("utter_") or act == "quiz_form" or is_lacking
    # What is out of scope often resembles what is in it; only a sure answer goes before a refusal.
    gives_way = gives_way or (act == REFUSE and sure >= _SURE)
    if not gives_way or not seen.asks or found.band != "answer":
        return 1.0
    return 1.0 - sure


def _fit(seen: Evidence, intent: str) -> float:
    """How well an act's kind fits the shape of a message."""
    is_asking = intent in _WORD_FOR_WORD and seen.asks  # 不交会怎样 declines nothing
    if is_asking or (intent == "take_back" and not seen.has_called):  # nobody was called
        return _ASKED
    if intent in _SHORT and seen.is_bare:
        return 0.0  # a name alone greets nobody and declines nothing
    if intent in _SHORT:
        alone = 1.0 if intent not in _POLITE or len(clauses(seen.text)) < 2 else _IN_PASSING
        return alone * math.sqrt(min(1.0, _SHORT_CHARS / max(len(seen.text), 1)))
    if intent in ("inform", "correct") and not seen.names:
        return _NOTHING_TOLD
    if intent in ("not_helpful", "complaint") and _TELLING & seen.names:
        return _NOTHING_TOLD  # who corrects what was understood is no critic of it
    if intent in ("triage", "inform"):
        return _story_fit(seen)
    if intent == "out_of_scope":
        is_clear = seen.likely("out_of_scope") >= _CLEARLY or not _TOPICS & seen.names
        return (1.0 if is_clear else 0.5) * (_IN_A_MATTER if seen.is_in_a_matter else 1.0)
    if intent == "center":
        return 1.3 if "region" in seen.names else 0.95
    if intent == "deadline" and seen.is_computed:
        return _KNOWN_DAY  # what is asked is something about it
    return 0.9 if intent in _GIVING and seen.asks else 1.0


def _story_fit(seen: Evidence) -> float:
    if not seen.asks and not (_is_query(seen) and "date" not in seen.names):
        return 1.2
    is_story = len(seen.text) >= _STORY and len(_MATTER & seen.names) >= 2
    return 1.2 if is_story and _WHAT_NOW.search(seen.text) else 0.4


def _in_form(seen: Evidence, form: str) -> Plan:
    """The open form first, unless the message is a command or a question."""
    again = f"{AGAIN}{form}"
    if seen.is_certain:
        return _command(seen, form)
    if seen.is_paper:
        return Plan(("action_notice", again), "paper", seen=_seen(seen))
    if seen.dating is not None and seen.dating.day is not None and form in LIGHT:
        plan = _dated(seen, seen.dating)
        return replace(plan, acts=(*plan.acts, LEAVE_QUIETLY))
    fits = seen.fits_form
    if seen.wants_free_words and not _plainly_asks(seen):
        return Plan((form,), "free words", seen=_seen(seen))
    answers = seen.best.found.band == "answer"
    wonders = seen.asks and seen.likely(*ASKING, "funding") >= _WONDERS
    if fits and not (seen.asks and (answers or wonders) and form != "deadline_form"):
        return Plan((form,), "fits", seen=_seen(seen))
    scores = weigh(seen)
    best = max(scores, key=lambda act: scores[act])
    is_nothing = best in (ANSWER, REFUSE) and not seen.asks and not answers
    if best in ("action_inform", form) or is_nothing:
        return Plan((form,), "unread", scores, _seen(seen))
    if best in ("utter_nothing_to_cancel", "action_start_over"):
        return Plan((LEAVE,), "weighed", scores, _seen(seen))
    if best in ("utter_yes_to_what", "utter_no_problem", "utter_quiz_idle", "action_repeat"):
        return Plan((form,), "unread", scores, _seen(seen))
    if best in END_OF or best == "action_handoff":
        return Plan((best,), "weighed", scores, _seen(seen))
    last = LEAVE_QUIETLY if form in LIGHT and again in seen.acts_before else again
    return Plan((best, last), "weighed", scores, _seen(seen))


def _command(seen: Evidence, form: str) -> Plan:
    """A certain command in a form: what it does, then the form again where it stays open."""
    intent, again = seen.intent, f"{AGAIN}{form}"
    act = _act(seen, intent)
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


def _act(seen: Evidence, intent: str) -> str:
    return ACT_OF.get(intent, ANSWER)


def _also(seen: Evidence, intent: str) -> tuple[str, ...]:
    """What follows an act as a matter of course."""
    return ("triage_form",) if intent == "notice" else ()


def _seen(seen: Evidence) -> dict[str, object]:
    """What decided; the explanation (``explaining``) adds what stood beside it."""
    return {
        "intent": seen.intent,
        "asks": seen.asks,
        "hits": [hit.passage.id for hit in seen.best.found.hits[:3]],
    }
