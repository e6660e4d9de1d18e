"""Which deadline rule a person means: their words, the side they are on, and what the shelf says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services, once_a_turn
from actions.deadline_fit import Situation, fits
from actions.deadline_forums import of_named_forum, of_publication
from actions.deadline_order import Asked, Meant, events_in, trained
from actions.deadline_platforms import without_unsaid
from actions.deadline_procedures import CLEAR as CLEAR
from actions.deadline_procedures import SQUATTING, as_named, as_worded, of_one_period, of_the_order
from actions.deadline_search import said_of
from actions.deadline_sides import after_their_answer, of_the_side, opposes
from actions.shelf import Shelf
from actions.turn.asking import turned_to
from knowledge.deadline_types import Bound, DeadlineRule
from knowledge.notices import named
from knowledge.text import normalise
from knowledge.types import GENERAL

CHOICES = 4
# From this chance on hardly another rule can be meant.
SURE_RULE = 0.8
# What is no longer than this hangs on the question before it.
_HANGING = 40
# So many messages back somebody has said which side they are on.
_GOES_ON = 3
_RESPONDENT = re.compile(
    r"收到|被告|被诉|被投诉|被扣|扣了|扣下|扣留|送达|答辩|应诉|冻结|下架|被查|起诉状|传票|"
    r"他们告|告了我|告我|被异议|被撤|被无效|\b(?:served|received|against us|sued us|got sued|we got)\b",
    re.IGNORECASE,
)
# Who answers what another one filed: the period of the one who files it is not theirs.
_OPPOSED = r"(?:异议|反对|opposition|opposed)"
_ANSWERS = re.compile(
    r"反陈述|反陳述|答辩|答辯|counter-?statement|作为(?:申请人|被告|被异议)|我方[^，,。；;]{0,6}(?:答|回)|"
    r"(?:答|回|答复|回复|应)(?:他们?|她|它|佢哋?|人家|对方)|"
    rf"(?:被|遭|畀|俾|给(?=人|一|个|对方|别|他|某|同行))[^，,。；;抢想要去怎来]{{0,14}}{_OPPOSED}|"
    r"(?:收到|接到|送来|转来)[^，,。；;]{0,8}(?:异议|反对)书?|异议(?:书|通知|声明)[^，,。；;]{0,8}(?:收到|送到|寄到|转来|签收)|"
    r"(?:最晚|最迟|截止|哪天|哪日|几号|几时|什么时候|多久|几天)(?:之?前|之?内)?要?答(?![应谢])|"
    r"把?(?:异议|反对)[^，,。；;]{0,6}(?:转|送|寄|发|通知)给?(?:我|咱)|"
    rf"对(?:我|咱)[^，,。；;]{{0,14}}(?:提|发起|递)[^，,。；;]{{0,6}}{_OPPOSED}|"
    r"(?:人|对方|对手|同行|他们?|佢哋?|公司)[^，,。；;我咱]{0,8}(?:异议|反对)[了咗]?(?:我|咱)",
    re.IGNORECASE,
)
# Asked of the other side: 对方收到副本后几天要答辩.
_OTHERS_ANSWER = re.compile(
    r"(?:对方|对手|他们|佢哋|人家|申请人)[^，,。；;我咱]{0,12}(?:答|反陈述|反陳述|回)"
)
_AGAINST_OWNERS = frozenset({"cancellation", "invalidation"})
# 管辖异议 and 初步异议 are the defendant's.
_ATTACK = re.compile(
    r"(?:我们?|咱们?)(?:自己)?(?:要|想|去|打算|准备)(?:反对|异议)|提(?:出)?异议|去异议|来得及异议|(?<!管辖)(?<!管辖权)(?<!初步)异议(?:期|最后|截止|窗口)|我要异议|想异议"
)
# Who says that it is not the one side's but the other's (不是他们异议我，是我想异议他) is on the other.
_DENIED_SIDE = re.compile(r"(?:不是|并非|唔系|冇话)[^，,。；;]{1,16}[，,]?(?=而?(?:是|系))")
_FOREIGN_WORD = re.compile(r"[A-Za-z][A-Za-z'’.-]*")
PLATFORM = "platform"
_ELSEWHERE = frozenset(("country", "procedure", "right"))


def situation_of(tracker: Tracker, in_hand: Mapping[str, Any] | None = None) -> Situation:
    """What the message and the conversation say of the matter.

    :param in_hand: the paper that was read, as the conversation keeps it.
    """
    text = talk.text(tracker)
    return Situation(
        side=_side_of(tracker, text),
        paper=named(text) or (in_hand or {}).get("kind"),
        country=talk.entity(tracker, "country") or talk.slot(tracker, "country"),
        procedure=talk.entity(tracker, "procedure") or talk.slot(tracker, "procedure"),
        rights=rights_of(tracker),
        said=(text, *_said_before(tracker)),
    )


def _said_before(tracker: Tracker) -> tuple[str, ...]:
    """What was said of the same country just before, and what was spoken of last; the last first."""
    rows = tracker.latest_message.get("entities") or ()
    named = _countries(rows) or {*filter(None, (talk.slot(tracker, "country"),))}
    said = []
    for text, earlier in islice(talk.told_before(tracker), _GOES_ON):
        places = _countries(earlier)
        if named and places and named.isdisjoint(places):
            break
        said.append(text)
    return (*said, talk.slot(tracker, "last_question") or "")


def rights_of(tracker: Tracker) -> frozenset[str]:
    """The rights that the message names, else the one that is known of the matter."""
    known = talk.slot(tracker, "right")
    return frozenset(talk.entities(tracker, "right") or ([known] if known else ()))


def rule_for_certain(services: Services, tracker: Tracker) -> DeadlineRule | None:
    """The rule that the words mean clearly, if it may give a date in this matter."""
    rule = clear_rule(rule_candidates(services, tracker))
    return rule if rule is not None and fits(rule, situation_of(tracker)) is None else None


def rule_candidates(services: Services, tracker: Tracker) -> list[Meant]:
    """Rules that the message may mean, with what is known of the matter, best first."""
    asked, found = _read(services, tracker)
    if is_of_platform(tracker):
        found = [meant for meant in found if _is_of_its_own(services, tracker, meant.rule)]
    understanding = services.index.current().understanding
    found = without_unsaid(found, services.deadlines, asked.said, understanding)
    found = after_their_answer(found, asked.text)
    found = of_named_forum(found, services.deadlines, asked.text)
    found = of_publication(found, events_in(asked.text))
    found = of_one_period(found, asked.said, asked.rights)
    found = as_worded(found, services.deadlines, asked.text)
    # Each platform has periods of its own, so that naming a complaint on one speaks for none of them; that a
    # mark was squatted says what happened, not what is done about it.
    found = as_named(found, set(talk.entities(tracker, "procedure")) - {PLATFORM, SQUATTING})
    found = of_the_order(found, frozenset(talk.held(tracker, "procedure")), asked.text)
    plain = _plain_side(asked.text) or _plain_before(tracker)
    return of_the_side(found, asked.side, asked.text, is_plain=plain is not None)


def _read(services: Services, tracker: Tracker) -> tuple[Asked, list[Meant]]:
    """The message with what it goes on from, and what it may mean.

    Where that is not clear and the message names a procedure, it is read by itself as well (IPR那边，哪天递 after
    the stay of a judgment), which counts where it is clear.
    """
    text = talk.text(tracker)
    asked = asked_in(services, tracker, text)
    found = list(once_a_turn(("rules", asked), lambda: _meant(services, asked)))
    if "procedure" in talk.names(tracker) and clear_rule(found) is None:
        alone = asked_in(services, tracker, text, is_alone=True)
        own = list(once_a_turn(("rules", alone), lambda: _meant(services, alone)))
        if clear_rule(own) is not None:
            return alone, own
    return asked, found


def is_of_platform(tracker: Tracker) -> bool:
    """Whether a complaint on a platform is spoken of, and the message names nothing that lies elsewhere.

    What a court or an office counts for an appeal is nothing that a shop's appeal has.
    """
    is_spoken_of = talk.slot(tracker, "platform") is not None
    is_spoken_of = is_spoken_of and talk.slot(tracker, "procedure") in (None, PLATFORM)
    return is_spoken_of and not _ELSEWHERE & talk.names(tracker) and not named(talk.text(tracker))


def _is_of_its_own(services: Services, tracker: Tracker, rule: DeadlineRule) -> bool:
    """Whether a rule is one of complaints on platforms, and of no other platform than the one spoken of."""
    mentions = services.index.current().understanding.mentions(normalise(rule.forum))
    named_there = {mention.row.code for mention in mentions if mention.row.kind == PLATFORM}
    is_other = bool(named_there) and talk.slot(tracker, "platform") not in named_there
    return rule.procedure == PLATFORM and not is_other


def rules_in(services: Services, tracker: Tracker, text: str, place: str) -> list[Meant]:
    """Rules that an earlier message may mean, or the part of one that is about a country, best first."""
    known = asked_in(services, tracker, text)
    asked = replace(
        known, context="", country=place, procedure=None, side=side_in(text, None), before=()
    )
    return list(once_a_turn(("rules", asked), lambda: _meant(services, asked)))


def _meant(services: Services, asked: Asked) -> list[Meant]:
    text = asked.text
    said = said_of(f"{asked.context} {text}", services.deadlines)
    if not text or (asked.country is None and not any(score for score, _, _ in said.values())):
        return []  # 帮我算期限 means no rule more than another
    return trained().meant(
        services.index.current(), services.deadlines, asked, services.today(), CHOICES
    )


def asked_in(services: Services, tracker: Tracker, text: str, *, is_alone: bool = False) -> Asked:
    """A message with what it leaves unsaid and the conversation knows, unless alone with the question before it."""
    if (rest := turned_to(text)) is not None:
        party = talk.entity(tracker, "party")
        return Asked(rest, country=talk.entity(tracker, "country"), side=side_in(rest, party))
    words = services.vocabulary
    last = Shelf.of(services.index.current()).find(talk.slot(tracker, "last_answer"))
    told = last.jurisdiction[0] if last and len(last.jurisdiction) == 1 else None
    told = None if told == GENERAL else told
    country = talk.entity(tracker, "country") or talk.slot(tracker, "country") or told
    procedure = talk.entity(tracker, "procedure") or talk.slot(tracker, "procedure")
    # Who puts a side or a procedure right no longer means what was asked before.
    corrects = talk.intent(tracker) == "correct" and {"party", "procedure"} & talk.names(tracker)
    is_hanging = written_length(text) <= _HANGING and not corrects and not is_alone
    # Who names a procedure and whose it is asks in full.
    own = talk.names(tracker)
    is_whole = "procedure" in own and {"country", "right"} <= own
    before = talk.slot(tracker, "last_question") or next(talk.questions(tracker), None)
    before = before if is_hanging and not is_whole else None
    if before and country and "country" in own:  # the same is asked of another place
        rest = services.index.current().understanding.without(before, {"country"})
        before = f"{words.name('country', country)}{rest}"
    known = (
        ("country", country), ("procedure", procedure), ("right", talk.slot(tracker, "right")),
    )  # fmt: skip
    unsaid = [words.name(kind, code) for kind, code in known if not talk.entities(tracker, kind)]
    return Asked(
        text,
        " ".join(filter(None, (*unsaid, before))),
        country,
        rights_of(tracker),
        procedure,
        _side_of(tracker, text),
        talk.denied(tracker, "procedure"),
        _said_before(tracker),
    )


def written_length(text: str) -> int:
    """How long a message is in Chinese signs; a foreign word counts two."""
    return len(_FOREIGN_WORD.sub("词语", text).replace(" ", ""))


def clear_rule(found: Sequence[Meant]) -> DeadlineRule | None:
    """The best rule where it is likely enough to give its date unasked."""
    if not found or not found[0].is_placed:
        return None
    best = found[0].rule
    alike = sum(item.chance for item in found if _is_same_period(item.rule, best))
    return best if alike >= CLEAR else None


def _is_same_period(one: DeadlineRule, other: DeadlineRule) -> bool:
    """Whether two rules give the same day from the same event; treaties and members tell some twice."""
    return (one.event, one.direction, one.period, one.bound, one.start_rule) == (
        other.event, other.direction, other.period, other.bound, other.start_rule,
    )  # fmt: skip


def guide_rules(services: Services, document: str, procedure: str | None) -> list[DeadlineRule]:
    """The rules of a procedure that a guide has a section about, in its order."""
    shelf = Shelf.of(services.index.current())
    rules = services.deadlines.rules
    heads = [passage.facts[0] for passage in shelf.sections(document) if passage.facts]
    return [rules[f] for f in heads if f in rules and rules[f].procedure == procedure]


def binds(rule: DeadlineRule, party: str | None) -> bool:
    """Whether a rule may bind a side; in a cancellation the owner is the one who must answer."""
    if party is None or rule.bound is Bound.EITHER:
        return True
    if party == Bound.RESPONDENT.value:
        owner_answers = rule.procedure in _AGAINST_OWNERS and rule.bound is Bound.OWNER
        return rule.bound is Bound.RESPONDENT or owner_answers
    return rule.bound in (Bound.OWNER, Bound.OPPONENT)


def answers(text: str) -> bool:
    """Whether a message is plainly of one who has to answer what another one filed."""
    return _ANSWERS.search(text) is not None


def _side_of(tracker: Tracker, text: str) -> str | None:
    """The side that a message speaks for; one that names no procedure goes on with that of those just before it."""
    said = side_in(text, talk.entity(tracker, "party"))
    return said or _plain_before(tracker) or talk.slot(tracker, "party")


def is_answering(tracker: Tracker) -> bool:
    """Whether the person plainly has to answer what another one filed, by this message or those it goes on from."""
    plain = _plain_side(talk.text(tracker)) or _plain_before(tracker)
    return plain == Bound.RESPONDENT.value


def is_opposing(tracker: Tracker) -> bool:
    """Whether the message is plainly of one who opposed, so that the other side's period to answer is not theirs."""
    return opposes(_DENIED_SIDE.sub("", talk.text(tracker)))


