"""The audit log in words: what was done, to what, and the particulars, without codes or numbers of files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.intent_names import INTENT_NAMES
from desk.audit import AuditEntry
from desk.permissions import Role
from desk.releases import ReleaseState
from desk.topics import TopicState
from server.names import Names, version

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
    "join": "绑定两边的对话",
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

_LABELS: Mapping[str, str] = {
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
    "four_eyes": "双人审核",
    "approval": "方式",
    "lost": "会答不出的问题",
    "label": "改为",
    "labels": "条数",
    "count": "条数",
    "message": "结果",
    "assignee": "分派给",
    "size": "字节",
    "bytes": "字节",
    "outcome": "结果",
    "origin": "网站",
    "partner": "单位",
    "result": "结果",
    "next": "下次",
    "programs": "程序",
}
# What an entry names by a number that says nothing to anybody.
_BY_ACTION: Mapping[str, str] = {
    "sample": "机器人的回答", "replay": "近30天的对话", "model": "对话模型", "topic": "待答问题",
    "intent": "来访者的一句话", "label": "来访者的一句话", "labels": "来访者的话",
}  # fmt: skip
_VALUES: Mapping[str, str] = {
    **{role.value: role.label for role in Role},
    **{state.value: state.label for state in (*ReleaseState, *TopicState)},
    **INTENT_NAMES,
    "command line": "在服务器上用命令批准",
    "xlsx": "Excel",
    "csv": "文本表格",
}
# Numbers of stored files and of papers.
_UNTOLD = frozenset(("file", "paper"))
_NUMBER = re.compile(r"[0-9a-f]{16,64}")
_PEOPLE, _CENTERS = frozenset(("to_staff", "assignee")), frozenset(("to_center", "from_center"))


@dataclass(frozen=True)
class Line:
    """An entry as the page shows it; ``details`` are pairs of a label and what it is."""

    entry: AuditEntry
    action: str
    subject: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Words:
    """What entries are put into words with."""

    names: Names
    centers: Mapping[str, str]
    campaigns: Mapping[str, str]

    def of(self, entry: AuditEntry) -> Line:
        """One entry in words."""
        details = tuple(
            (_LABELS.get(key, "内容"), words)
            for key, value in entry.detail.items()
            if (words := self._value(key, value))
        )
        return Line(entry, ACTIONS.get(entry.action, "其他操作"), self._subject(entry), details)

    def _subject(self, entry: AuditEntry) -> str:
        if entry.action in _BY_ACTION:
            return _BY_ACTION[entry.action]
        named = {**self.centers, **self.campaigns}.get(entry.subject)
        return named or version(self.names.what(entry.subject))

    def _value(self, key: str, value: Any) -> str:
        if value is None or value == "" or (key in _UNTOLD and _NUMBER.fullmatch(str(value))):
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, (list, tuple)):
            return "、".join(self._value(key, item) for item in value)
        if key in _PEOPLE:
            return self.names.who(str(value))
        if key in _CENTERS:
            return self.centers.get(str(value), str(value))
        return _VALUES.get(str(value)) or version(str(value))
