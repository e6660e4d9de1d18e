"""Texts put out for comment: they look like law and are none."""

from __future__ import annotations

import re

MARK = "（征求意见稿）"
_WORDS = r"征求意见稿|送审稿|讨论稿|审议稿|草案"
_TITLE = re.compile(
    rf"(?:{_WORDS})[^，。；]{{0,10}}$|[（(【〔\[][^（）()【】]{{0,12}}(?:{_WORDS})[^（）()【】]{{0,8}}[)）】〕\]]"
    r"|(?:公开)?(?:征求|征集)[^，。；]{0,60}(?:意见|建议)[^，。；]{0,6}的?(?:公告|通告|通知|函|启事)"
    r"|\b(?:draft for (?:public )?(?:comment|consultation)|(?:consultation|exposure) draft|proposed rule(?:s|making)?)\b",
    re.IGNORECASE,
)


def is_draft_title(title: str) -> bool:
    """Whether a title (or a line under one) says that the text is out for comment or not yet adopted."""
    return _TITLE.search(" ".join(title.split())) is not None
