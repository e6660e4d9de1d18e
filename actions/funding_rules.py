"""Compare a matter with the conditions of funding programs: pure, and never a promise.

Each condition is 初步符合, 不符合 or 待核实, with what it rests on.  What is not said, and what only
the authority can judge, is 待核实.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any

from actions.periods import add_months
from knowledge.funding_table import Condition, ConditionTest, Program, load_funding_table
from knowledge.region_table import Region
from settings import KnowledgeSettings

DISCLAIMER = "这是按公开条件做的初步对照，不代表能获批或领到钱，以受理机关审核为准"
ASK_AUTHORITY = "以受理机关要求为准"
_ORDER = {"current": 0, "unknown": 1, "expired": 2}


class Verdict(str, Enum):
    """The outcome for one condition or a whole program."""

    LIKELY = "初步符合"
    NOT = "不符合"
    UNCLEAR = "待核实"


@dataclass(frozen=True)
class ApplicantFacts:
    """What is known of the applicant and its matter; None where it was not said.

    ``applicant`` is a code of the funding table, ``purpose`` one of dispute, insurance, pledge, award,
    standard, foreign-patent; ``outcome`` one of won, settled, lost, pending; money is in yuan.
    """

    region: Region | None = None
    applicant: str | None = None
    country: str | None = None
    procedure: str | None = None
    right: str | None = None
    role: str | None = None
    purpose: str | None = None
    outcome: str | None = None
    closed_on: date | None = None
    contract_on: date | None = None
    spent: float | None = None
    insurance_paid: float | None = None
    settlement_paid: float | None = None
    other_grant: bool | None = None
    dishonest: bool | None = None
    foreign_controlled: bool | None = None


@dataclass(frozen=True)
class Finding:
    """One condition, how it stands and why; ``brief`` is the reason where a line has to hold it."""

    condition: str
    verdict: Verdict
    reason: str
    brief: str = ""

    def to_json(self) -> dict[str, str]:
        """The finding as shown."""
        return {
            "condition": self.condition,
            "verdict": self.verdict.value,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class PreCheck:
    """A program compared with the facts."""

    program: Program
    status: str
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """不符合 if any condition fails, 待核实 if any is open, else 初步符合."""
        found = {finding.verdict for finding in self.findings}
        if Verdict.NOT in found:
            return Verdict.NOT
        return Verdict.UNCLEAR if Verdict.UNCLEAR in found else Verdict.LIKELY

    def to_json(self) -> dict[str, Any]:
        """The pre-check with its citation."""
        program = self.program
        return {
            "program": program.id,
            "name": program.name,
            "authority": program.authority,
            "place": program.place,
            "status": self.status,
            "verdict": self.verdict.value,
            "conditions": [finding.to_json() for finding in self.findings],
            "amount": program.amount.text,
            "window": program.window.text,
            "channel": program.channel or ASK_AUTHORITY,
            "materials": list(program.materials) or [ASK_AUTHORITY],
            "basis": program.basis,
            "as_of": program.as_of,
            "source": {"title": program.source.title, "url": program.source.url},
            "note": program.note,
            "disclaimer": DISCLAIMER,
        }


def precheck(program: Program, facts: ApplicantFacts, today: date) -> PreCheck:
    """Compare one program with the facts."""
    status = program.status_on(today)
    findings = [_in_force(program, status, today), _in_area(program, facts)]
    for condition in (*program.conditions, *program.exclusions):
        findings.append(_judge(program, condition, facts, today))
    return PreCheck(program, status, tuple(findings))


def precheck_all(
    facts: ApplicantFacts, today: date, programs: Mapping[str, Program] | None = None
) -> tuple[PreCheck, ...]:
    """Programs for matters abroad that cover the company's place: usable ones first, nearest first.

    :return: empty when the place is not known.
    """
    table = programs_of_shelf() if programs is None else programs
    place = facts.region
    if place is None:
        return ()
    fitting = [
        precheck(program, facts, today)
        for program in table.values()
        if program.kind == "program" and program.overseas and _covers(program, place)
    ]
    return tuple(sorted(fitting, key=lambda check: (_ORDER[check.status], -_depth(check.program))))


@lru_cache(maxsize=1)
def programs_of_shelf() -> Mapping[str, Program]:
    """The programs of the shipped table, read once."""
    return load_funding_table(KnowledgeSettings().tables_dir)


def _depth(program: Program) -> int:
    return sum(part is not None for part in (program.province, program.city, program.district))


def _covers(program: Program, place: Region) -> bool:
    """Whether the place may lie in the program's area; an unsaid city or district may."""
    return (
        program.province in (None, place.province)
        and (program.city is None or place.city in (None, program.city))
        and (program.district is None or place.district in (None, program.district))
    )


