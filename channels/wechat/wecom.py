"""A WeCom company: the application for its members, and 微信客服 for everybody on WeChat."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from channels.wechat.api import Api, ApiError, Application
from channels.wechat.content import content_of
from channels.wechat.envelope import Credentials, Envelope
from channels.wechat.rendering import Form
from desk.messages import CHANNELS, OutboundMessage
from desk.outgoing import Part
from desk.reach import Reached
from settings import WeComSettings

APPLICATION = "wecom"
SERVICE = "kf"
_TOKEN_URL = "/cgi-bin/gettoken"  # noqa: S105  an address
# The code of a person whom the application may not write to; it comes in a list, not as an error.
_NOT_VISIBLE = 81013
# Within this time the server itself drops a message that it has already.
_DUPLICATE_S = 1800


class _Company(ABC):
    """What both ways of a company share: how it is reached, pictures fetched from it, its connections released."""

    channel: str
    has_menus = False

    def __init__(
        self,
        engine: Engine,
        settings: WeComSettings,
        whole: Callable[[OutboundMessage], str | None],
        pictures: Path,
    ) -> None:
        corp = settings.corp_id or ""
        account, secret, token, aes_key = self._keys(settings)
        self.form = Form(
            max_bytes=CHANNELS[self.channel].max_bytes or 0, menus=self.has_menus, whole=whole
        )
        self.envelope = Envelope(Credentials(corp, token or "", aes_key, corp, is_sealed=True))
        self._agent = settings.agent_id
        self._pictures = pictures
        parameters = {"corpid": corp, "corpsecret": secret or ""}
        name = f"{self.channel}:{account}"
        self.api = Api(engine, settings.api, Application(name, _TOKEN_URL, parameters))

    @abstractmethod
    def _keys(self, settings: WeComSettings) -> tuple[str | None, ...]:
        """The account that the token is for, then secret, callback token and callback key."""

    async def fetch(self, media: str) -> bytes:
        """A picture that somebody sent."""
        return (await self.api.fetch("/cgi-bin/media/get", media_id=media))[0]

    async def close(self) -> None:
        """Release the connections."""
        await self.api.close()


class WeComApplication(_Company):
    """The application of the settings, for members of the company."""

    channel = APPLICATION
    has_window = False
    may_push = True

    def _keys(self, settings: WeComSettings) -> tuple[str | None, ...]:
        return str(settings.agent_id), settings.secret, settings.token, settings.aes_key

    async def send(self, person: Reached, part: Part) -> None:
        """Send one part to a member.

        :raises ApiError: with the server's code.
        """
        content = await content_of(self.api, self._pictures, part.body)
        body = await self.api.call(
            "/cgi-bin/message/send",
            {
                "touser": person.address.person,
                "agentid": self._agent,
                "enable_duplicate_check": 1,
                "duplicate_check_interval": _DUPLICATE_S,
                **content,
            },
        )
        if person.address.person.lower() in str(body.get("invaliduser") or "").lower().split("|"):
            raise ApiError(_NOT_VISIBLE, "应用不能给这个成员发消息")


class CustomerService(_Company):
    """微信客服 of the settings, with all its service accounts."""

    channel = SERVICE
    has_window = True
    may_push = True
    has_menus = True

    def _keys(self, settings: WeComSettings) -> tuple[str | None, ...]:
        return settings.corp_id or "", settings.kf_secret, settings.kf_token, settings.kf_aes_key

    async def send(self, person: Reached, part: Part) -> None:
        """Send one part; its id is ours, so that the server knows it again.

        :raises ApiError: with the server's code.
        """
        content = await content_of(self.api, self._pictures, part.body)
        await self.api.call(
            "/cgi-bin/kf/send_msg",
            {
                "touser": person.address.person,
                "open_kfid": person.address.account,
                "msgid": f"huhang_{part.id}",
                **content,
            },
        )

    async def send_on_event(self, code: str, message: Mapping[str, Any]) -> None:
        """Answer an event within its twenty seconds, beside the number of messages."""
        await self.api.call("/cgi-bin/kf/send_msg_on_event", {"code": code, **message})

    async def sync(self, account: str, cursor: str, token: str) -> dict[str, Any]:
        """What came in after a cursor.

        :param token: of the callback; without one the server allows few calls.
        """
        asked = {"open_kfid": account, "cursor": cursor, "limit": 1000}
        return await self.api.call(
            "/cgi-bin/kf/sync_msg", {**asked, **({"token": token} if token else {})}
        )

    async def move_to(self, person: Reached, state: int) -> None:
        """Move a conversation to another state of service."""
        await self.api.call(
            "/cgi-bin/kf/service_state/trans",
            {
                "open_kfid": person.address.account,
                "external_userid": person.address.person,
                "service_state": state,
            },
        )
