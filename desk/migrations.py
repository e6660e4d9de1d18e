"""Bringing a casework database to the present shape, one named step at a time.

Each migration is a function run in one transaction together with its record, so it happened wholly or
not at all.  Steps create only what is missing: a database of any age ends in the same shape, and two
processes that start at once take turns (SQLite's write lock, an advisory lock on PostgreSQL).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from desk import (
    account_tables,
    campaign_tables,
    channel_tables,
    console_tables,
    copy_tables,
    inbox_tables,
    lead_tables,
    matter_tables,
    paper_tables,
    reminder_tables,
    replay_tables,
    sample_tables,
    tables,
    workbench_tables,
)
from desk.engine import is_sqlite, one_starter, reading, starting, writing
from desk.times import utc_now

logger = logging.getLogger(__name__)


def create_conversations(conn: Connection) -> None:
    """Conversations, their messages and the citations of each answer."""
    _create(conn, tables.conversations, tables.messages, tables.citations)


def create_tickets(conn: Connection) -> None:
    """Handoff tickets and the record of every transition."""
    _create(conn, tables.tickets, tables.ticket_events)


def create_leads(conn: Connection) -> None:
    """Requests for assistance and their history."""
    _create(conn, lead_tables.leads, lead_tables.lead_events)


def create_audit(conn: Connection) -> None:
    """The audit log, guarded against change by the database itself."""
    _create(conn, tables.audit_log)
    if is_sqlite(conn):
        for verb in ("UPDATE", "DELETE"):
            conn.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS audit_log_no_{verb.lower()} BEFORE {verb} ON audit_log"
                " BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END"
            )
        return
    conn.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'audit_log is append-only'; END $$"
    )
    conn.exec_driver_sql("DROP TRIGGER IF EXISTS audit_log_no_change ON audit_log")
    conn.exec_driver_sql(
        "CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse()"
    )


def create_feedback(conn: Connection) -> None:
    """Ratings of answers, and the questions that got none."""
    _create(conn, tables.feedback, tables.unanswered)


def create_staff(conn: Connection) -> None:
    """The people who serve at the desk."""
    _create(conn, tables.staff)


def create_staff_sessions(conn: Connection) -> None:
    """Logins: attempts, sessions and one-time links."""
    _create(conn, tables.login_attempts, tables.staff_sessions, tables.staff_invitations)


def create_lead_work(conn: Connection) -> None:
    """What staff add to a lead: the list of missing materials, checks, calls back, files."""
    _create(
        conn,
        lead_tables.lead_supplements,
        lead_tables.lead_checks,
        lead_tables.lead_follow_ups,
        lead_tables.lead_files,
        lead_tables.file_removals,
    )


def create_workbench(conn: Connection) -> None:
    """Releases, the center's own settings, questions worked on, corrections, quiz tallies."""
    _create(
        conn,
        workbench_tables.releases,
        workbench_tables.preferences,
        workbench_tables.question_topics,
        workbench_tables.topic_questions,
        workbench_tables.misunderstood,
        workbench_tables.quiz_tallies,
    )


def create_console(conn: Connection) -> None:
    """Notes among staff and replies kept ready."""
    _create(conn, console_tables.ticket_notes, console_tables.canned_replies)


def create_matters(conn: Connection) -> None:
    """What people have told of their matters, and the links that open them."""
    _create(conn, matter_tables.matters, matter_tables.matter_links)


def create_plans(conn: Connection) -> None:
    """How each message was decided, for staff and trainers."""
    _create(conn, workbench_tables.message_plans)


def create_papers(conn: Connection) -> None:
    """Papers that people send to be read."""
    _create(conn, paper_tables.papers, paper_tables.paper_removals)


def create_campaigns(conn: Connection) -> None:
    """Campaigns with places and teams, rounds played, and what happened there in numbers."""
    _create(
        conn,
        campaign_tables.campaigns,
        campaign_tables.campaign_places,
        campaign_tables.campaign_teams,
        campaign_tables.campaign_plays,
        campaign_tables.campaign_tallies,
        campaign_tables.campaign_arrivals,
    )


def create_marks(conn: Connection) -> None:
    """How far each colleague has read a ticket, its tags, and files sent to its person."""
    _create(conn, inbox_tables.ticket_reads, inbox_tables.ticket_tags, inbox_tables.sent_files)


