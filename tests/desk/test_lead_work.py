from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from sqlalchemy.engine import Engine

from desk import lead_intake, lead_work, leads, staff, staff_moves, supplements, transcripts
from desk.engine import writing
from desk.errors import InvalidRecordError, NotFoundError, TransitionError
from desk.lead_search import NOBODY, LeadFilter, count_leads, find_leads, values_of
from desk.lead_work import FollowUpResult
from desk.leads import Stage
from desk.permissions import Role
from desk.privacy import erase

NOW = datetime(2026, 11, 23, 2, tzinfo=timezone.utc)
DUE = date(2026, 12, 5)
TOLD = {"kind": "lead", "text": "请补交：发票", "data": {"status": "supplement"}}


def _screened(conn, lead, **changes: object) -> str:
    reference, _ = lead_intake.upsert(conn, lead(**changes), now=NOW)
    leads.move(conn, reference, Stage.SCREENING, "staff:li", now=NOW)
    return reference


# --- the one-time list -------------------------------------------------------------------------


def _tells_once(engine: Engine, lead) -> None:
    with writing(engine) as conn:
        reference = _screened(conn, lead)
        made, told = supplements.send(
            conn, reference, [" 发票 ", "", "判决书", "发票"], DUE, TOLD, "staff:li", now=NOW
        )
        assert made.items == ("发票", "判决书")
        assert leads.get(conn, reference).stage is Stage.SUPPLEMENT
        assert supplements.current(conn, reference) == made
        assert leads.history(conn, reference)[-1].note == "发票；判决书"
        (said,) = transcripts.history(conn, "visitor-1")
        assert (said.id, said.direction, said.author) == (told.id, "out", "system")
        assert said.payload["data"] == {"status": "supplement"}
        assert transcripts.undelivered(conn, "visitor-1") == (said,)
        leads.move(conn, reference, Stage.SCREENING, "staff:li", now=NOW)
    with pytest.raises(TransitionError, match="只发一次"), writing(engine) as conn:
        supplements.send(conn, reference, ["又一份"], DUE, TOLD, "staff:li", now=NOW)
    with writing(engine) as conn:
        assert len(transcripts.history(conn, "visitor-1")) == 1
        leads.move(conn, reference, Stage.WITHDRAWN, "user", now=NOW)
        lead_intake.upsert(conn, lead(), now=NOW)
        assert supplements.current(conn, reference) is None
        leads.move(conn, reference, Stage.SCREENING, "staff:li", now=NOW)
        supplements.send(conn, reference, ["委托书"], DUE, TOLD, "staff:li", now=NOW)
        assert len(transcripts.history(conn, "visitor-1")) == 2


def test_list_of_missing_materials_is_told_once_per_request(either_db: Engine, lead) -> None:
    _tells_once(either_db, lead)


def test_list_reaches_the_person_while_a_human_serves_them(either_db: Engine, lead) -> None:
    from desk import handoffs

    with writing(either_db) as conn:
        reference = _screened(conn, lead)
        ticket = handoffs.open_ticket(conn, "visitor-1").reference
        staff_moves.claim(conn, ticket, "wang")
        supplements.send(conn, reference, ["发票"], DUE, TOLD, "staff:li", now=NOW)
        assert transcripts.history(conn, "visitor-1")[-1].text == "请补交：发票"


def test_list_in_a_stage_that_allows_none_tells_nobody(either_db: Engine, lead) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead())
    with pytest.raises(TransitionError, match="新线索"), writing(either_db) as conn:
        supplements.send(conn, reference, ["发票"], DUE, TOLD, "staff:li", now=NOW)
    with writing(either_db) as conn:
        assert transcripts.history(conn, "visitor-1") == ()
        assert supplements.current(conn, reference) is None


@pytest.mark.parametrize(
    ("items", "due", "said"),
    [
        ([" ", ""], DUE, "还缺哪些"),
        ([str(number) for number in range(31)], DUE, "最多 30 项"),
        (["长" * 201], DUE, "每项最多"),
        (["发票"], date(2026, 11, 23), "今天之后"),
    ],
)
def test_unusable_list_is_refused(either_db: Engine, lead, items, due: date, said: str) -> None:
    with writing(either_db) as conn:
        reference = _screened(conn, lead)
        with pytest.raises(InvalidRecordError, match=said):
            supplements.send(conn, reference, items, due, TOLD, "staff:li", now=NOW)


