from __future__ import annotations

from datetime import date

import pytest

from actions.funding_rules import Verdict
from actions.lead_check import CHOICES, QUESTIONS, answers_from, check, facts
from actions.route_rules import default_router
from desk.errors import InvalidRecordError
from desk.leads import Lead

TODAY = date(2026, 11, 23)


def _lead(**changes: object) -> Lead:
    values = {
        "company": "广州测试灯具有限公司",
        "contact": "张三",
        "phone": "13800138000",
        "consent_version": "2026-1",
        "sender": "visitor-1",
        "country": "美国",
        "right": "外观设计",
        "procedure": "337调查",
        "district": "花都区",
    }
    return Lead(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spent", "yuan"),
    [
        ("3万元", "30000"),
        ("约3.5万", "35000"),
        ("３００００元", "30000"),
        ("30,000元", "30000"),
        ("人民币5000", "5000"),
        ("100万", "1000000"),
        ("1,234,567.50元", "1234567.50"),
        ("3万美元", None),
        ("律师费不清楚", None),
        (None, None),
    ],
)
def test_only_an_amount_in_yuan_is_taken_over(spent: str | None, yuan: str | None) -> None:
    assert answers_from(_lead(spent=spent)).get("spent") == yuan


@pytest.mark.parametrize(
    ("company", "applicant"),
    [("广州甲有限公司", "enterprise"), ("狮岭皮具厂", "enterprise"), ("张三", None)],
)
def test_kind_of_applicant_is_taken_from_the_name(company: str, applicant: str | None) -> None:
    assert answers_from(_lead(company=company)).get("applicant") == applicant


def test_words_of_the_lead_become_codes() -> None:
    found = facts(_lead(), {}, default_router())
    assert found.region is not None
    assert found.region.district == "花都区"
    assert (found.country, found.right, found.procedure) == ("US", "design", "section-337")


def test_check_names_each_program_with_its_source_and_promises_nothing() -> None:
    found = check(_lead(), answers_from(_lead()), default_router(), TODAY)
    assert found
    for item in found:
        shown = item.to_json()
        assert shown["source"]["title"]
        assert shown["disclaimer"].startswith("这是按公开条件做的初步对照")
        assert all(condition["reason"] for condition in shown["conditions"])


def test_answer_changes_the_outcome_of_its_condition() -> None:
    router = default_router()
    lead = _lead(district="深圳市南山区")

    def verdicts(**answers: str) -> list[Verdict]:
        return [
            finding.verdict
            for item in check(lead, answers, router, TODAY)
            for finding in item.findings
        ]

    assert verdicts(applicant="individual").count(Verdict.NOT) > verdicts().count(Verdict.NOT)
    assert verdicts(applicant="enterprise").count(Verdict.LIKELY) > verdicts().count(Verdict.LIKELY)


def test_unknown_place_gives_no_program() -> None:
    assert check(_lead(district=None), {}, default_router(), TODAY) == ()


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"applicant": "king"}, "申请主体"),
        ({"spent": "很多"}, "人民币"),
        ({"closed_on": "去年"}, "日期"),
    ],
)
def test_unreadable_answer_is_refused_by_name(answers: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidRecordError, match=said):
        facts(_lead(), answers, default_router())


@pytest.mark.parametrize("spent", ["100万", "1234567.5", "12345.67元", "3亿", "3万"])
def test_whatever_a_lead_answers_can_be_read_again(spent: str) -> None:
    lead = _lead(spent=spent)
    facts(lead, answers_from(lead), default_router())


def test_every_choice_belongs_to_a_question() -> None:
    assert set(CHOICES) <= set(QUESTIONS)
