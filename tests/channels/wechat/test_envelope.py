"""What comes from WeChat's servers is opened, what does not is refused, and nothing of it is logged."""

from __future__ import annotations

import logging

import pytest

from channels.wechat.envelope import Credentials, Envelope
from channels.wechat.heard import Kind, read
from server.errors import RequestError
from tests.channels.wechat.conftest import OPENID, Connect
from tests.scripted_app import FakeDialogue
from tests.wechat.standin import StandIn
from tests.wechat.wire import Secrets, document, encrypt, signature

# The worked example of WeCom's public document on callbacks.
DOCUMENTED = Credentials(
    receiver="wx5823bf96d3bd56c7",
    token="QDG6eK",
    aes_key="jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
    is_sealed=True,
)
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">'
    '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>'
)
OUTSIDE = (
    '<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><Content>&f;</Content></xml>'
)


def test_the_documented_example_is_opened() -> None:
    envelope = Envelope(DOCUMENTED, clock=lambda: 1409659589)
    query = {
        "msg_signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
        "timestamp": "1409659589",
        "nonce": "263014780",
        "echostr": (
            "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
        ),
    }
    assert envelope.echo(query) == "1616140317555161061"


def test_the_server_is_shown_that_the_address_is_ours(known: Secrets) -> None:
    envelope = Envelope(Credentials(known.receiver, known.token), clock=lambda: 1000.0)
    query = {"timestamp": "1000", "nonce": "n", "echostr": "4711"}
    query["signature"] = signature(known.token, "1000", "n")
    assert envelope.echo(query) == "4711"
    with pytest.raises(RequestError, match="签名"):
        envelope.echo({**query, "nonce": "other"})
    with pytest.raises(RequestError) as refused:
        envelope.echo({})
    assert refused.value.status == 400


async def test_only_what_the_server_signed_for_us_now_is_taken(
    connect: Connect,
    standin: StandIn,
    dialogue: FakeDialogue,
    known: Secrets,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await connect()
    caplog.set_level(logging.DEBUG)
    body = {
        "ToUserName": standin.original, "FromUserName": OPENID, "CreateTime": 1,
        "MsgType": "text", "Content": "机密内容4711", "MsgId": 5,
    }  # fmt: skip
    assert await standin.post(body, token="wrong") is None
    assert await standin.post(body, age_s=301) is None
    assert await standin.post(body, age_s=-301) is None
    assert await standin.post(body, receiver="wxsomebodyelse") is None
    assert await standin.post({**body, "ToUserName": "gh_other"}) is None
    assert dialogue.seen == []
    for code in ("bad_signature", "replayed", "wrong_receiver"):
        assert code in caplog.text
    assert "机密内容" not in caplog.text
    assert OPENID not in caplog.text
    assert await standin.post(body) is not None
    assert await standin.post(body, age_s=290) is not None
    assert len(dialogue.seen) == 1


async def test_a_message_in_the_clear_is_refused_where_encryption_is_agreed(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue
) -> None:
    await connect("safe")
    standin.mode = "plain"
    assert await standin.says(OPENID, "你好", deliveries=1) is None
    assert dialogue.seen == []


@pytest.mark.parametrize(
    "text", [BOMB, OUTSIDE, "<xml>", "not xml", "", "<xml><MsgType>text</MsgType></xml>"]
)
@pytest.mark.parametrize("mode", ["plain", "safe"])
async def test_what_is_no_message_is_refused_signed_or_not(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue, text: str, mode: str
) -> None:
    await connect(mode, original_id=None)
    query, sent = standin.signed(text)
    async with standin.session().post(standin.callback, params=query, data=sent) as response:
        assert response.status in (400, 403)
        assert "root:" not in await response.text()
    assert dialogue.seen == []


@pytest.mark.parametrize("sealed", ["", "AAAA", "not base64!", "QUJD" * 16])
def test_what_cannot_be_decrypted_is_refused(known: Secrets, sealed: str) -> None:
    envelope = Envelope(
        Credentials(known.receiver, known.token, known.aes_key, is_sealed=True), clock=lambda: 0
    )
    query = {
        "timestamp": "0",
        "nonce": "n",
        "msg_signature": signature(known.token, "0", "n", sealed),
    }
    body = f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()
    with pytest.raises(RequestError):
        envelope.open(query, body)


def test_every_changed_byte_of_a_sealed_message_is_noticed(known: Secrets) -> None:
    envelope = Envelope(
        Credentials(known.receiver, known.token, known.aes_key, is_sealed=True), clock=lambda: 0
    )
    sealed = encrypt(known, "<xml><Content>a</Content></xml>")
    query = {
        "timestamp": "0",
        "nonce": "n",
        "msg_signature": signature(known.token, "0", "n", sealed),
    }
    for place in range(0, len(sealed), 7):
        other = "A" if sealed[place] != "A" else "B"
        changed = sealed[:place] + other + sealed[place + 1 :]
        body = f"<xml><Encrypt><![CDATA[{changed}]]></Encrypt></xml>".encode()
        with pytest.raises(RequestError, match="签名"):
            envelope.open(query, body)


def test_an_event_has_a_key_though_it_has_no_id() -> None:
    event = {
        "ToUserName": "a",
        "FromUserName": "o1",
        "CreateTime": 7,
        "MsgType": "event",
        "Event": "CLICK",
        "EventKey": "x",
    }
    keys = {
        read(document({**event, **change})).key
        for change in (
            {},
            {"FromUserName": "o2"},
            {"CreateTime": 8},
            {"EventKey": "y"},
            {"Event": "VIEW"},
        )
    }
    assert len(keys) == 5
    assert read(document(event)).kind is Kind.CLICK


async def test_without_an_account_the_address_is_not_there(client) -> None:
    assert (await client.get("/wechat/callback")).status == 404
    assert (await client.post("/wechat/callback", data=b"<xml/>")).status == 404
