"""What kind of thing a question asks for: how long, how much, may I, how, where, who, what, what if, which article.

A question and the questions that a passage answers are compared by it, so a passage on the fee is not
first when the period is asked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_KINDS: tuple[tuple[str, str], ...] = (
    ("period", r"几[天日年]|幾[天日年多]|几个?[月周]|多少(?:天|日|个?月|年|个?工作日)|多久|多长|幾耐|期限|时限|最晚|最迟|截止|什么时候|何时|哪天|几号|来得及|how long|deadline|window|\d+\s*(?:天|日|个月|工作日)"),
    ("money", r"多少钱|几多钱|幾錢|费用|收费|官费|花多少|贵|成本|赔多少|金额|押金|担保金|补贴|补助|资助|奖|报销|赔偿|fee|cost|damages|bond|[万亿]?[元美欧镑]"),
    ("may", r"能不能|可不可以|能否|可否|可以.*[吗么]|行不行|得唔得|能.*[吗么]|允许|can we|may we"),
    ("must", r"要不要|是否必须|必须|一定要|非要|用不用|需不需要|使唔使|须|must|have to"),
    ("true", r"是不是|系唔系|係咪|对[吗吧]|是吧|算不算|算.*[吗么]|真的|有没有|合法|有效吗|等于"),
    ("how", r"怎么|怎样|如何|怎麼|點樣|点样|咋|流程|步骤|办法|申请(?:方式|途径)|how to"),
    ("where", r"哪里|哪儿|在哪|边度|邊度|去哪|哪个(?:部门|机构|法院|局|中心|地方|平台)|归哪|归谁|管辖|where|venue"),
    ("who", r"谁|边个|邊個|找哪|哪家|律师|代理人|电话|联系|who"),
    ("what", r"是什么|什么是|什么意思|啥意思|啥玩意|咩嚟|有什么区别|区别|不同|定义|干嘛的|what is|meaning"),
    ("if", r"会怎样|会怎么样|后果|会不会|不(?:理|回|答|应诉|处理|交|签).{0,6}(?:怎|会|后果)|错过|逾期|过期|拒绝|缺席|what if|consequence"),
    ("list", r"材料|文件|证据|准备什么|哪些|清单|要交什么|带什么|条件|要求|要素|理由|factors|documents"),
    ("article", r"第.{1,5}条|哪一?条|依据|条文|法条|规定在|article|section|rule|哪部法"),
    ("day", r"主题|哪年|哪一年|几几年|生效|施行|什么日子|when did|effective"),
)  # fmt: skip
_COMPILED = tuple(re.compile(pattern, re.IGNORECASE) for _, pattern in _KINDS)
NAMES = tuple(name for name, _ in _KINDS)
# Changes with what counts as asking for a kind.
FINGERPRINT = hashlib.blake2b(repr(_KINDS).encode(), digest_size=4).hexdigest()


# A row for each combination of kinds, told apart by a bit for each.
_ROWS = (np.arange(1 << len(NAMES))[:, None] >> np.arange(len(NAMES)) & 1).astype(np.float32)
_ROWS.setflags(write=False)


# As many as a shelf has wordings: every new index of it asks for the same ones.
@lru_cache(maxsize=32768)
def _combination(text: str) -> int:
    return sum(1 << n for n, pattern in enumerate(_COMPILED) if pattern.search(text) is not None)


def kinds(text: str) -> Floats:
    """A mark for each kind that a text asks for; to be read only."""
    row: Floats = _ROWS[_combination(text)]
    return row


def shares(texts: Iterable[str]) -> Floats:
    """For the questions of one passage, the share that asks for each kind."""
    found = [*map(_combination, texts)]
    if not found:
        return np.zeros(len(_COMPILED), dtype=np.float32)
    return np.asarray(np.mean(_ROWS[found], axis=0), dtype=np.float32)


def agreement(asked: Floats, answered: Floats) -> Floats:
    """How well the kinds of a question (one row) fit those of passages (a row each), 0-1."""
    norm = float(np.linalg.norm(asked)) or 1.0
    norms = np.maximum(np.linalg.norm(answered, axis=1), 1e-6)
    return np.asarray(answered @ asked / (norm * norms), dtype=np.float32)
