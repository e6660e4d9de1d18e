"""Fills an empty casework database with made-up people, so that pages can be looked at and measured.

``fill(engine)`` writes two months of conversations, requests for a human, leads and staff of three
centers; nothing in it is a real person, company or case.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection, Engine

from desk import (
    feedback,
    handoffs,
    lead_intake,
    leads,
    matters,
    recording,
    replays,
    samples,
    staff,
    staff_moves,
    unanswered,
)
from desk.engine import writing
from desk.lead_types import Lead, Stage
from desk.permissions import Role
from desk.replays import Change, Changed
from desk.times import utc_now

PASSWORD = "correct-horse-9"
PEOPLE = (
    ("admin", "陈静", Role.ADMIN, None),
    ("wang", "王芳", Role.LEAD_OFFICER, None),
    ("li", "李雷", Role.AGENT, "gz-aid"),
    ("zhao", "赵敏", Role.CENTER_ADMIN, "gz-aid"),
    ("xu", "徐文", Role.TRAINER, None),
)
# Country, right, procedure (codes and words), district, what was asked, days until the date.
DISPUTES: tuple[tuple[str, str, str, str, str, str, str, int | None], ...] = (
    ("US", "美国", "patent", "section-337", "337调查", "广州番禺区", "收到337立案通知，几天内答辩？", 6),
    ("DE", "德国", "trademark", "squatting", "商标抢注", "广州番禺区", "我们的商标在德国被经销商抢注了怎么办", 20),
    ("US", "美国", "trademark", "tro", "临时限制令", "广州白云区", "店铺被TRO冻结，资金能不能解冻", 2),
    ("EU", "欧盟", "design", "customs", "海关扣货", "广州花都区", "货在鹿特丹海关被扣，说外观侵权", 9),
    ("VN", "越南", "trademark", "squatting", "商标抢注", "广州海珠区", "越南商标被代理商注册了", None),
    ("DE", "德国", "patent", "fair", "展会查扣", "广州黄埔区", "汉诺威展会上收到临时禁令", -1),
    ("GB", "英国", "copyright", "platform", "平台投诉", "广州天河区", "英国站被投诉版权侵权", 12),
)  # fmt: skip
COMPANIES = (
    "明烛灯具",
    "白云电子",
    "花都皮具",
    "番禺珠宝",
    "海珠布艺",
    "黄埔汽配",
    "天河玩具",
    "南沙家居",
)
_DAYS = 60


def fill(engine: Engine, *, seed: int = 7, number: int = 90) -> None:
    """Write everything; the same seed writes the same.

    :param number: how many people come in the two months.
    """
    rng = random.Random(seed)
    _staff(engine)
    now = utc_now()
    starts = sorted(
        now - timedelta(days=rng.uniform(0.02, _DAYS), hours=rng.choice((0, 1, 2, 14)))
        for _ in range(number)
    )
    for place, at in enumerate(starts):
        with writing(engine) as conn:
            _person(conn, rng, f"sample-{place:03d}", at, is_late=place >= number - 14)
    with writing(engine) as conn:
        _sampled(conn)
        _replayed(conn)


def _staff(engine: Engine) -> None:
    for login, name, role, center in PEOPLE:
        with writing(engine) as conn:
            staff.add(conn, login, name, role, center, "cli")
            secret = staff.invite(conn, login)
        staff.accept_invitation(engine, secret, PASSWORD)


def _person(
    conn: Connection, rng: random.Random, sender: str, at: datetime, *, is_late: bool
) -> None:
    dispute = rng.choice(DISPUTES)
    country, country_words, _right, procedure, procedure_words, region, question, left = dispute
    said = recording.receive(conn, sender, "web", question, now=at)
    is_refused = rng.random() < 0.15
    answer = recording.record_replies(
        conn, sender, [_refusal() if is_refused else _answer(country, procedure_words)],
        reply_to=said.inbound.id, now=at + timedelta(seconds=2),
    )  # fmt: skip
    if is_refused:
        unanswered.record(conn, sender, question, "refuse", now=at)
    elif rng.random() < 0.4:
        feedback.record(conn, answer[0].id, "up" if rng.random() < 0.8 else "down", None, now=at)
    due = None if left is None else (utc_now() + timedelta(days=left)).date()
    matters.save(
        conn,
        matters.Matter(
            sender,
            0,
            facts={
                "country": country,
                "procedure": procedure,
                "region": region,
                **({"deadline": {"due_date": due.isoformat(), "title": "答辩截止"}} if due else {}),
                "steps": ["查出案号和法院", "保全证据", "找当地律师"],
                "done": ["查出案号和法院"],
            },
        ),
        now=at,
    )
    if is_late or rng.random() < 0.5:
        facts = {"争议国家": country_words, "程序": procedure_words, "所在地": region}
        if rng.random() < 0.6:
            facts["企业名称"] = f"广州{rng.choice(COMPANIES)}有限公司"
        _ticket(conn, rng, sender, at, facts, due, is_late=is_late)
    if rng.random() < 0.35:
        _lead(conn, rng, sender, at, dispute)


def _answer(country: str, procedure: str) -> dict[str, Any]:
    return {
        "kind": "answer",
        "text": f"{procedure}：先核对文书上的日期，再在期限前答辩。\n本回答由知识库自动整理，不构成法律意见",
        "citations": [
            {"document": f"guide-{country.lower()}", "title": f"{procedure}应对指南",
             "heading": ["先做什么"], "jurisdiction": country, "basis": "19 CFR § 210.13(a)",
             "as_of": "2026", "url": None, "quote": "应在送达之日起20天内答辩。", "snapshot": "s",
             "passage": f"guide-{country.lower()}#s-1"}
        ],
        "data": {"confidence": 0.8},
    }  # fmt: skip


def _sampled(conn: Connection) -> None:
    """Answers drawn to be judged, some of them judged by one colleague."""
    found = samples.answered(conn, since=utc_now() - timedelta(days=_DAYS))
    samples.draw(conn, [(item, "section-337", 3.0) for item in found[:8]], by="xu")
    for number, sample in enumerate(samples.listing(conn)[:3]):
        samples.judge(conn, sample.id, ("right", "partly", "wrong")[number], "看过原文", by="xu")


def _replayed(conn: Connection) -> None:
    """A replay that found something of every kind."""
    replay = replays.begin(conn, "draft", since=utc_now() - timedelta(days=_DAYS), by="xu")
    for place, (conversation, messages) in enumerate(replays.left(conn, replay)):
        kind = [*Change][place] if place < len(Change) else None
        found = [
            Changed(message, kind, text, "送达后20天内答辩。", "送达后20天内答辩，先看原件。")
            for message, text in messages[:1]
            if kind is not None
        ]
        replays.keep(conn, replay.id, conversation, len(messages), found)
    replays.set_state(conn, replay.id, "done")


def _refusal() -> dict[str, Any]:
    return {"kind": "refusal", "text": "这个问题我没有查到可引用的资料。"}


def _ticket(
    conn: Connection,
    rng: random.Random,
    sender: str,
    at: datetime,
    facts: dict[str, str],
    due: Any,
    *,
    is_late: bool,
) -> None:
    opened = at + timedelta(minutes=5)
    center = rng.choice((None, "gz-aid", "gz-aid", "gd-ippc"))
    ticket = handoffs.open_ticket(
        conn, sender, "想请工作人员看看通知书", center=center, facts=facts, deadline_on=due,
        now=opened,
    )  # fmt: skip
    if rng.random() < 0.7:
        handoffs.set_callback(conn, sender, phone=f"138{rng.randrange(10**8):08d}")
    who = "li" if center == "gz-aid" else "wang"
    if is_late and rng.random() < 0.5:
        return
    taken = opened + timedelta(minutes=rng.randrange(2, 90))
    staff_moves.claim(conn, ticket.reference, who, now=taken)
    staff_moves.reply(
        conn, ticket.reference, who, "您好，我看了您的情况，请先把通知书第一页发来。",
        now=taken + timedelta(minutes=3),
    )  # fmt: skip
    if rng.random() < 0.7:
        said = "好的，今天内发给您。我的案号是 337-TA-1290。"
        recording.receive(conn, sender, "web", said, now=taken + timedelta(minutes=6))
    if is_late:
        return
    ended = taken + timedelta(minutes=rng.randrange(15, 600))
    follow_up = None if rng.random() < 0.7 else (ended + timedelta(days=14)).date()
    staff_moves.close(
        conn, ticket.reference, who, "已解答", "已说明期限和材料", follow_up_on=follow_up, now=ended
    )
    if rng.random() < 0.6:
        handoffs.rate(conn, sender, rng.choice((3, 4, 5, 5)), None, now=ended)


def _lead(
    conn: Connection, rng: random.Random, sender: str, at: datetime, dispute: Sequence[Any]
) -> None:
    country, _, right, procedure, _, region, question, _left = dispute
    reference, is_new = lead_intake.upsert(
        conn,
        Lead(
            company=f"广州{rng.choice(COMPANIES)}{rng.randrange(1, 60)}号有限公司",
            contact=rng.choice(("张三", "李四", "周五")),
            phone=f"139{rng.randrange(10**8):08d}",
            consent_version="2026-1",
            sender=sender,
            country=country,
            right=right,
            procedure=procedure,
            district=region.removeprefix("广州"),
            brief=question,
            consent_at=at,
            center=rng.choice(("gz-aid", "gd-ippc")),
        ),
        now=at + timedelta(minutes=20),
    )
    path = {0: (), 1: (Stage.SCREENING,), 2: (Stage.SCREENING, Stage.ACCEPTED)}[rng.randrange(3)]
    for stage in path if is_new else ():
        leads.move(conn, reference, stage, "staff:wang", None, now=at + timedelta(hours=3))
