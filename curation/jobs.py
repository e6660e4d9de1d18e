"""Long work that a page starts and watches: one of a name at a time, each telling how far it is."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Engine

from curation import outliving
from curation.background import InterruptedWorkError, stop, stop_all
from curation.outliving import MovedWorkError
from desk import leases
from desk.engine import reading, writing
from desk.errors import TransitionError
from desk.leases import Fence, Lease, LeaseLostError, Standing
from desk.times import utc_now
from knowledge.errors import AssistantError

logger = logging.getLogger(__name__)

# How often the step of work that all copies see is written down.
_TELL_EVERY_S = 1.0
# At the end of the server what still runs aside is ended so often.
_STOP_AGAIN_S = 0.5
# Work that goes on elsewhere when its copy is gone is begun so often; it may be what ends the copies.
_MOST_BEGUN = 12
_MOVING = "所在的服务停了，另一份服务马上接着做"
_CUT_OFF = "后台处理中断了（所在的服务停了），线上没有变化，请重试"
_COUNTED = re.compile(r"(\d+) ?(?:/|[个段题]，共) ?(\d+)")


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
    token: int = 0
    # Whether another copy takes the work up when this one is gone, and how often it was begun.
    goes_on: bool = False
    begun: int = 1

    def tell(self, step: str) -> None:
        """Say how far it is; called from any thread."""
        self.step = step

    @property
    def share(self) -> float | None:
        """How much of the present step is done, where it counts (``120/990``, ``第 3 段，共 20 段``)."""
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
    """The work under way and the last of each name that ended.

    Some work may be done by one copy of the server alone (:meth:`start_alone`); what is known of that is
    kept in the records, so that every copy can say how far it is.
    """

    def __init__(self, copy: str) -> None:
        """Know of nothing yet.

        :param copy: the name of this copy.
        """
        self._copy = copy
        self._engine: Engine | None = None
        self._is_closing = False
        self._jobs: dict[str, Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: dict[str, asyncio.Task[None]] = {}

    def share(self, engine: Engine) -> None:
        """Use these records; this copy has entered them (:mod:`desk.copies`)."""
        self._engine = engine

    def last(self, name: str) -> Job | None:
        """The job of this name that runs here, or that ran here last."""
        return self._jobs.get(name)

    async def seen(self, name: str) -> Job | None:
        """The job of this name that runs at any copy, or that ran last.

        :raises StorageError: the records cannot be read.
        """
        own = self._jobs.get(name)
        if own is not None and own.is_running:
            return own
        standing = await asyncio.to_thread(self._standing, name)
        if standing is None or (own is not None and own.token == standing.token):
            return own
        return _told(standing)

    async def wait(self, name: str, within_s: float) -> None:
        """Wait until the work of this name has ended, or for so long; at once where it does not run here."""
        job, task = self._jobs.get(name), self._running.get(name)
        if job is not None and job.is_running and task is not None:
            await asyncio.wait({task}, timeout=within_s)

    async def left(self, name: str) -> Job | None:
        """The work of this name that goes on and whose copy is gone; None where there is none.

        :raises StorageError: the records cannot be read.
        """
        own = self._jobs.get(name)
        if self._is_closing or (own is not None and own.is_running):
            return None
        standing = await asyncio.to_thread(self._standing, name)
        if standing is None or standing.is_held:
            return None
        job = _told(standing)
        return job if job is not None and job.is_running else None

    def start(self, name: str, by: str, work: Callable[[Job], Awaitable[str]]) -> Job:
        """Begin work in the background, beside what other copies do.

        :param work: does it, tells its steps in the job, and returns a sentence about the result.
        :raises TransitionError: somebody started the same here a moment ago.
        """
        self._insist_free(name)
        job = Job(name, by)
        self._begin(job, work, None)
        return job

    async def start_alone(
        self,
        name: str,
        by: str,
        work: Callable[[Job, Lease], Awaitable[str]],
        *,
        goes_on: bool = False,
        after: Job | None = None,
    ) -> Job:
        """Begin work in the background that no other copy may do meanwhile.

        :param work: as above; the lease goes along to whatever makes the result last.
        :param goes_on: whether it is only to be moved (:meth:`left`) when this copy ends.
        :param after: what another copy had begun of it.
        :raises TransitionError: somebody started the same, here or elsewhere.
        """
        self._insist_free(name)
        job = Job(name, by, goes_on=goes_on)
        if after is not None:
            job.started_at, job.begun = after.started_at, after.begun + 1
        self._jobs[name], before = job, self._jobs.get(name)
        try:
            lease = await asyncio.to_thread(self._take, job)
        except BaseException:
            self._jobs.pop(name, None)
            if before is not None:
                self._jobs[name] = before
            raise
        job.token = lease.token
        self._begin(job, lambda running: work(running, lease), lease)
        return job

    def fence(self, lease: Lease) -> Fence:
        """What a process that does the work asks before it makes something last."""
        url = self._shared().url.render_as_string(hide_password=False)
        return Fence(str(url), lease)

    async def close(self) -> None:
        """End what runs in other processes and wait until that is noted."""
        self._is_closing = True
        while self._tasks:  # work may be about to begin the next step in another process
            stop_all()
            outliving.leave_all()
            await asyncio.wait(set(self._tasks), timeout=_STOP_AGAIN_S)
        stop_all()  # what was made ready and waits

    def _begin(self, job: Job, work: Callable[[Job], Awaitable[str]], lease: Lease | None) -> None:
        self._jobs[job.name] = job
        task = asyncio.create_task(self._run(job, work, lease))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._running[job.name] = task

    async def _run(
        self, job: Job, work: Callable[[Job], Awaitable[str]], lease: Lease | None
    ) -> None:
        telling = asyncio.create_task(self._tell(job, lease)) if lease is not None else None
        state: dict[str, Any] | None = None
        try:
            job.result = await work(job)
            job.step = "完成"
        except MovedWorkError as error:  # what is known of it is told by itself
            job.message, lease = str(error), None
        except InterruptedWorkError as error:
            job.message = str(error)
            if job.goes_on and self._is_closing:
                state = _unfinished(job)
        except AssistantError as error:
            job.message = str(error)
        except Exception:  # the page must say that it ended
            logger.exception("job %s failed", job.name)
            job.message = "没有完成，原因已写入日志，请联系管理员"
        finally:
            if telling is not None:
                telling.cancel()
            job.ended_at = utc_now()
            if lease is not None:
                await asyncio.to_thread(self._give_up, lease, state or state_of(job))
            job.is_running = False

    async def _tell(self, job: Job, lease: Lease) -> None:
        """Keep the record of the job up to its steps; end work that was taken over."""
        told = ""
        while True:
            await asyncio.sleep(_TELL_EVERY_S)
            if job.step == told:
                continue
            try:
                await asyncio.to_thread(self._note, job, lease)
            except LeaseLostError as error:
                logger.error("job %s is somebody else's: %s", job.name, error)
                stop(job.name)
                outliving.stop(job.name)
                return
            except AssistantError as error:
                logger.warning("the step of job %s was not stored: %s", job.name, error)
            else:
                told = job.step

    def _insist_free(self, name: str) -> None:
        running = self._jobs.get(name)
        if running is not None and running.is_running:
            raise TransitionError(f"{running.by} 已经开始了这项工作（{running.step}），请等它结束")

    def _shared(self) -> Engine:
        if self._engine is None:
            raise RuntimeError("the records are not open yet")
        return self._engine

    def _standing(self, name: str) -> Standing | None:
        with reading(self._shared()) as conn:
            return leases.standing(conn, name)

    def _take(self, job: Job) -> Lease:
        with writing(self._shared()) as conn:
            return leases.take(conn, job.name, self._copy, state_of(job))

    def _note(self, job: Job, lease: Lease) -> None:
        with writing(self._shared()) as conn:
            leases.note(conn, lease, state_of(job))

    def _give_up(self, lease: Lease, state: Mapping[str, Any]) -> None:
        try:
            with writing(self._shared()) as conn:
                leases.give_up(conn, lease, state)
        except AssistantError as error:  # it is free when this process ends
            logger.error("job %s could not be given up: %s", lease.name, error)


def state_of(job: Job) -> dict[str, Any]:
    """What the records keep of a job."""
    return {
        "by": job.by,
        "step": job.step,
        "message": job.message,
        "result": job.result,
        "started_at": job.started_at.isoformat(),
        "ended_at": None if job.ended_at is None else job.ended_at.isoformat(),
        "goes_on": job.goes_on,
        "begun": job.begun,
    }


def _unfinished(job: Job) -> dict[str, Any]:
    """As a copy leaves it that is gone without a word."""
    return {**state_of(job), "message": "", "ended_at": None}


def _told(standing: Standing) -> Job | None:
    """The job of another copy by what it last said; None where it was a command that tells no steps."""
    state = standing.state
    if "started_at" not in state:
        return None
    ended = state.get("ended_at")
    is_cut = ended is None and not standing.is_held
    begun = int(state.get("begun", 1))
    is_moving = is_cut and bool(state.get("goes_on")) and begun < _MOST_BEGUN
    return Job(
        standing.name,
        str(state["by"]),
        step=_MOVING if is_moving else str(state["step"]),
        message=_CUT_OFF if is_cut and not is_moving else str(state["message"]),
        is_running=standing.is_held or is_moving,
        result=str(state["result"]),
        started_at=datetime.fromisoformat(state["started_at"]),
        ended_at=utc_now() if is_cut else ended and datetime.fromisoformat(ended),
        token=standing.token,
        goes_on=bool(state.get("goes_on")),
        begun=begun,
    )
