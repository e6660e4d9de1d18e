"""The pages' own files: compressed for who can read it, known again, and nothing beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "channels" / "static"
SCRIPT = "/static/chat/main.js"


async def test_text_is_sent_compressed_and_whole(client):
    response = await client.get(SCRIPT, headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.content_type == "text/javascript"
    assert await response.read() == (STATIC / "chat" / "main.js").read_bytes()
    assert int(response.headers["Content-Length"]) < (STATIC / "chat" / "main.js").stat().st_size


async def test_who_cannot_read_it_compressed_gets_it_plain(client):
    response = await client.get(SCRIPT, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in response.headers
    assert await response.read() == (STATIC / "chat" / "main.js").read_bytes()


async def test_what_the_browser_has_is_not_sent_again(client):
    first = await client.get(SCRIPT)
    again = await client.get(SCRIPT, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304
    assert await again.read() == b""
    other = await client.get(SCRIPT, headers={"If-None-Match": '"another"'})
    assert other.status == 200


@pytest.mark.parametrize("path", ["/static/nothing.js", "/static/chat", "/static/chat%00/main.js"])
async def test_what_is_no_file_is_not_found(client, path):
    assert (await client.get(path)).status == 404
