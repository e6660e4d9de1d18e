"""The fields of a registration that a message writes with their labels (联系人：周工，手机：138…)."""

from __future__ import annotations

import re

from actions.turn.asking import asks

LABELS: dict[str, str] = {
    "企业名称": "lead_company", "公司名称": "lead_company", "企业全称": "lead_company", "公司全称": "lead_company",
    "公司": "lead_company", "企业": "lead_company", "统一社会信用代码": "lead_credit_code", "信用代码": "lead_credit_code",
    "联系人": "lead_contact", "姓名": "lead_contact", "手机号码": "lead_phone", "手机号": "lead_phone", "手机": "lead_phone",
    "电话": "lead_phone", "所在区": "lead_region", "所在地": "lead_region", "地区": "lead_region", "国家": "lead_country",
    "权利类型": "lead_right", "权利": "lead_right", "程序": "lead_stage", "阶段": "lead_stage",
    "送达日期": "lead_served_on", "费用": "lead_cost", "简述": "lead_brief", "情况": "lead_brief",
}  # fmt: skip
_ANY = "|".join(LABELS)
# A label begins where a word does: 对方公司 is not the company.
_EDGE = (
    r"(?:^|(?<=[\s，,；;。.、：:（(]))(?:(?:我们?|我司|本)的?|联系|争议|已发生|程序或|所属|地址及)?"
)
_VALUE = rf"(?P<value>(?:(?!\s+{_EDGE}(?:{_ANY})[：:])[^，,；;。\n：:]){{1,60}})"
# With a colon any label; with a verb those that are nothing else (我们公司是被告 names none).
_MARKED = re.compile(rf"{_EDGE}(?P<label>{_ANY})(?:[叫是为]?[：:])\s*{_VALUE}")
_TOLD = re.compile(
    rf"{_EDGE}(?P<label>(?:企业|公司)(?:名称|全称)|(?:公司|企业|联系人|姓名)(?=叫)|统一社会信用代码|信用代码|联系人|姓名|"
    rf"手机号?码?|电话|所在区|所在地|权利类型|送达日期)[叫是为]{_VALUE}"
)
# 联系人王敏，手机139…: a name of a few characters that ends there.
_NAMED = re.compile(
    rf"{_EDGE}(?P<label>联系人|姓名)\s?(?P<value>(?![别不没还我你您的怎会要先能可叫是为])[一-龥·]{{2,4}})(?=$|[\s，,；;。\d])"
)
# A brief holds sentences; it ends with the message or at the next label.
_BRIEF = re.compile(rf"{_EDGE}(?P<label>简述|情况)[：:]\s*(?P<value>(?:(?!(?:{_ANY})[：:]).)+)")


def labelled(text: str) -> dict[str, str]:
    """What stands beside each label, by slot, not checked yet; the first where a label comes twice.

    :param text: a normalised message.
    """
    given: dict[str, str] = {}
    for pattern in (_BRIEF, _MARKED, _TOLD, _NAMED):
        for match in pattern.finditer(text):
            name, value = LABELS[match["label"]], match["value"].strip(" ，,；;")
            if value and (name == "lead_brief" or not asks(value)):
                given.setdefault(name, value)
    return given
