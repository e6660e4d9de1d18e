"""The chat page without a server: what of its markup the scripts need, and the state that it begins with."""

from __future__ import annotations

import json
from typing import Any

SENDER = "web~0123456789abcdefghijkl"


def chat_page(*messages: dict[str, Any], **state: Any) -> str:
    """The page of a conversation in which this was said."""
    begun = {
        "sender": SENDER,
        "owner": "bot",
        "messages": messages,
        "matters": [],
        "choices": {"country": [], "corrects": "更正"},
        "places": {},
        "max_text_chars": 2000,
        "papers": {"agreed": True, "terms": {"text": "条款", "version": "1", "suffixes": ["pdf"]}},
        **state,
    }
    return f"""<!doctype html><html lang="zh-CN"><head><link rel="stylesheet" href="/static/chat/page.css">
<script type="module" src="/static/chat/main.js"></script></head><body>
<button id="size"></button><button id="human">转人工</button>
<details id="matter" data-url="/api/v1/matters/{SENDER}"><summary><span id="matter-brief"></span></summary>
<div id="matter-body"></div></details><aside><details id="about"></details></aside>
<div id="log" role="log" aria-live="polite" tabindex="0"><div id="messages"></div></div>
<p id="typing" hidden><span id="typing-text"></span></p><p id="connection" role="status" hidden></p>
<div id="queue" hidden><span id="queue-text"></span><button id="back"></button></div><section id="tray" hidden></section>
<form id="composer"><button type="button" id="attach"></button><button type="button" id="photo"></button>
<input type="file" id="paper-files"><input type="file" id="paper-camera">
<textarea id="question" name="text"></textarea><button id="send">发送</button><span id="count"></span></form>
<script type="application/json" id="state">{json.dumps(begun)}</script></body></html>"""


def asked(number: int, text: str) -> dict[str, Any]:
    """What the person said, as a history has it."""
    return {
        "id": f"in{number}",
        "direction": "in",
        "kind": "text",
        "text": text,
        "message_id": f"m{number}",
    }


def answered(number: int, text: str, **more: Any) -> dict[str, Any]:
    """What was said to them, as a history has it."""
    return {
        "id": f"out{number}", "direction": "out", "kind": "answer", "author": "bot", "text": text,
        "citations": [], "buttons": [], "data": {}, **more,
    }  # fmt: skip
