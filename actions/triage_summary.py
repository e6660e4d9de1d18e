"""The end of a triage: what is understood, the guide, the date, the options, the list and the center."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions import passages
from actions.center import center_reply
from actions.checklist import checklist_reply, lists_for
from actions.context import Event, Services
from actions.dates import DateRange, ExactDate, parse_date
from actions.deadline import at_once
from actions.deadline_choice import SURE_RULE, binds, clear_rule, guide_rules, rules_in
from actions.deadline_fit import side_fits
from actions.lookup import FORUMS, Found, look_up
from actions.matter import route
from actions.periods import period_name
from actions.replies import DEADLINE, FOLD, HUMAN, LEAD, Button, Reply, citation, unique
from actions.triage_options import say_options
from actions.turn.asking import asks
from actions.turn.event_days import counted_from
from actions.turn.printed import settled_by_card
from indexer.jurisdictions import EU, scope
from knowledge.deadline_types import Bound, DeadlineRule, RuleKind
from knowledge.text import normalise
from knowledge.types import GENERAL, Passage

STEPS = 3
# The guide's own words leave room on the first screen for what is understood and the three steps.
BODY_CHARS = FOLD - 150
CHANGE = Button.same("改一项")
_SHORTEST_STORY = 8


def story_of(tracker: Tracker, form: str) -> str:
    """The longest thing the person said since the message that began the form."""
    said: list[str] = []
    begun = False
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            said.append(event.get("text") or "")
            if begun:
                break
        elif event.get("event") == "active_loop" and event.get("name") == form:
            begun = True
    return max(said, key=len, default="")


def summarise(
    services: Services,
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    given: Mapping[str, str | None],
    story: str,
) -> list[Event]:
    """Say everything the matter needs now, one message a thing.

    :param given: party, country and procedure as codes, as far as they are known.
    :param story: what happened in the person's own words; may be empty.
    """
    words = services.vocabulary
    meant = _meant(services, tracker, story, given)
    if meant is not None and words.knows("procedure", meant.procedure):
        given = {**given, "procedure": meant.procedure}
    known = [
        words.country(given["country"]),
        words.procedure(given["procedure"]),
        words.right(talk.slot(tracker, "right")),
    ]
    question = _question(given, known)
    guide = _guide(services, question, known, given)
    if meant is not None and not _is_found(guide):
        guide = _look_up(services, meant.title, given["country"])
    asked = _own_question(services, story, given) or guide
    _say_guide(services, dispatcher, tracker, [n for n in known if n], asked)
    documents = [f.hits[0].passage.document for f in (asked, guide) if _is_found(f)]
    rule, is_only_the_others = _rule(services, documents, given, talk.slot(tracker, "platform"))
    rule = meant or rule
    card = settled_by_card(tracker, given["procedure"])
    if card is not None:
        rule = services.deadlines.rules.get(card.get("rule") or "") or rule
    elif rule is not None:
        _say_deadline(services, dispatcher, tracker, rule, given["country"], story)
    elif is_only_the_others:
        dispatcher.utter_message(response="utter_triage_no_rule")
    say_options(services, dispatcher, documents, given, guide.snapshot)
    _say_list_and_center(services, dispatcher, tracker, given)
    return [
        SlotSet("party", given["party"]),
        SlotSet("country", given["country"]),
        SlotSet("procedure", given["procedure"]),
        SlotSet("last_question", question),
        SlotSet("last_answer", asked.hits[0].passage.id if _is_found(asked) else None),
        SlotSet("last_rule", rule.id if rule else None),
        SlotSet("last_day", _day(services, tracker, rule, story) if rule else None),
        SlotSet("last_topic", "triage"),
    ]


def _guide(
    services: Services,
    question: str,
    known: Sequence[str],
    given: Mapping[str, str | None],
) -> Found:
    """What the shelf says to the question of the matter; of a member that has no section that of its union."""
    country, procedure = given["country"], given["procedure"]
    found = _on_procedure(_look_up(services, question, country), procedure)
    for union in sorted(scope([country] if country else []) - {country}):
        if not _is_found(found):
            asked = _question(given, [services.vocabulary.country(union), *known[1:]])
            found = _on_procedure(_look_up(services, asked, union), procedure)
    return found


def _say_list_and_center(
    services: Services,
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    given: Mapping[str, str | None],
) -> None:
    """What to bring together, and who helps."""
    lists = lists_for(services.checklists, given["procedure"], given["country"], given["party"])
    if lists and given["procedure"] is not None:
        checklist_reply(lists[0]).send(dispatcher)
    routing = route(services, tracker, talk.slot(tracker, "region"))
    center_reply(routing, buttons=(LEAD, HUMAN, CHANGE), data={"triage": dict(given)}).send(
        dispatcher
    )


def _own_question(services: Services, story: str, given: Mapping[str, str | None]) -> Found | None:
    """What the shelf says to the story itself, if it asks something or no procedure is known by name."""
    is_asked = asks(normalise(story)) or given["procedure"] is None
    if len(story) < _SHORTEST_STORY or not is_asked:
        return None
    found = _look_up(services, story, given["country"])
    return found if found.band == "answer" else None


def _meant(
    services: Services, tracker: Tracker, story: str, given: Mapping[str, str | None]
) -> DeadlineRule | None:
    """The rule that a story means beyond doubt, of another procedure than its words alone were taken for."""
    place = given["country"]
    if place is None or len(story) < _SHORTEST_STORY:
        return None
    found = rules_in(services, tracker, story, place)
    rule = clear_rule(found)
    if rule is None or found[0].chance < SURE_RULE or side_fits(rule, given["party"]) < 0:
        return None
    is_other = rule.procedure != given["procedure"] and rule.bound is not Bound.AUTHORITY
    return rule if is_other and rule.jurisdiction in scope((place,)) else None


def _rule(
    services: Services,
    documents: Sequence[str],
    given: Mapping[str, str | None],
    platform: str | None,
) -> tuple[DeadlineRule | None, bool]:
    """The period that runs against the person, among those of the documents.

    :return: the rule, and, where there is none, whether only the other side's period is known, which
        must not be taken for one's own.
    """
    rules = [r for d in documents for r in guide_rules(services, d, given["procedure"])]
    rules = [r for r in rules if _is_of_platform(services, r, platform)]
    country = given["country"]
    if country is not None or given["procedure"] not in _ONE_COUNTRY:
        places = {GENERAL, *scope([country] if country else [])}
        places |= FORUMS if EU in places else set()
        rules = [r for r in rules if r.jurisdiction in places]
    ours = [r for r in rules if binds(r, given["party"])]
    # What a document states, such as the end of an order, matters to both sides.
    stated = [r for r in rules if r.kind is RuleKind.PRINTED and r.bound is not Bound.AUTHORITY]
    rule = next(iter(ours or stated), None)
    return rule, rule is None and bool(rules) and given["party"] == "respondent"


def _is_of_platform(services: Services, rule: DeadlineRule, platform: str | None) -> bool:
    """Whether a rule is no platform's or that of the one where it happened."""
    understanding = services.index.current().understanding
    named = {m.row.code for m in understanding.mentions(rule.title) if m.row.kind == "platform"}
    return not named or platform in named


