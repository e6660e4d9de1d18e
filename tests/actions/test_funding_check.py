"""Which programs a conversation is shown and in what words, whatever their reasons are worded like."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from actions.funding_check import REASON_CHARS, _line, _pays_others
from actions.funding_rules import ApplicantFacts, Verdict, precheck
from knowledge.funding_table import APPLICANTS, load_funding_table
from knowledge.region_table import Region
from settings import KnowledgeSettings

TODAY = date(2026, 11, 23)
PROGRAMS = load_funding_table(KnowledgeSettings().tables_dir)


def checked(program, applicant):
    facts = ApplicantFacts(region=Region("广东", "广州"), applicant=applicant)
    return precheck(program, facts, TODAY)


@pytest.mark.parametrize("applicant", [None, *sorted(APPLICANTS)])
def test_money_for_service_firms_is_offered_to_nobody_else(applicant):
    left_out = {p.id for p in PROGRAMS.values() if _pays_others(p, applicant)}
    told = {
        program.id
        for program in PROGRAMS.values()
        if any("不能自己申报" in item.reason for item in checked(program, applicant).findings)
    }
    assert left_out == told
    assert bool(left_out) is (applicant not in (None, "service-provider"))


def test_a_line_holds_the_brief_reason_where_there_is_one():
    found = checked(next(iter(PROGRAMS.values())), "enterprise")
    one = replace(found.findings[0], verdict=Verdict.NOT, reason="长" * 99, brief="已过期")
    assert "（已过期" in _line(replace(found, findings=(one,)))
    assert f"（{'长' * REASON_CHARS}）" in _line(replace(found, findings=(replace(one, brief=""),)))


def test_a_window_that_has_passed_is_told_without_what_it_still_shows():
    lines = [_line(checked(program, "enterprise")) for program in PROGRAMS.values()]
    assert any("窗口或文件已过期" in line for line in lines)
    assert not any("只用来" in line for line in lines)
