"""The component that takes a whole story for one, though it ends in a question."""

from __future__ import annotations

import re

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.intent_rule import IntentRule

_QUESTIONS = frozenset({"ask", "nlu_fallback"})
_SHORTEST = 15
# Something was done to the person or their goods.
_SUFFERED = re.compile(
    r"收到|被[^，。？]{0,8}(?:告|诉|举报|查|扣|封|冻|下架|抢注|异议|撤)|扣了|扣下|冻结|抢注了|拿走|收走|没收|找上门"
)
_SPEAKER = re.compile(r"我|本公司|本厂|俺|咱")
# A question about help, money or the law in general is one, wherever the person is.
_GENERAL = re.compile(
    r"补贴|资助|资金支持|报销|援助|机构|中心|热线|电话|地址|在哪|哪里|找谁|保险|理赔|政策|培训|如果|假如|万一|的话|一般"
)


def is_story(text: str, names: frozenset[str]) -> bool:
    """Whether a message tells who somebody is and what happened to them.

    :param names: the kinds of names found in the text.
    """
    return (
        len(text) >= _SHORTEST
        and bool(names & {"region", "industry", "company"})
        and bool(names & {"procedure", "platform", "country"})
        and ("date" in names or _SPEAKER.search(text) is not None)
        and _SUFFERED.search(text) is not None
        and _GENERAL.search(text) is None
    )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class WholeStory(IntentRule):
    """Messages that were taken for a question but say who, where and what happened."""

    intent = "triage"

    def applies(self, message: Message) -> bool:
        """Whether the message was taken for a question and tells a story."""
        intent = (message.get(INTENT) or {}).get("name")
        names = frozenset(row["entity"] for row in message.get(ENTITIES) or ())
        return intent in _QUESTIONS and is_story(message.get(TEXT) or "", names)