def test_erasing_takes_lists_checks_and_calls_along(either_db: Engine, lead) -> None:
    with writing(either_db) as conn:
        reference = _screened(conn, lead)
        supplements.send(conn, reference, ["发票"], DUE, TOLD, "staff:li", now=NOW)
        lead_work.record_check(conn, reference, "staff:li", {}, [{"name": "甲"}])
        lead_work.follow_up(conn, reference, "li", FollowUpResult.SETTLED, "好", next_on=None)
        erase(conn, "visitor-1")
        for table in ("leads", "lead_supplements", "lead_checks", "lead_follow_ups", "lead_events"):
            assert conn.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0


# --- who and when ------------------------------------------------------------------------------


@pytest.fixture
def people(either_db: Engine) -> None:
    with writing(either_db) as conn:
        staff.add(conn, "li", "李老师", Role.LEAD_OFFICER, "gz", "system")
        staff.add(conn, "sz", "深圳", Role.LEAD_OFFICER, "sz", "system")
        staff.add(conn, "agent", "小周", Role.AGENT, "gz", "system")
        staff.add(conn, "gone", "已离职", Role.LEAD_OFFICER, "gz", "system")
        staff.disable(conn, "gone", "system")
        staff.add(conn, "chief", "国家", Role.ADMIN, None, "system")


def test_plan_sets_exactly_what_is_given_and_says_so(either_db: Engine, lead, people) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead(center="gz"))
        done = lead_work.plan(
            conn, reference, "staff:chief", assignee="li", due_on=DUE, follow_up_on=None
        )
        assert (done.assignee, done.due_on, done.follow_up_on) == ("li", DUE, None)
        assert leads.history(conn, reference)[-1].detail == {
            "assignee": "li",
            "due_on": "2026-12-05",
        }
        same = len(leads.history(conn, reference))
        lead_work.plan(conn, reference, "staff:li", assignee="li", due_on=DUE, follow_up_on=None)
        assert len(leads.history(conn, reference)) == same
        cleared = lead_work.plan(
            conn, reference, "staff:li", assignee=None, due_on=None, follow_up_on=DUE
        )
        assert (cleared.assignee, cleared.due_on, cleared.follow_up_on) == (None, None, DUE)


@pytest.mark.parametrize("login", ["sz", "agent", "gone"])
def test_lead_is_given_only_to_who_may_work_on_it(
    either_db: Engine, lead, people, login: str
) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead(center="gz"))
        with pytest.raises(InvalidRecordError, match="不能办理"):
            lead_work.plan(conn, reference, "x", assignee=login, due_on=None, follow_up_on=None)
        with pytest.raises(NotFoundError):
            lead_work.plan(conn, reference, "x", assignee="nobody", due_on=None, follow_up_on=None)
        lead_work.plan(conn, reference, "x", assignee="chief", due_on=None, follow_up_on=None)


def test_lead_given_to_another_center_begins_there_without_anybody(
    either_db: Engine, lead, people
) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead(center="gz"))
        lead_work.plan(conn, reference, "x", assignee="li", due_on=DUE, follow_up_on=None)
        moved = lead_work.transfer(conn, reference, "staff:li", "sz", "企业在深圳")
        assert (moved.center, moved.assignee, moved.due_on) == ("sz", None, DUE)
        event = leads.history(conn, reference)[-1]
        assert (event.note, event.detail) == ("企业在深圳", {"center": "sz"})
        with pytest.raises(InvalidRecordError, match="已经在"):
            lead_work.transfer(conn, reference, "staff:sz", "sz", "再转一次")


