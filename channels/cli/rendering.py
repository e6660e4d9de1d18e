"""Messages as text for a terminal: sources numbered, buttons as choices."""

from __future__ import annotations

from desk.messages import OutboundMessage, Reply


def render(reply: Reply) -> str:
    """:return: every message of a reply, or a word on who is to speak when there is none."""
    if not reply.messages:
        return "（工作人员正在处理，机器人不作答）"
    return "\n\n".join(render_message(message) for message in reply.messages)


def render_message(message: OutboundMessage) -> str:
    """:return: the text, its sources and its buttons."""
    lines = [message.text]
    for number, citation in enumerate(message.citations, start=1):
        place = " › ".join((citation.title, *citation.heading))
        details = "；".join(
            part
            for part in (
                citation.basis,
                f"截至{citation.as_of}" if citation.as_of else None,
                citation.url,
            )
            if part
        )
        lines.append(f"  [{number}] {place}" + (f"（{details}）" if details else ""))
    if message.buttons:
        lines.append(
            "  " + "  ".join(f"{n}) {b.title}" for n, b in enumerate(message.buttons, start=1))
        )
    return "\n".join(lines)
