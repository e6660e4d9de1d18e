from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from desk import lead_intake, lead_tables, leads
from desk.engine import open_engine, reading, writing
from desk.errors import InvalidRecordError, NotFoundError, TransitionError
from desk.leads import Lead, Stage
from desk.migrations import migrate

ROOT = Path(__file__).resolve().parents[2]
CODE = "91350100M000100Y43"  # the worked example of GB 32100-2015
MakeLead = Callable[..., Lead]


def test_lead_is_stored_as_it_was_left(either_db: Engine, lead: MakeLead) -> None:
    given = lead(
        credit_code=CODE.lower(),
        district="花都区",
        service_date=date(2026, 11, 20),
        spent="约3万美元",
        brief="收到立案通知",
        phone="+86 138-0013-8000",
    )
    with writing(either_db) as conn:
        reference, created = lead_intake.upsert(conn, given)
        stored = leads.get(conn, reference)
    assert created
    assert reference.startswith("XS-")
    assert (stored.credit_code, stored.phone) == (CODE, "13800138000")
    for name in ("company", "contact", "district", "service_date", "spent", "brief", "country"):
        assert getattr(stored, name) == getattr(given, name)
    assert stored.stage is Stage.NEW
    assert stored.consent_version == "2026-1"


@pytest.mark.parametrize(
    "company",
    [
        "广州测试灯具有限公司",
        " 广州测试 灯具有限公司",
        "广州測試灯具有限公司"[:2] + "测试灯具有限公司。",
    ],
)
def test_same_company_and_dispute_is_one_lead_however_it_is_spelt(
    either_db: Engine, lead: MakeLead, company: str
) -> None:
    with writing(either_db) as conn:
        first, _ = lead_intake.upsert(conn, lead())
        again, created = lead_intake.upsert(conn, lead(company=company, brief="补充"))
        assert (again, created) == (first, False)
        assert leads.get(conn, first).brief == "补充"
        assert len(leads.listing(conn)) == 1


def test_same_credit_code_is_the_same_company_under_another_name(
    either_db: Engine, lead: MakeLead
) -> None:
    with writing(either_db) as conn:
        first, _ = lead_intake.upsert(conn, lead(credit_code=CODE))
        assert lead_intake.upsert(conn, lead(company="测试灯具", credit_code=CODE)) == (
            first,
            False,
        )


def test_credit_code_given_later_completes_the_lead(either_db: Engine, lead: MakeLead) -> None:
    with writing(either_db) as conn:
        first, _ = lead_intake.upsert(conn, lead())
        assert lead_intake.upsert(conn, lead(credit_code=CODE)) == (first, False)
        assert leads.get(conn, first).credit_code == CODE


@pytest.mark.parametrize(
    "other",
    [{"country": "DE"}, {"right": "trademark"}, {"procedure": "court"}, {"company": "乙公司"}],
)
def test_another_dispute_or_company_is_another_lead(
    either_db: Engine, lead: MakeLead, other: dict[str, str]
) -> None:
    with writing(either_db) as conn:
        lead_intake.upsert(conn, lead())
        assert lead_intake.upsert(conn, lead(**other))[1]


def test_missing_answers_do_not_erase_known_ones(either_db: Engine, lead: MakeLead) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead(district="花都区", brief="一"))
        lead_intake.upsert(conn, lead(brief="二"))
        stored = leads.get(conn, reference)
    assert (stored.district, stored.brief) == ("花都区", "二")


def test_colleague_is_added_and_does_not_replace_the_first_contact(
    either_db: Engine, lead: MakeLead
) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead())
        colleague = lead(sender="visitor-2", contact="李四", phone="13900139000")
        assert lead_intake.upsert(conn, colleague) == (reference, False)
        lead_intake.upsert(conn, colleague)
        stored = leads.get(conn, reference)
        assert (stored.contact, stored.phone) == ("张三", "13800138000")
        assert [item["contact"] for item in stored.other_contacts] == ["李四"]
        assert leads.find(conn, reference, "9000") is not None
        assert "13900139000" not in str(stored.masked())