def _in_force(program: Program, status: str, today: date) -> Finding:
    text = "文件现在有效"
    if status == "expired":
        brief = f"窗口或文件已过期（{program.window.text}）"
        return Finding(text, Verdict.NOT, f"{brief}，只用来说明通常要求", brief)
    if program.window.opens is not None and today < program.window.opens:
        return Finding(text, Verdict.UNCLEAR, f"还没有开始：{program.window.text}")
    if status == "current":
        reason = f"{program.as_of}的资料显示有效，当年申报窗口以通知为准"
        return Finding(text, Verdict.LIKELY, reason)
    return Finding(text, Verdict.UNCLEAR, f"{program.as_of}的资料，没有查到是否延续，请先核实")


def _in_area(program: Program, facts: ApplicantFacts) -> Finding:
    text = f"申请人在{program.place}"
    place = facts.region
    if program.area is None:
        return Finding(text, Verdict.LIKELY, "不限地区")
    if place is None:
        return Finding(text, Verdict.UNCLEAR, "还不知道公司在哪里")
    if not _covers(program, place):
        return Finding(text, Verdict.NOT, f"公司在{place.name}")
    exact = (program.city is None or place.city) and (program.district is None or place.district)
    if not exact:
        return Finding(text, Verdict.UNCLEAR, f"只知道公司在{place.name}，请说明到市或区")
    return Finding(text, Verdict.LIKELY, f"公司在{place.name}，注册地以登记为准")


def _judge(program: Program, condition: Condition, facts: ApplicantFacts, today: date) -> Finding:
    test = condition.test
    if test is None:
        return Finding(condition.text, Verdict.UNCLEAR, "要看材料，由受理机关判断")
    if test.kind == "applicant":
        verdict, reason = _applicant(program, facts)
    elif test.kind in _LISTED:
        verdict, reason = _listed(test, facts)
    else:
        verdict, reason = _CHECKS[test.kind](test, facts, today)
    return Finding(condition.text, verdict, reason)


def _applicant(program: Program, facts: ApplicantFacts) -> tuple[Verdict, str]:
    if facts.applicant is None:
        return Verdict.UNCLEAR, "还不知道申请主体是企业、事业单位还是个人"
    if facts.applicant not in program.applicants:
        if program.recipient == "service-provider":
            return Verdict.NOT, "资金给承接项目的服务机构，企业是受益方，不能自己申报"
        return Verdict.NOT, "申请主体不在范围内"
    return Verdict.LIKELY, "主体类型相符，其余以登记和申报材料为准"


# test kind -> (fact, what is missing when it was not said)
_LISTED: dict[str, tuple[str, str]] = {
    "procedure": ("procedure", "还不知道是什么程序"),
    "procedure_not": ("procedure", "还不知道是什么程序"),
    "outcome": ("outcome", "还不知道案件结果"),
    "right": ("right", "还不知道是哪类权利"),
    "role": ("role", "还不知道是维权还是被诉"),
    "purpose": ("purpose", "还不知道要申请的是哪类费用"),
}


