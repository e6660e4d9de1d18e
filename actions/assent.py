"""Whether a message plainly says yes, where a yes stores or erases what a person gave.

A sentence that only begins with a yes (确认之前我再核对一下) is none: every word of the message must be
one of agreeing, of what is agreed to, or of courtesy.
"""

from __future__ import annotations

import re

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.turn.asking import asks

# A plain yes is short; besides, it bounds the matching below.
_LONGEST = 28
_MARKS = re.compile(r"[\s，,。.；;：:！!~～…、—-]+")
_PARTICLES = "的了吧啊呀哦喔哈嘛啦呗哩嘞滴嘅咯"
# Yes as a whole clause; inside one they may be anything (你们是中心).
_ALONE = re.compile(
    rf"那?(?:(?:[好是对行成得系啱中着准]|要得)[{_PARTICLES}]*|嗯+[{_PARTICLES}呢]*)+|that's|right|correct"
)
# Yes wherever they stand in a clause of known words.
_AGREES = re.compile(
    "同意|确认|确定|可以|愿意|授权|认可|没有?问题(?!了)|没错|没意见|冇问题|冇错|属实|无误|ok|okay|yes|yep|sure|agreed?|confirm(?:ed)?"
)
# What only looks like a question: of the form 错没错, or by its last word.
_NO_QUESTION = re.compile(r"(?<=没错)没错|(?<=嗯)呢")
_COURTESY = (
    rf"[我你您那就请按照此予帮给把让都全要{_PARTICLES}好是对行嗯]|我们|你们|咱们?|我司|我方|本人|本公司|麻烦|谢谢|多谢|一下|予以|"
    "这样|这么|这个|并且?|也|办理?|处理|继续|现在|马上|直接|立即|立刻|以上|上述|内容|情况|全部|所有|i|do|it|please|all|go|ahead"
)


def assents(tracker: Tracker, to: str) -> bool:
    """Whether the last message is a command of agreeing or says nothing but yes.

    :param to: the words of what is agreed to, as alternatives of a regular expression (登记|提交).
    """
    text = talk.text(tracker).lower()
    if asks(_NO_QUESTION.sub("", text)) or len(text) > _LONGEST:
        return False
    if talk.intent(tracker) == "affirm" and tracker.latest_message.get("is_command"):
        return True
    known = re.compile(f"(?:{_AGREES.pattern}|{_COURTESY}|{to})+")
    parts = [part for part in _MARKS.split(text) if part]
    says_yes = any(_ALONE.fullmatch(part) or _AGREES.search(part) for part in parts)
    return says_yes and all(_ALONE.fullmatch(part) or known.fullmatch(part) for part in parts)
