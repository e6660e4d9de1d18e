"""A question which of several is longer, quicker or cheaper, as the question how long or how much each is."""

from __future__ import annotations

import re

_WHICH = re.compile(
    r"(?:哪(?:一?[个边件种家])?|边个)(?:国家?|地方|程序)?(?P<of>[^，,。;；?？]{0,12}?)(?:的?(?:会|要|更|最|比较|相对))*"
    r"(?:(?P<cost>便宜|贵|省钱|划算|平)|快|慢|长|短|久)(?:一?[点些啲])?[呢啊呀]?(?=[?？。]?$)"
)


def compared(text: str) -> str:
    """A message whose last words ask which is more, asking how much it is instead (德国和法国哪个异议期长)."""
    return _WHICH.sub(lambda m: f"{m['of']}{'多少钱' if m['cost'] else '多久'}", text)
