"""The menu of the console: what is where, and who may see it."""

from __future__ import annotations

from dataclasses import dataclass

from desk.permissions import Permission
from desk.staff import Staff


@dataclass(frozen=True)
class Entry:
    """One line of the menu; ``key`` is what a page names as its ``section``."""

    key: str
    title: str
    path: str
    permission: Permission


ENTRIES = (
    Entry("inbox", "收件箱", "/desk", Permission.SERVE),
    Entry("due", "快到期", "/desk/due", Permission.SERVE),
    Entry("leads", "线索", "/desk/leads", Permission.LEADS),
    Entry("figures", "数据", "/desk/figures", Permission.FIGURES),
    Entry("campaigns", "活动", "/desk/campaigns", Permission.CAMPAIGNS),
    Entry("knowledge", "知识", "/workbench", Permission.KNOWLEDGE),
    Entry("audit", "审计", "/desk/audit", Permission.AUDIT),
    Entry("widget", "嵌入", "/desk/widget", Permission.SETTINGS),
    Entry("staff", "人员", "/desk/staff", Permission.STAFF),
    Entry("settings", "设置", "/desk/settings", Permission.STAFF),
)


def menu(person: Staff) -> tuple[Entry, ...]:
    """The lines this person sees."""
    return tuple(entry for entry in ENTRIES if person.may(entry.permission, anywhere=True))


def home(person: Staff) -> str:
    """Where this person begins."""
    entries = menu(person)
    return entries[0].path if entries else "/desk"
