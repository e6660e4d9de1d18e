"""Long work that a page starts and watches: one of a name at a time, each telling how far it is."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from curation.background import stop_all
from desk.errors import TransitionError
from desk.times import utc_now
from knowledge.errors import AssistantError

logger = logging.getLogger(__name__)

_COUNTED = re.compile(r"(\d+)/(\d+)")


@dataclass
class Job:
    """A piece of work; ``step`` says in words how far it is, ``message`` why it failed, ``value`` what was found."""

    name: str
    by: str
    step: str = "准备中"
    message: str = ""
    is_running: bool = True
    result: str = ""
    value: Any = None
    started_at: datetime = field(default_factory=utc_now)
    ended_at: datetime | None = None

    def tell(self, step: str) -> None:
        """Say how far it is; called from any thread."""
        self.step = step

    @property
    def share(self) -> float | None:
        """How much of the present step is done, where it counts (``120/990``)."""
        counted = _COUNTED.search(self.step)
        if counted is None or int(counted[2]) == 0:
            return None
        return round(min(1.0, int(counted[1]) / int(counted[2])), 3)

    def to_json(self) -> dict[str, Any]:
        """What a page that polls gets."""
        return {
            "running": self.is_running,
            "step": self.step,
            "share": self.share,
            "message": self.message,
            "result": self.result,
            "by": self.by,
            "seconds": int(((self.ended_at or utc_now()) - self.started_at).total_seconds()),
        }


class Jobs:
    """The work under way and the last of each name that ended."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def last(self, name: str) -> Job | None:
        """The job of this name that runs, or that ran last."""
        return self._jobs.get(name)

    def start(self, name: str, by: str, work: Callable[[Job], Awaitable[str]]) -> Job:
        """Begin work in the background.

        :param work: does it, tells its steps in the job, and returns a sentence about the result.
        :raises TransitionError: somebody started the same a moment ago.
        """
        running = self._jobs.get(name)
        if running is not None and running.is_running:
            raise TransitionError(f"{running.by} 已经开始了这项工作（{running.step}），请等它结束")
        job = Job(name, by)
        self._jobs[name] = job
        task = asyncio.create_task(self._run(job, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    async def close(self) -> None:
        """End what runs in other processes and wait until that is noted."""
        stop_all()
        if self._tasks:
            await asyncio.wait(set(self._tasks))

    @staticmethod
    async def _run(job: Job, work: Callable[[Job], Awaitable[str]]) -> None:
        try:
            job.result = await work(job)
            job.step = "完成"
        except AssistantError as error:
            job.message = str(error)
        except Exception:  # the page must say that it ended
            logger.exception("job %s failed", job.name)
            job.message = "没有完成，原因已写入日志，请联系管理员"
        finally:
            job.is_running = False
            job.ended_at = utc_now()
