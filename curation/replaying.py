"""Real conversations of the last month asked again, of what is live and of the draft: what would change.

Both are asked by the same bot on the same day, in a process of its own with records that are thrown away, so
what differs comes of the draft alone and nobody's conversation is touched.  What was found is kept after every
conversation; a replay that was cut off goes on where it was.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from bot.runtime import EmbeddedRasa
from curation.background import Report, silent
from curation.draft_index import build_draft_index, folder_of, opened
from desk import replays
from desk.engine import open_engine, reading, writing
from desk.errors import TransitionError
from desk.leases import Fence
from desk.replays import Change, Changed, Replay
from indexer.hybrid import HybridIndex
from indexer.live import live_index, one_index
from settings import Settings

JOB = "replay"
DAYS = timedelta(days=30)
# A quiz draws its questions anew each time.
_DRAWN = frozenset({"quiz"})

Replies = Sequence[Mapping[str, Any]]


def draft_name(settings: Settings) -> str:
    """What names the draft as it stands."""
    return folder_of(settings).name


def under_way(engine: Engine) -> Replay | None:
    """The replay that is to go on once nobody is at it; one that was to stop is noted as stopped."""
    with reading(engine) as conn:
        replay = replays.last(conn)
    if replay is not None and replay.state == "stopping":
        with writing(engine) as conn:
            replays.set_state(conn, replay.id, "stopped")
    return replay if replay is not None and replay.state == "running" else None


def run(settings: Settings, fence: Fence, *, report: Report = silent) -> str:
    """Go on with the replay that is under way until it is done or stopped.

    :return: a sentence about the result.
    :raises TransitionError: the draft changed since the replay was begun.
    """
    engine = open_engine(settings.desk.database_url)
    try:
        with reading(engine) as conn:
            replay = replays.last(conn)
        if replay is None:
            return "没有要重问的"
        if replay.draft != draft_name(settings):
            with writing(engine) as conn:
                replays.set_state(conn, replay.id, "stopped")
            raise TransitionError("草稿在中断后又改过，请重新开始")
        build_draft_index(settings, report)
        draft = opened(settings)
        if draft is None:
            raise TransitionError("草稿刚刚又改过，请重新开始")
        return asyncio.run(_replay(settings, engine, fence, replay, draft, report))
    finally:
        engine.dispose()


async def _replay(
    settings: Settings,
    engine: Engine,
    fence: Fence,
    replay: Replay,
    draft: HybridIndex,
    report: Report,
) -> str:
    live = live_index(settings).current()
    with reading(engine) as conn:
        total, left = replays.count(conn, replay), replays.left(conn, replay)
    asked = replay.asked
    report("载入对话模型")
    with tempfile.TemporaryDirectory(prefix="huhang-replay-") as folder:
        bot = EmbeddedRasa(_throwaway(settings, Path(folder)))
        await bot.start()
        try:
            for conversation, messages in left:
                report(f"重问对话 {asked}/{total}")
                found = await changed(bot, conversation, messages, live, draft)
                fence.check()
                asked += len(messages)
                with writing(engine) as conn:
                    state = replays.keep(conn, replay.id, conversation, len(messages), found)
                if state != "running":
                    break
            else:
                state = "done"
        finally:
            await bot.close()
    with writing(engine) as conn:
        replays.set_state(conn, replay.id, "done" if state == "done" else "stopped")
    return f"重问了 {asked} 句" if state == "done" else f"已停止，重问了 {asked} 句"


def _throwaway(settings: Settings, folder: Path) -> Settings:
    """The same knowledge and model with records that vanish."""
    return replace(
        settings,
        desk=replace(settings.desk, database_url=f"sqlite:///{folder / 'desk.sqlite'}"),
        bot=replace(settings.bot, tracker_url=f"sqlite:///{folder / 'trackers.sqlite'}"),
    )


async def changed(
    bot: Any,
    conversation: int,
    messages: Sequence[tuple[int, str]],
    live: HybridIndex,
    draft: HybridIndex,
) -> list[Changed]:
    """What would change in one conversation, each message asked of both in order."""
    found = []
    for message, text in messages:
        with one_index(live):
            before = await bot.handle(f"live-{conversation}", text, {})
        with one_index(draft):
            after = await bot.handle(f"draft-{conversation}", text, {})
        kind = kind_of(before, after)
        if kind is not None:
            found.append(Changed(message, kind, text, _told(before), _told(after)))
    return found


def kind_of(before: Replies, after: Replies) -> Change | None:
    """How two replies to the same message differ; None where nobody would notice."""
    was, is_now = _passages(before), _passages(after)
    if bool(was) != bool(is_now):
        return Change.GAINED if is_now else Change.LOST
    if was != is_now:
        return Change.PASSAGE
    if any(reply.get("kind") in _DRAWN for reply in (*before, *after)):
        return None
    return Change.TEXT if _told(before) != _told(after) else None


def _passages(replies: Replies) -> list[str]:
    """The passages that were answered from."""
    return [
        str(reply["data"].get("passage"))
        for reply in replies
        if reply.get("kind") == "answer" and reply.get("data")
    ]


def _told(replies: Replies) -> str:
    return "\n\n".join(str(reply.get("text", "")) for reply in replies)
