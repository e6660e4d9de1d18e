"""Conversations asked again of what is live and of the draft: what counts as a change, what is kept."""

from __future__ import annotations

import pytest

from curation.replaying import changed, kind_of
from desk.replays import Change
from indexer.live import index_of_turn


def answer(text, passage="p"):
    return {"kind": "answer", "text": text, "data": {"passage": passage}}


REFUSAL = {"kind": "refusal", "text": "答不了", "data": {}}


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ([answer("a")], [answer("a")], None),
        ([REFUSAL], [answer("a")], Change.GAINED),
        ([answer("a")], [REFUSAL], Change.LOST),
        ([answer("a")], [answer("a", "q")], Change.PASSAGE),
        ([answer("a")], [answer("b")], Change.TEXT),
        ([{"kind": "quiz", "text": "a"}], [{"kind": "quiz", "text": "b"}], None),
        ([], [], None),
    ],
    ids=["same", "gained", "lost", "passage", "text", "quiz", "nothing"],
)
def test_change_is_named(before, after, kind):
    assert kind_of(before, after) is kind


async def test_each_message_is_asked_of_both_in_conversations_of_their_own():
    asked = []

    class Bot:
        async def handle(self, sender, text, metadata):
            asked.append((sender, text, index_of_turn()))
            return [answer(f"{text} {index_of_turn()}", str(index_of_turn()))]

    found = await changed(Bot(), 7, [(1, "一"), (2, "二")], "L", "D")
    assert asked == [
        ("live-7", "一", "L"), ("draft-7", "一", "D"), ("live-7", "二", "L"), ("draft-7", "二", "D"),
    ]  # fmt: skip
    assert [(item.message, item.kind, item.before, item.after) for item in found] == [
        (1, Change.PASSAGE, "一 L", "一 D"),
        (2, Change.PASSAGE, "二 L", "二 D"),
    ]