def belongs_elsewhere(procedure: str | None, country: str | None) -> bool:
    """Whether a procedure exists in the United States alone and the dispute is somewhere else."""
    return procedure in _US_ONLY and country not in (None, "US")


_US_ONLY = frozenset(("tro", "section-337", "ptab"))
# Their guides name the country where they take place, or none matters.
_ONE_COUNTRY = _US_ONLY | {"domain-name"}
# How guides word the question of somebody to whom this has just happened, or who wants to do it.
_SUFFERED = {
    "tro": "店铺被TRO冻结，先做什么",
    "section-337": "收到337立案通知，几天内要答辩",
    "court": "收到{country}法院起诉状，几天内要答辩",
    "customs": "货被{country}海关扣了，先做什么",
    "fair": "{country}展会上被查抄，现场怎么办",
    "warning-letter": "收到{country}警告函，先做什么",
    "platform": "链接被平台投诉侵权下架，第一步做什么",
    "opposition": "我的{country}商标申请被人异议，几天内答复",
    "cancellation": "我的{country}商标被申请撤销，怎么办",
    "domain-name": "UDRP收到通知，几天内答辩",
}
_WANTED = {
    "court": "在{country}起诉侵权，怎么做",
    "customs": "让{country}海关拦假货，怎么备案",
    "platform": "平台上有人卖仿品，权利人怎么投诉",
    "opposition": "{country}商标异议期多长，怎么提",
    "cancellation": "{country}商标几年不用可以撤销",
    "squatting": "商标在{country}被抢注，怎么办",
    "fair": "在{country}展会上发现仿品，怎么维权",
    "section-337": "权利人怎么申请337调查",
    "domain-name": "域名被人抢注了，怎么拿回来",
}


def _day(services: Services, tracker: Tracker, rule: DeadlineRule, story: str) -> str | None:
    """The day that the person told, if it has come and the rule may count from it."""
    today = services.today()
    reading = parse_date(talk.slot(tracker, "date_text") or "", today)
    is_past = isinstance(reading, ExactDate) and reading.day <= today
    if not is_past or not isinstance(reading, ExactDate):
        return None
    day = counted_from(story, rule.event, today, reading.day)
    return day.isoformat() if day else None


