"""Messages survive the way to JSON and back, and the contract is checked both ways."""

from __future__ import annotations

import pytest

from desk.conversations import Owner
from desk.messages import (
    CHANNELS,
    InboundMessage,
    MessageError,
    MessageKind,
    OutboundMessage,
    Reply,
)
from tests.scripted_app import ANSWER, CITATION


def test_inbound_message_survives_the_round_trip():
    message = InboundMessage("a", "问", "wechat", "m1", {"utm": "poster"})
    assert InboundMessage.from_json(message.to_json()) == message


def test_reply_survives_the_round_trip():
    reply = Reply("a", Owner.WAITING, (OutboundMessage.from_json(ANSWER),))
    assert Reply.from_json(reply.to_json()) == reply


def test_channel_of_arrival_wins_over_the_one_named():
    message = InboundMessage.from_json(
        {"sender": "a", "text": "问", "channel": "rest"}, channel="web"
    )
    assert message.channel == "web"


def test_kinds_are_those_of_the_contract():
    from tests.contract import KINDS

    assert {kind.value for kind in MessageKind} == KINDS


def test_every_channel_is_listed_under_its_name():
    assert all(name == channel.name for name, channel in CHANNELS.items())


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"text": ""}, "text"),
        ({"text": None}, "text"),
        ({"kind": "joke"}, "kind"),
        ({"citations": []}, "出处"),
        ({"citations": [{**CITATION, "quote": ""}]}, "quote"),
        ({"citations": [{**CITATION, "snapshot": None}]}, "snapshot"),
        ({"citations": [{**CITATION, "basis": 5}]}, "basis"),
        ({"citations": "x"}, "citations"),
        ({"citations": ["x"]}, "出处"),
        ({"buttons": [{"title": "x"}]}, "payload"),
        ({"buttons": ["x"]}, "按钮"),
        ({"data": [1]}, "data"),
        ({"id": 5}, "id"),
    ],
)
def test_message_that_breaks_the_contract_is_not_sent(change, word):
    with pytest.raises(MessageError, match=word):
        OutboundMessage.from_json({**ANSWER, **change})


def test_every_message_gets_an_id_of_its_own():
    first, second = (OutboundMessage.from_json(ANSWER) for _ in range(2))
    assert first.id != second.id
