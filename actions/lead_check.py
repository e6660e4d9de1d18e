"""A lead compared with funding programs: what it says, and what staff asked, read as facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from actions.funding_rules import ApplicantFacts, PreCheck, precheck_all
from actions.route_rules import Router
from desk.errors import InvalidRecordError
from desk.lead_types import Lead
from knowledge.text import normalise

# What may be answered, by question; the first word of each pair is stored, the second shown.
CHOICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "applicant": (
        ("enterprise", "企业"),
        ("institution", "事业单位"),
        ("association", "行业协会"),
        ("individual", "个人"),
        ("service-provider", "服务机构"),
    ),
    "purpose": (
        ("dispute", "海外维权费用"),
        ("insurance", "保险费"),
        ("pledge", "质押融资费用"),
        ("award", "获奖奖励"),
        ("standard", "标准奖励"),
        ("foreign-patent", "境外专利申请"),
    ),
    "role": (("respondent", "被诉或被投诉"), ("owner", "主动维权")),
    "outcome": (("pending", "还没有结案"), ("won", "胜诉"), ("settled", "和解"), ("lost", "败诉")),
    "other_grant": (("no", "没有"), ("yes", "有")),
    "dishonest": (("no", "没有"), ("yes", "有")),
    "foreign_controlled": (("no", "不是"), ("yes", "是")),
}
MONEY = ("spent", "insurance_paid", "settlement_paid")
DATES = ("closed_on", "contract_on")
QUESTIONS: Mapping[str, str] = {
    "applicant": "申请主体",
    "purpose": "申请哪类费用",
    "role": "企业在纠纷中",
    "outcome": "案件结果",
    "closed_on": "案件发生或结束日期",
    "spent": "已花费用（元）",
    "insurance_paid": "保险已赔（元）",
    "settlement_paid": "收到和解款（元）",
    "contract_on": "保险合同签订日期",
    "other_grant": "同一事项领过其他资助",
    "dishonest": "有失信或不实申报记录",
    "foreign_controlled": "外资或外资控股",
}
_COMPANY = re.compile(r"(公司|厂|商行|经营部|企业|合作社|集团)")
_YUAN = re.compile(
    r"(?:约|大约|大概|人民币|已花|共)*(\d+(?:\.\d+)?)(万)?(?:多)?(?:元|块|人民币|rmb)?"
)


def answers_from(lead: Lead) -> dict[str, str]:
    """What the lead itself answers already."""
    known = {"purpose": "dispute"}
    if _COMPANY.search(lead.company):
        known["applicant"] = "enterprise"
    spent = _yuan(lead.spent or "")
    if spent is not None:
        # No exponent and no rounding: what is written here is read again by _yuan.
        known["spent"] = f"{spent:.2f}".removesuffix(".00")
    return known


def check(
    lead: Lead, answers: Mapping[str, str], router: Router, today: date
) -> tuple[PreCheck, ...]:
    """Compare a lead with the programs that cover its place.

    :param answers: by the keys of :data:`QUESTIONS`; what is missing or empty is not known.
    :return: empty when the place is not known.
    :raises InvalidRecordError: naming the answer that cannot be read.
    """
    return precheck_all(facts(lead, answers, router), today)


def facts(lead: Lead, answers: Mapping[str, str], router: Router) -> ApplicantFacts:
    """The facts of a lead with its answers."""
    said = {name: value for name, text in answers.items() if (value := text.strip())}
    for name, value in said.items():
        if name in CHOICES and value not in {code for code, _label in CHOICES[name]}:
            raise InvalidRecordError(f"「{QUESTIONS[name]}」没有这个选项")
    matter = router.understand(
        lead.district, lead.industry, lead.country, lead.right, None, lead.procedure
    )
    money = {name: _amount(name, said[name]) for name in MONEY if name in said}
    days = {name: _day(name, said[name]) for name in DATES if name in said}
    return ApplicantFacts(
        region=matter.region,
        applicant=said.get("applicant"),
        country=matter.country,
        procedure=matter.procedure,
        right=matter.right,
        role=said.get("role"),
        purpose=said.get("purpose"),
        outcome=said.get("outcome"),
        closed_on=days.get("closed_on"),
        contract_on=days.get("contract_on"),
        spent=money.get("spent"),
        insurance_paid=money.get("insurance_paid"),
        settlement_paid=money.get("settlement_paid"),
        other_grant=_yes(said, "other_grant"),
        dishonest=_yes(said, "dishonest"),
        foreign_controlled=_yes(said, "foreign_controlled"),
    )


def _yuan(text: str) -> float | None:
    """An amount that is plainly in yuan; another currency is left to staff."""
    found = _YUAN.fullmatch(normalise(text).replace(",", "").replace(" ", "").lower())
    if found is None:
        return None
    return float(found.group(1)) * (10_000 if found.group(2) else 1)


def _amount(name: str, text: str) -> float:
    amount = _yuan(text)
    if amount is None:
        raise InvalidRecordError(f"「{QUESTIONS[name]}」请填人民币数字，如 30000 或 3万")
    return amount


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidRecordError(f"「{QUESTIONS[name]}」请填日期，如 2026-11-23") from error


def _yes(said: Mapping[str, str], name: str) -> bool | None:
    return None if name not in said else said[name] == "yes"
