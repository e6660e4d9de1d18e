"""Interleaved actions by people, staff and timeouts; the invariants hold after every one."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy.engine import Engine

from desk import conversations, handoffs, recording, staff_moves, tables, transcripts
from desk.conversations import Owner
from desk.engine import open_engine, reading, writing
from desk.migrations import migrate
from desk.ticket_states import OWNER_OF, TRANSITIONS, Action
from desk.tickets import Status, Ticket
from knowledge.errors import DeskError

SENDERS = st.sampled_from(["a", "b"])
STAFF = st.sampled_from(["li", "wang", "zhao"])
PICK = st.integers(0, 5)


class Desk(RuleBasedStateMachine):
    """Two people, three staff, one clock; ``prefix`` keeps runs on one database apart."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.prefix = uuid.uuid4().hex[:8]
        self.clock = datetime(2026, 1, 1, tzinfo=timezone.utc)
        self.said: dict[str, list[str]] = {}
        self.counter = itertools.count()

    def _who(self, sender: str) -> str:
        return f"{self.prefix}-{sender}"

    def _try(self, step: Callable[[sa.engine.Connection], object]) -> object:
        """Run one step; a refused one must change nothing."""
        self.clock += timedelta(minutes=1)
        before = self._state()
        try:
            with writing(self.engine) as conn:
                return step(conn)
        except DeskError:
            assert self._state() == before
            return None

    def _state(self) -> tuple[object, ...]:
        with reading(self.engine) as conn:
            return (
                conn.execute(
                    sa.select(
                        tables.tickets.c.id, tables.tickets.c.status, tables.tickets.c.assignee
                    ).where(tables.tickets.c.sender.startswith(self.prefix))
                ).all(),
                conn.execute(
                    sa.select(tables.conversations.c.sender, tables.conversations.c.owner).where(
                        tables.conversations.c.sender.startswith(self.prefix)
                    )
                ).all(),
            )

    def _reference(self, pick: int) -> str:
        with reading(self.engine) as conn:
            found = conn.execute(
                sa.select(tables.tickets.c.reference)
                .where(tables.tickets.c.sender.startswith(self.prefix))
                .order_by(tables.tickets.c.id.desc())
            ).scalars()
            references = list(found)
        return references[pick % len(references)] if references else "ZR-XXXX-XXXX"

    # people

    @rule(sender=SENDERS)
    def ask_for_human(self, sender: str) -> None:
        who = self._who(sender)
        with reading(self.engine) as conn:
            open_before = handoffs.current(conn, who)
        ticket = self._try(lambda conn: handoffs.open_ticket(conn, who, now=self.clock))
        assert ticket is not None, "asking for a human is never refused"
        if open_before is not None:
            assert ticket.reference == open_before.reference

    @rule(sender=SENDERS)
    def take_back(self, sender: str) -> None:
        self._try(lambda conn: handoffs.take_back(conn, self._who(sender), now=self.clock))

    @rule(sender=SENDERS)
    def abandon(self, sender: str) -> None:
        self._try(lambda conn: handoffs.abandon(conn, self._who(sender), now=self.clock))

    @rule(sender=SENDERS, score=st.integers(0, 6))
    def rate(self, sender: str, score: int) -> None:
        self._try(lambda conn: handoffs.rate(conn, self._who(sender), score, now=self.clock))

    @rule(sender=SENDERS)
    def say(self, sender: str) -> None:
        who, text = self._who(sender), f"user {next(self.counter)}"

        def exchange(conn: sa.engine.Connection) -> bool:
            received = recording.receive(conn, who, "web", text, now=self.clock)
            answer = {"kind": "answer", "text": f"bot to {text}"}
            return bool(
                recording.record_replies(
                    conn, who, [answer], reply_to=received.inbound.id, now=self.clock
                )
            )

        with reading(self.engine) as conn:
            owner = conversations.owner(conn, who)
        answered = self._try(exchange)
        assert answered == (owner is not Owner.HUMAN), "the bot speaks exactly when no human does"
        self.said.setdefault(who, []).append(text)
        if answered:
            self.said[who].append(f"bot to {text}")

    # staff

    @rule(pick=PICK, staff=STAFF)
    def claim(self, pick: int, staff: str) -> None:
        self._try(
            lambda conn: staff_moves.claim(conn, self._reference(pick), staff, now=self.clock)
        )

    @rule(pick=PICK, staff=STAFF)
    def release(self, pick: int, staff: str) -> None:
        self._try(
            lambda conn: staff_moves.release(conn, self._reference(pick), staff, now=self.clock)
        )

    @rule(pick=PICK, staff=STAFF, other=STAFF, to_center=st.booleans())
    def transfer(self, pick: int, staff: str, other: str, to_center: bool) -> None:
        target = {"to_center": "sz"} if to_center else {"to_staff": other}
        self._try(
            lambda conn: staff_moves.transfer(
                conn, self._reference(pick), staff, "原因", now=self.clock, **target
            )
        )

    @rule(pick=PICK, staff=STAFF)
    def reply(self, pick: int, staff: str) -> None:
        text = f"{staff} {next(self.counter)}"
        reference = self._reference(pick)
        message = self._try(
            lambda conn: staff_moves.reply(conn, reference, staff, text, now=self.clock)
        )
        if message is not None:
            with reading(self.engine) as conn:
                ticket = handoffs.find(conn, reference)
                assert conversations.owner(conn, ticket.sender) is Owner.HUMAN
            self.said.setdefault(ticket.sender, []).append(text)

    @rule(pick=PICK, staff=STAFF)
    def close(self, pick: int, staff: str) -> None:
        self._try(
            lambda conn: staff_moves.close(conn, self._reference(pick), staff, "完", now=self.clock)
        )

    @rule(pick=PICK, staff=STAFF)
    def reopen(self, pick: int, staff: str) -> None:
        self._try(
            lambda conn: staff_moves.reopen(conn, self._reference(pick), staff, now=self.clock)
        )

    @rule(pick=PICK)
    def time_out(self, pick: int) -> None:
        self._try(lambda conn: staff_moves.time_out(conn, self._reference(pick), now=self.clock))

    # what must hold after every step

    @invariant()
    def one_owner_never_two_open_tickets_and_every_transition_recorded(self) -> None:
        with reading(self.engine) as conn:
            for sender in ("a", "b"):
                who = self._who(sender)
                found = handoffs.listing(conn, statuses=tuple(Status), sender=who)
                is_open = [ticket for ticket in found if ticket.status.is_open]
                assert len(is_open) <= 1
                owner = OWNER_OF.get(is_open[0].status, Owner.BOT) if is_open else Owner.BOT
                assert conversations.owner(conn, who) is owner
                for ticket in found:
                    assert (ticket.status is Status.ACTIVE) <= (ticket.assignee is not None)
                    self._steps_lead_to(conn, ticket)

    def _steps_lead_to(self, conn: sa.engine.Connection, ticket: Ticket) -> None:
        steps = handoffs.events(conn, ticket.reference)
        assert steps[0].action == "open"
        assert steps[-1].to_status == ticket.status.value
        for earlier, step in itertools.pairwise(steps):
            assert step.from_status == earlier.to_status
            allowed = TRANSITIONS[Action(step.action), Status(step.from_status)]
            assert Status(step.to_status) in allowed
            assert step.at >= earlier.at

    @invariant()
    def nothing_lost_doubled_or_out_of_order(self) -> None:
        with reading(self.engine) as conn:
            for who, said in self.said.items():
                stored = transcripts.history(conn, who, 10_000)
                assert [message.text for message in stored] == said
                assert [message.seq for message in stored] == list(range(1, len(said) + 1))


def _run(engine: Engine, examples: int, steps: int) -> None:
    machine = type("BoundDesk", (Desk,), {"engine": engine})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.slow
def test_random_actions_keep_every_invariant(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    # Durability is tested elsewhere; thousands of synchronised commits would only make this slow.
    sa.event.listen(
        engine, "connect", lambda dbapi, _record: dbapi.execute("PRAGMA synchronous=OFF")
    )
    migrate(engine)
    _run(engine, examples=60, steps=40)
    engine.dispose()


@pytest.mark.slow
@pytest.mark.postgres
def test_random_actions_keep_every_invariant_on_postgresql(postgres_db: Engine) -> None:
    _run(postgres_db, examples=20, steps=40)