def _plain_before(tracker: Tracker) -> str | None:
    """The side plainly said just before by who has to answer, for a message that names no procedure.

    It goes no further than the country that is spoken of; who told of several at once has not said of which.
    """
    if "procedure" in talk.names(tracker):
        return None
    named = _countries(tracker.latest_message.get("entities") or ())
    for text, rows in islice(talk.told_before(tracker), _GOES_ON):
        places = _countries(rows)
        if len(places) > 1 or (named and places and named.isdisjoint(places)):
            return None
        if answers(text) and not _OTHERS_ANSWER.search(text):
            return Bound.RESPONDENT.value
    return None


def _countries(rows: Sequence[Mapping[str, Any]]) -> set[str]:
    return {row["value"] for row in rows if row["entity"] == "country"}


def _plain_side(text: str) -> str | None:
    """The side that a message says it is on, whatever came to it."""
    text = _DENIED_SIDE.sub("", text)
    if opposes(text):
        return Bound.OPPONENT.value
    if answers(text):
        return Bound.RESPONDENT.value
    return Bound.OPPONENT.value if _ATTACK.search(text) else None


def side_in(text: str, party: str | None) -> str | None:
    """The side that a message speaks for, else the one that is known."""
    if (plain := _plain_side(text)) is not None:
        return plain
    if _RESPONDENT.search(text):
        return Bound.RESPONDENT.value
    return party
