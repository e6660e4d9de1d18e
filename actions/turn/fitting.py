"""How well the acts of the conversation itself fit what a message says besides."""

from __future__ import annotations

from actions.turn.asking import asks_what_now
from actions.turn.evidence import Evidence
from actions.turn.misheard import only_asks_of_leaving, tells_of_the_matter

# Acts of the conversation itself; a name alone is none of them.
_SHORT = frozenset(
    (
        "greet", "thanks", "bye", "affirm", "deny", "skip", "cancel", "repeat", "take_back", "start_over",
        "praise", "not_helpful", "quiz_choice", "human", "identity", "help", "source", "simpler", "wait",
    )
)  # fmt: skip
# Answers to what was asked; what is worded as a question seldom is one.
_WORD_FOR_WORD = frozenset(("affirm", "deny", "skip"))
_UNDOES = frozenset(("cancel", "start_over"))
_WORDED, _MEANT = 6, 0.6  # 算了 and 重来 mean nothing else
_COURTESIES = frozenset(("greet", "thanks", "praise", "help", "bye"))
# How far another act's chance holds: what hardly fits, what tells something.
_HARDLY_FITS, _TELLS = 0.2, 0.5
# From this chance on an answer is plainly right; what is shorter than this asks little.
_PLAINLY, _AT_LENGTH = 0.8, 15
_MATTER = frozenset(("procedure", "platform", "country", "right"))
# What a correction of the matter names.
_TELLING = frozenset(("party", "country", "procedure", "platform", "date", "region"))


def fit(seen: Evidence, intent: str, chance: float) -> float:
    """How well an act's kind fits what the message says; ``chance`` is the classifier's."""
    # 不交会怎样 declines nothing, 不是说21天吗，美国那个 less.
    if intent in _WORD_FOR_WORD and seen.asks:
        return 0.0 if seen.names else _HARDLY_FITS
    if intent == "take_back" and not seen.has_called:  # nobody was called
        return _HARDLY_FITS
    if intent == "cancel" and only_asks_of_leaving(seen):
        return 0.0  # 不想打了，能单方退出337吗 asks, and so does 取消登记要扣钱吗 in a form
    if intent in ("lead", "lead_status") and tells_of_the_matter(seen):
        return _HARDLY_FITS  # after an answer 交齐了多久给结果 asks on, 申请人申请了TEO tells more
    if seen.is_bare and intent in _SHORT:
        return 0.0  # a name alone greets nobody and declines nothing
    if intent in _UNDOES and len(seen.text) >= _WORDED:
        # What throws away what was told must be meant, not only be the likeliest (我先重新挂一个上去).
        return chance if intent == "cancel" or chance >= _MEANT else 0.0
    if intent in _COURTESIES and seen.best.found.band == "answer" and _MATTER & seen.names:
        return _HARDLY_FITS  # 谢谢啊。再说回韩国，过了期还有什么路 asks
    return _of_critics(seen, intent) if intent in ("not_helpful", "complaint") else 1.0


def _of_critics(seen: Evidence, intent: str) -> float:
    """The same of who finds fault: who asks on in the same breath, or tells more, wants an answer."""
    if seen.asks and len(seen.text) >= _AT_LENGTH and seen.best.found.right >= _PLAINLY:
        return _HARDLY_FITS  # 骂你几句怎么了，他们凭什么多冻我的钱？ is angry and asks
    if _TELLING & seen.names:
        return _TELLS  # who corrects what was understood is no critic of it
    if intent == "complaint" and asks_what_now(seen.text):  # who asks that is in need
        return _HARDLY_FITS
    return 1.0
