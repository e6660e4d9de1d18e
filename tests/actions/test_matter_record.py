"""What of a turn goes into the record of the matter, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from actions import matter_record
from actions.context import Services, build_services
from actions.deadline_rules import compute
from actions.matter import told
from actions.matter_record import Turn, keep
from desk import matters
from desk.engine import reading, writing
from settings import load_settings
from tests.fresh_database import fresh_database

TODAY = date(2026, 11, 28)
RULE = "itc-337-response-20-days"
STORY = {"country": "US", "procedure": "section-337", "party": "respondent"}


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Services:
    """The shipped tables, read once: no test changes them."""
    settings = load_settings({"HUHANG_DATA_DIR": str(tmp_path_factory.mktemp("tables"))})
    built = build_services(settings, today=lambda: TODAY)
    built.engine.dispose()
    return built


@pytest.fixture
def services(built, tmp_path) -> Services:
    engine = fresh_database(tmp_path / "desk.sqlite")
    yield replace(built, engine=engine)
    engine.dispose()


def turn(text: str = "", intent: str = "triage", **more: Any) -> Turn:
    """A turn that told what its slots say, unless told otherwise."""
    slots = more.get("slots") or {}
    given = {
        "acts": ("triage_form",),
        "named": {name: value for name, value in slots.items() if name in (*STORY, "region")},
        "replies": (),
        **more,
        "slots": slots,
    }
    return Turn(sender="someone", text=text, intent=intent, **given)


def reply(kind: str, /, **data: Any) -> dict[str, Any]:
    return {"kind": kind, "text": "…", "data": data}


def told_337(services: Services, **more: Any) -> None:
    due = compute(RULE, date(2026, 11, 16), TODAY, table=services.deadlines).to_json()
    told_now = turn(
        "11月16日收到美国337立案通知",
        slots={**STORY, "date_text": "11月16日", "region": "广东广州番禺区"},
        named={**STORY, "date": "11月16日", "region": "番禺"},
        replies=[
            reply("answer", next_steps=["存好信封", "找律师"]),
            reply("deadline", **due),
            reply("center", id="gz-ippc", name="广州知识产权保护中心", triage=STORY),
        ],
        **more,
    )
    keep(services, told_now)


def shelf(services: Services) -> list[dict[str, Any]]:
    with reading(services.engine) as conn:
        return [dict(item.facts) for item in matters.listing(conn, "someone")]


def test_a_story_leaves_facts_date_steps_and_center(services):
    told_337(services)
    facts = told(services, "someone")
    assert {name: facts[name] for name in STORY} == STORY
    assert facts["received_on"] == "2026-11-16"
    assert facts["deadline"]["due_date"] == "2026-12-07"
    assert facts["steps"] == ["存好信封", "找律师"]
    assert facts["center"] == {"id": "gz-ippc", "name": "广州知识产权保护中心"}


def test_a_question_about_another_country_changes_nothing(services):
    told_337(services)
    before = told(services, "someone")
    asked = {"country": "JP", "procedure": "squatting"}
    keep(services, turn("日本商标抢注怎么办", "ask", acts=("action_answer",), slots=asked))
    assert told(services, "someone") == before


def test_a_corrected_day_moves_the_date(services):
    told_337(services)
    moved = {"slots": {**STORY, "date_text": "11月20日"}, "named": {"date": "11月20日"}}
    keep(services, turn("是11月20日收到的", "correct", acts=("action_inform",), **moved))
    facts = told(services, "someone")
    assert facts["received_on"] == "2026-11-20"
    assert facts["deadline"]["due_date"] == "2026-12-14"
    assert len(shelf(services)) == 1


def test_a_corrected_day_is_counted_by_the_length_that_was_said_to_apply(services):
    told_337(services)
    customs = {"country": "DE", "procedure": "customs", "party": "respondent"}
    rule, spoilt = "eu-customs-detention-10-days", {"alternative": "perishable", "country": "DE"}
    due = compute(rule, date(2026, 11, 16), TODAY, table=services.deadlines, **spoilt).to_json()
    keep(
        services,
        turn(
            "11月16日德国海关扣了我们的鲜花",
            slots={**customs, "date_text": "11月16日"},
            named={**customs, "date": "11月16日"},
            replies=[reply("deadline", **due)],
        ),
    )
    assert told(services, "someone")["deadline"]["due_date"] == "2026-11-19"
    moved = {"slots": {**customs, "date_text": "11月17日"}, "named": {"date": "11月17日"}}
    keep(services, turn("是11月17日收到的", "correct", acts=("action_inform",), **moved))
    assert told(services, "someone")["deadline"]["due_date"] == "2026-11-20"


def test_a_corrected_country_takes_the_foreign_date_and_steps_away(services):
    told_337(services)
    now = {"slots": {"country": "DE", "procedure": "court"}}
    keep(services, turn("不是美国，是德国法院", "correct", acts=("action_inform",), **now))
    facts = told(services, "someone")
    assert (facts["country"], facts["procedure"]) == ("DE", "court")
    assert "deadline" not in facts
    assert "steps" not in facts


def test_a_second_dispute_is_another_matter_and_the_first_can_be_returned_to(services):
    told_337(services)
    other = {"country": "DE", "procedure": "squatting", "party": "owner"}
    keep(services, turn("另外我们的商标在德国被抢注了", slots=other))
    first, second = shelf(services)
    assert first["deadline"]["due_date"] == "2026-12-07"
    assert {name: second[name] for name in other} == other
    assert "deadline" not in second
    assert "received_on" not in second
    assert second["region"] == "广东广州番禺区"  # the company has not moved
    keep(services, turn("回到这件事：美国，337调查，我们是被告", slots=STORY))
    assert told(services, "someone") == first
    assert len(shelf(services)) == 2


def test_a_less_exact_place_does_not_replace_the_district(services):
    told_337(services)
    keep(services, turn("在广州找哪个中心", "center", acts=("center_form",), slots={"region": "广东广州"}))  # fmt: skip
    assert told(services, "someone")["region"] == "广东广州番禺区"
    keep(services, turn("公司在深圳", "inform", acts=("action_inform",), slots={"region": "广东深圳"}))  # fmt: skip
    assert told(services, "someone")["region"] == "广东深圳"


def test_small_talk_and_a_question_of_knowledge_open_no_matter(services):
    keep(services, turn("你好", "greet", acts=("action_greet",)))
    keep(services, turn("日本商标注册多少钱", "ask", acts=("action_answer",), slots={"country": "JP"}))  # fmt: skip
    assert shelf(services) == []


def test_starting_over_leaves_the_matter_listed(services):
    told_337(services)
    keep(services, turn("重新开始", "start_over", acts=("action_start_over",)))
    assert told(services, "someone") == {}
    assert len(shelf(services)) == 1


def test_a_registered_lead_is_part_of_the_matter(services):
    told_337(services)
    keep(services, turn("确认提交", "affirm", acts=("lead_form",), replies=[reply("lead", reference="LD-1")]))  # fmt: skip
    assert told(services, "someone")["leads"] == ["LD-1"]


def test_a_date_of_another_countrys_rule_is_not_this_matters(services):
    told_337(services)
    other = next(r for r in services.deadlines.rules.values() if r.jurisdiction == "JP")
    asked = [reply("deadline", rule=other.id, due_date="2027-01-01", trigger_date="2026-11-01")]
    keep(services, turn("日本商标异议到哪天", "deadline", acts=("action_day",), replies=asked))
    assert told(services, "someone")["deadline"]["rule"] == RULE


def test_a_question_that_tells_what_came_when_opens_the_record_with_that_day(services):
    asked = {**STORY, "date_text": "11月16日"}
    named = {**STORY, "date": "11月16日"}
    keep(services, turn("11月16日收到337立案通知，几天内答辩", "ask", acts=("action_answer",), slots=asked, named=named))  # fmt: skip
    assert told(services, "someone")["received_on"] == "2026-11-16"


def test_papers_fill_the_day_and_the_description_of_the_matter(services):
    due = {"rule": None, "kind": "printed", "trigger_date": None, "due_date": "2026-12-10", "days_left": 12, "basis": "line"}  # fmt: skip
    first = reply("notice", paper={"title": "警告函", "brief": "收到警告函（案号：1）", "due": due})
    keep(services, turn("我上传了一份文书", acts=("action_paper",), slots=STORY, replies=[first]))
    second = reply("notice", paper={"title": "传票", "brief": "收到传票（案号：2）", "due": None})
    keep(services, turn("我上传了一份文书", acts=("action_paper",), slots=STORY, replies=[second]))
    facts = told(services, "someone")
    assert facts["deadline"]["due_date"] == "2026-12-10"
    assert facts["brief"] == "收到警告函（案号：1）\n收到传票（案号：2）"
    keep(services, turn("我上传了一份文书", acts=("action_paper",), slots=STORY, replies=[second]))
    assert told(services, "someone")["brief"] == facts["brief"]


def test_what_is_given_by_hand_while_a_turn_ends_is_not_written_over(services, monkeypatch):
    told_337(services)
    absorb = matter_record.absorb

    def absorbed(services: Services, known: Any, turn: Turn) -> Any:
        found = absorb(services, known, turn)
        if known[0].given_due is None:
            with writing(services.engine) as conn:
                matters.give_due(conn, "someone", 1, date(2026, 12, 3))
        return found

    monkeypatch.setattr(matter_record, "absorb", absorbed)
    moved = {"slots": {**STORY, "date_text": "11月20日"}, "named": {"date": "11月20日"}}
    keep(services, turn("是11月20日收到的", "correct", acts=("action_inform",), **moved))
    with reading(services.engine) as conn:
        kept = matters.current(conn, "someone")
    assert kept.given_due == date(2026, 12, 3)
    assert kept.text("received_on") == "2026-11-20"
