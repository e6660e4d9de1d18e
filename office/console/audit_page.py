"""The audit log, searchable by administrators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from aiohttp import web

from desk import audit, campaigns
from desk.permissions import Permission, Role
from desk.service_clock import CHINA
from office.access import require
from office.console.lead_views import names_of
from office.forms import day_of
from office.pages import render
from office.transactions import read
from server import keys
from server.names import Names

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
    "sample": "抽查回答",
    "replay": "回放对话",
    "role": "改角色",
    "staff-add": "添加人员",
    "staff-disable": "停用人员",
    "staff-reset": "重置密码",
    "erase": "删除个人数据",
    "purge": "清理过期数据",
    "restore": "从备份恢复",
    "setting": "改设置",
    "contact": "改中心联系方式",
    "second-factor": "两步验证",
    "figures": "导出数据",
    "quiz": "改题库",
    "labels": "标注句子",
    "label": "标注句子",
    "model": "换对话模型",
    "build": "构建知识",
    "submit": "提交发布",
    "approve": "批准发布",
    "approval": "批准发布",
    "return": "退回发布",
    "import": "导入知识",
    "campaign": "宣传活动",
    "topic": "处理待答问题",
    "intent": "改对话标注",
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
    "on": "打开",
    "papers": "文书",
    "paper": "文书",
    "matters": "事项",
    "note": "说明",
    "removed": "删去",
    "comment": "意见",
    "base": "原版本",
    "state": "状态",
    "topic": "主题",
    "intent": "意图",
    "name": "名称",
    "places": "地点",
    "teams": "队伍",
    "expired": "到期",
    "user": "来访者",
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
        subject=_subject(query["subject"], request.config_dict[keys.NAMES]),
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
        values={role.value: role.label for role in Role} | {"True": "是", "False": "否"},
        people=await read(request, names_of),
        campaigns={one.code: one.name for one in await read(request, campaigns.listing)},
    )


def _subject(text: str, names: Names) -> str | None:
    """What was typed: a reference, or the name of a colleague."""
    login = names.found(text)
    return f"staff:{login}" if login else text or None


_FIELDS = ("actor", "action", "subject", "since", "until")


def _moment(text: str, *, after: bool = False) -> datetime | None:
    """The beginning of a day in China, or its end."""
    day = day_of({"": text}, "")
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1 if after else 0), time(), CHINA)
