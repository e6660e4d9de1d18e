"""What the pages of leads show: words for codes, how urgent a date is, who may be given a lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy.engine import Connection

from actions.vocabulary import Vocabulary
from desk import attachments, handoffs, lead_work, leads, staff, supplements
from desk.attachments import Attachment
from desk.lead_search import ENDED
from desk.lead_types import STAGES, Lead, LeadEvent, Stage
from desk.lead_work import FollowUp, LeadCheck
from desk.permissions import Permission
from desk.staff import Staff
from desk.supplements import Supplement
from desk.tickets import Status, Ticket
from knowledge.center_table import load_center_table
from knowledge.checklist_table import load_checklists
from server.template_filters import span

SOON_DAYS = 3
_TICKETS = 10
TONES: dict[Stage, str] = {
    Stage.NEW: "blue",
    Stage.SCREENING: "blue",
    Stage.SUPPLEMENT: "amber",
    Stage.ACCEPTED: "green",
    Stage.FUNDED: "green",
    Stage.REJECTED: "red",
    Stage.WITHDRAWN: "plain",
}
OPEN_STAGES = tuple(stage for stage in Stage if stage not in ENDED)
EVENTS = {
    "create": "登记",
    "update": "用户补充",
    "stage": "改阶段",
    "assign": "安排",
    "note": "备注",
    "file": "上传附件",
    "file-off": "删除附件",
    "check": "资助预审",
    "follow-up": "回访",
}
PLANNED = {
    "assignee": "经办人",
    "due_on": "办理期限",
    "follow_up_on": "回访日期",
    "center": "受理机构",
}
FIELDS = {
    "company": "企业名称",
    "credit_code": "信用代码",
    "contact": "联系人",
    "phone": "电话",
    "district": "所在区",
    "service_date": "送达日期",
    "spent": "已发生费用",
    "brief": "简述",
    "industry": "行业",
    "other_contacts": "其他联系人",
    "stage": "阶段",
}
_SUGGESTED = ("overseas-aid-request", "funding-lead")


@dataclass(frozen=True)
class Near:
    """How a date stands today, in words and colour."""

    words: str
    tone: str


@dataclass(frozen=True)
class LeadPage:
    """Everything that is known of one lead."""

    lead: Lead
    history: tuple[LeadEvent, ...]
    supplement: Supplement | None
    check: LeadCheck | None
    files: tuple[Attachment, ...]
    follow_ups: tuple[FollowUp, ...]
    colleagues: tuple[Staff, ...]
    tickets: tuple[Ticket, ...]

    @property
    def moves(self) -> tuple[Stage, ...]:
        """Where it may go by the stage form; the one-time list has its own."""
        allowed = STAGES[self.lead.stage]
        without = {Stage.SUPPLEMENT} if self.supplement is None else set()
        return tuple(stage for stage in Stage if stage in allowed and stage not in without)

    @property
    def may_supplement(self) -> bool:
        """Whether the one-time list can be sent now."""
        return self.supplement is None and Stage.SUPPLEMENT in STAGES[self.lead.stage]


def load(conn: Connection, reference: str) -> LeadPage:
    """Read a lead with all that belongs to it.

    :raises NotFoundError: when there is none.
    """
    lead = leads.get(conn, reference)
    return LeadPage(
        lead=lead,
        history=leads.history(conn, lead.reference),
        supplement=supplements.current(conn, lead.reference),
        check=lead_work.latest_check(conn, lead.reference),
        files=attachments.listing(conn, lead.reference),
        follow_ups=lead_work.follow_ups(conn, lead.reference),
        colleagues=tuple(
            person for person in staff.listing(conn) if person.may(Permission.LEADS, lead.center)
        ),
        tickets=handoffs.listing(conn, statuses=tuple(Status), sender=lead.sender, limit=_TICKETS),
    )


def names_of(conn: Connection) -> dict[str, str]:
    """The names of all accounts by login, for who once did something."""
    return {person.login: person.name for person in staff.listing(conn)}


def actor_name(actor: str, names: dict[str, str]) -> str:
    """Who stands behind an entry of the history: a colleague, the bot, the command line, the person."""
    kind, _, login = actor.partition(":")
    if kind == "staff":
        return names.get(login, login)
    if kind in ("cli", "bot", "system"):
        return {"cli": f"命令行 {login}", "bot": "机器人", "system": "系统"}[kind]
    return "用户"


def near(day: date | None, today: date) -> Near | None:
    """How far away a date is."""
    if day is None:
        return None
    left = (day - today).days
    if left < 0:
        return Near(f"已逾期 {-left} 天", "red")
    if left == 0:
        return Near("今天到期", "red")
    if left <= SOON_DAYS:
        return Near(f"还剩 {left} 天", "amber")
    return Near(f"{day.month}月{day.day}日", "plain")


def due_of(lead: Lead, today: date) -> Near | None:
    """How the date by which a lead is to be done stands; nothing once it has ended."""
    return None if lead.stage in ENDED else near(lead.due_on, today)


def age(lead: Lead, now: datetime) -> str:
    """How long ago a lead was registered, as exactly as one cares."""
    if lead.created_at is None:
        return ""
    days = (now - lead.created_at).days
    return f"{days}天前" if days else f"{span(now - lead.created_at)}前"


@lru_cache(maxsize=2)
def vocabulary(tables_dir: Path) -> Vocabulary:
    """The words for codes."""
    return Vocabulary.load(tables_dir)


@lru_cache(maxsize=2)
def receiving_centers(tables_dir: Path) -> dict[str, str]:
    """The centers that take matters abroad, by id, in the order of their names."""
    centers = load_center_table(tables_dir).centers.items()
    found = {key: center.name for key, center in centers if center.primary_eligible}
    return dict(sorted(found.items(), key=lambda item: item[1]))


@lru_cache(maxsize=2)
def usual_materials(tables_dir: Path) -> tuple[str, ...]:
    """The materials that requests for aid and funding usually need, to choose from."""
    lists = {
        item.id: tuple(each.text for each in item.items) for item in load_checklists(tables_dir)
    }
    found = [text for name in _SUGGESTED for text in lists.get(name, ())]
    return tuple(dict.fromkeys(found))
