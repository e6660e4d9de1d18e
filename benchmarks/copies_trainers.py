"""Work that one copy alone may do, asked of several at once: builds, publishing, training, reading papers."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import random
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import sqlalchemy as sa
from docx import Document

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from copies_cluster import Copy
from copies_people import BROKEN, PATIENCE, Floor, Member, StuckError

from desk.paper_terms import VERSION
from knowledge.errors import StorageError

PUBLISH = "/workbench/publish"
TRAIN = "/workbench/dialogue"
# How long a job may take on a busy machine before it is given up.
JOB_S = 420.0
FOUND, CONFLICT = 303, 409
SEEN_S = 5.0


@dataclass
class Jobs:
    """What became of work that was asked of two copies at once."""

    builds: int = 0
    trainings: int = 0
    publishings: int = 0
    # Papers whose sender was told that they were read.
    read: list[str] = field(default_factory=list)
    cut_off: int = 0
    # Both copies took it, or its result stands twice.
    doubled: list[str] = field(default_factory=list)
    # A copy that answered by the old snapshot longer than allowed, while nothing was restarted.
    late_snapshots: int = 0
    snapshot_s: list[float] = field(default_factory=list)


class Trainers:
    """Two trainers who build, approve and retrain, each step at two copies at once."""

    def __init__(
        self, floor: Floor, first: Member, second: Member, engine: sa.engine.Engine
    ) -> None:
        self.floor = floor
        self.jobs = Jobs()
        self._pair = (first, second)
        self._engine = engine

    async def live(self) -> None:
        """Publish again and again, and retrain with every other publication."""
        with contextlib.suppress(StuckError):
            for member in self._pair:
                await member.log_in()
            number = 0
            while not self.floor.is_over:
                await self._publish(f"第{number}次改动")
                if number % 2 == 0:
                    await self._retrain(number)
                number += 1
                await asyncio.sleep(random.uniform(10, 20))

    async def _both(self, path: str, form: dict[str, str], what: str) -> bool:
        """Ask two copies at once.

        :return: whether one of them took it; that both did is noted.
        """
        ready = [copy for copy in self.floor.cluster.copies if copy.is_ready]
        if len(ready) < 2:
            return False
        copies = random.sample(ready, 2)
        answers = await asyncio.gather(
            *(
                self._once(member, copy, path, form)
                for member, copy in zip(self._pair, copies, strict=True)
            )
        )
        taken = answers.count(FOUND)
        if taken > 1:
            self.jobs.doubled.append(f"{what}: both copies began")
        return taken >= 1

    async def _once(self, member: Member, copy: Copy, path: str, form: dict[str, str]) -> int:
        """One attempt at one copy; 0 where nobody answered."""
        try:
            async with self.floor.http.post(
                copy.url + path,
                data=form,
                headers={"Cookie": member.cookie, "Origin": copy.url},
                allow_redirects=False,
                timeout=PATIENCE,
            ) as answer:
                await answer.read()
                return answer.status
        except BROKEN:
            return 0

    async def _ended(self, path: str) -> bool:
        """Wait for the job.

        :return: whether it came to its end.
        """
        until = time.monotonic() + JOB_S
        while time.monotonic() < until and not self.floor.is_over:
            job = json.loads(await self._pair[0].get(f"{path}/progress"))
            if not job.get("running"):
                self.jobs.cut_off += bool(job.get("message"))
                return not job.get("message")
            await asyncio.sleep(1.0)
        return False

    async def _publish(self, note: str) -> None:
        if not await self._both(f"{PUBLISH}/build", {"note": note}, f"build {note}"):
            return
        if not await self._ended(PUBLISH):
            return
        self.jobs.builds += 1
        rows = await asyncio.to_thread(self._releases, note)
        if len(rows) != 1:
            self.jobs.doubled.append(f"build {note}: {len(rows)} releases")
            return
        (number, snapshot) = rows[0]
        await self._pair[0].post(f"{PUBLISH}/{number}/submit", {"reason": "对话里试过了"})
        approver = await self._who_did_not_build()
        before = time.perf_counter()
        # Approved at two copies at once: one publication.
        ready = random.sample(self.floor.cluster.copies, 2)
        answers = await asyncio.gather(
            *(self._once(approver, copy, f"{PUBLISH}/{number}/approve", {}) for copy in ready)
        )
        if FOUND in answers:
            self.jobs.publishings += 1
            await self._seen(snapshot, before)

    async def _who_did_not_build(self) -> Member:
        """Whoever of the two may approve what the other built."""
        job = json.loads(await self._pair[0].get(f"{PUBLISH}/progress"))
        return next(member for member in self._pair if member.login != job["by"])

    async def _seen(self, snapshot: str, since: float) -> None:
        """Wait until every copy answers by it."""
        while time.perf_counter() - since < SEEN_S:
            if all(copy.snapshot == snapshot for copy in self.floor.cluster.copies):
                self.jobs.snapshot_s.append(time.perf_counter() - since)
                return
            await asyncio.sleep(0.1)
        if not self.floor.cluster.disturbances.meets(since, time.perf_counter()):
            self.jobs.late_snapshots += 1

    def _releases(self, note: str) -> list[tuple[int, str]]:
        query = sa.text("SELECT id, snapshot FROM releases WHERE note = :note")
        while True:
            try:
                with self._engine.connect() as conn:
                    return [(row[0], row[1]) for row in conn.execute(query, {"note": note})]
            except StorageError:  # it is being restarted
                time.sleep(0.5)

    async def _retrain(self, number: int) -> None:
        words = f"我的货被人扣了第{number}回怎么弄"
        if await self._pair[0].post(f"{TRAIN}/add", {"text": words, "intent": "ask"}) != FOUND:
            raise SystemExit("a sentence to be learnt was refused")
        if not await self._both(f"{TRAIN}/train", {}, f"training {number}"):
            return
        if await self._ended(TRAIN):
            self.jobs.trainings += 1
            await self._pair[0].post(f"{TRAIN}/switch", {"reason": "测量时切换"})


class Sender:
    """Sends papers, each to be read once."""

    def __init__(self, floor: Floor, jobs: Jobs) -> None:
        self.floor = floor
        self.jobs = jobs

    async def live(self) -> None:
        """One paper after the other."""
        number = 0
        with contextlib.suppress(StuckError):
            while not self.floor.is_over:
                await self._send(number)
                number += 1
                await asyncio.sleep(random.uniform(5, 15))

    async def _send(self, number: int) -> None:
        sender, token = f"paper-{number}-{uuid.uuid4().hex[:8]}", ""
        content = _letter(number)

        async def attempt(copy: Copy) -> str | None:
            nonlocal token
            form = aiohttp.FormData({"sender": sender, "consent": VERSION})
            form.add_field("file", content, filename="letter.docx")
            async with self.floor.http.post(
                f"{copy.url}/api/v1/papers",
                data=form,
                headers={"X-Sender-Token": token} if token else {},
                timeout=PATIENCE,
            ) as answer:
                body: dict[str, Any] = await answer.json()
                token = answer.headers.get("X-Sender-Token", token)
                return str(body["poll"]) if answer.status in (200, 202) else None

        async def ask(copy: Copy) -> str | None:
            async with self.floor.http.get(
                copy.url + poll, headers={"X-Sender-Token": token}, timeout=PATIENCE
            ) as answer:
                body = await answer.json()
                is_done = answer.status == 200 and body["status"] != "pending"
                return str(body["status"]) if is_done else None

        poll: str = await self.floor.until(attempt, "paper")
        await self.floor.until(ask, "reading")
        self.jobs.read.append(poll.rpartition("/")[2])


def _letter(number: int) -> bytes:
    """A fictitious cease-and-desist letter."""
    document = Document()
    for line in (
        "CEASE AND DESIST LETTER",
        f"Our reference: 2026/{number}-{uuid.uuid4().hex[:8]}",
        "Dear Sirs, your products infringe our client's German trade mark.",
        "You are required to sign the attached undertaking by December 18, 2026.",
    ):
        document.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()
