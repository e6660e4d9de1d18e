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
    rf"(?:多少|(?<![一二三四五六七八九十百千万好])[几幾]|咩)[^，,。；;？?]{{0,4}}(?:{_MONEY})|贵不贵|how much"
    r"|(?:费用?|費用?|开价|要价|价钱|报价)[^，,。；;？?]{0,4}(?:多少|几|幾|怎么算)",
    re.IGNORECASE,
)
# What is told for nothing, by others or as a share is an answer too; that something is to be paid for is none.
_STATES = re.compile(
    rf"\d[^，。；]{{0,4}}(?:{_MONEY})|[$€£¥￥%％]|(?:USD|EUR|GBP|RMB|JPY|CHF)|[百万亿][美欧日]?元|[两三几\d]倍|等值|报价"
    r"|[费额价金][^，。；]{0,6}\d|免[费收]|不(?:用|需要?|另)?(?:收|交|花|缴)|不要钱|法定赔偿|自己[出付]"
    r"|[费钱额价][^，。；]{0,12}(?:没有|未|不|以|按|看|由|各)|(?:没有|未|[查没]不?到)[^，。；]{0,12}[费钱额价]"
)


def asks_a_sum(text: str) -> bool:
    """Whether a question asks how much money something takes or brings."""
    return _ASKS.search(text) is not None


# A shelf has some thousands of passages; those of a former snapshot fall out.
@lru_cache(maxsize=4096)
def states_a_sum(text: str) -> bool:
    """Whether a passage says how much, that nothing is to be paid, or that the sum is not known."""
    return _STATES.search(text) is not None
