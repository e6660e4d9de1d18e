"""What a person agrees to before the first paper of a conversation is taken."""

from __future__ import annotations

from typing import Any

from desk.paper_types import ACCEPTED, SUFFIXES
from knowledge.paper_limits import MAX_BYTES, MAX_FILES

VERSION = "2026-11"
TEXT = (
    "上传前请确认：文书只用来认出它是什么、按期限提醒您和帮您登记，由程序在本服务器上读取，不交给第三方，也不进知识库。"
    "请不要上传商业秘密、与律师的往来信件和与本案无关的证件。对话停下 {days} 天后自动清除；"
    "登记援助线索后作为线索附件保留；发送“删除我的数据”可随时清除。读出的内容可能有错，以原件为准。"
)


def text(days: int) -> str:
    """:param days: after how many days papers go. :return: the terms in words."""
    return TEXT.format(days=days)


def to_json(days: int) -> dict[str, Any]:
    """The terms and the limits, as pages and programs are told them."""
    return {
        "version": VERSION,
        "text": text(days),
        "max_files": MAX_FILES,
        "max_bytes": MAX_BYTES,
        "accepted": ACCEPTED,
        "suffixes": list(SUFFIXES),
    }
