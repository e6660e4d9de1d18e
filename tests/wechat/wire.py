"""Signatures, encryption and XML as WeChat's public documents describe them, written without our code."""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from dataclasses import dataclass
from xml.etree import ElementTree

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32


@dataclass(frozen=True)
class Secrets:
    """What is typed into both sides' settings."""

    receiver: str = "wx1234567890abcdef"
    token: str = "spamtest"
    aes_key: str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    app_secret: str = "app-secret-of-the-tests"


def signature(*parts: str) -> str:
    """SHA-1 over the sorted parts."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def encrypt(secrets: Secrets, text: str, *, receiver: str | None = None) -> str:
    """Sixteen random bytes, the length, the text, the receiver; padded to 32 bytes, AES-CBC."""
    content = text.encode()
    whole = os.urandom(16) + struct.pack(">I", len(content)) + content
    whole += (receiver or secrets.receiver).encode()
    padding = _BLOCK - len(whole) % _BLOCK
    whole += bytes([padding]) * padding
    cipher = _cipher(secrets).encryptor()
    return base64.b64encode(cipher.update(whole) + cipher.finalize()).decode()


def decrypt(secrets: Secrets, sealed: str) -> str:
    """The text; raises when it is for another receiver."""
    cipher = _cipher(secrets).decryptor()
    whole = cipher.update(base64.b64decode(sealed)) + cipher.finalize()
    whole = whole[: -whole[-1]]
    length = struct.unpack(">I", whole[16:20])[0]
    text, receiver = whole[20 : 20 + length].decode(), whole[20 + length :].decode()
    assert receiver == secrets.receiver, "the answer names another receiver"
    return text


def element(name: str, value: str | int) -> str:
    """One field: numbers as they are, texts as character data."""
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    return f"<{name}><![CDATA[{value}]]></{name}>"


def document(fields: dict[str, str | int]) -> str:
    """A message."""
    return f"<xml>{''.join(element(*field) for field in fields.items())}</xml>"


def fields(xml: str) -> dict[str, str]:
    """The texts of a message's fields."""
    return {item.tag: item.text or "" for item in ElementTree.fromstring(xml)}


def _cipher(secrets: Secrets) -> Cipher:
    key = base64.b64decode(secrets.aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
