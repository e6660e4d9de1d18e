"""The conversation's matter compared with funding programs: what seems to fit, never a promise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.funding_rules import DISCLAIMER, PreCheck, Verdict
from actions.lead_check import answers_from, check
from actions.replies import HUMAN, LEAD, Button, Reply
from desk.lead_types import Lead
from knowledge.funding_table import Program
from knowledge.types import Citation

SHOWN = 2
REASONS = 2
REASON_CHARS = 40


def funding_check(services: Services, lead: Lead, answers: Mapping[str, str]) -> Reply | None:
    """The programs that cover the company's place, each with how it stands; None without any.

    :param answers: by the keys of ``lead_check.QUESTIONS``.
    """
    said = {**answers_from(lead), **answers}
    found = [
        item
        for item in check(lead, said, services.router, services.today())
        if not _pays_others(item.program, said.get("applicant"))
    ]
    if not found:
        return None
    shown = found[:SHOWN]
    return Reply(
        "utter_funding_check",
        kind="notice",
        fields={"programs": "\n".join(map(_line, shown)), "disclaimer": DISCLAIMER},
        citations=[_citation(services, item) for item in shown],
        buttons=[LEAD, Button.same("要准备什么材料"), HUMAN],
        data={"precheck": [item.to_json() for item in found]},
    )


def lead_of(services: Services, tracker: Tracker) -> Lead | None:
    """What the conversation knows, as the lead it would become; None without a place."""
    region = talk.slot(tracker, "region")
    if region is None:
        return None
    words = services.vocabulary
    return Lead(
        company=talk.slot(tracker, "lead_company") or "",
        contact="",
        phone="",
        consent_version="",
        sender=tracker.sender_id,
        channel=talk.channel(tracker),
        district=region,
        country=words.country(talk.slot(tracker, "country")) or None,
        right=words.right(talk.slot(tracker, "right")) or None,
        procedure=words.procedure(talk.slot(tracker, "procedure")) or None,
    )


def _pays_others(program: Program, applicant: str | None) -> bool:
    """Whether the money goes to service firms, which the applicant is none of."""
    is_known = applicant is not None
    return (
        program.recipient == "service-provider" and is_known and applicant not in program.applicants
    )


def _line(item: PreCheck) -> str:
    reasons = _reasons(item, Verdict.NOT) or _reasons(item, Verdict.UNCLEAR)
    why = "；".join(reasons[:REASONS])
    amount = item.program.amount
    pays = f"，{amount.text}" if amount.ratio or amount.ceiling else ""
    return f"· {item.program.name}：{item.verdict.value}{pays}{f'（{why}）' if why else ''}"


def _reasons(item: PreCheck, verdict: Verdict) -> Sequence[str]:
    return [
        (finding.brief or finding.reason)[:REASON_CHARS]
        for finding in item.findings
        if finding.verdict is verdict
    ]


def _citation(services: Services, item: PreCheck) -> Citation:
    program = item.program
    return Citation(
        document=f"funding:{program.id}",
        title=program.source.title,
        heading=(program.name,),
        jurisdiction="CN",
        basis=program.basis,
        as_of=program.as_of,
        url=program.source.url,
        quote=f"{program.amount.text}。{program.window.text}",
        snapshot=services.index.current().snapshot_id,
        passage=program.id,
        version=program.as_of,
    )
