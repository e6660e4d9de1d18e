"""What the assistant says, as another server shows it: plain text, numbered choices, a link to the whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channels.wechat.splitting import split
from desk.messages import Button, OutboundMessage

MORE = "1"
# Messages for one answer; the rest is read on our page.
MOST_PARTS = 3
_NUMBER = re.compile(r"(?:选|第)?\s*([1-9一二三四五六七八九])\s*(?:个|项|号)?[.、。]?")
_CHINESE = "一二三四五六七八九"
_MOST_CHOICES = 9
_MENU_HEAD_BYTES = 1024
_MENU_ITEM_BYTES = 128
_PICTURES = (".png", ".jpg", ".jpeg")


@dataclass(frozen=True)
class Form:
    """What one account can show: the bytes of a text, whether choices can be links that answer."""

    max_bytes: int = 2048
    menu_links: bool = False
    # Whether choices are a message of their own that can be pressed.
    menus: bool = False
    # The address of the page with the whole of a message; None where our address is not known.
    whole: Callable[[OutboundMessage], str | None] = lambda message: None


@dataclass(frozen=True)
class Rendered:
    """One message as parts to send; ``choices`` are the texts that its numbers stand for."""

    bodies: tuple[Mapping[str, Any], ...]
    choices: tuple[str, ...] = ()


def render(message: OutboundMessage, form: Form) -> Rendered:
    """A message as the parts that are sent for it."""
    file = message.data.get("file")
    if isinstance(file, Mapping) and str(file.get("name", "")).lower().endswith(_PICTURES):
        return Rendered(({"type": "image", "file": str(file["uid"]), "name": str(file["name"])},))
    buttons = message.buttons[:_MOST_CHOICES]
    link = form.whole(message) if message.citations else None
    tail = _tail(() if form.menus else buttons, link, form)
    parts = _parts(message, tail, link, form)
    bodies: list[dict[str, Any]] = [{"type": "text", "text": part} for part in parts]
    if form.menus and buttons:
        bodies = _with_menu(bodies, buttons)
    return Rendered(tuple(bodies), tuple(button.payload for button in buttons))


def chosen(text: str, choices: Sequence[str]) -> str | None:
    """The text that a number stands for; None when it is no number or none of the choices."""
    found = _NUMBER.fullmatch(text.strip().translate(_WIDE))
    if found is None:
        return None
    digit = found.group(1)
    index = _CHINESE.index(digit) if digit in _CHINESE else int(digit) - 1
    return choices[index] if index < len(choices) else None


_WIDE = str.maketrans("０１２３４５６７８９．", "0123456789.")


def _parts(message: OutboundMessage, tail: str, link: str | None, form: Form) -> list[str]:
    whole = "\n\n".join(filter(None, (message.text.strip(), tail)))
    parts = split(whole, form.max_bytes)
    if len(parts) <= MOST_PARTS or link is None:
        return parts
    # The end is what can be pressed and where the rest stands; it is never what is left out.
    end = f"（后面还有，请看全文）\n\n{tail}"
    room = max(form.max_bytes - len(f"\n\n{end}".encode()), form.max_bytes // 4)
    head = split(message.text, form.max_bytes)[:MOST_PARTS]
    last = split(head.pop(), room)[:1] if len(head) == MOST_PARTS else []
    return [*head, "\n\n".join((*last, end))]


def _with_menu(bodies: Sequence[dict[str, Any]], buttons: Sequence[Button]) -> list[dict[str, Any]]:
    """The choices with the last text, if that is short enough, else in a message after it."""
    items = {
        str(number): split(button.title, _MENU_ITEM_BYTES)[0]
        for number, button in enumerate(buttons, start=1)
    }
    last = str(bodies[-1]["text"]) if bodies else ""
    if len(last.encode()) <= _MENU_HEAD_BYTES:
        return [*bodies[:-1], {"type": "menu", "text": last, "items": items}]
    return [*bodies, {"type": "menu", "text": "可以点选：", "items": items}]


def _tail(buttons: Sequence[Button], link: str | None, form: Form) -> str:
    lines = [f"全文和依据：{link}"] if link else []
    if buttons:
        lines += ["", "可以回复数字："]
        lines += [
            f"{number}. {_choice(button, number, form)}"
            for number, button in enumerate(buttons, start=1)
        ]
    return "\n".join(lines).strip()


def _choice(button: Button, number: int, form: Form) -> str:
    if not form.menu_links:
        return button.title
    content, title = button.payload.translate(_WIDER), button.title.translate(_WIDER)
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={content}&msgmenuid={number}">{title}</a>'


# What would end the address or the mark.
_WIDER = str.maketrans({"<": "＜", ">": "＞", "&": "＆", '"': "”", "#": "＃", "\n": " "})
