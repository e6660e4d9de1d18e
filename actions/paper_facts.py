"""A question about the paper in hand, answered from it with the line that says so.

Only what can stand in this very paper is taken: who sues, which judge, which day, how much.  What the
law says in general is a question to the shelf.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.paper_view import InHand
from actions.turn.printed import SLOT
from desk import papers
from desk.engine import reading
from knowledge.notices import named
from knowledge.printed_dates import Meaning
from papers.labels import MEANINGS, NUMBERS, ROLES, amount_name, sum_of
from papers.parties import speaks

# A longer message is a story, and what it asks is about more than a value of the paper.
_LONGEST = 40
_GENERAL = re.compile(
    r"一般|通常|平均|最高|最多|法定|上限|法律上|规定|怎么算|能不能|可以不|要不要|会不会"
)
_ORDINAL = re.compile(r"第([一二两三四五六1-6])(?:份|个(?:文件|文书)|封)")
_NUMBERS = {word: number for number, words in enumerate(("一1", "二两2", "三3", "四4", "五5", "六6")) for word in words}  # fmt: skip
_JUDGE = re.compile(
    r"\b(?:Hon\.|Honorable|(?:Chief |District |Magistrate |Administrative Law )?Judge|Justice):? +[A-Z]"
    r"|Richter(?:in)?\b|審判長|裁判官|审判员|审判长|承办法官|\bjuge\b",
)
_LABELS = {"hearing": "开庭或听证", "judge": "法官", "docket": "案号", "forum": "机构"}


@dataclass(frozen=True)
class Found:
    """A value of a paper in words, and where it stands; ``source`` is None where no line shows it."""

    label: str
    value: str
    source: dict[str, Any] | None


@dataclass(frozen=True)
class PaperFact:
    """What a question about a paper gets; no ``found`` when the paper does not say it."""

    title: str
    label: str
    found: tuple[Found, ...]

    def to_json(self) -> dict[str, Any]:
        """As the plan keeps it."""
        return {
            "title": self.title,
            "label": self.label,
            "found": [{"label": f.label, "value": f.value, "source": f.source} for f in self.found],
        }


def held_papers(services: Services, tracker: Tracker) -> list[InHand]:
    """The papers that were read in this conversation, oldest first."""
    with reading(services.engine) as conn:
        found = papers.listing(conn, tracker.sender_id)
    return [held for paper in found if (held := InHand.of(paper)) is not None]


def fact_asked(services: Services, tracker: Tracker) -> PaperFact | None:
    """The fact of a paper that a message asks for; None when it asks for none."""
    kept, text = tracker.get_slot(SLOT), talk.text(tracker)
    if not isinstance(kept, dict) or not kept.get("uid") or len(text) > _LONGEST:
        return None
    asked = next((topic for topic in _TOPICS if topic.pattern.search(text)), None)
    if asked is None or _GENERAL.search(text):
        return None
    held = chosen(held_papers(services, tracker), text, kept["uid"])
    if held is None:
        return None
    found = tuple(asked.read(held))
    if not found and not asked.of_paper_alone:
        return None
    return PaperFact(held.title, asked.label, found)


def chosen(held: Sequence[InHand], text: str, current: str) -> InHand | None:
    """The paper that a message means: by its number, by what it is called, else the one spoken of."""
    ordinal = _ORDINAL.search(text)
    if ordinal and _NUMBERS[ordinal[1]] < len(held):
        return held[_NUMBERS[ordinal[1]]]
    kind = named(text)
    if kind is not None:
        same = [item for item in held if kind in (item.reading.form, item.reading.kind)]
        if same:
            return same[-1]
    return next((item for item in held if item.paper.uid == current), None)


@dataclass(frozen=True)
class _Topic:
    """A kind of fact: how it is asked for, and how it is read.

    ``of_paper_alone`` tells that nothing but a paper can answer, so that its silence is an answer too.
    """

    label: str
    pattern: re.Pattern[str]
    read: Callable[[InHand], list[Found]]
    of_paper_alone: bool = True


def _amounts(held: InHand) -> list[Found]:
    return [
        Found(amount_name(a), sum_of(a), held.source(a.text, a.page)) for a in held.reading.amounts
    ]


def _dates(*meanings: Meaning) -> Callable[[InHand], list[Found]]:
    def read(held: InHand) -> list[Found]:
        found = []
        for item in held.reading.dates:
            if item.meaning in meanings:
                day = item.date
                hour = f" {item.time.isoformat('minutes')}" if item.time else ""
                doubt = "" if item.is_certain else "（没把握，请看原件）"
                words = f"{day.year}年{day.month}月{day.day}日{hour}{doubt}"
                found.append(
                    Found(MEANINGS[item.meaning], words, held.source(item.text, item.page))
                )
        return found

    return read


def _parties(
    *, senders: bool, roles: frozenset[str] = frozenset()
) -> Callable[[InHand], list[Found]]:
    def read(held: InHand) -> list[Found]:
        return [
            Found(ROLES.get(p.role, p.role), p.name, held.source(p.name))
            for p in held.reading.parties
            if (p.role in roles if roles else (p.role != "counsel" and speaks(p, held.reading.parties)) is senders)
        ]  # fmt: skip

    return read


def _judge(held: InHand) -> list[Found]:
    for line in held.reading.lines:
        if _JUDGE.search(line.text):
            return [Found("法官", line.text.strip(), held.source(line.text, line.page))]
    return []


def _one(name: str) -> Callable[[InHand], list[Found]]:
    def read(held: InHand) -> list[Found]:
        value = getattr(held.reading, name)
        return [Found(_LABELS[name], value, held.source(value))] if value else []

    return read


def _numbers(held: InHand) -> list[Found]:
    return [
        Found(NUMBERS.get(n.type, n.type), n.value, held.source(n.value))
        for n in held.reading.numbers
    ]


def _demands(held: InHand) -> list[Found]:
    return [Found("要求", text, held.source(text)) for text in held.reading.demands]


_DAY = r"(?:哪[天日]|哪一[天日]|几[号时点]|什么时候|何时|时间|日期)"
_TOPICS = (
    _Topic("金额", re.compile(r"赔(?:偿)?(?:我们?|他们?)?(?:要)?(?:多少|几)|索赔(?:多少|金额)|要(?:求)?(?:我们?)?(?:赔|付|给)[^。]{0,6}多少|多少钱|金额是?多少|赔偿金额"), _amounts, of_paper_alone=False),
    _Topic("开庭的日子", re.compile(rf"{_DAY}[^。]{{0,4}}(?:开庭|听证|出庭|审理)|(?:开庭|听证|出庭)(?:是|在)?{_DAY}"), _dates(Meaning.HEARING)),
    _Topic("发出或提交的日子", re.compile(rf"{_DAY}[^。]{{0,3}}(?:发(?:出|来)?的|签发|落款|立案的|提交的|起诉的)|(?:签发|落款|立案|起诉)(?:日期|日|时间)"), _dates(Meaning.ISSUED, Meaning.FILED)),
    _Topic("法官", re.compile(r"法官(?:是|叫)?(?:谁|哪|什么)|哪[个位](?:法官|法官审)|谁(?:来)?审"), _judge),
    _Topic("原告或申请人", re.compile(r"(?:原告|申请人|投诉人|权利人|发信人|对方)(?:到底)?(?:是|叫)(?:谁|哪|什么)|谁(?:在)?(?:告|起诉|投诉)(?:的|了)?(?:我|咱)|谁(?:发|寄)(?:的|来)"), _parties(senders=True)),
    _Topic("被告或被申请人", re.compile(r"被告(?:是|有)(?:谁|哪|什么)|被(?:申请|投诉)人(?:是|有)(?:谁|哪)|(?:针对|告的是)谁|告了谁"), _parties(senders=False)),
    _Topic("对方律师", re.compile(r"律师(?:是|叫)(?:谁|哪|什么)|哪[个家](?:律师|律所)|律所(?:是|叫)"), _parties(senders=True, roles=frozenset({"counsel"}))),
    _Topic("案号", re.compile(r"案号|卷号|案件(?:编号|号码)|调查编号"), _one("docket")),
    _Topic("机构", re.compile(r"(?:哪个|什么|哪家|哪里的?)(?:法院|法庭|机构|海关|部门)(?!.{0,4}(?:管|起诉|可以))"), _one("forum"), of_paper_alone=False),
    _Topic("权利号码", re.compile(r"(?:专利|商标|注册|登记)号(?:码)?(?:是)?(?:多少|什么|几)|哪(?:个|件|几件)(?:专利|商标)"), _numbers),
    _Topic("要求", re.compile(r"(?:要|要求|让|叫)我们?(?:做|干)(?:什么|啥)|(?:提了|有)(?:什么|哪些)要求"), _demands, of_paper_alone=False),
)  # fmt: skip
