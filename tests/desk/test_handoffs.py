from __future__ import annotations

import threading
from datetime import date, datetime, timedelta, timezone

import pytest
from sqlalchemy.engine import Engine

from desk import conversations, handoffs, staff_moves, transcripts
from desk.conversations import Owner
from desk.engine import reading, writing
from desk.errors import (
    ClaimedError,
    InvalidRecordError,
    NotFoundError,
    OwnershipError,
    TransitionError,
)
from desk.references import ALPHABET, canonical_reference, new_reference
from desk.tickets import DEFAULT_WAIT_MINUTES, Status

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def test_asking_for_a_human_queues_the_conversation(either_db: Engine) -> None:
    with writing(either_db) as conn:
        ticket = handoffs.open_ticket(
            conn, "a", "转人工", facts={"country": "US"}, deadline_on=date(2026, 12, 1), now=NOW
        )
        assert ticket.created
        assert ticket.status is Status.WAITING
        assert ticket.position == 1
        assert ticket.facts == {"country": "US"}
        assert conversations.owner(conn, "a") is Owner.WAITING


def test_asking_twice_gives_the_same_open_ticket(either_db: Engine) -> None:
    with writing(either_db) as conn:
        first = handoffs.open_ticket(conn, "a", facts={"country": "US"}, now=NOW)
        second = handoffs.open_ticket(conn, "a", facts={"right": "patent"}, now=later(5))
        assert second.reference == first.reference
        assert not second.created
        assert second.queued_at == first.queued_at
        assert second.facts == {"country": "US", "right": "patent"}
        assert len(handoffs.events(conn, first.reference)) == 1


def test_position_follows_the_order_of_arrival_per_center(either_db: Engine) -> None:
    with writing(either_db) as conn:
        for number, name in enumerate("abc"):
            handoffs.open_ticket(conn, name, now=later(number))
        elsewhere = handoffs.open_ticket(conn, "d", center="gz-ip-center", now=later(9))
        assert elsewhere.position == 1
        staff_moves.claim(conn, handoffs.current(conn, "a").reference, "li", now=later(10))
        assert [handoffs.current(conn, name).position for name in "abc"] == [None, 1, 2]
        waiting = handoffs.listing(conn)
        assert [ticket.sender for ticket in waiting] == ["b", "c", "d"]


def test_expected_wait_is_the_stated_default_until_there_is_something_to_average(
    either_db: Engine,
) -> None:
    with writing(either_db) as conn:
        expected = handoffs.open_ticket(conn, "a", now=NOW).expected
        assert (expected.minutes, expected.measured) == (DEFAULT_WAIT_MINUTES, False)


def test_expected_wait_is_the_mean_of_recent_waits(either_db: Engine) -> None:
    with writing(either_db) as conn:
        for name, minutes in (("a", 4), ("b", 6), ("c", 11)):
            ticket = handoffs.open_ticket(conn, name, now=NOW)
            staff_moves.claim(conn, ticket.reference, "li", now=later(minutes))
        expected = handoffs.open_ticket(conn, "d", now=later(20)).expected
        assert (expected.minutes, expected.measured, expected.sample) == (7, True, 3)
        long_after = handoffs.open_ticket(conn, "e", now=later(60 * 24 * 40)).expected
        assert not long_after.measured


def test_taking_back_gives_the_bot_the_word_and_leaves_a_callback(either_db: Engine) -> None:
    with writing(either_db) as conn:
        ticket = handoffs.open_ticket(conn, "a")
        back = handoffs.take_back(conn, "a")
        assert back.reference == ticket.reference
        assert back.status is Status.CALLBACK
        assert back.status.is_open
        assert conversations.owner(conn, "a") is Owner.BOT


def test_handoff_is_repeatable_after_taking_back(either_db: Engine) -> None:
    with writing(either_db) as conn:
        first = handoffs.open_ticket(conn, "a", now=NOW)
        handoffs.take_back(conn, "a", now=later(1))
        again = handoffs.open_ticket(conn, "a", now=later(2))
        assert again.reference == first.reference
        assert again.status is Status.WAITING
        assert again.queued_at == later(2)
        assert conversations.owner(conn, "a") is Owner.WAITING


def test_taking_back_without_waiting_is_refused(either_db: Engine) -> None:
    with pytest.raises(TransitionError, match="直接提问"), writing(either_db) as conn:
        handoffs.take_back(conn, "a")


def test_callback_phone_and_time_are_optional(either_db: Engine) -> None:
    with writing(either_db) as conn:
        handoffs.open_ticket(conn, "a")
        assert handoffs.set_callback(conn, "a").callback_phone is None
        handoffs.set_callback(conn, "a", phone="13800138000")
        ticket = handoffs.set_callback(conn, "a", time="明天上午")
        assert (ticket.callback_phone, ticket.callback_time) == ("13800138000", "明天上午")
        assert "13800138000" not in str(ticket.to_json())
    with pytest.raises(NotFoundError), writing(either_db) as conn:
        handoffs.set_callback(conn, "b", phone="1")