def _listed(test: ConditionTest, facts: ApplicantFacts) -> tuple[Verdict, str]:
    name, missing = _LISTED[test.kind]
    value: str | None = getattr(facts, name)
    if value is None:
        return Verdict.UNCLEAR, missing
    if test.kind == "outcome" and value == "pending":
        return Verdict.UNCLEAR, "还没有结案，有了结果再看"
    fits = (value in test.any) != (test.kind == "procedure_not")
    return (Verdict.LIKELY, "与你说的情况相符") if fits else (Verdict.NOT, "与你说的情况不符")


def _absent(
    name: str, missing: str, bar: str
) -> Callable[[ConditionTest, ApplicantFacts, date], tuple[Verdict, str]]:
    def check(test: ConditionTest, facts: ApplicantFacts, today: date) -> tuple[Verdict, str]:
        value: bool | None = getattr(facts, name)
        if value is None:
            return Verdict.UNCLEAR, missing
        return (Verdict.NOT, bar) if value else (Verdict.LIKELY, "按你说的没有这种情况")

    return check


def _foreign(test: ConditionTest, facts: ApplicantFacts, today: date) -> tuple[Verdict, str]:
    if facts.country is None:
        return Verdict.UNCLEAR, "还不知道争议在哪个国家或地区"
    if facts.country == "CN":
        return Verdict.NOT, "争议在国内"
    return Verdict.LIKELY, "争议在境外"


def _spent(test: ConditionTest, facts: ApplicantFacts, today: date) -> tuple[Verdict, str]:
    if facts.spent is None:
        return Verdict.UNCLEAR, "还不知道已经花了多少钱"
    net = facts.spent - (facts.insurance_paid or 0) - (facts.settlement_paid or 0)
    if net <= 0:
        return Verdict.NOT, "扣除保险赔付与和解款后没有自己承担的费用"
    return Verdict.LIKELY, "有自己承担的费用，以发票和付款凭证为准"


def _closed_within(test: ConditionTest, facts: ApplicantFacts, today: date) -> tuple[Verdict, str]:
    if facts.outcome == "pending":
        return Verdict.UNCLEAR, "还没有结案，有了结果再看"
    if facts.closed_on is None:
        return Verdict.UNCLEAR, "还不知道案件哪天发生或结束"
    if facts.closed_on > today:
        return Verdict.UNCLEAR, "日期在今天之后，请核对"
    earliest = add_months(today, -12 * (test.years or 0))
    if facts.closed_on < earliest:
        return Verdict.NOT, f"早于{earliest.isoformat()}"
    return Verdict.LIKELY, f"在{earliest.isoformat()}以后"


def _contract(test: ConditionTest, facts: ApplicantFacts, today: date) -> tuple[Verdict, str]:
    if facts.contract_on is None or test.after is None or test.before is None:
        return Verdict.UNCLEAR, "还不知道保险合同哪天签的"
    if test.after <= facts.contract_on <= test.before:
        return Verdict.LIKELY, "签订日期在范围内"
    return Verdict.NOT, "签订日期不在范围内"


def _deduct(test: ConditionTest, facts: ApplicantFacts, today: date) -> tuple[Verdict, str]:
    paid = facts.insurance_paid if test.what == "insurance" else facts.settlement_paid
    if paid is None:
        return Verdict.UNCLEAR, "还不知道有没有这笔钱，有的话要扣除"
    if paid > 0:
        return Verdict.UNCLEAR, "这部分要从费用里扣除，不影响其余部分申请"
    return Verdict.LIKELY, "没有需要扣除的部分"


_CHECKS: dict[str, Callable[[ConditionTest, ApplicantFacts, date], tuple[Verdict, str]]] = {
    "no_other_grant": _absent(
        "other_grant", "还不知道同一事项是否领过其他资助", "同一事项已领过其他资助"
    ),
    "not_dishonest": _absent("dishonest", "要查信用和申报记录", "有失信或不实申报记录"),
    "not_foreign_controlled": _absent(
        "foreign_controlled", "还不知道是不是外资或外资控股企业", "是外资或外资控股企业"
    ),
    "foreign_dispute": _foreign,
    "spent": _spent,
    "closed_within": _closed_within,
    "contract_between": _contract,
    "deduct": _deduct,
}
