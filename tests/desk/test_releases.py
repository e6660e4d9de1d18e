"""Releases: who may take which step, and what is remembered."""

import pytest

from desk import audit, preferences, releases
from desk.engine import reading, writing
from desk.errors import InvalidRecordError, TransitionError
from desk.releases import FourEyesError, ReleaseState

LOST = {"lost": [{"id": "a"}]}


@pytest.fixture
def draft(either_db):
    def make(report=None, contributors=("zhao",)):
        with writing(either_db) as conn:
            return releases.create(
                conn, "s2", "s1", report or {}, by="li", note="新政策", contributors=contributors
            )

    return make


def submitted(engine, release, **kwargs):
    with writing(engine) as conn:
        return releases.submit(conn, release.id, by="li", **kwargs)


def test_losses_need_a_written_reason(either_db, draft):
    release = draft(LOST)
    with (
        pytest.raises(InvalidRecordError, match="有 1 个判定问题会答不出来"),
        writing(either_db) as conn,
    ):
        releases.submit(conn, release.id, by="li", reason=" ")
    kept = submitted(either_db, release, reason="旧规定已废止")
    assert (kept.state, kept.reason) == (ReleaseState.SUBMITTED, "旧规定已废止")


@pytest.mark.parametrize("person", ["li", "zhao"])
def test_who_built_or_edited_cannot_approve(either_db, draft, person):
    release = submitted(either_db, draft())
    with pytest.raises(FourEyesError, match="另一位同事"), writing(either_db) as conn:
        releases.approve(conn, release.id, by=person)
    with reading(either_db) as conn:
        assert releases.get(conn, release.id).state is ReleaseState.SUBMITTED


def test_a_second_person_approves_once(either_db, draft):
    release = submitted(either_db, draft())
    with writing(either_db) as conn:
        assert releases.approve(conn, release.id, by="wang").decided_by == "wang"
    with pytest.raises(TransitionError, match="发布中”（wang）"), writing(either_db) as conn:
        releases.approve(conn, release.id, by="sun")


def test_a_one_person_center_can_switch_it_off_and_that_is_recorded(either_db, draft):
    release = submitted(either_db, draft())
    with writing(either_db) as conn:
        assert preferences.four_eyes(conn).is_on
        preferences.set_four_eyes(conn, False, "admin")
        releases.approve(conn, release.id, by="li")
    with reading(either_db) as conn:
        assert preferences.four_eyes(conn).changed_by == "admin"
        switched = audit.search(conn, action="setting")
        approved = audit.search(conn, action="approve")
    assert [(entry.actor, entry.subject, entry.detail) for entry in switched] == [
        ("admin", "four-eyes", {"on": False})
    ]
    assert approved[0].detail == {"four_eyes": False}


def test_a_draft_cannot_be_approved_before_it_is_submitted(either_db, draft):
    release = draft()
    with pytest.raises(TransitionError, match="待提交"), writing(either_db) as conn:
        releases.approve(conn, release.id, by="wang")


def test_a_returned_release_says_what_to_change_and_can_be_submitted_again(either_db, draft):
    release = submitted(either_db, draft())
    with pytest.raises(InvalidRecordError), writing(either_db) as conn:
        releases.send_back(conn, release.id, by="wang", comment="")
    with writing(either_db) as conn:
        returned = releases.send_back(conn, release.id, by="wang", comment="第三条日期写错")
    assert (returned.state, returned.message) == (ReleaseState.RETURNED, "第三条日期写错")
    assert submitted(either_db, release).state is ReleaseState.SUBMITTED


def test_a_new_build_supersedes_what_is_open(either_db, draft):
    first = submitted(either_db, draft())
    draft()
    with reading(either_db) as conn:
        assert releases.get(conn, first.id).state is ReleaseState.SUPERSEDED
    with pytest.raises(TransitionError, match="已作废"), writing(either_db) as conn:
        releases.approve(conn, first.id, by="wang")
