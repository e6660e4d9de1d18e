"""``huhang chat``: talk with the bot in a terminal."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import uuid

from channels.cli.offline import offline, throwaway
from channels.cli.rendering import render
from desk.messages import MessageError, Reply
from settings import Settings

LEAVE = frozenset({"退出", "exit", "quit"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--sender", help="会话编号；给出同一编号并用 --keep 可以接着上次说")
    parser.add_argument("--today", metavar="YYYY-MM-DD", help="把今天固定为这一天")
    parser.add_argument("--keep", action="store_true", help="把会话和登记留在运行数据里")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Talk until the person leaves."""
    with throwaway(settings, today=args.today, keep=args.keep) as given:
        return asyncio.run(_talk(given, args.sender or f"chat-{uuid.uuid4().hex[:8]}"))


async def _talk(settings: Settings, sender: str) -> int:
    print("护航正在启动……", file=sys.stderr)
    async with offline(settings) as conversation:
        print("直接写下问题；输入序号等于点按钮；写“退出”结束。")
        last: Reply | None = None
        while True:
            text = await asyncio.to_thread(_read)
            if text is None or text in LEAVE:
                return 0
            if not text:
                continue
            try:
                last = await conversation.say(sender, pressed(text, last))
            except MessageError as error:
                print(f"错误：{error}")
                continue
            print(render(last) + "\n")


def pressed(text: str, last: Reply | None) -> str:
    """:return: what a button of the last message sends when its number was typed, else the text."""
    buttons = last.messages[-1].buttons if last is not None and last.messages else ()
    if text.isdecimal() and 1 <= int(text) <= len(buttons):
        return buttons[int(text) - 1].payload
    return text


def _read() -> str | None:
    with contextlib.suppress(EOFError):
        return input("> ").strip()
    return None
