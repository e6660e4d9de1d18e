"""The columns of a table of questions and answers: their titles here and in exports of other programs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.text import normalise


@dataclass(frozen=True)
class Column:
    """A column of the table: its title in the template, other titles it may have, what it is for."""

    key: str
    title: str
    others: tuple[str, ...]
    help: str
    example: str


COLUMNS = (
    Column(
        "question",
        "问题",
        ("标准问题", "常见问题", "问", "提问", "question", "q", "问题内容", "用户问题"),
        "必填，一句完整的问话",
        "展会上被投诉侵权怎么办",
    ),
    Column(
        "answer",
        "答案",
        (
            "回答",
            "答",
            "答复",
            "答复内容",
            "回复",
            "标准答案",
            "机器人回答",
            "分段内容",
            "answer",
            "a",
            "问题答案",
        ),
        "必填，可独立阅读",
        "先索取投诉文件，再联系主办方的知识产权办公室。",
    ),
    Column(
        "similar",
        "相似问法",
        ("相似问题", "相似问", "其他问法", "类似问题", "indexes", "similar questions"),
        "多个用 ## 或换行分隔",
        "参展被人投诉##展位被要求撤展品",
    ),
    Column(
        "negative",
        "不应匹配",
        ("反例", "负向问题", "反例问题"),
        "看着像但不该用这条回答的问话，多个用 ## 或换行分隔",
        "展会报名怎么交费",
    ),
    Column(
        "jurisdiction",
        "国家或地区",
        ("法域", "国家", "地区", "国家/地区", "适用国家", "适用国家或地区"),
        "名称或代码，多个用 ## 或顿号分隔；不填表示通用",
        "德国",
    ),
    Column(
        "basis",
        "依据",
        ("法律依据", "来源", "来源依据", "出处"),
        "法条或文件名，会作为出处显示",
        "示例展会规则第3条",
    ),
    Column("quote", "依据原文", ("原文", "原文摘录"), "答案里有数字时，请摘录写有该数字的原文", ""),
    Column("url", "网址", ("链接", "来源网址"), "依据的官方网页", "https://example.org/rule"),
    Column("as_of", "资料截至", ("截至", "日期"), "资料的年份或日期", "2026-05-01"),
)


# Columns of exports of other programs that say whether a row is in use, or name the part it comes from.
_SWITCHES = {
    **dict.fromkeys(
        ("是否停用", "停用", "是否禁用", "禁用", "是否作废", "作废", "disabled"), "disabled"
    ),
    **dict.fromkeys(
        ("是否启用", "启用", "是否生效", "状态", "启用状态", "enabled", "is_enabled"), "enabled"
    ),
    "分段标题": "heading",
}
_HINT = re.compile(r"[(（\[【][^()（）]*[)）\]】]")


def columns_of(titles: Sequence[str]) -> dict[int, str]:
    """:return: number of a column → what it is for; the first of two for the same counts."""
    names = {title: column.key for column in COLUMNS for title in (column.title, *column.others)}
    names |= _SWITCHES
    found: dict[int, str] = {}
    for number, title in enumerate(titles):
        # 问题(必填), 是否停用(选填-默认FALSE): the hint in brackets is no part of the title.
        bare = _HINT.sub("", normalise(title)).replace(" ", "").strip("*：:").lower()
        key = names.get(title) or names.get(bare)
        if key and key not in found.values():
            found[number] = key
    if "question" not in found.values() and "heading" in found.values():
        return {number: "question" if key == "heading" else key for number, key in found.items()}
    return found
