"""What the server refuses, each with a clear Chinese sentence and never a stack trace."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from aiohttp import WSServerHandshakeError

from desk.masking import mask
from server.errors import new_number

URL = "/api/v1/messages"
CHINESE = re.compile("[\u4e00-\u9fff]{2}")


async def refusal(response: Any, status: int, code: str) -> dict[str, Any]:
    text = await response.text()
    assert response.status == status, text
    error = json.loads(text)["error"]
    assert error["code"] == code
    assert CHINESE.search(error["message"])
    assert error["request_id"] == response.headers["X-Request-ID"]
    assert "Traceback" not in text
    return error


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"sender": "a", "text": ""}, "empty_text"),
        ({"sender": "a", "text": " \n\u200b\u3000"}, "empty_text"),
        ({"sender": "a", "text": "\u115f\u3164\ufe0f\u00ad\U000e0100\U0001d173"}, "empty_text"),
        ({"sender": "a", "text": "问" * 2001}, "text_too_long"),
        ({"sender": "a", "text": "\ufdfa" * 200}, "text_too_long"),
        ({"sender": "a", "text": 5}, "invalid_text"),
        ({"sender": "a", "text": None}, "invalid_text"),
        ({"sender": "a", "text": ["问"]}, "invalid_text"),
        ({"sender": "a"}, "invalid_text"),
        ({"sender": "a", "text": "问\x00题"}, "invalid_text"),
        ({"sender": "a", "text": "问\ud800题"}, "invalid_text"),
        ({"text": "问"}, "invalid_sender"),
        ({"sender": "", "text": "问"}, "invalid_sender"),
        ({"sender": "a" * 65, "text": "问"}, "invalid_sender"),
        ({"sender": 7, "text": "问"}, "invalid_sender"),
        ({"sender": "a\nb", "text": "问"}, "invalid_sender"),
        ({"sender": "a\x00", "text": "问"}, "invalid_sender"),
        ({"sender": "\udfff", "text": "问"}, "invalid_sender"),
        ({"sender": "a\u202eb", "text": "问"}, "invalid_sender"),
        ({"sender": "a", "text": "问", "channel": "fax"}, "invalid_channel"),
        ({"sender": "a", "text": "问", "metadata": "x"}, "invalid_type"),
        ({"sender": "a", "text": "问", "metadata": {"x": "y" * 5000}}, "metadata_too_long"),
        ({"sender": "a", "text": "问", "metadata": {"x": "\ud800"}}, "invalid_metadata"),
        ({"sender": "a", "text": "问", "metadata": {"\udfff": 1}}, "invalid_metadata"),
        ({"sender": "a", "text": "问", "metadata": {"x": "\x00"}}, "invalid_metadata"),
        ({"sender": "a", "text": "问", "message_id": 3}, "invalid_message_id"),
        ({"sender": "a", "text": "问", "message_id": "\ud800"}, "invalid_message_id"),
        ({"sender": "a", "text": "问", "message_id": "m" * 65}, "invalid_message_id"),
        (["a", "问"], "invalid_type"),
        ("问", "invalid_type"),
        (None, "invalid_type"),
    ],
)
async def test_malformed_message_is_refused_before_the_bot(client, dialogue, body, code):
    await refusal(await client.post(URL, data=json.dumps(body).encode()), 400, code)
    assert dialogue.seen == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_body"),
        (b"  ", "empty_body"),
        (b"{", "invalid_json"),
        (b"sender=a&text=b", "invalid_json"),
        (b"[" * 60_000, "invalid_json"),
        (b'{"sender":"a","text":' + b"9" * 6000 + b"}", "invalid_json"),
        (b"{'sender':'a'}", "invalid_json"),
        (b'{"sender":"a","text":"x","metadata":{"n":NaN}}', "invalid_json"),
        (b'{"sender":"a","text":"x","metadata":{"n":-Infinity}}', "invalid_json"),
        ('{"sender":"a","text":"问"}'.encode("gb18030"), "invalid_encoding"),
    ],
    ids=[
        "empty",
        "blank",
        "cut",
        "form",
        "deep",
        "huge-number",
        "quotes",
        "nan",
        "infinity",
        "gb18030",
    ],
)
async def test_body_that_is_no_json_message_is_refused(client, body, code):
    await refusal(await client.post(URL, data=body), 400, code)


async def test_two_thousand_characters_are_accepted(client):
    response = await client.post(URL, json={"sender": "a", "text": "问" * 2000})
    assert response.status == 200


async def test_control_characters_without_meaning_are_dropped(client, dialogue):
    await client.post(URL, json={"sender": "a", "text": "问\x1b[31m题\x07"})
    assert dialogue.seen == [("a", "问[31m题")]


async def test_byte_order_mark_is_accepted(client):
    body = b"\xef\xbb\xbf" + json.dumps({"sender": "a", "text": "问"}).encode()
    assert (await client.post(URL, data=body)).status == 200


async def test_body_over_the_limit_is_refused(client):
    response = await client.post(URL, json={"sender": "a", "text": "x" * 70_000})
    await refusal(response, 413, "body_too_large")


async def test_chunked_body_over_the_limit_is_refused(client):
    async def body():
        for _ in range(20):
            yield b" " * 8192

    response = await client.post(URL, data=body(), headers={"Content-Type": "application/json"})
    await refusal(response, 413, "body_too_large")


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "text/xml"])
async def test_other_content_types_are_refused(client, kind):
    response = await client.post(URL, data=b"{}", headers={"Content-Type": kind})
    await refusal(response, 415, "unsupported_type")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (URL, {"Content-Encoding": "gzip", "Content-Type": "application/json"}),
        (URL, {"Content-Encoding": "deflate", "Content-Type": "application/json"}),
        ("/", {"Content-Type": "application/x-www-form-urlencoded; charset=klingon"}),
        ("/", {"Content-Type": "application/x-www-form-urlencoded; charset=hex"}),
        ("/", {"Content-Type": "multipart/form-data; boundary=x"}),
        ("/", {"Content-Type": "multipart/form-data"}),
    ],
)
async def test_body_that_is_not_what_its_header_says_is_refused(client, caplog, path, headers):
    await client.get("/")  # for the cookie, so that the form is read
    body = '{"sender":"a","text":"问"}'.encode()
    response = await client.post(path, data=body, headers=headers, skip_auto_headers=())
    assert response.status == 400
    assert not [item for item in caplog.records if item.name.startswith("channels")]


async def test_feedback_with_what_cannot_be_stored_is_refused(client):
    for body in (
        {"sender": "a", "message": "\ud800", "rating": "up"},
        {"sender": "a", "message": "m\x00", "rating": "up"},
    ):
        data = json.dumps(body).encode()
        await refusal(await client.post("/api/v1/feedback", data=data), 400, "invalid_message")


async def test_unknown_route_is_answered_in_the_form_the_caller_reads(client):
    await refusal(await client.get("/api/v1/nothing"), 404, "not_found")
    page = await client.get("/nothing", headers={"Accept": "text/html"})
    assert page.status == 404
    assert page.content_type == "text/html"
    assert "没有这个地址" in await page.text()


async def test_wrong_method_is_refused(client):
    response = await client.get(URL)
    await refusal(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"]
)
async def test_files_outside_the_static_folder_are_not_served(client, path):
    from yarl import URL as Url

    response = await client.get(Url(path, encoded=True))
    assert response.status in {403, 404}


async def test_failure_inside_is_answered_without_its_details(client, monkeypatch, app):
    from server import keys

    def fail(*_: Any) -> None:
        raise RuntimeError("内部细节 13800138000")

    monkeypatch.setattr(app[keys.CASEWORK], "receive", fail)
    response = await client.post(URL, json={"sender": "a", "text": "问"})
    error = await refusal(response, 500, "internal")
    assert "内部细节" not in error["message"]


async def test_unavailable_database_is_said_and_nothing_is_half_done(
    client, monkeypatch, app, dialogue
):
    from knowledge.errors import DeskError
    from server import keys

    def fail(*_: Any) -> None:
        raise DeskError("办件数据库正忙，这次没有保存，请稍后再试")

    monkeypatch.setattr(app[keys.CASEWORK], "receive", fail)
    response = await client.post(URL, json={"sender": "a", "text": "问"})
    await refusal(response, 503, "desk_unavailable")
    assert dialogue.seen == []


async def test_thirty_first_message_in_a_minute_is_refused_with_a_time(client):
    for _ in range(30):
        assert (await client.post(URL, json={"sender": "a", "text": "问"})).status == 200
    response = await client.post(URL, json={"sender": "a", "text": "问"})
    await refusal(response, 429, "rate_limited")
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert (await client.post(URL, json={"sender": "b", "text": "问"})).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_page_of_another_site_cannot_send(client, dialogue, headers):
    response = await client.post(URL, json={"sender": "a", "text": "问"}, headers=headers)
    await refusal(response, 403, "cross_site")
    form = await client.post("/", data={"text": "问"}, headers=headers)
    assert form.status == 403
    assert dialogue.seen == []


async def test_own_page_can_send(client):
    origin = str(client.make_url("/")).rstrip("/")
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    response = await client.post(URL, json={"sender": "a", "text": "问"}, headers=headers)
    assert response.status == 200


@pytest.mark.parametrize("path", ["/", "/static/chat/main.js", "/api/v1/nothing", "/healthz"])
async def test_every_response_carries_the_security_headers(client, path):
    headers = (await client.get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] in {"no-store", "no-cache"}


async def test_request_id_of_the_caller_is_used_only_when_harmless(client):
    kept = await client.get("/healthz", headers={"X-Request-ID": "trace-12345678"})
    assert kept.headers["X-Request-ID"] == "trace-12345678"
    dropped = await client.get("/healthz", headers={"X-Request-ID": "<script>alert(1)</script>"})
    assert "<" not in dropped.headers["X-Request-ID"]


async def test_socket_from_another_site_is_refused(client):
    await client.get("/")
    with pytest.raises(WSServerHandshakeError) as caught:
        await client.ws_connect("/ws", headers={"Origin": "https://evil.example"})
    assert caught.value.status == 403


async def test_socket_without_a_token_is_refused(client):
    with pytest.raises(WSServerHandshakeError) as caught:
        await client.ws_connect("/ws")
    assert caught.value.status == 401


async def test_plain_request_to_the_socket_address_is_refused(client):
    await client.get("/")
    await refusal(await client.get("/ws"), 400, "not_a_websocket")


async def test_frame_over_the_limit_closes_the_socket(client):
    await client.get("/")
    async with client.ws_connect("/ws") as socket:
        await socket.receive_json()
        await socket.send_str("x" * 70_000)
        assert (await asyncio.wait_for(socket.receive(), 5)).data == 1009


async def test_no_message_text_is_logged(client, caplog):
    caplog.set_level("INFO")
    await client.post(URL, json={"sender": "a", "text": "机密配方13912345678"})
    assert "机密配方" not in caplog.text
    assert "13912345678" not in caplog.text


def test_the_number_of_a_failure_is_never_masked_in_the_log():
    numbers = [new_number() for _ in range(5000)]
    assert [mask(number) for number in numbers] == numbers
    assert len(set(numbers)) == len(numbers)
