"""A program that talks over the REST interface: it keeps the token of each sender it began."""

from __future__ import annotations

from typing import Any

from server.security import TOKEN_HEADER


def remembering(client: Any) -> Any:
    """Have ``client.post`` show the tokens it was given; ``client.post_as_stranger`` has none."""
    tokens: dict[str, str] = {}
    plain = client.post

    async def post(path: str, *, headers: dict[str, str] | None = None, **rest: Any) -> Any:
        body = rest.get("json")
        sender = body.get("sender") if isinstance(body, dict) else None
        shown = {TOKEN_HEADER: tokens[sender]} if sender in tokens else {}
        response = await plain(path, headers={**shown, **(headers or {})}, **rest)
        if TOKEN_HEADER in response.headers:
            tokens[sender] = response.headers[TOKEN_HEADER]
        return response

    client.post, client.post_as_stranger = post, plain
    return client
