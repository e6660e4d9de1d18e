"""What sounds like an act and is a question or a story: of leaving a form, and of a lead."""

from __future__ import annotations

import re

from actions.turn.evidence import Evidence
from actions.turn.plan import ANSWER

_MATTER = frozenset(("procedure", "platform", "country", "right"))
_OF_A_LEAD = re.compile(r"登记|线索|编号|资助|补贴|援助|帮|联系|申报|报名|预约")
# Who asks to be let go is let go (可以取消吗, 能不能先不填).
_LEAVE_TO_GO = re.compile(
    r"(?:可不可以|能不能|可以|能|想|帮我?|麻烦)[^，,。]{0,4}(?:取消|退|停|撤|不)"
)


def only_asks_of_leaving(seen: Evidence) -> bool:
    """Whether a message asks about leaving and does not leave.

    Where nothing is under way that is one about a matter (不想打了，能单方退出337吗); in a form one that asks for
    something else than to be let go (取消登记要扣钱吗).
    """
    if seen.form is None:
        return seen.asks and bool(_MATTER & seen.names)
    return seen.asks and _LEAVE_TO_GO.search(seen.text) is None


def tells_of_the_matter(seen: Evidence) -> bool:
    """Whether a message that names no lead goes on with the matter instead.

    After an answer 交齐了多久给结果 asks on, and 申请人申请了TEO tells more.
    """
    if _OF_A_LEAD.search(seen.text):
        return False
    goes_on = ANSWER in seen.acts_before and (seen.asks or bool(_MATTER & seen.names))
    return goes_on or seen.goes_on_with_answer