def test_notes_stand_in_the_history(either_db: Engine, lead) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead())
        lead_work.add_note(conn, reference, "staff:li", " 已电话核实 ")
        event = leads.history(conn, reference)[-1]
        assert (event.action, event.note) == ("note", "已电话核实")
        assert transcripts.history(conn, "visitor-1") == ()
        for text, said in ((" ", "空的"), ("长" * 2001, "2000")):
            with pytest.raises(InvalidRecordError, match=said):
                lead_work.add_note(conn, reference, "staff:li", text)


def test_call_back_is_coded_and_plans_the_next(either_db: Engine, lead) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead())
        result = FollowUpResult.parse("unreachable")
        lead_work.follow_up(conn, reference, "staff:li", result, " ", next_on=DUE)
        assert leads.get(conn, reference).follow_up_on == DUE
        lead_work.follow_up(conn, reference, "li", FollowUpResult.SETTLED, "和解", next_on=None)
        first, second = lead_work.follow_ups(conn, reference)
        assert (first.result, first.note) == (result, None)
        assert (second.result.label, second.note) == ("纠纷已解决", "和解")
        assert leads.get(conn, reference).follow_up_on is None
    with pytest.raises(InvalidRecordError, match="没有联系上"):
        FollowUpResult.parse("好")


def test_check_is_kept_as_it_was_made(either_db: Engine, lead) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead())
        assert lead_work.latest_check(conn, reference) is None
        program = {"name": "甲", "verdict": "待核实", "source": {"title": "通知", "url": "u"}}
        lead_work.record_check(conn, reference, "bot", {"region": "广州"}, [])
        kept = lead_work.record_check(conn, reference, "staff:li", {"region": "花都"}, [program])
        found = lead_work.latest_check(conn, reference)
        assert found is not None
        assert (found.programs, found.facts) == (kept.programs, {"region": "花都"})


# --- finding -----------------------------------------------------------------------------------


def _finds(engine: Engine, lead) -> None:
    with writing(engine) as conn:
        a, _ = lead_intake.upsert(
            conn, lead(company="甲_灯具", center="gz", district="花都区", country="US"), now=NOW
        )
        b, _ = lead_intake.upsert(conn, lead(company="乙100%", center="gz", country="DE"), now=NOW)
        c, _ = lead_intake.upsert(
            conn, lead(company="丙", center="sz", country="US"), now=NOW + timedelta(days=1)
        )
        leads.move(conn, b, Stage.SCREENING, "staff:li")
        leads.assign(conn, b, "x", assignee="li", due_on=DUE, follow_up_on=DUE)
        leads.assign(conn, c, "x", due_on=DUE)
        leads.move(conn, c, Stage.WITHDRAWN, "x")

        def found(**wanted: object) -> list[str]:
            return [item.reference for item in find_leads(conn, LeadFilter(**wanted))]  # type: ignore[arg-type]

        assert found() == [c, b, a]
        assert found(center="gz") == [b, a]
        assert found(stage=Stage.SCREENING) == [b]
        assert found(assignee="li") == [b]
        assert found(assignee=NOBODY) == [c, a]
        assert found(country="US", right="patent") == [c, a]
        assert found(district="花都区") == [a]
        assert found(text="灯具") == [a]
        assert found(text=a.lower().replace("-", " ")) == [a]
        assert found(text="100%") == [b]
        assert found(text="甲_灯") == [a]
        assert found(text="%") == found(text="_") == []
        assert found(due_by=DUE) == [b]
        assert found(follow_up_by=DUE) == [b]
        assert found(follow_up_by=DUE - timedelta(days=1)) == []
        assert found(since=NOW + timedelta(hours=1)) == [c]
        assert found(until=NOW + timedelta(hours=1)) == [b, a]
        counts = count_leads(conn, LeadFilter())
        assert counts[Stage.NEW] == counts[Stage.SCREENING] == counts[Stage.WITHDRAWN] == 1
        assert set(counts) == set(Stage)
        assert values_of(conn, "country", None) == ("US", "DE")
        assert values_of(conn, "country", "gz") == ("DE", "US")
        page = find_leads(conn, LeadFilter(), limit=1, offset=1)
        assert [item.reference for item in page] == [b]


def test_leads_are_found_by_every_filter(either_db: Engine, lead) -> None:
    _finds(either_db, lead)
