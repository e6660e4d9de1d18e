"""The audit log, searchable by administrators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from aiohttp import web

from channels.console.access import require
from channels.console.forms import day_of
from channels.console.pages import render
from channels.console.records import read
from desk import audit
from desk.permissions import Permission, Role
from desk.service_clock import CHINA

routes = web.RouteTableDef()

_PAGE = 100
ACTIONS: Mapping[str, str] = {
    "login": "登录",
    "login-failed": "登录失败",
    "logout": "退出",
    "password": "设置密码",
    "view": "查看个人信息",
    "lead-file": "下载线索附件",
    "paper-file": "下载用户上传的文书",
    "export": "导出线索",
    "digest": "导出信息报送",
    "transfer": "转交",
    "publish": "发布知识",
    "rollback": "回滚知识",
    "role": "改角色",
    "staff-add": "添加人员",
    "staff-disable": "停用人员",
    "staff-reset": "重置密码",
    "erase": "删除个人数据",
    "purge": "清理过期数据",
    "restore": "从备份恢复",
}

_WORDS: Mapping[str, str] = {
    "reason": "原因",
    "role": "角色",
    "from": "原角色",
    "to": "新角色",
    "from_center": "原中心",
    "to_center": "转到中心",
    "to_staff": "转给",
    "messages": "消息",
    "leads": "线索",
    "tickets": "登记",
    "questions": "问题",
    "conversations": "对话",
    "before": "早于",
    "rows": "条数",
    "format": "格式",
    "revealed": "含完整联系方式",
    "cases": "案件明细",
    "since": "从",
    "until": "到",
    "file": "附件",
    "files": "附件",
}


@routes.get("/audit", name="audit")
@require(Permission.AUDIT)
async def show_audit(request: web.Request) -> web.Response:
    """Entries, newest first, narrowed by who, what, on what and when."""
    query = {key: request.query.get(key, "").strip()[:100] for key in _FIELDS}
    before = request.query.get("before", "")
    entries = await read(
        request,
        audit.search,
        actor=query["actor"] or None,
        action=query["action"] or None,
        subject=query["subject"] or None,
        since=_moment(query["since"]),
        until=_moment(query["until"], after=True),
        before_id=int(before)
        if before.isascii() and before.isdigit() and len(before) < 12
        else None,
        limit=_PAGE + 1,
    )
    shown = entries[:_PAGE]
    older = ""
    if len(entries) > _PAGE:
        older = "/desk/audit?" + urlencode({**query, "before": shown[-1].id})
    return render(
        request,
        "desk/audit.html",
        section="audit",
        entries=shown,
        older=older,
        query=query,
        actions=ACTIONS,
        words=_WORDS,
        values={role.value: role.label for role in Role},
    )


_FIELDS = ("actor", "action", "subject", "since", "until")


def _moment(text: str, *, after: bool = False) -> datetime | None:
    """The beginning of a day in China, or its end."""
    day = day_of({"": text}, "")
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1 if after else 0), time(), CHINA)
