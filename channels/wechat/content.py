"""One part of a message as the body that the servers take; a picture is handed over before."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from channels.wechat.api import Api, ApiError
from desk import attachments
from desk.errors import NotFoundError
from server.delivery_errors import CONTENT_GONE


async def content_of(api: Api, pictures: Path, body: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent for a part.

    :param pictures: where pictures of the desk lie.
    :raises ApiError: the picture was not taken, or there is none any more.
    :raises StorageError: the store that has the picture does not answer.
    """
    if body["type"] == "menu":
        return menu(body["text"], body["items"])
    if body["type"] == "image":
        try:
            picture = await asyncio.to_thread(attachments.read, pictures, body["file"])
        except NotFoundError as error:
            raise ApiError(CONTENT_GONE, str(error)) from error
        media = await api.upload("/cgi-bin/media/upload", body["name"], picture, type="image")
        return {"msgtype": "image", "image": {"media_id": media}}
    return {"msgtype": "text", "text": {"content": body["text"]}}


def menu(head: str, items: Mapping[str, str]) -> dict[str, Any]:
    """A message whose choices can be pressed; ``items`` are their ids and words."""
    listed = [
        {"type": "click", "click": {"id": key, "content": text}} for key, text in items.items()
    ]
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": head, "list": listed}}