def create_channels(conn: Connection) -> None:
    """People of other servers' channels, what they sent and are sent, tokens, and pages that embed ours."""
    _create(
        conn,
        channel_tables.channel_people,
        channel_tables.channel_inbox,
        channel_tables.channel_outbox,
        channel_tables.channel_tokens,
        channel_tables.channel_cursors,
        channel_tables.binding_codes,
        channel_tables.widget_sites,
    )


def create_accounts(conn: Connection) -> None:
    """Second factors, the centers' own contacts, and leads that were begun."""
    _create(
        conn,
        account_tables.staff_factors,
        account_tables.staff_second_steps,
        account_tables.center_contacts,
        account_tables.lead_drafts,
    )


def create_release_comments(conn: Connection) -> None:
    """What colleagues write about a release."""
    _create(conn, workbench_tables.release_comments)


def create_logos(conn: Connection) -> None:
    """The centers' own marks."""
    _create(conn, account_tables.center_logos)


def create_copies(conn: Connection) -> None:
    """Copies of the server, the work that one alone may do, and allowances that all count together."""
    _create(conn, copy_tables.copies, copy_tables.leases, copy_tables.rate_buckets)
    if not is_sqlite(conn):
        conn.exec_driver_sql("ALTER TABLE rate_buckets SET UNLOGGED")


def create_samples(conn: Connection) -> None:
    """Answers drawn for judging, and judgements of them."""
    _create(conn, sample_tables.sampled_answers, sample_tables.judgements)


def create_reminders(conn: Connection) -> None:
    """What staff are reminded of, and how each wants to be told."""
    _create(conn, reminder_tables.staff_reminding, reminder_tables.reminders)


def create_replays(conn: Connection) -> None:
    """Conversations asked again against a draft, and what would change."""
    _create(conn, replay_tables.replays, replay_tables.replay_changes)


def add_deployment_of_copies(conn: Connection) -> None:
    """Which secret a server's tokens are of."""
    there = {column["name"] for column in sa.inspect(conn).get_columns("copies")}
    if "deployment" not in there:
        conn.exec_driver_sql("ALTER TABLE copies ADD COLUMN deployment VARCHAR(32)")


# Order matters; never reorder or rename, only append.
MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    create_conversations,
    create_tickets,
    create_leads,
    create_audit,
    create_feedback,
    create_staff,
    create_staff_sessions,
    create_lead_work,
    create_workbench,
    create_console,
    create_matters,
    create_plans,
    create_papers,
    create_campaigns,
    create_marks,
    create_channels,
    create_accounts,
    create_release_comments,
    create_logos,
    create_copies,
    create_samples,
    create_reminders,
    create_replays,
    add_deployment_of_copies,
)


def migrate(engine: Engine) -> list[str]:
    """Apply what is missing; doing it again changes nothing.

    :return: names of the migrations applied by this call, in order.
    """
    if not pending(engine):
        return []
    with starting(engine):
        return _apply(engine, pending(engine))


def _apply(engine: Engine, missing: Sequence[str]) -> list[str]:
    applied: list[str] = []
    with writing(engine) as conn:
        one_starter(conn)
        tables.migrations.create(conn, checkfirst=True)
    for migration in MIGRATIONS:
        if migration.__name__ not in missing:
            continue
        with writing(engine) as conn:
            one_starter(conn)
            if migration.__name__ in _done(conn):  # another process was faster
                continue
            migration(conn)
            conn.execute(
                sa.insert(tables.migrations).values(name=migration.__name__, applied_at=utc_now())
            )
        applied.append(migration.__name__)
        logger.info("migration applied: %s", migration.__name__)
    return applied


def pending(engine: Engine) -> list[str]:
    """Names of the migrations this database has not seen yet."""
    with reading(engine) as conn:
        exists = sa.inspect(conn).has_table(tables.migrations.name)
        done = _done(conn) if exists else set()
    return [migration.__name__ for migration in MIGRATIONS if migration.__name__ not in done]


def _done(conn: Connection) -> set[str]:
    return set(conn.execute(sa.select(tables.migrations.c.name)).scalars())


def _create(conn: Connection, *needed: sa.Table) -> None:
    for table in needed:
        table.create(conn, checkfirst=True)
