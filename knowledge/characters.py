"""Characters that look like ordinary ones and are others: radicals, compatibility forms, private use.

Fonts embedded in PDF files often name their glyphs by a radical's code point, so that 长 arrives as ⻓.
"""

from __future__ import annotations

import re
import unicodedata

# Radicals that NFKC leaves as they are → the ideograph that looks the same.
_RADICALS = dict(
    zip(
        "⺁⺂⺃⺄⺅⺆⺈⺉⺊⺋⺌⺍⺎⺏⺐⺒⺓⺔⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺫⺬⺭⺯⺰⺱⺲⺶⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂乛乚乙亻冂刀刂卜㔾小小兀尣尢巳幺彑忄㣺扌攵旡日月歺母民氵氺灬爫爫丬牛犭王罒示礻糹纟罓罒羊耂肀聿月臼艹艹艹虎衤覀西见角讠贝车辶辶辶邑钅長镸长门阜阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)  # fmt: skip
_LOOKALIKE = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")
# What stands where a character could not be read: glyph numbers, the replacement character, private use.
UNREADABLE = re.compile(r"\(cid:\d+\)|[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]")
_LETTER = re.compile(r"\(cid:\d+\)|[^\s]")
# Of a text's characters, so many unreadable ones make it worthless.
MOST_UNREADABLE = 0.2


def unified(text: str) -> str:
    """:return: the text with radicals and compatibility ideographs as the ordinary characters they show."""
    return _LOOKALIKE.sub(
        lambda match: _RADICALS.get(match[0]) or unicodedata.normalize("NFKC", match[0]), text
    )


def unreadable_share(text: str) -> float:
    """:return: which part of a text's characters cannot be read, 0 to 1."""
    letters = len(_LETTER.findall(text))
    return len(UNREADABLE.findall(text)) / letters if letters else 0.0


def encodable(text: str) -> str:
    """:return: the text with surrogate pairs as the characters they mean and U+FFFD for a lone half."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
