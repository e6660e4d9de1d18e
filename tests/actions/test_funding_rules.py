"""The pre-check says for each condition how it stands and never promises money."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.funding_rules import DISCLAIMER, ApplicantFacts, Verdict, precheck, precheck_all
from knowledge.funding_table import load_funding_table
from knowledge.region_table import Region
from settings import KnowledgeSettings

TODAY = date(2026, 11, 23)
PROGRAMS = load_funding_table(KnowledgeSettings().tables_dir)
HUIZHOU = ApplicantFacts(
    region=Region("广东", "惠州"),
    applicant="enterprise",
    country="US",
    procedure="court",
    right="patent",
    role="respondent",
    purpose="dispute",
    outcome="won",
    closed_on=date(2026, 5, 1),
    spent=300_000,
    insurance_paid=0,
    settlement_paid=0,
    other_grant=False,
    dishonest=False,
    foreign_controlled=False,
)


def verdicts(program: str, facts: ApplicantFacts) -> dict[str, Verdict]:
    return {f.condition: f.verdict for f in precheck(PROGRAMS[program], facts, TODAY).findings}


def test_huizhou_win_fits_but_its_validity_is_to_be_confirmed():
    check = precheck(PROGRAMS["hz-2024-overseas"], HUIZHOU, TODAY)
    assert check.verdict is Verdict.UNCLEAR
    unclear = [f.condition for f in check.findings if f.verdict is not Verdict.LIKELY]
    assert unclear == ["文件现在有效"]
    data = check.to_json()
    assert data["disclaimer"] == DISCLAIMER
    assert data["basis"].startswith("《惠州市")
    assert data["materials"] == ["以受理机关要求为准"]


def test_section_337_does_not_fit_shenzhen_and_the_window_has_passed():
    facts = replace(HUIZHOU, region=Region("广东", "深圳"), procedure="section-337")
    found = verdicts("sz-2025-overseas", facts)
    assert found["案件不是美国337调查"] is Verdict.NOT
    assert found["文件现在有效"] is Verdict.NOT
    assert verdicts("sz-2025-overseas", HUIZHOU)["申请人在广东深圳"] is Verdict.NOT


def test_nothing_said_leaves_every_condition_open():
    for program in PROGRAMS.values():
        for finding in precheck(program, ApplicantFacts(), TODAY).findings[1:]:
            if finding.condition != "申请人在全国":
                assert finding.verdict is Verdict.UNCLEAR, (program.id, finding)


@pytest.mark.parametrize(
    ("program", "change", "condition", "verdict"),
    [
        ("hz-2024-overseas", {"outcome": "lost"}, "行政裁决已生效、司法判决胜诉或和解已生效", Verdict.NOT),
        ("hz-2024-overseas", {"outcome": "pending"}, "行政裁决已生效、司法判决胜诉或和解已生效", Verdict.UNCLEAR),
        ("hz-2024-overseas", {"spent": 0}, "有必要的维权支出", Verdict.NOT),
        ("hz-2024-overseas", {"insurance_paid": 300_000}, "有必要的维权支出", Verdict.NOT),
        ("gz-policy-overseas", {"country": "CN"}, "正在应对海外知识产权纠纷或调查", Verdict.NOT),
        ("gz-policy-overseas", {}, "正在应对海外知识产权纠纷或调查", Verdict.LIKELY),
        ("ah-2024", {"foreign_controlled": True}, "外资及外资控股企业", Verdict.NOT),
        ("ah-2024", {"right": "trademark"}, "是专利维权", Verdict.NOT),
        ("sz-2023-overseas", {"closed_on": date(2023, 11, 23)}, "申请之日前3年内有实际发生的涉外知识产权诉讼", Verdict.LIKELY),
        ("sz-2023-overseas", {"closed_on": date(2023, 11, 22)}, "申请之日前3年内有实际发生的涉外知识产权诉讼", Verdict.NOT),
        ("sz-2023-overseas", {"settlement_paid": 5}, "支付的和解费用", Verdict.UNCLEAR),
        ("sz-2023-overseas", {"other_grant": True}, "已获本市其他维权资助（国内维权资助除外）", Verdict.NOT),
        ("sz-2025-insurance", {"contract_on": date(2024, 12, 31)}, "保险合同签订于2024-01-01至2024-12-31", Verdict.LIKELY),
        ("sz-2025-insurance", {"contract_on": date(2025, 1, 1)}, "保险合同签订于2024-01-01至2024-12-31", Verdict.NOT),
        ("sz-2025-insurance", {}, "买的是所列三类险种", Verdict.NOT),
        ("mm-2023-ip", {"role": "respondent"}, "境外诉讼：获得境外专利授权或商标注册后，在境外起诉他人侵权", Verdict.NOT),
        ("gd-2022-cbec", {}, "承接方是有专利代理资质的独立法人服务机构", Verdict.NOT),
    ],
)  # fmt: skip
def test_condition_stands_as_the_facts_say(program, change, condition, verdict):
    assert verdicts(program, replace(HUIZHOU, **change))[condition] is verdict


def test_programs_of_the_place_come_usable_first_and_no_other_city_is_named():
    checks = precheck_all(replace(HUIZHOU, region=Region("广东", "深圳")), TODAY)
    assert checks
    assert {c.program.city for c in checks} <= {None, "深圳"}
    order = {"current": 0, "unknown": 1, "expired": 2}
    ranks = [order[c.status] for c in checks]
    assert ranks == sorted(ranks)


def test_guangzhou_is_told_of_the_city_policy():
    facts = ApplicantFacts(region=Region("广东", "广州", "白云区"))
    ids = [check.program.id for check in precheck_all(facts, TODAY)]
    assert ids[0] == "gz-policy-overseas"
    assert "gz-nansha-2023" not in ids


def test_unknown_place_gives_no_programs():
    assert precheck_all(ApplicantFacts(), TODAY) == ()


@given(
    st.sampled_from(sorted(PROGRAMS)),
    st.sampled_from([None, "won", "settled", "lost", "pending"]),
    st.none() | st.floats(min_value=0, max_value=1e8),
    st.none() | st.dates(date(2015, 1, 1), date(2030, 1, 1)),
    st.dates(date(2020, 2, 29), date(2032, 1, 1)),
)
def test_no_expired_program_ever_looks_open(program, outcome, spent, closed_on, today):
    facts = replace(HUIZHOU, outcome=outcome, spent=spent, closed_on=closed_on)
    check = precheck(PROGRAMS[program], facts, today)
    if check.status == "expired":
        assert check.verdict is Verdict.NOT
    assert check.findings
    assert all(finding.reason for finding in check.findings)
