"""One paper of which nobody can be told does not keep the others waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from desk import paper_files, papers
from desk.engine import reading, writing
from desk.papers import Paper, Sending, Status
from server import reading_room
from server.errors import RequestError
from server.reading_room import ReadingRoom
from tests.channels.rest.test_uploading import SUMMONS
from tests.desk.files import pdf


class Reads:
    """Reads every paper as the same one."""

    def read(self, files: Sequence[Path], today: date, **_options: Any) -> Any:
        return SUMMONS

    def close(self) -> None:
        """Nothing is held."""


def add(engine: Engine, folder: Path, mark: str) -> Paper:
    with paper_files.receiving(folder) as incoming:
        with incoming.file("a.pdf") as arriving:
            arriving.write(pdf(mark))
        with writing(engine) as conn:
            return papers.add(conn, folder, Sending("a", "web", "1"), incoming)[0]


def standing(engine: Engine, uid: str) -> Paper:
    with reading(engine) as conn:
        return papers.get(conn, uid)


@pytest.mark.parametrize(
    ("error", "ends_as"),
    [
        (ValueError("never"), Status.FAILED),
        (RequestError(400, "bad", "不行"), Status.FAILED),
        (RequestError(503, "not_ready", "还没好"), Status.READ),
    ],
)
async def test_others_are_told_and_what_fails_for_good_is_given_up(
    fresh_db, tmp_path, monkeypatch, error, ends_as
):
    monkeypatch.setattr(reading_room, "_AGAIN_S", 0.001)
    first, second = (add(fresh_db, tmp_path, mark) for mark in ("a", "b"))
    room = ReadingRoom(
        fresh_db,
        tmp_path,
        Reads(),
        claimant="one",
        days=30,
        others=lambda: None,
        failed=lambda: None,
    )
    tries: list[Status] = []
    enough = asyncio.Event()

    async def tell(paper: Paper) -> None:
        if paper.uid == first.uid:
            tries.append(paper.status)
            if paper.status is Status.FAILED or len(tries) >= 8:
                enough.set()
            if paper.status is not Status.FAILED:
                raise error

    working = asyncio.create_task(room.run(lambda: date(2026, 11, 23), tell))
    await asyncio.wait_for(enough.wait(), 20)
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    await room.close()
    assert standing(fresh_db, second.uid).status is Status.DONE
    given_up = standing(fresh_db, first.uid)
    assert given_up.status is ends_as
    assert ("再传一次" in (given_up.reason or "")) is (ends_as is Status.FAILED)
    # It is not read once more: only the telling was in vain.
    assert given_up.reading is not None
