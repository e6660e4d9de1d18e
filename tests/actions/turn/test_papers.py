from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from actions.paper import IS_NONE, IS_ONE, OPEN
from actions.paper_due import IS_IT_A_NOTICE
from actions.paper_facts import PaperFact
from actions.turn import papers
from actions.turn.papers import paper_plan
from desk import paper_files
from desk import papers as desk_papers
from desk.engine import writing
from desk.papers import Sending
from tests.desk.files import pdf

FACT = PaperFact("传票", "法官", ())


def seen(
    form: str | None = None,
    *,
    is_certain: bool = False,
    is_paper: bool = False,
    sent: object = None,
    in_hand: object = None,
    text: str = "",
    said: tuple[str, ...] = (),
) -> Any:
    tracker = SimpleNamespace(
        latest_message={"metadata": {"paper": sent}},
        get_slot={"paper": in_hand, "said": {"texts": said}}.get,
    )
    return SimpleNamespace(
        tracker=tracker,
        services=None,
        form=form,
        is_certain=is_certain,
        is_paper=is_paper,
        text=text,
    )


_kind_of = papers._kind_of


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "_kind_of", lambda seen, uid: uid[1:])


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "fact_asked", lambda *_: FACT)


def acts(evidence: Any) -> tuple[str, ...] | None:
    plan = paper_plan(evidence)
    return None if plan is None else plan.acts


def test_a_paper_that_was_sent_is_said_and_the_matter_taken_in():
    assert acts(seen(sent="aus-summons")) == ("action_paper", "triage_form")
    assert acts(seen("triage_form", sent="aus-summons")) == ("action_paper", "triage_form")
    assert acts(seen("deadline_form", sent="aus-summons")) == ("action_paper", "triage_form")


def test_nothing_is_asked_after_the_card_of_a_contract():
    assert acts(seen(sent="acontract")) == ("action_paper",)
    assert acts(seen("triage_form", sent="acontract")) == ("action_paper",)
    assert acts(seen("lead_form", sent="acontract")) == ("action_paper", "again:lead_form")


def test_of_what_may_be_no_notice_nothing_is_asked_before_it_is_known():
    assert acts(seen(sent="aopen")) == ("action_paper",)
    page = seen("triage_form", sent="aopen", in_hand={"uid": "a"})
    assert acts(page) == ("action_paper", "again:triage_form")


@pytest.mark.parametrize(
    ("text", "said", "followed"),
    [
        (IS_ONE, (), ("triage_form",)),
        (IS_NONE, (), ("utter_no_problem",)),
        ("是", (f"我读完了。{IS_IT_A_NOTICE}",), ("triage_form",)),
        ("不是的", (f"我读完了。{IS_IT_A_NOTICE}",), ("utter_no_problem",)),
        ("是", ("要登记吗？",), None),
        ("是什么意思", (f"我读完了。{IS_IT_A_NOTICE}",), None),
    ],
)
def test_whether_a_paper_is_a_notice_is_said_by_the_person(text, said, followed):
    held = {"uid": "a", "is_open": True}
    answer = seen(is_certain=True, in_hand=held, text=text, said=said)
    assert acts(answer) == followed
    assert acts(seen("lead_form", is_certain=True, in_hand=held, text=text, said=said)) is None
    known = seen(is_certain=True, in_hand={"uid": "a"}, text=text, said=said)
    assert acts(known) is None


def test_a_page_without_a_heading_goes_on_with_the_triage_that_its_first_page_began():
    page = seen("triage_form", sent="aother", in_hand={"uid": "a"})
    assert acts(page) == ("action_paper", "again:triage_form")
    begun_in_words = seen("triage_form", sent="aother")
    assert acts(begun_in_words) == ("action_paper", "triage_form")
    another = seen("triage_form", sent="aus-tro", in_hand={"uid": "a"})
    assert acts(another) == ("action_paper", "triage_form")


def test_a_form_that_was_begun_for_something_else_asks_again():
    assert acts(seen("lead_form", sent="aus-summons")) == ("action_paper", "again:lead_form")


def test_what_the_paper_in_hand_says_goes_before_the_shelf(says: None):
    plan = paper_plan(seen())
    assert plan is not None
    assert plan.acts == ("action_paper_fact",)
    assert plan.to_json()["fact"]["label"] == "法官"
    assert acts(seen("lead_form")) == ("action_paper_fact", "again:lead_form")


def test_a_certain_command_and_a_pasted_paper_go_before_what_a_paper_says(says: None):
    assert acts(seen(is_certain=True)) is None
    assert acts(seen(is_paper=True)) is None


def test_every_other_message_is_for_the_decision(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(papers, "fact_asked", lambda *_: None)
    assert acts(seen()) is None
    assert acts(seen(sent=7)) is None


def test_what_a_paper_is_is_told_by_its_reading_and_only_to_whom_it_is(
    fresh_db: Engine, tmp_path: Path
):
    with paper_files.receiving(tmp_path / "attachments") as incoming:
        with incoming.file("合同.pdf") as arriving:
            arriving.write(pdf())
        with writing(fresh_db) as conn:
            sent, _ = desk_papers.add(
                conn, tmp_path / "attachments", Sending("someone", "web", "1"), incoming
            )

    def kind(sender: str = "someone", uid: str = sent.uid) -> str | None:
        tracker = SimpleNamespace(sender_id=sender)
        return _kind_of(
            SimpleNamespace(tracker=tracker, services=SimpleNamespace(engine=fresh_db)), uid
        )

    assert kind() is None  # not read yet
    with writing(fresh_db) as conn:
        desk_papers.claim(conn, "here")
        desk_papers.read(conn, sent.uid, {"kind": "contract"})
    assert kind() == "contract"
    with writing(fresh_db) as conn:
        desk_papers.read(conn, sent.uid, {"kind": "other", "is_open": True})
    assert kind() == OPEN
    assert kind("another") is None
    assert kind(uid="gone") is None
