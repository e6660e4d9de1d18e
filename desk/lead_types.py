"""What a lead is: its stages, its fields, one entry of its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import Enum
from typing import Any

from desk.contacts import mask_credit_code, mask_name, mask_phone
from desk.errors import InvalidRecordError
from desk.masking import mask
from desk.times import utc_now


class Stage(str, Enum):
    """Where a lead stands; :attr:`label` is the word of the policy's procedure."""

    NEW = "new"
    SCREENING = "screening"
    SUPPLEMENT = "supplement"
    ACCEPTED = "accepted"
    FUNDED = "funded"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _LABELS[self.value]

    @classmethod
    def parse(cls, text: str) -> Stage:
        """A stage by code or Chinese name.

        :raises InvalidRecordError: listing the names that exist.
        """
        for stage in cls:
            if text.strip() in (stage.value, stage.label):
                return stage
        names = "、".join(stage.label for stage in cls)
        raise InvalidRecordError(f"没有「{text}」这个阶段，可用：{names}")


_LABELS = {
    "new": "新线索",
    "screening": "初审",
    "supplement": "补正",
    "accepted": "已受理",
    "funded": "已资助",
    "rejected": "不符合",
    "withdrawn": "撤回",
}

STAGES: Mapping[Stage, frozenset[Stage]] = {
    Stage.NEW: frozenset({Stage.SCREENING, Stage.REJECTED, Stage.WITHDRAWN}),
    Stage.SCREENING: frozenset({Stage.SUPPLEMENT, Stage.ACCEPTED, Stage.REJECTED, Stage.WITHDRAWN}),
    Stage.SUPPLEMENT: frozenset({Stage.SCREENING, Stage.ACCEPTED, Stage.REJECTED, Stage.WITHDRAWN}),
    Stage.ACCEPTED: frozenset({Stage.FUNDED, Stage.SUPPLEMENT, Stage.REJECTED, Stage.WITHDRAWN}),
    Stage.FUNDED: frozenset(),
    Stage.REJECTED: frozenset({Stage.SCREENING}),
    Stage.WITHDRAWN: frozenset({Stage.NEW}),
}


@dataclass(frozen=True)
class Lead:
    """What an enterprise left, with consent; the fields below the line are the desk's own."""

    company: str
    contact: str
    phone: str
    consent_version: str
    sender: str
    channel: str = "web"
    credit_code: str | None = None
    district: str | None = None
    country: str | None = None
    right: str | None = None
    procedure: str | None = None
    service_date: date | None = None
    spent: str | None = None
    brief: str | None = None
    industry: str | None = None
    consent_at: datetime = field(default_factory=utc_now)
    # ---
    reference: str = ""
    stage: Stage = Stage.NEW
    center: str | None = None
    assignee: str | None = None
    due_on: date | None = None
    follow_up_on: date | None = None
    other_contacts: tuple[Mapping[str, Any], ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None

    def masked(self) -> Lead:
        """The same lead with contact details unreadable."""
        return replace(
            self,
            contact=mask_name(self.contact),
            phone=mask_phone(self.phone),
            credit_code=mask_credit_code(self.credit_code) or None,
            other_contacts=tuple(
                {
                    "contact": mask_name(item.get("contact")),
                    "phone": mask_phone(item.get("phone")),
                    **({"said": _masked(item["said"])} if item.get("said") else {}),
                }
                for item in self.other_contacts
            ),
        )

    def to_json(self) -> dict[str, Any]:
        """Every field; call :meth:`masked` first unless the reader may see contact details."""
        values: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, datetime):
                value = value.isoformat(timespec="seconds")
            elif isinstance(value, date):
                value = value.isoformat()
            elif isinstance(value, Stage):
                value = value.value
            elif isinstance(value, tuple):
                value = [dict(entry) for entry in value]
            values[item.name] = value
        values["stage_label"] = self.stage.label
        return values


@dataclass(frozen=True)
class LeadEvent:
    """One entry of a lead's history."""

    at: datetime
    actor: str
    action: str
    from_stage: str | None
    to_stage: str
    note: str | None
    detail: Mapping[str, Any]


def _masked(said: Mapping[str, str]) -> dict[str, str]:
    """What another contact said, without contact details."""
    return {
        key: mask_credit_code(text) if key == "credit_code" else mask(text)
        for key, text in said.items()
    }
