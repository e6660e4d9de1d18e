"""Replies kept ready: those that come with the program, and each center's own.

``{变量}`` stands for what is known of the case and is filled in when the reply is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk.console_tables import canned_replies
from desk.conversations import storable
from desk.errors import InvalidRecordError, NotFoundError
from desk.permissions import sees
from desk.times import or_now

LONGEST_TITLE = 60
LONGEST_TEXT = 1500
VARIABLES: Mapping[str, str] = {
    "编号": "人工登记的编号",
    "企业名称": "用户留下的企业名称",
    "国家": "争议国家",
    "程序": "程序或阶段",
    "期限": "已算出的期限日期",
    "中心": "所属援助中心的名称",
    "我的姓名": "正在回复的工作人员",
}


@dataclass(frozen=True)
class CannedReply:
    """One reply; ``id`` is None for those that come with the program."""

    id: int | None
    center: str | None
    title: str
    text: str


SHIPPED = (
    CannedReply(
        None,
        None,
        "问候",
        "您好，我是{中心}的工作人员{我的姓名}，登记编号 {编号}。我先看一下前面的对话，请稍等。",
    ),
    CannedReply(
        None,
        None,
        "先确认送达日期",
        "为了核对期限，请告诉我：收到的是什么文书、由哪个机构发出、您哪一天收到、文书上写的答复日期是哪一天。请不要发送与律师的往来信件或商业秘密。",
    ),
    CannedReply(
        None,
        None,
        "期限提醒",
        "根据您提供的信息，期限是 {期限}。请以文书原件和承办律师核对的日期为准，并尽快联系有当地执业资格的律师。",
    ),
    CannedReply(
        None,
        None,
        "一次性告知材料",
        "办理援助或资助登记，请准备：营业执照、收到的文书首页和送达证明、权属证明（商标证、专利证书等）、已发生费用的合同和发票。材料一次交齐即可，缺什么我们会一次告诉您。",
    ),
    CannedReply(
        None,
        None,
        "稍后回电",
        "您的情况我们需要再核实。请留下方便接听的手机号和时间，我们会回电，登记编号 {编号}。",
    ),
    CannedReply(
        None,
        None,
        "不能代替律师",
        "我们可以说明程序、期限和可申请的援助，但不能代替律师出具法律意见或代理案件。需要时可以为您对接有相关国家经验的服务机构，由您自行选择。",
    ),
    CannedReply(
        None,
        None,
        "结束语",
        "这次先到这里。之后有新的文书或疑问，直接在这里继续提问就可以。如方便，请为这次服务打个分，谢谢。",
    ),
)


def listing(conn: Connection, center: str | None) -> tuple[CannedReply, ...]:
    """What staff of a center can use: shipped ones, those of the national desk, and their own.

    :param center: None for the national desk, which sees all.
    """
    query = sa.select(canned_replies).order_by(canned_replies.c.title, canned_replies.c.id)
    if center is not None:
        query = query.where(
            sa.or_(canned_replies.c.center == center, canned_replies.c.center.is_(None))
        )
    own = tuple(CannedReply(row.id, row.center, row.title, row.text) for row in conn.execute(query))
    return own + SHIPPED


def save(
    conn: Connection,
    key: int | None,
    center: str | None,
    title: str,
    text: str,
    author: str,
    *,
    now: datetime | None = None,
) -> None:
    """Add a reply to a center's list, or change one of it.

    :raises InvalidRecordError: for an empty or too long text, or a variable that does not exist.
    """
    title, text = storable(title).strip(), storable(text).strip()
    if not title or len(title) > LONGEST_TITLE:
        raise InvalidRecordError(f"请填写标题（{LONGEST_TITLE}字以内）")
    if not text or len(text) > LONGEST_TEXT:
        raise InvalidRecordError(f"请填写内容（{LONGEST_TEXT}字以内）")
    unknown = [name for name in _named(text) if name not in VARIABLES]
    if unknown:
        known = "、".join(f"{{{name}}}" for name in VARIABLES)
        raise InvalidRecordError(f"没有变量 {{{unknown[0]}}}，可用：{known}")
    values = {"title": title, "text": text, "author": author, "updated_at": or_now(now)}
    if key is None:
        conn.execute(sa.insert(canned_replies).values(center=center, **values))
        return
    _check_own(conn, key, center)
    conn.execute(sa.update(canned_replies).where(canned_replies.c.id == key).values(**values))


def remove(conn: Connection, key: int, center: str | None) -> None:
    """Take a reply off a center's list."""
    _check_own(conn, key, center)
    conn.execute(sa.delete(canned_replies).where(canned_replies.c.id == key))


def fill(text: str, known: Mapping[str, str]) -> str:
    """The reply with what is known put in; what is not known stays as a gap to fill by hand."""
    for name in VARIABLES:
        text = text.replace(f"{{{name}}}", known.get(name) or f"【{name}】")
    return text


def _named(text: str) -> list[str]:
    return [part.split("}")[0] for part in text.split("{")[1:] if "}" in part]


def _check_own(conn: Connection, key: int, center: str | None) -> None:
    row = conn.execute(sa.select(canned_replies).where(canned_replies.c.id == key)).first()
    if row is None or not sees(center, row.center):
        raise NotFoundError("没有这条常用语，或不属于您的中心")
