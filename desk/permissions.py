"""What each role may do, and whose records it may see."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from desk.errors import InvalidRecordError


class Role(str, Enum):
    """A member of staff has one role; without a center they see every center's records."""

    AGENT = "agent"
    LEAD_OFFICER = "lead-officer"
    TRAINER = "trainer"
    CENTER_ADMIN = "center-admin"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _LABELS[self.value]

    @classmethod
    def parse(cls, text: str) -> Role:
        """A role by code or Chinese name.

        :raises InvalidRecordError: listing the roles.
        """
        for role in cls:
            if text.strip() in (role.value, role.label):
                return role
        names = "、".join(f"{role.value}（{role.label}）" for role in cls)
        raise InvalidRecordError(f"没有「{text}」这个角色，可用：{names}")


_LABELS = {
    "agent": "咨询员",
    "lead-officer": "线索专员",
    "trainer": "知识库管理员",
    "center-admin": "中心管理员",
    "admin": "系统管理员",
}


class Permission(str, Enum):
    """One thing that can be allowed."""

    SERVE = "serve"
    LEADS = "leads"
    KNOWLEDGE = "knowledge"
    FIGURES = "figures"
    CAMPAIGNS = "campaigns"
    REVEAL = "reveal"
    EXPORT = "export"
    AUDIT = "audit"
    STAFF = "staff"
    SETTINGS = "settings"
    ERASE = "erase"


PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.AGENT: frozenset({Permission.SERVE, Permission.FIGURES, Permission.CAMPAIGNS}),
    Role.LEAD_OFFICER: frozenset(
        {
            Permission.SERVE,
            Permission.LEADS,
            Permission.FIGURES,
            Permission.CAMPAIGNS,
            Permission.REVEAL,
            Permission.EXPORT,
        }
    ),
    Role.TRAINER: frozenset({Permission.KNOWLEDGE, Permission.FIGURES, Permission.CAMPAIGNS}),
    Role.CENTER_ADMIN: frozenset(Permission) - {Permission.AUDIT, Permission.SETTINGS},
    Role.ADMIN: frozenset(Permission),
}


def may(role: Role, permission: Permission) -> bool:
    """Whether a role includes a permission."""
    return permission in PERMISSIONS[role]


def sees(own_center: str | None, record_center: str | None) -> bool:
    """Whether staff of a center (None: the national desk) may see a record of a center."""
    return own_center is None or own_center == record_center
