"""What WeChat's servers post, opened: signature, age, encryption, receiver and form are checked here.

Nothing of a refused request is repeated or logged but the reason.
"""

from __future__ import annotations

import hmac
import secrets
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.utils import WeChatSigner

from server.errors import RequestError

# The age up to which a signed request is taken.
REPLAY_S = 300
# Far more than a message of any type has.
_MOST_BYTES = 64 * 1024


@dataclass(frozen=True)
class Credentials:
    """What both sides know: ``receiver`` is the app's or company's id, ``original`` the account's own name."""

    receiver: str
    token: str
    aes_key: str | None = None
    original: str | None = None
    is_sealed: bool = False


class Envelope:
    """Opens what comes from one account's server and seals what goes back with it."""

    def __init__(self, credentials: Credentials, clock: Callable[[], float] = time.time) -> None:
        self._with = credentials
        self._clock = clock
        key = credentials.aes_key
        self._crypto = (
            None if key is None else WeChatCrypto(credentials.token, key, credentials.receiver)
        )

    def echo(self, query: Mapping[str, str]) -> str:
        """What answers the server's question whether this address is ours.

        :raises RequestError: 403 when the question is not signed, 400 when it is incomplete.
        """
        echo = query.get("echostr", "")
        if not echo:
            raise RequestError(400, "bad_callback", "这是微信服务器的回调地址，不能直接打开")
        if "msg_signature" in query:
            self._check(query, "msg_signature", echo)
            return self._decrypted(echo)
        self._check(query, "signature")
        return echo

    def open(self, query: Mapping[str, str], body: bytes) -> str:
        """The message in the clear.

        :raises RequestError: 403 unsigned, too old or for another receiver; 400 no message.
        """
        outer = read_xml(body)
        sealed = outer.findtext("Encrypt")
        if sealed is None:
            if self._with.is_sealed:
                raise refused("not_encrypted", "消息没有加密")
            self._check(query, "signature")
            text = body.decode("utf-8", "strict")
            self._check_receiver(outer)
            return text
        self._check(query, "msg_signature", sealed)
        text = self._decrypted(sealed)
        self._check_receiver(read_xml(text.encode()))
        return text

    def seal(self, xml: str) -> str:
        """An answer as the server takes it."""
        if self._crypto is None or not self._with.is_sealed:
            return xml
        return str(self._crypto.encrypt_message(xml, secrets.token_hex(8), str(int(self._clock()))))

    def _check(self, query: Mapping[str, str], name: str, *parts: str) -> None:
        signer = WeChatSigner()
        stamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        signer.add_data(self._with.token, stamp, nonce, *parts)
        shown = query.get(name, "")
        if not hmac.compare_digest(shown.encode(), signer.signature.encode()):
            raise refused("bad_signature", "签名不对")
        # Of no use before the signature is right: anybody can write a fresh time.
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
            raise refused("bad_timestamp", "时间戳不对")
        if abs(self._clock() - int(stamp)) > REPLAY_S:
            raise refused("replayed", "请求已过期")

    def _decrypted(self, sealed: str) -> str:
        if self._crypto is None:
            raise refused("no_key", "没有设置 EncodingAESKey，无法解密")
        try:
            return str(PrpCrypto(self._crypto.key).decrypt(sealed, self._with.receiver))
        except WeChatException as error:
            raise refused("wrong_receiver", "消息不是发给这个账号的") from error
        except (ValueError, IndexError, struct.error) as error:
            raise refused("undecryptable", "消息无法解密") from error

    def _check_receiver(self, message: Element) -> None:
        receiver = message.findtext("ToUserName")
        if self._with.original is not None and receiver != self._with.original:
            raise refused("wrong_receiver", "消息不是发给这个账号的")


def read_xml(body: bytes) -> Element:
    """XML that declares nothing.

    :raises RequestError: 400 for anything else: entities, document types, other text.
    """
    if len(body) > _MOST_BYTES:
        raise RequestError(413, "body_too_large", "消息太大")
    try:
        found: Element = fromstring(body, forbid_dtd=True)
    except (DefusedXmlException, ParseError, ValueError, LookupError) as error:
        raise RequestError(400, "bad_xml", "不是有效的消息") from error
    return found


def refused(code: str, words: str) -> RequestError:
    """The refusal of a request that the account's server did not send."""
    return RequestError(403, code, f"{words}，已拒绝")