def test_a_stranger_replaces_nothing_and_what_they_say_stands_beside_their_name(
    either_db: Engine, lead: MakeLead
) -> None:
    first = lead(brief="被诉侵权", district="", service_date=date(2026, 11, 2))
    other = lead(
        sender="visitor-2", contact="李四", phone="13900139000", credit_code=CODE,
        brief="不用办了", district="花都区", service_date=date(2020, 1, 1),
    )  # fmt: skip
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, first)
        for _ in range(2):
            assert lead_intake.upsert(conn, other) == (reference, False)
        stored = leads.get(conn, reference)
        assert (stored.brief, stored.service_date) == ("被诉侵权", date(2026, 11, 2))
        assert (stored.district, stored.credit_code) == ("花都区", None)
        (beside,) = stored.other_contacts
        assert beside["said"] == {
            "brief": "不用办了", "service_date": "2020-01-01", "credit_code": CODE,
        }  # fmt: skip
        assert CODE not in str(stored.masked())
        assert [event.action for event in leads.history(conn, reference)] == ["create", "update"]
        lead_intake.upsert(
            conn, lead(sender="visitor-3", brief="换了手机再说")
        )  # the phone is theirs
        assert leads.get(conn, reference).brief == "换了手机再说"
        lead_intake.upsert(conn, replace(other, sender="staff", brief="电话里说的"), is_staff=True)
        assert leads.get(conn, reference).brief == "电话里说的"


def test_unchanged_repeat_leaves_no_history_entry(either_db: Engine, lead: MakeLead) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead())
        lead_intake.upsert(conn, lead())
        assert [event.action for event in leads.history(conn, reference)] == ["create"]
        lead_intake.upsert(conn, lead(brief="新情况"))
        update = leads.history(conn, reference)[-1]
    assert update.action == "update"
    assert update.detail["fields"] == ["brief"]
    assert "新情况" not in str(update.detail)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"company": " 。"}, "企业名称"),
        ({"contact": ""}, "联系人"),
        ({"phone": "12345"}, "电话"),
        ({"credit_code": CODE[:-1] + "0"}, "信用代码"),
        ({"consent_version": ""}, "未同意"),
    ],
)
def test_unusable_lead_is_refused_naming_the_field(
    either_db: Engine, lead: MakeLead, changes: dict[str, str], said: str
) -> None:
    with pytest.raises(InvalidRecordError, match=said), writing(either_db) as conn:
        lead_intake.upsert(conn, lead(**changes))


def _upsert_at_once(engine: Engine, make: MakeLead) -> None:
    results: list[tuple[str, bool]] = []
    start = threading.Barrier(8)

    def send(number: int) -> None:
        start.wait()
        with writing(engine) as conn:
            results.append(lead_intake.upsert(conn, make(sender=f"s{number}", credit_code=CODE)))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    assert len({reference for reference, _created in results}) == 1
    assert sum(created for _reference, created in results) == 1
    with reading(engine) as conn:
        assert len(leads.listing(conn)) == 1


def test_eight_sessions_sending_the_same_lead_make_one(either_db: Engine, lead: MakeLead) -> None:
    _upsert_at_once(either_db, lead)


@pytest.mark.postgres
def test_eight_sessions_sending_the_same_lead_make_one_on_postgresql(
    postgres_db: Engine, lead: MakeLead
) -> None:
    _upsert_at_once(postgres_db, lead)


def test_status_needs_reference_and_last_four_digits(either_db: Engine, lead: MakeLead) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead())
        assert leads.find(conn, reference.lower().replace("-", " "), "８０００").stage is Stage.NEW
        for last4 in ("8001", "", "800", "13800138000", "abcd"):
            assert leads.find(conn, reference, last4) is None
        assert leads.find(conn, "XS-XXXX-XXXX", "8000") is None


def test_landline_with_extension_is_found_by_its_last_four(
    either_db: Engine, lead: MakeLead
) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead(phone="020-83001234转801"))
        assert leads.get(conn, reference).phone == "020-83001234-801"
        assert leads.find(conn, reference, "1234") is not None


