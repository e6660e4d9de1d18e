"""Articles in running text: which line begins one, and which merely names one.

Labels are returned in one spelling (第十条, 第3条, Rule 17) whatever the line writes: spaced, in brackets,
in full-width digits, in traditional characters or with what optical recognition makes of 第 and 一.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from knowledge.text import fold_numerals, normalise

NUMERAL = r"[零〇○一二三四五六七八九十百千两0-9０-９]"
_NUM = rf"{NUMERAL}(?:\s?{NUMERAL})*"
_ARTICLE = re.compile(
    rf"(?P<lead>[\s\-*>•·]*)(?P<open>[【\[〔［]?)\s?(?P<mark>[第笫])\s?(?P<number>{_NUM}|[—－\-_])\s?[条條]"
    rf"(?P<branch>\s?之\s?{_NUM})?(?:\s?(?P<close>[】\]〕］]))?(?P<gap>[\s:：]*)(?P<rest>.*)",
    re.DOTALL,
)
_ENGLISH = re.compile(
    r"\s*(?P<word>Rule|Article|Section|Regulation|Art\.|Sec\.)\s?(?P<number>\d{1,4}[A-Za-z]{0,2})"
    r"(?:\s*$|\s?[.:—–]\s*(?P<rest>.*)|\s+(?=[A-Z(](?!.{0,20}\bof the\b))(?!Paragraph|Section|Article|Rule)(?P<name>.*))",
    re.DOTALL,
)
_WORDS = {"Art.": "Article", "Sec.": "Section"}
_REFERENCE = "规定第和、至所的中之款项及或与等，,。；;”》"
# What an amendment says of an article that it names.
_AMENDED = re.compile(r"(?:修改为|改为|改成|作如下修改)")
_AMENDED_PART = re.compile(rf"(?:删[去除]|[中后]?增加|第{_NUM}[款项]|合并)")
_OPEN_END = re.compile(r"[^。；：！？;:!?.”’）)》】\]\d]\s*$|[，、,]\s*$")
# Words after which the number of an article is still to come.
_CITING_END = re.compile(r"(?:依照|按照|根据|依据|适用|违反|符合|参照|属于|本(?:法|条例|办法|规定|细则|规则|解释)|[和及或与、])\s*$")  # fmt: skip

_ENGLISH_CITING = re.compile(
    r"(?:\b(?:to|of|under|by|in|and|or|with|from|per|see|the|this|that|pursuant|Fed\. R\. Civ\. P\.)|,)\s*$"
)


@dataclass(frozen=True)
class Article:
    """The first line of an article.

    ``label`` is its name in one spelling, ``number`` its number, ``text`` the line with the label mended
    where it was misread.  ``is_foreign`` tells Rule 17 from 第十七条.
    """

    label: str
    number: int
    text: str
    is_foreign: bool = False


# A statute's labels are asked for at each pass over it, and many statutes have the same ones.
@lru_cache(maxsize=4096)
def article_number(label: str) -> int:
    """:return: the number of an article label such as 第十三条之一 (13) or Rule 17; 0 when it has none."""
    match = re.match(r"第(\d+)条|[A-Z][a-z]+ (\d+)", fold_numerals(normalise(label)))
    return int(match[1] or match[2]) if match else 0


def article_of(text: str, last: int) -> Article | None:
    """Tell an article's first line from a paragraph that merely cites an article.

    :param last: the number of the article before.
    """
    match = _ARTICLE.match(text)
    if match is None:
        return _foreign(text)
    if bool(match["open"]) != bool(match["close"]):
        return None
    number = re.sub(r"\s", "", unicodedata.normalize("NFKC", match["number"])).replace("○", "〇")
    is_misread = match["mark"] == "笫" or not re.match(NUMERAL, number)
    number = "一" if not re.match(NUMERAL, number) else number
    branch = re.sub(r"\s", "", unicodedata.normalize("NFKC", match["branch"] or ""))
    label = f"第{number}条{branch}"
    value, rest = article_number(label), match["rest"]
    follows = value == last + 1 or (value == last and bool(branch))
    if _AMENDED.match(rest) or (not match["gap"] and _AMENDED_PART.match(rest)):
        return None
    if match["gap"] or not rest or match["close"]:
        begins = follows or value > last or value == 1
    else:
        # 第一条、为规范… begins an article; 第一条、第二条规定的… names two.
        is_listed = rest[0] == "、" and not re.match(r"、\s?第", rest)
        begins = follows and (is_listed or rest[0] not in _REFERENCE)
    if not begins:
        return None
    plain = text[match.start("mark") if not match["open"] else match.start("open") :]
    return Article(label, value, f"{label}{match['gap'] or '　'}{rest}" if is_misread else plain)


def _foreign(text: str) -> Article | None:
    match = _ENGLISH.match(text)
    if match is None:
        return None
    label = f"{_WORDS.get(match['word'], match['word'])} {match['number']}"
    return Article(label, article_number(label), text.strip(), is_foreign=True)


def goes_on(before: str, line: str) -> bool:
    """Whether a line that begins with an article's number is the rest of the sentence before it.

    A page or an editor broke 依照本规定第三条处理 before the 第.
    """
    if _ENGLISH.match(line):
        return _ENGLISH_CITING.search(before) is not None
    match = _ARTICLE.match(line)
    if match is None or not before.strip() or match["open"]:
        return False
    if _CITING_END.search(before):
        return True
    is_sentence = "，" in before or _ARTICLE.match(before) is not None
    return bool(is_sentence and not match["gap"] and match["rest"] and _OPEN_END.search(before))
