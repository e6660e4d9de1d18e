"""What a confirmed request leaves with the desk: a lead at the center that takes it, with its check."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.engine import Engine

from actions import lead_submit
from actions.lead_submit import ActionSubmitLead
from actions.route_rules import default_router
from actions.vocabulary import Vocabulary
from desk import attachments, lead_work, leads, matters, paper_files, papers
from desk.engine import reading, writing
from desk.papers import Sending
from knowledge.errors import DeskError
from settings import KnowledgeSettings, load_settings
from tests.desk.files import pdf
from tests.fresh_database import fresh_database

SLOTS = {
    "lead_consent": "2026-11-23",
    "lead_confirm": "yes",
    "lead_company": "广州测试灯具有限公司",
    "lead_contact": "张三",
    "lead_phone": "13800138000",
    "lead_region": "花都区",
    "lead_country": "美国",
    "lead_right": "专利",
    "lead_stage": "337调查",
    "lead_cost": "3万元",
    "industry": "lighting",
    "party": "respondent",
}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = fresh_database(tmp_path / "desk.sqlite")
    yield engine
    engine.dispose()


def _submit(
    monkeypatch: pytest.MonkeyPatch, make_tracker: Any, engine: Engine, **slots: Any
) -> CollectingDispatcher:
    monkeypatch.setattr(lead_submit, "policy_citation", lambda _services: None)
    monkeypatch.setattr(lead_submit, "fitting", lambda _services, _tracker: [])
    monkeypatch.setattr(lead_submit, "funding_check", lambda _services, _lead, _said: None)
    services = SimpleNamespace(
        engine=engine,
        settings=load_settings({"HUHANG_DATA_DIR": str(Path(str(engine.url.database)).parent)}),
        router=default_router(),
        vocabulary=Vocabulary.load(KnowledgeSettings().tables_dir),
        today=lambda: date(2026, 11, 23),
    )
    dispatcher = CollectingDispatcher()
    tracker = make_tracker("确认提交", "affirm", slots={**SLOTS, **slots})
    ActionSubmitLead(lambda: services).end(dispatcher, tracker)  # type: ignore[arg-type,return-value]
    return dispatcher


def test_lead_is_at_the_center_that_takes_it_with_its_first_check(
    monkeypatch: pytest.MonkeyPatch, make_tracker: Any, engine: Engine
) -> None:
    _submit(monkeypatch, make_tracker, engine)
    with reading(engine) as conn:
        (made,) = leads.listing(conn)
        check = lead_work.latest_check(conn, made.reference)
    expected = default_router().route(
        region="花都区",
        industry="lighting",
        country="美国",
        ip_type="专利",
        matter="337调查",
        role="respondent",
    )
    assert made.center == expected.primary.center.id
    assert made.industry == Vocabulary.load(KnowledgeSettings().tables_dir).industry("lighting")
    assert check is not None
    assert check.actor == "bot"
    assert check.facts == {
        "purpose": "dispute",
        "applicant": "enterprise",
        "spent": "30000",
        "role": "respondent",
    }
    assert check.programs
    assert all(program["source"]["title"] for program in check.programs)


def test_unknown_place_goes_to_the_national_center_without_programs(
    monkeypatch: pytest.MonkeyPatch, make_tracker: Any, engine: Engine
) -> None:
    _submit(monkeypatch, make_tracker, engine, lead_region=None)
    with reading(engine) as conn:
        (made,) = leads.listing(conn)
        check = lead_work.latest_check(conn, made.reference)
    assert made.center == default_router().centers.national.id
    assert check is not None
    assert check.programs == ()


def test_lead_goes_to_the_center_that_the_person_chose(
    monkeypatch: pytest.MonkeyPatch, make_tracker: Any, engine: Engine
) -> None:
    with writing(engine) as conn:
        sender = make_tracker("确认提交", "affirm").sender_id
        matters.save(conn, matters.Matter(sender, 0, facts={"center_given": "gd-ippc"}))
    _submit(monkeypatch, make_tracker, engine)
    with reading(engine) as conn:
        (made,) = leads.listing(conn)
    assert made.center == "gd-ippc"


def test_unconfirmed_request_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, make_tracker: Any, engine: Engine
) -> None:
    _submit(monkeypatch, make_tracker, engine, lead_confirm=None)
    with reading(engine) as conn:
        assert leads.listing(conn) == ()


def test_papers_of_the_conversation_become_files_of_the_lead(
    monkeypatch: pytest.MonkeyPatch, make_tracker: Any, engine: Engine, tmp_path: Path
) -> None:
    folder, sending = tmp_path / "attachments", Sending("someone", "web", "1")
    with paper_files.receiving(folder) as incoming:
        with incoming.file("传票.pdf") as arriving:
            arriving.write(pdf())
        with writing(engine) as conn:
            papers.add(conn, folder, sending, incoming)
    _submit(monkeypatch, make_tracker, engine)
    with reading(engine) as conn:
        (made,) = leads.listing(conn)
        (file,) = attachments.listing(conn, made.reference)
    assert file.name == "传票.pdf"
    assert attachments.path_of(folder, file).read_bytes() == pdf()


def test_a_disk_that_is_full_costs_no_lead(
    monkeypatch: pytest.MonkeyPatch, make_tracker: Any, engine: Engine
) -> None:
    def full(*_arguments: object) -> int:
        raise DeskError("磁盘空间不足")

    monkeypatch.setattr(papers, "attach", full)
    dispatcher = _submit(monkeypatch, make_tracker, engine)
    assert dispatcher.messages[0]["response"] == "utter_lead_saved"
    with reading(engine) as conn:
        assert len(leads.listing(conn)) == 1


@pytest.mark.parametrize("cost", ["100万", "1234567元"])
def test_costs_of_a_million_are_registered_with_their_check(
    monkeypatch: pytest.MonkeyPatch, make_tracker: Any, engine: Engine, cost: str
) -> None:
    dispatcher = _submit(monkeypatch, make_tracker, engine, lead_cost=cost)
    assert dispatcher.messages[0]["response"] == "utter_lead_saved"
    with reading(engine) as conn:
        (made,) = leads.listing(conn)
        check = lead_work.latest_check(conn, made.reference)
    assert check is not None
    assert float(check.facts["spent"]) >= 1_000_000


def test_a_comparison_that_cannot_be_made_costs_no_lead(
    monkeypatch: pytest.MonkeyPatch, make_tracker: Any, engine: Engine
) -> None:
    monkeypatch.setattr(lead_submit.lead_check, "answers_from", lambda _lead: {"spent": "很多"})
    dispatcher = _submit(monkeypatch, make_tracker, engine)
    assert dispatcher.messages[0]["response"] == "utter_lead_saved"
    with reading(engine) as conn:
        (made,) = leads.listing(conn)
        assert lead_work.latest_check(conn, made.reference) is None
