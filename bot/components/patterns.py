"""Entities that have a shape rather than a name: dates, phones, credit codes, money, case numbers.

The spans are found here; what a date means on a given day is decided by the actions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.printed_dates import MONTH_NAMES

_CN = "一二三四五六七八九十两〇零"
# From its first digit on, and no longer than an amount can be: a run of digits is read once.
_NUMBER = r"(?<!\d)\d[\d,]{0,20}(?:\.\d{1,4})?"
_DAY = rf"(?:\d{{1,2}}|[{_CN}]{{1,3}})"
# 宣传周一般 names no Monday.
_WEEKDAY = (
    r"(?:上上|上|这|本|下)?(?:个)?(?:周|星期|礼拜)(?:[二三四五六日天末]|一(?![般些直定共样旦致律]))"
)

_MONTH = rf"(?:{MONTH_NAMES})(?![a-zà-ÿ])"
_FOREIGN_DATE = (
    rf"(?i:(?<![a-zà-ÿ]){_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? 20\d{{2}})?(?!\d)"
    rf"|(?<!\d)\d{{1,2}}(?:st|nd|rd|th|er|\.)? (?:of |de )?{_MONTH}(?:,?(?: de)? 20\d{{2}})?(?![a-z\d]))"
)
# A letter for a digit, as in 2O26年11月2O日.
_LIKE_DIGIT = r"[\dOoIl]"

# name -> expression; the longest match at a place wins, earlier names win ties
_EXPRESSIONS: dict[str, str] = {
    "credit_code": r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z])",
    "complaint": (
        r"(?<=投诉编号)[:是为 ]{0,2}\d{8,14}|(?<=投诉号)[:是为 ]{0,2}\d{8,14}|(?<=投诉ID)[:是为 ]{0,2}\d{8,14}"
        r"|(?<=(?i:Complaint ID))[: ]{0,2}\d{8,14}"
    ),
    "phone": r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)",
    "docket": (
        r"(?<![0-9A-Za-z])\d{1,2}:\d{2}-cv-\d{3,6}(?![0-9])|337-TA-\d{3,5}"
        r"|(?<![0-9A-Za-z:])\d{2}-cv-\d{3,6}(?![0-9])|UPC_CFI_\d+/\d{4}|(?i:HH-?\d{4,}-?\d{2,})"
        r"|(?<![0-9A-Za-z])D(?:CN|HK)?20\d{2}-\d{3,5}(?!\d)|(?:IPR|PGR)20\d{2}-\d{5}"
        r"|(?<![0-9A-Za-z])\d{1,2}[a-z]? [A-Z]{1,3} \d{1,5}/\d{2}(?!\d)"
    ),
    "date": "|".join(
        (
            rf"(?:(?:\d{{2,4}}年)?(?:\d{{1,2}}|[{_CN}]{{1,2}})月)?{_DAY}[日号](?:或者是?|或是|或|还是)"
            rf"(?:(?:\d{{1,2}}|[{_CN}]{{1,2}})月)?{_DAY}[日号]",
            rf"(?:\d{{2,4}} ?年) ?(?:\d{{1,2}}|[{_CN}]{{1,2}}) ?月(?: ?{_DAY} ?[日号]|{_DAY})?",
            rf"(?:今年|去年|前年|明年)?(?:\d{{1,2}}|[{_CN}]{{1,2}}) ?月(?: ?{_DAY} ?[日号]|{_DAY})",
            r"(?:今年|去年|前年)?(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?:份?(?:初|底|中旬|上旬|下旬|末)|份)",
            _FOREIGN_DATE,
            rf"(?<![A-Za-z\d])[12]{_LIKE_DIGIT}{{3}}年{_LIKE_DIGIT}{{1,2}}月{_LIKE_DIGIT}{{1,2}}[日号]",
            rf"(?<![A-Za-z\d])[12]{_LIKE_DIGIT}{{3}}(?P<mark>[-/.]){_LIKE_DIGIT}{{1,2}}(?P=mark){_LIKE_DIGIT}{{1,2}}(?![A-Za-z\d.])",
            r"(?<![\d./\-])\d{1,2}(?P<between>[./\-])\d{1,2}(?P=between)(?:20)?\d{2}(?![\d./\-])",
            rf"(?:上上个月|上个月|上月|这个月|本月|当月|下个月|下月)(?:{_DAY}[日号])?(?:初|底|中旬)?",
            r"(?<![\d./\-])\d{2}(?P<sep>[./])(?:1[0-2]|0?[1-9])(?P=sep)(?:3[01]|[12]\d|0?[1-9])(?![\d./\-])",
            r"(?<![\d.])20\d{2}[-/.]\d{1,2}[-/.]\d{1,2}(?![\d.])",
            r"(?<![\d./-])(?:1[0-2]|0?[1-9])[/.](?:3[01]|[12]\d|0?[1-9])(?![\d./-]|[多来]?[万亿元%倍美欧个块千百])",
            _WEEKDAY,
            r"大前天|前天|前晚|前日|昨天|昨日|昨晚|昨夜|昨儿|昨个|前儿|今儿|今天|今日|今早|今晨|今晚|明天|后天",
            r"(?<!提)前几天|(?<!提)前两天|(?<!提)前些天|几天前|这几天|这两天|半个月(?:之前|以前|前)",
            rf"(?:\d{{1,3}}|[{_CN}]{{1,3}})个?(?:天|日|周|星期|月)(?:之前|以前|前)",
            r"(?:国庆|五一|元旦|春节|中秋|端午|清明|圣诞)(?:节|假期)?(?:前|后|当天|期间)",
            rf"(?<![\d第月]){_DAY}[日号](?![元称码文楼房栋线令案店])",
        )
    ),
    "money": (
        rf"(?:[$€£¥￥]|(?i:usd|eur|gbp|rmb|us\$) ?){_NUMBER}(?:万|千|百万|亿)?"
        rf"|(?:{_NUMBER}|[{_CN}几百千]{{1,6}})(?:多|来)?(?:万|千|百万|亿)?(?:多)?"
        r"(?:块钱|块|元|人民币|美元|美金|刀|欧元|欧|英镑|日元|港币)"
        rf"|(?:{_NUMBER}|[十几百{_CN}]{{1,3}})(?:多|来)?(?:万|百万|亿)(?![家个名条种字能一])"
    ),
    "company": (
        r"[一-龥A-Za-z0-9（）()·]{2,36}(?:有限责任公司|股份有限公司|有限公司|集团公司|集团|厂|商行|经营部|工作室|合作社)"
    ),
}
_COMPILED = {name: re.compile(expression) for name, expression in _EXPRESSIONS.items()}
# What people put before a company's name; it is not part of the name.
_BEFORE_COMPANY = re.compile(
    r"^(?:我的公司叫|我的公司是|我公司叫|我公司是|我们是|我们公司是|我们公司叫|公司全称是|公司全称|企业全称是|全称是|公司叫|公司是|公司名称是|企业名称是|名称是|名字叫|叫做|我是|这里是|我司是|我们叫|是|叫)+"
)
# A place such as 工厂 or 电子厂 in a sentence is no company name.
_NOT_COMPANY = re.compile(
    r"^(?:我们|他们|你们|自己|这个|那个|一家|一个|两家|几家)|的|工厂$|公司在|了|被|告|吗|怎么"
)


@dataclass(frozen=True)
class Span:
    """A found entity: its name, place and text as written."""

    name: str
    start: int
    end: int
    text: str


def find(text: str) -> list[Span]:
    """Find every shaped entity in a normalised text.

    :return: spans in order of place; spans of different names do not overlap.
    """
    found: list[Span] = []
    taken = bytearray(len(text))
    for name, expression in _COMPILED.items():
        for match in expression.finditer(text):
            start, end = match.span()
            if name == "complaint":
                start += len(match[0]) - len(match[0].lstrip(":是为 "))
            if name == "company":
                lead = _BEFORE_COMPANY.match(match[0])
                start += lead.end() if lead else 0
                if _NOT_COMPANY.search(text[start:end]) or end - start < 4:
                    continue
            if any(taken[start:end]):
                continue
            taken[start:end] = b"\1" * (end - start)
            found.append(Span(name, start, end, text[start:end]))
    return sorted(found, key=lambda span: span.start)
