"""What people say to whoever will call them back: the number, when to call, or only that they wait.

Like a command (:mod:`server.commands`) it is recognised by what the whole message is made of: one word
that is not known makes it something said about the matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from desk.contacts import find_phone
from knowledge.text import normalise
from server.commands import bare, taken_apart

_EDGES = re.compile(
    r"^[\s,.!?;:~「」“”\"'，。！？；：、～]+|[\s,.!?;:~「」“”\"'，。！？；：、～]+$"
)
_NUMERAL = r"(?:[0-9]{1,2}|[零〇一二两三四五六七八九十]{1,3})"
_TO = r"\s{0,2}(?:-|—|~|到|至)\s{0,2}"
# 15:00, 三点半, 9-12点, 12月3号, 3号; without a unit only from one to another: 9-12.
_CLOCK = re.compile(
    rf"(?<![0-9])(?:(?:20[0-9]{{2}}年)?{_NUMERAL}月{_NUMERAL}[号日]?|"
    rf"(?:{_NUMERAL}[点时号日]?{_TO})?{_NUMERAL}(?::[0-5][0-9]|[点时](?:半|钟|整|[一三]刻|{_NUMERAL}分?)?|[号日])|"
    rf"[0-9]{{1,2}}{_TO}[0-9]{{1,2}})(?![0-9])"
)
_CLOCK_WORD = "某时"
_LONE_NUMBER = re.compile(r"(?<![0-9])[0-9]{1,2}(?![0-9])")
_NUMBER_WORD = "某数"


class _Part(str, Enum):
    """What a word does in what is said about a call."""

    FILLER = "filler"
    WHEN = "when"


_DAYS = " ".join(
    f"{ahead}{week}{day}"
    for ahead in ("", "下", "下个", "本", "这", "这个")
    for week in ("周", "星期", "礼拜")
    for day in ("", *"一二三四五六日天末")
)
_CALLING: Mapping[_Part, str] = {
    _Part.FILLER: (
        "请 请您 你 您 你们 麻烦 可以 方便 时间 时候 有空 有时间 在 接听 接 电话 手机 手机号 手机号码 座机 固话 号码 联系 联系方式 联系我 打 打来 "
        "打给我 打电话 给 给我 回 回电 回电话 回复 我 我们 我的 我司 公司 办公室 是 的 为 和 或 或者 到 至 从 之间 左右 前 后 以前 以后 之前 之后 再 "
        "都 行 就 那 这个 吧 啊 呀 哦 了 呢 谢谢 多谢 好 好的 您好 你好 先生 女士 每 每天 第 "
        f"{_NUMBER_WORD}"
    ),
    _Part.WHEN: (
        "今天 明天 后天 大后天 今早 今晚 明早 明晚 早上 早晨 一早 上午 中午 午间 正午 午后 下午 傍晚 晚上 晚间 夜里 白天 全天 整天 周末 双休日 "
        "工作日 工作时间 上班时间 上班 下班 下班后 平时 平日 节后 月初 月中 月底 随时 任何时间 任何时候 什么时候都 都行 都可以 都方便 现在 马上 尽快 "
        "尽早 稍后 晚点 晚些 一会 一会儿 待会 待会儿 半小时 小时 一小时 分钟 午饭 午饭后 饭后 放学 放学后 午休 "
        f"{_DAYS} {_CLOCK_WORD}"
    ),
}  # fmt: skip
_CALLING_PARTS = {word: part for part, words in _CALLING.items() for word in words.split()}
# Said to whoever is waited for, and nothing that could be answered: a greeting, thanks, asking again.
_WAITING = (
    "您好 你好 在吗 在么 嗯 哦 好的 好 收到 知道了 明白 谢谢 多谢 谢了 ok 喂 hi hello 了 吧 啊 呀 呢 我 现在 请问 请 麻烦 帮我 给我 要 想 转 找 接 "
    "一下 人工 客服 服务 有人吗 人呢 排到第几位 排到第几 排到几位 排到几 排第几位 排第几 排几位 排几 排到我 到我 还要等多久 要等多久 等多久 还要多久"
)  # fmt: skip
_WAITING_PARTS = {word: _Part.FILLER for word in _WAITING.split()}


@dataclass(frozen=True)
class Call:
    """How to call somebody back; ``words`` is what was said beside the number, empty for nothing.

    ``is_all`` where the words are about the call alone, ``tells_when`` where they say a time.
    """

    phone: str | None
    words: str
    is_all: bool
    tells_when: bool


def trimmed(text: str) -> str:
    """The text in normal form without the punctuation around it."""
    return _EDGES.sub("", normalise(text))


def call_in(text: str) -> Call:
    """The number to call and when, as far as a message says so."""
    plain = trimmed(text)
    found = find_phone(plain)
    words = trimmed(found.rest) if found else plain
    timed = _LONE_NUMBER.sub(_NUMBER_WORD, _CLOCK.sub(_CLOCK_WORD, words))
    parts = taken_apart(bare(timed), _CALLING_PARTS) if words else []
    return Call(
        phone=found.number if found else None,
        words=words,
        is_all=parts is not None,
        tells_when=parts is not None and _Part.WHEN in parts,
    )


def only_waits(text: str) -> bool:
    """Whether nothing is said but that somebody waits."""
    return taken_apart(bare(text), _WAITING_PARTS) is not None
