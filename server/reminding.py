"""Reminding staff: found every minute by one copy of the server, mailed once to whoever wants mail.

A mail says the reference, what is due and when, and nothing of the person behind it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.engine import Connection, Engine

from desk import approvals, due, leases, reminders, staff
from desk.due import What
from desk.engine import reading, writing
from desk.leases import Lease, LeaseLostError, LeaseTakenError
from desk.reminders import Reminder
from desk.service_clock import service_hours
from desk.times import china_day, or_now
from knowledge.errors import AssistantError
from server import mail
from server.template_filters import day as written
from settings import Settings

logger = logging.getLogger(__name__)

EVERY_S = 60.0
_LEASE = "reminders"
_MOST_LINES = 30


class Reminding:
    """Looks from time to time at what is due."""

    def __init__(self, settings: Settings, engine: Engine, copy: str) -> None:
        """Nothing is looked at yet.

        :param copy: the name of this copy of the server, which must be there (:mod:`server.presence`).
        """
        self._settings = settings
        self._engine = engine
        self._copy = copy

    async def run(self) -> None:
        """Look until cancelled; what fails is tried again with the next look."""
        while True:
            try:
                await asyncio.to_thread(self.look)
            except AssistantError as error:
                logger.warning("reminders were not looked at: %s", error)
            except Exception:
                logger.exception("looking for reminders failed")
            await asyncio.sleep(EVERY_S)

    def look(self, now: datetime | None = None) -> int:
        """Find what reminds now and mail it, unless another copy is at it.

        :return: how many mails were sent.
        """
        try:
            with writing(self._engine) as conn:
                lease = leases.take(conn, _LEASE, self._copy, {"by": self._copy})
        except LeaseTakenError:
            return 0
        try:
            return self._remind(lease, or_now(now))
        except LeaseLostError:
            return 0
        finally:
            with writing(self._engine) as conn:
                leases.give_up(conn, lease)

    def _remind(self, lease: Lease, now: datetime) -> int:
        with reading(self._engine) as conn:
            present = self._present(conn, now)
        with writing(self._engine) as conn:
            leases.insist(conn, lease)
            reminders.find(conn, present, now=now)
            mails = (
                {} if self._settings.mail.host is None else reminders.take_to_mail(conn, now=now)
            )
        if not mails:
            return 0
        today = china_day(self._settings.today)
        written_mails = {
            address: mail.message(self._settings.mail, address, *self._words(found, today))
            for address, found in mails.items()
        }
        refused = mail.send(self._settings.mail, written_mails)
        if refused:
            self._give_back(mails, refused, now)
        return len(mails) - len(refused)

    def _present(self, conn: Connection, now: datetime) -> list[Reminder]:
        """One reminder a cause and person, of all that is due now."""
        today, people = china_day(self._settings.today), staff.listing(conn)
        table = service_hours(self._settings.knowledge.tables_dir)
        wanted = reminders.wishes(conn)
        off = {login for login, wish in wanted.items() if not wish.is_on}
        matters = [
            Reminder(person.login, cause, item.what, item.reference, item.on)
            for item in due.listing(conn, table, today, now)
            if (cause := item.cause(today)) is not None
            for person in due.receivers(item, people)
        ]
        found = [*matters, *approvals.present(conn, people)]
        return [item for item in found if item.login not in off]

    def _give_back(
        self, mails: Mapping[str, Sequence[Reminder]], refused: Mapping[str, str], now: datetime
    ) -> None:
        logger.warning("%d reminder mails were not sent: %s", len(refused), set(refused.values()))
        with writing(self._engine) as conn:
            for address in refused:
                reminders.not_mailed(conn, mails[address], now=now)

    def _words(self, found: Sequence[Reminder], today: date) -> tuple[str, str]:
        lines = [line_of(item, today) for item in found[:_MOST_LINES]]
        if len(found) > _MOST_LINES:
            lines.append(f"另有{len(found) - _MOST_LINES}件，请在工作台查看")
        text = "\n".join(
            ["您好：", "", *(f"・{line}" for line in lines), "", f"查看和办理：{self._where(found)}",
             "不想再收到邮件，在工作台「我的账号」里关闭。", ""]
        )  # fmt: skip
        return subject_of(found), text

    def _where(self, found: Sequence[Reminder]) -> str:
        public = self._settings.channels.public_url or ""
        pages = [
            (f"{public}/desk/due", "工作台「快到期」", any(item.what.is_listed for item in found)),
            (f"{public}/workbench/publish", "知识台「发布」",
             not all(item.what.is_listed for item in found)),
        ]  # fmt: skip
        return "，".join(address if public else name for address, name, is_on in pages if is_on)


def subject_of(found: Sequence[Reminder]) -> str:
    """How many matters are due and how many releases wait for approval."""
    due_now = sum(item.what.is_listed for item in found)
    told = [f"{due_now}件事到期或快到期"] if due_now else []
    if len(found) > due_now:
        told.append(f"{len(found) - due_now}次发布等您批准")
    return f"护航工作台：{'，'.join(told)}"


def line_of(item: Reminder, today: date) -> str:
    """What is due, in one line without anything personal."""
    if item.what is What.WAITING:
        return f"{item.reference} 有人在等回复，已超过应答时间"
    if item.what is What.APPROVAL:
        return f"{item.reference}{item.what.label}：{written(item.due_on)}提交"
    left = (item.due_on - today).days
    when = f"还有{left}天" if left > 0 else "就是今天" if left == 0 else f"已过{-left}天"
    return f"{item.reference} {item.what.label}：{written(item.due_on)}，{when}"
