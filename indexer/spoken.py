"""Spoken and Cantonese ways of asking, put into the written words that documents use."""

from __future__ import annotations

import re

# What is said → what is written, in the simplified signs that ``normalise`` leaves.
WRITTEN = {
    "得唔得": "行不行",
    "可唔可以": "可不可以",
    "使唔使": "要不要",
    "系唔系": "是不是",
    "系咪": "是不是",
    "点解": "为什么",
    "边度": "哪里",
    "边个": "哪个",
    "几多": "多少",
    "几时": "什么时候",
    "几耐": "多久",
    "啱啱": "刚刚",
    "几日": "几天",
    "咋办": "怎么办",
    "咋整": "怎么办",
    "咋弄": "怎么办",
    "怎么整": "怎么办",
    "怎么搞": "怎么办",
    "怎么弄": "怎么办",
    "怎搞": "怎么办",
    "咋": "怎么",
    "干嘛的": "做什么的",
    "干啥": "做什么",
    "为啥": "为什么",
    "是个啥玩意儿": "是什么",
    "是个啥玩意": "是什么",
    "是个什么": "是什么",
    "是个啥": "是什么",
    "啥玩意儿": "什么",
    "啥玩意": "什么",
    "下场": "后果",
    "到底": "",
    "究竟": "",
    "啥": "什么",
    "乜嘢": "什么",
    "咩": "什么",
    "唔": "不",
    "冇": "没有",
    "嘅": "的",
    "咗": "了",
    "俾": "给",
    "畀": "给",
    "佢": "他",
    "哋": "们",
    "啲": "些",
}
_SPOKEN = re.compile("|".join(sorted(map(re.escape, WRITTEN), key=len, reverse=True)))


# 那个337 points at nothing but the name.
_POINTING = re.compile(r"[那这]个(?=[0-9A-Za-z])")


def written(text: str) -> str:
    """A normalised question with its spoken words as they are written."""
    return _POINTING.sub("", _SPOKEN.sub(lambda match: WRITTEN[match.group()], text))
