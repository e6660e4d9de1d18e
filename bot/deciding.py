"""How a turn was decided, in words: for ``huhang ask --why``, the desk and the workbench."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.turn.plan import AGAIN
from bot.intent_names import INTENT_NAMES

ACTS: Mapping[str, str] = {
    "action_answer": "按问题回答",
    "action_center": "告诉援助中心",
    "action_checklist": "给材料清单",
    "action_correct_matter": "按更正的事项重新说明",
    "action_about_day": "说明算出的期限",
    "action_day": "算出期限",
    "action_each_place": "逐个国家回答",
    "action_deadline": "算出期限",
    "action_erase": "删除数据",
    "action_feedback": "记下评价",
    "action_funding": "说明资助",
    "action_handoff": "转人工",
    "action_hours": "说明服务时间",
    "action_inform": "记下说到的情况",
    "action_keep_waiting": "留给工作人员看",
    "action_lead_status": "查登记进度",
    "action_leave_form": "放下正在填的",
    "action_notice": "说明贴来的文书",
    "action_paper": "说明传来的文书",
    "action_paper_fact": "按手上的文书回答",
    "action_quiz_result": "公布答题结果",
    "action_refuse": "说不在服务范围",
    "action_repeat": "再说一遍",
    "action_simpler": "说简单点",
    "action_source": "给出处",
    "action_start_over": "重新开始",
    "action_submit_lead": "登记线索",
    "action_take_back": "由机器人接着回答",
    "action_triage": "诊断处境",
    "center_form": "开始找援助中心",
    "deadline_form": "开始算期限",
    "erase_form": "确认要不要删除数据",
    "lead_form": "开始登记线索",
    "leave": "不再追问正在填的",
    "quiz_form": "开始答题",
    "status_form": "开始查登记进度",
    "triage_form": "开始问清处境",
    "utter_bye": "告别",
    "utter_complaint": "为服务不好道歉",
    "utter_go_on": "请对方接着说",
    "utter_greet": "打招呼",
    "utter_help": "说明能做什么",
    "utter_identity": "说明自己是谁",
    "utter_no_problem": "说没关系",
    "utter_nothing_to_cancel": "说没有正在办的事",
    "utter_privacy": "说明隐私",
    "utter_quiz_idle": "说还没有开始答题",
    "utter_take_your_time": "等对方回来再接着说",
    "utter_thanks": "回应道谢",
    "utter_yes_to_what": "问同意的是什么",
}
REASONS: Mapping[str, str] = {
    "about day": "问的是刚才算出的期限：错过、延长或算法",
    "certain": "是按钮或完整的固定说法，不用比较",
    "dated": "问的是期限，规则或起算日已经知道",
    "today": "问的是今天的日期，不是期限",
    "each place": "一句话说了几个国家，各按各的规定",
    "failed": "判断时出错，改为按问题回答",
    "fits": "正在填的一项认得出这句话",
    "free words": "正在填的一项可以写任何话",
    "hangs on nothing": "接着上一问说的，可前面什么也没有",
    "lead number": "写了登记编号",
    "list title": "写的是一份清单的名称",
    "marks": "只有标点，没有内容",
    "panel": "在“我的事项”里改了一项",
    "paper": "贴来的是一份文书",
    "paper says": "问的是手上文书写着的内容",
    "printed": "手上的文书自己写着日期",
    "sent paper": "传来的是一份文书",
    "a notice": "说了传来的是要处理的通知",
    "no notice": "说了传来的不是通知",
    "unread": "不是问题，仍按正在填的一项处理",
    "waiting": "正在等人工，这句没有问什么",
    "weighed": "各种做法里得分最高",
}
READINGS: Mapping[str, str] = {
    "alone": "单独看这句话",
    "follow": "接着上一问补全",
    "heard": "结合前面说过的",
    "home": "按国内的规定查",
    "part": "只看其中发问的部分",
}
BANDS: Mapping[str, str] = {
    "answer": "会回答",
    "choices": "会让用户选择",
    "country": "会先问国家",
    "refuse": "会说答不了",
}
NAMES: Mapping[str, str] = {
    "company": "企业", "complaint": "投诉编号", "country": "国家", "credit_code": "信用代码",
    "date": "日期", "docket": "案号", "industry": "行业", "money": "金额", "office": "官方机构",
    "party": "哪一方", "phone": "电话", "platform": "平台", "procedure": "程序", "region": "地区",
    "right": "权利",
}  # fmt: skip
_OTHER = "其他"
_BEGIN = "开始"
_INTENTS = {**INTENT_NAMES, "nlu_fallback": "没有把握"}
_LIKELY = 3
_LEAST = 0.01


@dataclass(frozen=True)
class Explained:
    """A plan in words: what was chosen and why, what each act scored, and what was seen.

    ``scores`` are pairs of act and score, best first; ``seen`` pairs of a label and its words.
    """

    decision: str
    why: str
    scores: tuple[tuple[str, float], ...]
    seen: tuple[tuple[str, str], ...]

    def lines(self) -> list[str]:
        """The same as lines of text, those after the first set in."""
        return [
            f"决定：{self.decision}（{self.why}）",
            *(f"  得分 {value:.2f} {act}" for act, value in self.scores),
            *(f"  {label}：{words}" for label, words in self.seen),
        ]


def explained(plan: Mapping[str, Any] | None) -> Explained | None:
    """A plan as ``Plan.to_json`` gives it, in words; None where there is none."""
    if not plan or not plan.get("acts"):
        return None
    ranked = sorted((plan.get("scores") or {}).items(), key=lambda row: -row[1])
    scores = tuple((act_name(act), float(value)) for act, value in ranked)
    why = _word(REASONS, plan.get("reason"))
    if len(scores) > 1 and plan.get("reason") == "weighed":
        why += f"，其次是{scores[1][0]}"
    return Explained(
        decision="，然后".join(act_name(act) for act in plan["acts"]),
        why=why,
        scores=scores,
        seen=(*_seen(plan.get("seen") or {}), *_papers_and_dates(plan)),
    )


def act_name(act: str) -> str:
    """What is done, in words."""
    if act.startswith(AGAIN):
        return f"再问一次（{_word(ACTS, act.removeprefix(AGAIN)).removeprefix(_BEGIN)}）"
    return _word(ACTS, act)


def _seen(seen: Mapping[str, Any]) -> list[tuple[str, str]]:
    if not seen:
        return []
    rows = [("当作问题", _reading(seen))]
    rows += [("也可以当作", _reading(other)) for other in seen.get("others") or ()]
    titles = [str(title) for title in seen.get("titles") or ()]
    ranking = sorted(seen["ranking"].items(), key=lambda row: -row[1])
    likely = [*ranking[:1], *(row for row in ranking[1:_LIKELY] if row[1] >= _LEAST)]
    rows += [
        ("命中", "；".join(titles) or "没有"),
        ("听成", "、".join(f"{_word(_INTENTS, name)} {value:.2f}" for name, value in likely)),
        ("提到", "、".join(dict.fromkeys(_word(NAMES, name) for name in seen["names"])) or "没有"),
    ]
    return rows


def _reading(row: Mapping[str, Any]) -> str:
    return (
        f"{row['question']}（{_word(READINGS, row['reading'])}），"
        f"{_word(BANDS, row['band'])}，把握 {row['confidence']:.2f}"
    )


def _papers_and_dates(plan: Mapping[str, Any]) -> list[tuple[str, str]]:
    fact = plan.get("fact") or {}
    rows: Sequence[tuple[str, Any]] = (
        ("问文书的", fact and f"{fact.get('title')}：{fact.get('label')}"),
        ("起算日", plan.get("day")),
        ("没有算的原因", plan.get("misfit")),
        ("文书写的日期", (plan.get("printed") or {}).get("day")),
        ("文书原话", (plan.get("printed") or {}).get("quote")),
    )
    return [(label, str(value)) for label, value in rows if value]


def _word(words: Mapping[str, str], code: Any) -> str:
    return words.get(str(code), _OTHER)