def test_stages_follow_the_procedure_and_are_recorded(either_db: Engine, lead: MakeLead) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead())
        leads.move(conn, reference, Stage.SCREENING, "staff:li")
        leads.move(conn, reference, Stage.SUPPLEMENT, "staff:li", "请补授权委托书")
        leads.move(conn, reference, Stage.ACCEPTED, "staff:li")
        leads.move(conn, reference, Stage.FUNDED, "staff:li")
        steps = [(e.from_stage, e.to_stage, e.note) for e in leads.history(conn, reference)]
    assert steps == [
        (None, "new", None),
        ("new", "screening", None),
        ("screening", "supplement", "请补授权委托书"),
        ("supplement", "accepted", None),
        ("accepted", "funded", None),
    ]


@pytest.mark.parametrize("target", [Stage.FUNDED, Stage.ACCEPTED, Stage.NEW])
def test_stage_that_cannot_follow_is_refused(
    either_db: Engine, lead: MakeLead, target: Stage
) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead())
        with pytest.raises(TransitionError, match="新线索"):
            leads.move(conn, reference, target, "staff:li")
        assert len(leads.history(conn, reference)) == 1


def test_supplement_must_say_what_is_missing(either_db: Engine, lead: MakeLead) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead())
        leads.move(conn, reference, Stage.SCREENING, "staff:li")
        with pytest.raises(InvalidRecordError, match="补正"):
            leads.move(conn, reference, Stage.SUPPLEMENT, "staff:li", " ")


def test_lead_sent_again_after_withdrawal_is_new_again(either_db: Engine, lead: MakeLead) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead())
        leads.move(conn, reference, Stage.WITHDRAWN, "user")
        assert lead_intake.upsert(conn, lead()) == (reference, False)
        assert leads.get(conn, reference).stage is Stage.NEW


def test_stage_is_read_by_code_or_chinese_name() -> None:
    assert Stage.parse("补正") is Stage.parse("supplement") is Stage.SUPPLEMENT
    with pytest.raises(InvalidRecordError, match="新线索、初审"):
        Stage.parse("好了")


def test_assignment_is_recorded(either_db: Engine, lead: MakeLead) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead())
        done = leads.assign(conn, reference, "staff:li", assignee="wang", due_on=date(2026, 12, 1))
        assert (done.assignee, done.due_on) == ("wang", date(2026, 12, 1))
        assert leads.history(conn, reference)[-1].action == "assign"
        with pytest.raises(NotFoundError):
            leads.assign(conn, "XS-XXXX-XXXX", "staff:li")


def test_masked_lead_shows_no_contact_details(lead: MakeLead) -> None:
    shown = str(lead(credit_code=CODE).masked().to_json())
    for secret in ("张三", "13800138000", CODE):
        assert secret not in shown
    assert "138****8000" in shown


def test_quotes_in_names_are_only_text(either_db: Engine, lead: MakeLead) -> None:
    hostile = lead(company="甲'); DROP TABLE leads; --", contact='<script>"', brief="'\"\\")
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, hostile)
        assert leads.get(conn, reference).company == hostile.company


def test_lead_survives_a_killed_process(tmp_path: Path, lead: MakeLead) -> None:
    url = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    code = """
import sys, time
from desk import lead_intake, leads
from desk.engine import open_engine, writing
engine = open_engine(sys.argv[1])
lead = leads.Lead("甲公司", "张三", "13800138000", "v1", "a", country="US")
with writing(engine) as conn:
    reference, _ = lead_intake.upsert(conn, lead)
print(reference, flush=True)
with writing(engine) as conn:
    lead_intake.upsert(conn, leads.Lead("乙公司", "李四", "13900139000", "v1", "b"))
    print("unfinished", flush=True)
    time.sleep(60)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    reference = process.stdout.readline().strip()
    assert process.stdout.readline().strip() == "unfinished"
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
    process.stdout.close()
    engine = open_engine(url)
    with writing(engine) as conn:
        assert [item.reference for item in leads.listing(conn)] == [reference]
        assert lead_intake.upsert(conn, replace(lead(), company="丙公司"))[1]
        assert conn.execute(sa.select(sa.func.count()).select_from(lead_tables.leads)).scalar() == 2
    engine.dispose()
