"""Whether a question asks for a sum of money, and whether a passage states one or says that there is none.

Near every procedure somebody asks what it costs; a passage that tells its period and no fee is as near to that
question as any, and answers nothing of it.
"""

from __future__ import annotations

import re
from functools import lru_cache

_MONEY = (
    r"钱|錢|费|費|元|刀|块|[法瑞]郎|币|幣|美金|欧(?=[?？，,。\s]|$)|镑|卢比|卢布|比索|奈拉|雷亚尔|泰铢|盾|里拉|"
    r"令吉|林吉特|兰特|迪拉姆|里亚尔"
)
_ASKS = re.compile(
    rf"(?:多少|几|幾|咩)[^，,。；;？?]{{0,4}}(?:{_MONEY})|贵不贵|how much"
    r"|(?:费用?|費用?|开价|要价|价钱|报价)[^，,。；;？?]{0,4}(?:多少|几|幾|怎么算)",
    re.IGNORECASE,
)
# Any word of paying or of a value counts: what is told for nothing is an answer, too.
_STATES = re.compile(
    rf"\d[^，。；]{{0,4}}(?:{_MONEY})|[$€£¥￥%％]|(?:USD|EUR|GBP|RMB|JPY|CHF)|[费費免钱收赔罚倍价]|押金|保证金|担保|金额"
)


def asks_a_sum(text: str) -> bool:
    """Whether a question asks how much money something takes or brings."""
    return _ASKS.search(text) is not None


# A shelf has some thousands of passages; those of a former snapshot fall out.
@lru_cache(maxsize=4096)
def states_a_sum(text: str) -> bool:
    """Whether a passage says anything of money."""
    return _STATES.search(text) is not None
