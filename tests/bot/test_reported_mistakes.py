"""Conversations in which the assistant was once reported wrong: what the last reply must say now.

The conversations lie in shared/cases/b/chat.jsonl; without that folder there is nothing to check.
"""

import asyncio
import dataclasses
import json
import re

import pytest

from bot.runtime import EmbeddedRasa
from settings import ROOT
from tests.bot.last_said import REFUSED

CASES = ROOT.parent / "shared" / "cases" / "b" / "chat.jsonl"

pytestmark = [
    pytest.mark.rasa,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(not CASES.is_file(), reason="no shared cases"),
]

# What the last reply says, and what it must not say.
RIGHT = {
    "hague-valid": (r"^算有效送达[\s\S]*签收", r"^(?:一般)?不算"),
    "337-rule-lost": (r"2026年12月14日", r"公共利益"),
    "jp-office-action": (r"没有收录可以计算的期限", r"截止日是"),
    "epo-office-action": (r"没有收录可以计算的期限", r"截止日是"),
    "two-days-later-taken": (r"截止日是2026年12月8日", r"截止日是2026年12月9日"),
    "abmahnung-date": (r"2026年12月4日（星期五）12:00", r"公告"),
    "notice-date-ttab": (r"2026年12月19日", r"哪一份"),
    "asked-again": (r"2026年12月4日", r"哪一天送达的？$"),
    "other-country": (r"英国商标：提出异议：截止日是2026年12月14日", r"欧盟商标：提出异议"),
    "tro-when": (r"14天", r"抱歉没有帮到您"),
    "cn-customs-form": (r"建议先联系|中国海关", REFUSED),
    "uspto-oa-english": (r"2027年2月5日", r"没认出"),
    "tro-still-valid": (r"2026年11月23日[\s\S]*已过", r"海牙"),
    "amazon-tro-unknown": (r"临时限制令（TRO）", r"没认出"),
    "one-foreign-word": (r"2026年12月4日（星期五）12:00", r"没认出|哪一份"),
    "us-short-year": (r"2026年12月14日", r"哪一天送达的？$"),
    "uk-letter-country": (r"2026年12月2日（星期三）16:00", r"没认出"),
}


def rows():
    """The reported conversations."""
    return [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines() if line]


@pytest.fixture(scope="module")
def last_replies(bot_settings):
    """What is said at the end of each conversation, on the day it was reported."""

    (day,) = {row["today"] for row in rows()}

    async def hold() -> dict[str, str]:
        replies = {}
        rasa = EmbeddedRasa(dataclasses.replace(bot_settings, today=day))
        await rasa.start()
        try:
            for row in rows():
                for text in row["turns"]:
                    said = await rasa.handle(f"reported-{row['id']}", text, {})
                replies[row["id"]] = "\n".join(message["text"] for message in said)
        finally:
            await rasa.close()
        return replies

    return asyncio.run(hold())


def test_every_reported_conversation_is_checked():
    assert {row["id"] for row in rows()} == set(RIGHT)


@pytest.mark.parametrize("case", RIGHT)
def test_a_reported_mistake_is_made_no_more(last_replies, case):
    right, wrong = RIGHT[case]
    said = last_replies[case]
    assert re.search(right, said), said
    assert not re.search(wrong, said), said
