"""What a person wants of the conversation itself: back to the bot, a human, everything erased.

A command is recognised by what it is made of, not by a list of sentences: the whole message, without
marks, polite words and particles, must consist of known words, and these must add up.  One word that
is not known (我的合同, 商标, 判决) makes it something said about the matter, which is no command.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TypeVar

from knowledge.text import normalise

_MARKS = re.compile(r"[\W_]+")
# Longer than any command: what is longer is not taken apart.
_LONGEST = 40
_P = TypeVar("_P")


class _Part(str, Enum):
    """What a word does in a command."""

    FILLER = "filler"
    NEGATION = "negation"
    WAITING = "waiting"
    HUMAN = "human"
    REACHING = "reaching"
    DROPPING = "dropping"
    BOT = "bot"
    GOING = "going"
    ASKING = "asking"
    REQUEST = "request"
    ERASING = "erasing"
    OWN = "own"
    DATA = "data"


_WORDS: Mapping[_Part, str] = {
    _Part.FILLER: (
        "还 我们 我 咱们 咱 俺 本人 你们 你 您 它 这边 这里 这个 请 请问 麻烦 劳驾 帮忙 帮我 帮 给我 给 谢谢 多谢 唔该 好的 好吧 好 行 嗯 哦 "
        "那就 那 就 还是 先 现在 暂时 直接 干脆 立即 马上 也 都 再 又 太 很 久 慢 好久 这么久 半天 时间 人 一下 一会 可以吗 可以 好吗 行吗 "
        "能不能 可不可以 吧 啊 呀 啦 了 呢 嘛 哈 喇 嘞 算 的 把 将 让 由 叫 去 来 想 要 希望 需要 急 下去 下 着 自己 会 看看 试试 吗"
    ),
    _Part.NEGATION: "不用 不必 不想 不要 不再 不了 不 别 甭 无需 无须 没必要 没空 没时间 没耐心 懒得 唔使 唔想 唔要 唔 咪 免",
    _Part.WAITING: "等待 等候 等 排队 排 候 队列 队",
    _Part.HUMAN: "人工客服 人工服务 人工 真人 客服 工作人员 专员 坐席 老师 活人",
    _Part.REACHING: "转接 转 找 接 联系 呼叫",
    _Part.DROPPING: "取消 撤销 撤回 撤 退出 停止 结束 放弃 关闭 关掉 断开 离开 算了",
    _Part.BOT: "机器人 智能助手 智能客服 小助手 助手 智能 护航 自动回复 自动回答 ai bot robot",
    _Part.GOING: "继续 接着 回到 转回 换回 切回 退回 改回 返回 回去 回 改 换成 换 切换 切 转到 转去 转成 恢复 用 跟 和 同 找返 返",
    _Part.ASKING: "提问 问问 问 聊聊 聊 聊天 说 回答 答 回复 服务 接待 处理 咨询 倾 讲",
    _Part.REQUEST: "请求 申请 登记 预约",
    _Part.ERASING: "删除 删掉 删光 删了 删 清除 清空 清掉 抹掉 抹去 抹除 注销 销毁 擦除 移除 消除 忘记 忘掉 erase delete remove",
    _Part.OWN: "我们的 我的 本人的 咱们的 我 我们 my all",
    _Part.DATA: (
        "个人数据 个人信息 个人资料 数据 信息 资料 聊天记录 对话记录 历史记录 记录 聊天 对话 会话 登记 线索 账号 账户 手机号码 手机号 "
        "手机 电话号码 电话 联系方式 内容 全部 所有 一切 留下 提交 填 说过 之前 以前 刚才 data"
    ),
}  # fmt: skip
_ERASURE = frozenset((_Part.ERASING, _Part.OWN, _Part.DATA, _Part.FILLER))
_BACK = frozenset(_Part) - {_Part.ERASING, _Part.OWN, _Part.DATA}
_CONFIRMING = re.compile(
    r"(?:我?(?:确认|确定|同意)(?:要)?(?:全部|都)?(?:删除|删掉|删)?|是|是的|对|好|好的|可以|删|删除|删吧|删掉)[吧了啊呀]*"
)
_DECLINING = re.compile(
    r"(?:先|还是|那)*(?:不|别|不要|不用|唔)(?:想)?(?:全部|都)?(?:删除|删掉|删)?[吧了啊呀]*|(?:取消|算了)[吧了]*"
)
_ANEW = re.compile(
    r"(?:我要|我想|请|帮我|那|还是|麻烦)*(?:重新开始|重新来(?:过|一遍)?|从头(?:开始|来)|重来|startover|restart)[吧了啊呀]*"
)
_HUMAN = re.compile(
    r"(?:我要|我想|请|帮我|给我|麻烦)*(?:转|找|要|接|叫)?(?:一下)?人工(?:客服|服务)?[吧啊呀了]*"
)


def bare(text: str) -> str:
    """The text as commands are compared: normal form in lower case without any marks."""
    return _MARKS.sub("", normalise(text)).lower()


def asks_for_human(text: str) -> bool:
    """Whether the whole message is a plain request for a human."""
    return _HUMAN.fullmatch(bare(text)) is not None


def starts_anew(text: str) -> bool:
    """Whether the whole message wants to begin from the beginning."""
    return _ANEW.fullmatch(bare(text)) is not None


def goes_back(text: str) -> bool:
    """Whether the whole message says: no more waiting for a human, the bot may go on."""
    parts = taken_apart(bare(text), _PARTS_BY_USE[_BACK])
    if parts is None:
        return False
    named = [part for part in parts if part is not _Part.FILLER]
    refuses_bot = any(
        one is _Part.NEGATION and _Part.BOT in named[place + 1 : place + 4]
        for place, one in enumerate(named)
    )
    if refuses_bot or _undecided(text):
        return False
    if _Part.BOT in named:
        return not (_Part.REACHING in named and _Part.HUMAN in named[named.index(_Part.BOT) :])
    if _Part.DROPPING in named:
        return _Part.NEGATION not in named[: named.index(_Part.DROPPING)]
    return _gives_up(named)


def names_bot(text: str) -> bool:
    """Whether a wish to go back names the bot, as it must while somebody of the staff serves."""
    parts = taken_apart(bare(text), _PARTS_BY_USE[_BACK]) or []
    return _Part.BOT in parts and _Part.GOING in parts and goes_back(text)


def asks_for_erasure(text: str) -> bool:
    """Whether the whole message asks to erase what the person left."""
    letters = bare(text)
    parts = taken_apart(letters, _PARTS_BY_USE[_ERASURE])
    if parts is None or _Part.ERASING not in parts or _undecided(text):
        return False
    return _Part.DATA in parts or (_Part.OWN in parts and "忘" in letters)


def confirms(text: str) -> bool:
    """Whether the whole message agrees to what was just asked."""
    return _CONFIRMING.fullmatch(bare(text)) is not None


def declines(text: str) -> bool:
    """Whether the whole message refuses what was just asked."""
    return _DECLINING.fullmatch(bare(text)) is not None


def _gives_up(named: Sequence[_Part]) -> bool:
    """Not waiting, not wanting a human: a negation with one of them, in either order."""
    wanted = {_Part.WAITING, _Part.HUMAN, _Part.REACHING}
    return _Part.NEGATION in named and any(part in wanted for part in named)


def _undecided(text: str) -> bool:
    """Whether the message asks whether, rather than telling to."""
    letters = bare(text)
    return letters.endswith("吗") and not letters.endswith(("可以吗", "好吗", "行吗"))


def taken_apart(text: str, words: Mapping[str, _P]) -> list[_P] | None:
    """The parts that a text consists of, longest words first; None when something else is in it.

    :param words: what each word does, in the form of :func:`bare`.
    """
    if not text or len(text) > _LONGEST:
        return None
    longest = max(map(len, words))
    found: list[_P] = []
    place = 0
    while place < len(text):
        for length in range(min(longest, len(text) - place), 0, -1):
            word = text[place : place + length]
            part = words.get(word)
            if part is not None:
                found.append(part)
                place += length
                break
        else:
            return None
    return found


_PARTS_BY_USE = {
    use: {word: part for part, words in _WORDS.items() if part in use for word in words.split()}
    for use in (_ERASURE, _BACK)
}