def _question(given: Mapping[str, str | None], known: Sequence[str]) -> str:
    """The question to the shelf: the usual one of the matter, else what is known of it."""
    wordings = _WANTED if given["party"] == "owner" else _SUFFERED
    wording = wordings.get(given["procedure"] or "") or _WANTED.get(given["procedure"] or "")
    if wording is not None:
        return wording.format(country=known[0])
    return f"{''.join(filter(None, known))}怎么办，第一步做什么"


def _look_up(services: Services, question: str, country: str | None) -> Found:
    """What the shelf says; where no country is known, only what holds in any."""
    index = services.index.current()
    found = look_up(index, question, services.today(), country=country, ask_country=False)
    if country is not None or found.info.countries:
        return found
    return replace(found, hits=tuple(h for h in found.hits if _is_general(h.passage)))


def _is_general(passage: Passage) -> bool:
    return GENERAL in passage.jurisdiction or not _ONE_COUNTRY.isdisjoint(passage.procedures)


def _on_procedure(found: Found, procedure: str | None) -> Found:
    """Only what is about the procedure: the law on oppositions is no guide to a lawsuit."""
    if procedure is None:
        return found
    near = {procedure, *_NEAR.get(procedure, ())}
    exact = tuple(h for h in found.hits if procedure in h.passage.procedures)
    hits = exact or tuple(h for h in found.hits if near.intersection(h.passage.procedures))
    return replace(found, hits=hits)


# Procedures whose law answers for one another where a country has no section on the one asked.
_NEAR = {
    "squatting": ("opposition", "cancellation", "invalidation"),
    "opposition": ("cancellation", "invalidation", "squatting"),
    "cancellation": ("invalidation", "opposition"),
    "fair": ("pi", "warning-letter"),
}


def _is_found(found: Found) -> bool:
    return bool(found.hits) and found.band != "refuse"


def _say_guide(
    services: Services,
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    known: Sequence[str],
    found: Found,
) -> None:
    """What is understood, what the guide says, and the three things to do first."""
    industry = services.vocabulary.industry(talk.slot(tracker, "industry"))
    recognised = "、".join(filter(None, [*known, industry]))
    understood = f"我理解的情况：{recognised}。" if recognised else ""
    if not _is_found(found):
        Reply(
            "utter_triage_open", kind="text", fields={"understood": understood}, buttons=[DEADLINE, HUMAN]
        ).send(dispatcher)  # fmt: skip
        return
    passage = found.hits[0].passage
    cited = [citation(passage, found.snapshot)]
    said, has_more = passages.body(passage, BODY_CHARS)
    lines = [understood if passages.guarded(understood, cited) else "", said]
    lines.append("（全文见下方引用）" if has_more else "")
    steps = [s.rstrip("。；") for s in passage.next_steps if passages.guarded(s, cited)][:STEPS]
    if steps:
        lines.append("先做这几件事：" + "".join(f"\n· {step}" for step in steps))
    Reply(
        "utter_triage",
        kind="answer",
        fields={"body": "\n".join(line for line in lines if line)},
        citations=cited,
        buttons=unique([DEADLINE, HUMAN]),
        data={"passage": passage.id, "next_steps": list(passage.next_steps)},
    ).send(dispatcher)


def _say_deadline(
    services: Services,
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    rule: DeadlineRule,
    country: str | None,
    story: str,
) -> None:
    """The date where it is counted and the day is known, else which day to look for."""
    today = services.today()
    reading = parse_date(talk.slot(tracker, "date_text") or "", today)
    day = reading.first if isinstance(reading, DateRange) else None
    day = reading.day if isinstance(reading, ExactDate) else day
    is_past = rule.kind is RuleKind.COMPUTED and day is not None and day <= today
    day = counted_from(story, rule.event, today, day) if is_past and day is not None else None
    card = at_once(services, rule, day, country) if day is not None else None
    if card is not None:
        card.send(dispatcher)
        return
    printed = rule.kind is not RuleKind.COMPUTED
    Reply(
        "utter_triage_printed" if printed else "utter_triage_deadline",
        kind="notice",
        fields={
            "title": rule.title,
            "question": rule.trigger_question,
            "period": period_name(rule.period),
            "note": f"{rule.legal_note.rstrip('。')}。" if rule.legal_note else "",
        },
        buttons=[DEADLINE],
        data={"rule": rule.id, "basis": rule.basis},
    ).send(dispatcher)
