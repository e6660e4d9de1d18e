"""``huhang ask``: one question, or a file of conversations, through the whole bot."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from bot.deciding import explained
from channels.cli.offline import OfflineConversation, offline, throwaway
from channels.cli.rendering import render
from desk.messages import MessageError, Reply
from knowledge.errors import SettingsError, SourceError
from settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("text", nargs="?", metavar="TEXT", help="要问的话")
    parser.add_argument("--sender", help="会话编号；默认每次一个新会话")
    parser.add_argument(
        "--batch", type=Path, metavar="FILE", help='每行 {"sender": "…", "text": "…"}'
    )
    parser.add_argument("--why", action="store_true", help="再说明这一轮是怎么决定的")
    parser.add_argument("--json", action="store_true", help="输出 JSON，每个回应一行")
    parser.add_argument("--today", metavar="YYYY-MM-DD", help="把今天固定为这一天")
    parser.add_argument("--keep", action="store_true", help="把会话和登记留在运行数据里")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Answer on standard output; everything else goes to standard error."""
    if (args.text is None) == (args.batch is None):
        raise SettingsError("请给出要问的话，或用 --batch 给出文件，二者选一")
    if args.today is not None:
        _check_day(args.today)
    lines = _read(args.batch) if args.batch is not None else [(_sender(args.sender), args.text)]
    # Libraries print while they load; standard output belongs to the answers.
    with _only_answers() as answers, throwaway(settings, today=args.today, keep=args.keep) as given:
        return asyncio.run(_answer(given, lines, answers, as_json=args.json, why=args.why))


async def _answer(
    settings: Settings,
    lines: list[tuple[str, str]],
    answers: TextIO,
    *,
    as_json: bool,
    why: bool = False,
) -> int:
    failed = 0
    async with offline(settings) as conversation:
        for sender, text in lines:
            failed += await _say(conversation, sender, text, answers, as_json=as_json)
            if why:
                answers.write(_why(await conversation.plan(sender), as_json=as_json) + "\n")
    return 1 if failed else 0


def _why(plan: Mapping[str, Any], *, as_json: bool) -> str:
    """The plan of a turn: an object, or a few lines in words."""
    if as_json:
        return json.dumps({"plan": dict(plan)}, ensure_ascii=False)
    told = explained(plan)
    if told is None:
        return "这一轮怎么决定的不清楚：对话程序在别处运行，或没有轮到它决定"
    return "\n".join(told.lines())


async def _say(
    conversation: OfflineConversation, sender: str, text: str, answers: TextIO, *, as_json: bool
) -> bool:
    try:
        reply: Reply | None = await conversation.say(sender, text)
        error = None
    except MessageError as refused:
        reply, error = None, refused
    if as_json:
        body = (
            reply.to_json()
            if reply is not None
            else {"sender": sender, "error": {"code": error.code, "message": str(error)}}  # type: ignore[union-attr]
        )
        answers.write(json.dumps(body, ensure_ascii=False) + "\n")
    else:
        answers.write((render(reply) if reply is not None else f"错误：{error}") + "\n")
    answers.flush()
    return reply is None


def _read(path: Path) -> list[tuple[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"读不了 {path}：请给出 UTF-8 编码的文件") from error
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise SourceError(f"{path} 第{number}行不是 JSON") from error
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise SourceError(f'{path} 第{number}行应为 {{"sender": "…", "text": "…"}}')
        lines.append((str(row.get("sender") or "batch"), row["text"]))
    return lines


def _sender(given: str | None) -> str:
    return given or f"ask-{uuid.uuid4().hex[:8]}"


def _check_day(value: str) -> None:
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise SettingsError(f"--today 应为 YYYY-MM-DD，收到的是 {value}") from error


@contextlib.contextmanager
def _only_answers() -> Iterator[TextIO]:
    """Standard output for answers alone: what libraries write, in C too, goes to standard error."""
    answers = sys.stdout
    try:
        descriptor = answers.fileno()
    except (OSError, ValueError):  # captured by a test, so there is no file beneath
        with contextlib.redirect_stdout(sys.stderr):
            yield answers
        return
    answers.flush()
    with (
        open(os.dup(descriptor), "w", encoding="utf-8") as kept,
        contextlib.redirect_stdout(sys.stderr),
    ):
        os.dup2(sys.stderr.fileno(), descriptor)
        try:
            yield kept
        finally:
            kept.flush()
            os.dup2(kept.fileno(), descriptor)