def test_second_claimant_is_told_who_has_it(either_db: Engine) -> None:
    with writing(either_db) as conn:
        ticket = handoffs.open_ticket(conn, "a")
        staff_moves.claim(conn, ticket.reference, "li")
        assert staff_moves.claim(conn, ticket.reference, "li").assignee == "li"
        with pytest.raises(ClaimedError, match="li") as refused:
            staff_moves.claim(conn, ticket.reference, "wang")
        assert refused.value.assignee == "li"


def _claim_at_once(engine: Engine) -> None:
    with writing(engine) as conn:
        reference = handoffs.open_ticket(conn, "a").reference
    won: list[str] = []
    told: list[str] = []
    start = threading.Barrier(6)

    def claim(name: str) -> None:
        start.wait()
        try:
            with writing(engine) as conn:
                staff_moves.claim(conn, reference, name)
            won.append(name)
        except ClaimedError as error:
            told.append(error.assignee)

    threads = [threading.Thread(target=claim, args=(f"staff{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert told == won * 5
    with reading(engine) as conn:
        assert [event.action for event in handoffs.events(conn, reference)] == ["open", "claim"]


def test_of_people_claiming_at_once_one_wins(either_db: Engine) -> None:
    _claim_at_once(either_db)


@pytest.mark.postgres
def test_of_people_claiming_at_once_one_wins_on_postgresql(postgres_db: Engine) -> None:
    _claim_at_once(postgres_db)


def _open_at_once(engine: Engine) -> None:
    with writing(engine) as conn:
        conversations.ensure(conn, "a", "web")
    made: list[tuple[str, bool]] = []
    start = threading.Barrier(6)

    def ask() -> None:
        start.wait()
        with writing(engine) as conn:
            ticket = handoffs.open_ticket(conn, "a")
            made.append((ticket.reference, ticket.created))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert len({reference for reference, _created in made}) == 1
    assert sum(created for _reference, created in made) == 1


def test_asking_from_six_windows_at_once_opens_one_ticket(either_db: Engine) -> None:
    _open_at_once(either_db)


@pytest.mark.postgres
def test_asking_from_six_windows_at_once_opens_one_ticket_on_postgresql(
    postgres_db: Engine,
) -> None:
    _open_at_once(postgres_db)


def test_service_runs_from_queue_to_rating_and_back_to_the_bot(either_db: Engine) -> None:
    with writing(either_db) as conn:
        reference = handoffs.open_ticket(conn, "a", now=NOW).reference
        staff_moves.claim(conn, reference, "li", now=later(3))
        assert conversations.owner(conn, "a") is Owner.HUMAN
        staff_moves.reply(conn, reference, "li", "您好，我是李老师。", client_id="r1", now=later(4))
        staff_moves.reply(conn, reference, "li", "您好，我是李老师。", client_id="r1", now=later(5))
        closed = staff_moves.close(conn, reference, "li", "已解答", now=later(9))
        assert closed.status is Status.RATING
        assert closed.first_reply_at == later(4)
        assert conversations.owner(conn, "a") is Owner.BOT
        assert handoffs.awaiting_rating(conn, "a").reference == reference
        rated = handoffs.rate(conn, "a", 5, "很耐心", now=later(10))
        assert (rated.status, rated.rating) == (Status.CLOSED, 5)
        assert handoffs.awaiting_rating(conn, "a") is None
        with pytest.raises(TransitionError):
            handoffs.rate(conn, "a", 1)
        assert [m.text for m in transcripts.history(conn, "a")] == ["您好，我是李老师。"]
        steps = [(e.actor, e.action, e.to_status) for e in handoffs.events(conn, reference)]
    assert steps == [
        ("user", "open", "waiting"),
        ("staff:li", "claim", "active"),
        ("staff:li", "close", "rating"),
        ("user", "rate", "closed"),
    ]


@pytest.mark.parametrize("score", [0, 6, -1])
def test_rating_outside_one_to_five_is_refused(either_db: Engine, score: int) -> None:
    with pytest.raises(InvalidRecordError, match="1到5"), writing(either_db) as conn:
        handoffs.rate(conn, "a", score)


def test_only_the_assignee_answers_transfers_releases_and_closes(either_db: Engine) -> None:
    with writing(either_db) as conn:
        reference = handoffs.open_ticket(conn, "a").reference
        with pytest.raises(OwnershipError):
            staff_moves.reply(conn, reference, "wang", "插一句")
        staff_moves.claim(conn, reference, "li")
        with pytest.raises(OwnershipError):
            staff_moves.reply(conn, reference, "wang", "插一句")
        for step in (
            lambda: staff_moves.close(conn, reference, "wang", "x"),
            lambda: staff_moves.release(conn, reference, "wang"),
            lambda: staff_moves.transfer(conn, reference, "wang", "x", to_staff="wang"),
        ):
            with pytest.raises(ClaimedError):
                step()
        assert transcripts.history(conn, "a") == ()


def test_transfer_to_a_colleague_changes_the_speaker_at_once(either_db: Engine) -> None:
    with writing(either_db) as conn:
        reference = handoffs.open_ticket(conn, "a").reference
        staff_moves.claim(conn, reference, "li")
        moved = staff_moves.transfer(conn, reference, "li", "商标问题", to_staff="wang")
        assert (moved.status, moved.assignee) == (Status.ACTIVE, "wang")
        staff_moves.reply(conn, reference, "wang", "我来接着说")
        assert handoffs.events(conn, reference)[-1].detail["reason"] == "商标问题"


def test_transfer_to_a_center_queues_there(either_db: Engine) -> None:
    with writing(either_db) as conn:
        reference = handoffs.open_ticket(conn, "a").reference
        staff_moves.claim(conn, reference, "li")
        moved = staff_moves.transfer(conn, reference, "li", "企业在深圳", to_center="sz-center")
        assert (moved.status, moved.center, moved.assignee) == (Status.WAITING, "sz-center", None)
        assert conversations.owner(conn, "a") is Owner.WAITING


@pytest.mark.parametrize(
    ("reason", "targets"),
    [("原因", {}), ("原因", {"to_staff": "x", "to_center": "y"}), (" ", {"to_staff": "x"})],
)
def test_incomplete_transfer_is_refused(either_db: Engine, reason: str, targets: dict) -> None:
    with writing(either_db) as conn:
        reference = handoffs.open_ticket(conn, "a").reference
        staff_moves.claim(conn, reference, "li")
        with pytest.raises(InvalidRecordError):
            staff_moves.transfer(conn, reference, "li", reason, **targets)


def test_release_returns_the_person_to_their_place(either_db: Engine) -> None:
    with writing(either_db) as conn:
        reference = handoffs.open_ticket(conn, "a", now=NOW).reference
        handoffs.open_ticket(conn, "b", now=later(1))
        staff_moves.claim(conn, reference, "li", now=later(2))
        assert staff_moves.release(conn, reference, "li", now=later(3)).position == 1


def test_nobody_answering_turns_into_a_callback(either_db: Engine) -> None:
    with writing(either_db) as conn:
        reference = handoffs.open_ticket(conn, "a", now=NOW).reference
        assert handoffs.overdue(conn, timedelta(minutes=30), now=later(29)) == ()
        assert handoffs.overdue(conn, timedelta(minutes=30), now=later(31)) == (reference,)
        assert staff_moves.time_out(conn, reference).status is Status.CALLBACK
        assert conversations.owner(conn, "a") is Owner.BOT
        assert staff_moves.close(conn, reference, "li", "已回电").status is Status.CLOSED


def test_leaving_the_queue_ends_the_ticket(either_db: Engine) -> None:
    with writing(either_db) as conn:
        handoffs.open_ticket(conn, "a")
        assert handoffs.abandon(conn, "a").status is Status.ABANDONED
        assert handoffs.current(conn, "a") is None
        assert handoffs.open_ticket(conn, "a").created


def test_reopening_is_refused_while_another_ticket_is_open(either_db: Engine) -> None:
    with writing(either_db) as conn:
        first = handoffs.open_ticket(conn, "a").reference
        staff_moves.claim(conn, first, "li")
        staff_moves.close(conn, first, "li", "已解答")
        second = handoffs.open_ticket(conn, "a").reference
        assert handoffs.awaiting_rating(conn, "a") is None
        with pytest.raises(TransitionError, match=second):
            staff_moves.reopen(conn, first, "li")
        handoffs.abandon(conn, "a")
        assert staff_moves.reopen(conn, first, "li").status is Status.ACTIVE
        assert conversations.owner(conn, "a") is Owner.HUMAN


def test_rating_an_older_service_does_not_silence_the_present_human(either_db: Engine) -> None:
    with writing(either_db) as conn:
        first = handoffs.open_ticket(conn, "a").reference
        handoffs.abandon(conn, "a")
        second = handoffs.open_ticket(conn, "a").reference
        staff_moves.claim(conn, second, "li")
        staff_moves.close(conn, second, "li", "已解答")
        staff_moves.reopen(conn, first, "wang")
        handoffs.rate(conn, "a", 4)
        assert conversations.owner(conn, "a") is Owner.HUMAN


def test_unknown_reference_is_not_found(either_db: Engine) -> None:
    with pytest.raises(NotFoundError), writing(either_db) as conn:
        staff_moves.claim(conn, "ZR-XXXX-XXXX", "li")


def test_reference_can_be_read_out_and_typed_back() -> None:
    for _ in range(200):
        reference = new_reference("ZR")
        assert not set("01OILDSBG") & set(reference[2:])
        spoken = reference.lower().replace("-", " ")
        assert canonical_reference(spoken) == reference
        assert canonical_reference("".join(chr(ord(c) + 0xFEE0) for c in reference)) == reference
    assert len(set(ALPHABET)) == len(ALPHABET)
    assert canonical_reference("") == ""
