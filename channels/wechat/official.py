"""An official account: how its server is spoken to."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.engine import Engine

from channels.wechat.api import Api, Application
from channels.wechat.content import content_of
from channels.wechat.envelope import Credentials, Envelope
from channels.wechat.rendering import Form
from desk.messages import CHANNELS, OutboundMessage
from desk.outgoing import Part
from desk.reach import Reached
from settings import WeChatSettings

logger = logging.getLogger(__name__)

CHANNEL = "wechat"
# Room for the hint that there is more, where the rest has to wait for the person's next message.
_HINT_BYTES = 80


class OfficialAccount:
    """The account of the settings.

    :param whole: the address of the page with the whole of a message.
    :param pictures: where pictures of the desk lie.
    """

    channel = CHANNEL
    has_window = True

    def __init__(
        self,
        engine: Engine,
        settings: WeChatSettings,
        whole: Callable[[OutboundMessage], str | None],
        pictures: Path,
    ) -> None:
        app_id = settings.app_id or ""
        most = CHANNELS[CHANNEL].max_bytes or 0
        self.may_push = settings.may_push
        self.form = Form(
            max_bytes=most if settings.may_push else most - _HINT_BYTES,
            menu_links=settings.may_push,
            whole=whole,
        )
        self.envelope = Envelope(
            Credentials(
                receiver=app_id,
                token=settings.token or "",
                aes_key=settings.aes_key,
                original=settings.original_id,
                is_sealed=settings.mode != "plain",
            )
        )
        self._pictures = pictures
        self.api = Api(
            engine,
            settings.api,
            Application(
                name=f"{CHANNEL}:{app_id}",
                token_url="/cgi-bin/token",  # noqa: S106  an address
                parameters={
                    "grant_type": "client_credential",
                    "appid": app_id,
                    "secret": settings.secret or "",
                },
            ),
        )

    async def send(self, person: Reached, part: Part) -> None:
        """Send one part as a customer-service message.

        :raises ApiError: with the server's code.
        """
        content = await content_of(self.api, self._pictures, part.body)
        await self.api.call(
            "/cgi-bin/message/custom/send", {"touser": person.address.person, **content}
        )

    async def fetch(self, media: str) -> bytes:
        """A picture that a person sent.

        :raises ApiError: with the server's code.
        """
        content, _ = await self.api.fetch("/cgi-bin/media/get", media_id=media)
        return content

    async def close(self) -> None:
        """Release the connections."""
        await self.api.close()


def text_answer(to: str, account: str, text: str, now_s: int) -> str:
    """A passive answer in the form that the server takes."""
    return (
        "<xml>"
        f"<ToUserName>{_data(to)}</ToUserName><FromUserName>{_data(account)}</FromUserName>"
        f"<CreateTime>{now_s}</CreateTime><MsgType>{_data('text')}</MsgType>"
        f"<Content>{_data(text)}</Content></xml>"
    )


def _data(text: str) -> str:
    """Character data; its own end mark is the one thing that it cannot hold."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
