"""What each intent is called where people label sentences."""

from __future__ import annotations

from collections.abc import Mapping

INTENT_NAMES: Mapping[str, str] = {
    "affirm": "同意",
    "ask": "问知识",
    "bye": "告别",
    "cancel": "取消正在办的事",
    "center": "找援助中心",
    "checklist": "问材料清单",
    "complaint": "抱怨服务",
    "correct": "更正刚才说的",
    "deadline": "算期限",
    "deny": "不同意",
    "erase_data": "删除我的数据",
    "follow_up": "接着上一问",
    "funding": "问资助",
    "greet": "打招呼",
    "help": "问能做什么",
    "hours": "问服务时间",
    "human": "转人工",
    "identity": "问你是谁",
    "inform": "报出信息",
    "lead": "登记援助线索",
    "lead_status": "查登记进度",
    "not_helpful": "回答没用",
    "notice": "贴外文通知",
    "out_of_scope": "与业务无关",
    "praise": "回答有用",
    "privacy": "问隐私",
    "quiz": "参加答题",
    "quiz_choice": "选答案",
    "repeat": "再说一遍",
    "simpler": "说简单点",
    "skip": "跳过",
    "source": "问出处",
    "start_over": "重新开始",
    "take_back": "回到机器人",
    "thanks": "道谢",
    "triage": "诊断处境",
    "wait": "请稍等",
}


def intent_name(intent: str) -> str:
    """The Chinese name; an intent without one is shown by its code."""
    return INTENT_NAMES.get(intent, intent)
