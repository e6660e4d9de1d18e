"""Checks a response object against the message contract; used wherever replies are tested."""

from __future__ import annotations

from typing import Any

KINDS = {
    "answer", "text", "question", "deadline", "center", "checklist",
    "lead", "handoff", "quiz", "refusal", "notice",
}  # fmt: skip
CITATION = {
    "document": str,
    "title": str,
    "heading": list,
    "jurisdiction": (str, type(None)),
    "basis": (str, type(None)),
    "as_of": (str, type(None)),
    "url": (str, type(None)),
    "quote": str,
    "snapshot": str,
}
DATA_KEYS = {
    "center": {"id", "name", "phone", "address", "reason"},
    "lead": {"reference", "status"},
    "handoff": {"ticket", "position"},
    "deadline": {"rule", "kind", "trigger_date", "due_date", "days_left", "basis", "notes"},
}


def check_reply(reply: Any) -> None:
    """Raise AssertionError naming the place where a response object breaks the contract."""
    assert isinstance(reply, dict), "reply is no object"
    assert set(reply) == {"sender", "owner", "messages"}, f"keys of reply: {sorted(reply)}"
    assert isinstance(reply["sender"], str)
    assert 1 <= len(reply["sender"]) <= 64
    assert reply["owner"] in {"bot", "waiting", "human"}
    assert isinstance(reply["messages"], list)
    identities = [message["id"] for message in reply["messages"]]
    assert len(set(identities)) == len(identities), "message ids repeat"
    for message in reply["messages"]:
        check_message(message)


def check_message(message: Any) -> None:
    """Raise AssertionError where one message object breaks the contract."""
    assert set(message) == {"id", "kind", "text", "citations", "buttons", "data"}, sorted(message)
    assert isinstance(message["id"], str)
    assert message["id"]
    assert message["kind"] in KINDS, message["kind"]
    assert isinstance(message["text"], str)
    assert message["text"].strip(), "text is empty"
    assert isinstance(message["citations"], list)
    for citation in message["citations"]:
        check_citation(citation)
    for button in message["buttons"]:
        assert set(button) == {"title", "payload"}
        assert all(isinstance(value, str) and value for value in button.values())
    assert isinstance(message["data"], dict)
    if message["kind"] == "answer":
        assert message["citations"], "an answer without a citation"
    missing = DATA_KEYS.get(message["kind"], set()) - set(message["data"])
    assert not missing, f"{message['kind']} data lacks {sorted(missing)}"


def check_citation(citation: Any) -> None:
    """Raise AssertionError where a citation object breaks the contract."""
    for key, kinds in CITATION.items():
        assert key in citation, f"citation lacks {key}"
        assert isinstance(citation[key], kinds), f"citation {key}: {citation[key]!r}"
    for key in ("document", "title", "quote", "snapshot"):
        assert citation[key], f"citation {key} is empty"
    assert all(isinstance(item, str) for item in citation["heading"])
