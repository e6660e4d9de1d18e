"""Messages whose intent was in doubt: say what they meant, retrain, compare, switch and switch back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import yaml
from aiohttp import web
from sqlalchemy.engine import Engine

from bot import retraining
from bot.deciding import explained
from bot.intent_names import intent_name
from bot.retraining import Candidate
from bot.training import DATA, TOPICS, corrections_file
from curation.alone import TRAINING
from curation.jobs import Job, Jobs, state_of
from curation.outliving import outliving
from desk import audit, misunderstood, plans
from desk.engine import reading, writing
from desk.errors import InvalidRecordError, TransitionError
from desk.leases import Lease
from desk.permissions import Permission
from office.access import require
from office.pages import see_other
from office.transactions import engine_of, read, write
from office.workbench.pages import login_of, render, settings_of
from server import keys
from server.dispatch import Reloadable
from server.errors import json_text
from server.signals import Topic
from settings import Settings

routes = web.RouteTableDef()

PATH = "/workbench/dialogue"
JOB = TRAINING


@dataclass(frozen=True)
class _State:
    """What the page tells of the models."""

    candidate: Candidate | None
    can_go_back: bool
    own_examples: int


@routes.get("/dialogue", name="dialogue")
@require(Permission.KNOWLEDGE)
async def show(request: web.Request) -> web.Response:
    """Sentences in doubt, labelled ones, and the models."""
    doubts = await read(request, misunderstood.listing)
    decided = await read(request, plans.of_questions, [item.text for item in doubts])
    return render(
        request,
        "workbench/dialogue.html",
        tab="dialogue",
        doubts=doubts,
        how={text: explained(plan) for text, plan in decided.items()},
        labelled=await read(request, misunderstood.labelled),
        intents=[(code, f"{intent_name(code)}（例：{text}）") for code, text in intents().items()],
        called=intent_name,
        state=await asyncio.to_thread(_state, settings_of(request)),
        job=await request.config_dict[keys.JOBS].seen(JOB),
    )


@routes.get("/dialogue/progress", name="dialogue-progress")
@require(Permission.KNOWLEDGE)
async def progress(request: web.Request) -> web.Response:
    """How far training is."""
    job = await request.config_dict[keys.JOBS].seen(JOB)
    return web.json_response({} if job is None else job.to_json(), dumps=json_text)


@routes.post("/dialogue/label", name="dialogue-label")
@require(Permission.KNOWLEDGE)
async def label(request: web.Request) -> web.Response:
    """Say what a message meant, or that nothing is to be learnt from it."""
    form = await request.post()
    key, intent, by = str(form.get("key", "")), str(form.get("intent", "")), login_of(request)
    if form.get("dismiss"):
        await write(request, misunderstood.dismiss, key, by=by)
        return see_other(PATH, "已忽略这句话")
    _check(intent)
    done = await write(request, misunderstood.label, key, intent, by=by)
    return see_other(PATH, f"“{done.text}”已标注，训练并切换后生效")


@routes.post("/dialogue/add", name="dialogue-add")
@require(Permission.KNOWLEDGE)
async def add(request: web.Request) -> web.Response:
    """Teach a sentence that staff noticed themselves."""
    form = await request.post()
    text, intent = str(form.get("text", "")), str(form.get("intent", ""))
    _check(intent)
    done = await write(request, misunderstood.add, text, intent, by=login_of(request))
    return see_other(PATH, f"“{done.text}”已标注，训练并切换后生效")


@routes.post("/dialogue/train", name="dialogue-train")
@require(Permission.KNOWLEDGE)
async def train(request: web.Request) -> web.Response:
    """Train a candidate in a process of its own."""
    examples = await asyncio.to_thread(_examples, engine_of(request))
    if not examples:
        raise InvalidRecordError("还没有标注过的句子，先标注几句再训练")
    jobs = request.config_dict[keys.JOBS]
    await _begin(jobs, settings_of(request), examples, login_of(request))
    return see_other(PATH)


async def resume(app: web.Application) -> None:
    """Go on with the training of a copy that is gone; the steps it had finished are kept."""
    jobs = app[keys.JOBS]
    left = await jobs.left(JOB)
    if left is not None:
        examples = await asyncio.to_thread(_examples, app[keys.ENGINE])
        with contextlib.suppress(TransitionError):  # another copy was a moment faster
            await _begin(jobs, app[keys.SETTINGS], examples, left.by, left)


async def _begin(
    jobs: Jobs,
    settings: Settings,
    examples: list[tuple[str, str]],
    by: str,
    after: Job | None = None,
) -> None:
    async def work(job: Job, lease: Lease) -> str:
        return await outliving(
            retraining.prepare_and_say, settings, examples, by,
            fence=jobs.fence(lease), state=state_of(job), report=job.tell,
        )  # fmt: skip

    await jobs.start_alone(JOB, by, work, goes_on=True, after=after)


def _examples(engine: Engine) -> list[tuple[str, str]]:
    """Every labelled sentence with its intent."""
    with reading(engine) as conn:
        return [(item.text, item.label) for item in misunderstood.labelled(conn)]


@routes.post("/dialogue/switch", name="dialogue-switch")
@require(Permission.KNOWLEDGE)
async def switch(request: web.Request) -> web.Response:
    """Answer with the candidate, or with the model of before; conversations go on."""
    form = await request.post()
    goes_back = form.get("back") == "yes"
    bot = request.config_dict[keys.DIALOGUE]
    if not isinstance(bot, Reloadable):
        raise TransitionError("对话模型在另一个服务里运行（HUHANG_RASA_URL），请在那里更换")
    settings, engine, by = settings_of(request), engine_of(request), login_of(request)
    made = await asyncio.to_thread(retraining.candidate_of, settings)
    reason = str(form.get("reason", "")).strip()
    if not goes_back and made is not None and made.is_worse and not reason:
        raise InvalidRecordError("候选模型的交叉验证分数下降了，切换前请写明理由")
    change = retraining.switch_back if goes_back else retraining.switch
    undo = retraining.switch_back
    model = (await asyncio.to_thread(change, settings)).name
    try:
        await bot.reload()
    except Exception:
        # What answers must be what the files say; the old model has been answering all along.
        await asyncio.to_thread(undo, settings)
        raise
    request.config_dict[keys.SIGNALS].tell(Topic.MODEL)
    await asyncio.to_thread(_note, engine, by, model, goes_back, reason)
    return see_other(PATH, f"已{'换回' if goes_back else '切换到'} {model}，正在进行的对话不受影响")


def _note(engine: Engine, by: str, model: str, goes_back: bool, reason: str) -> None:
    with writing(engine) as conn:
        detail = {"back": goes_back, "reason": reason or None}
        audit.record(conn, by, "model", model, detail=detail)


def _check(intent: str) -> None:
    if intent not in intents():
        raise InvalidRecordError("请选择这句话的意思")


@lru_cache(maxsize=1)
def intents() -> Mapping[str, str]:
    """Every intent with an example, by name."""
    found: dict[str, str] = {}
    for path in sorted(DATA.glob(TOPICS)):
        for row in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            if "intent" in row:
                examples = [line[2:] for line in row["examples"].splitlines() if line]
                found.setdefault(row["intent"], "、".join(examples[:2])[:28])
    return dict(sorted(found.items()))


def _state(settings: Settings) -> _State:
    active = corrections_file(settings)
    lines = active.read_text("utf-8").splitlines() if active.is_file() else []
    own = sum(line.strip().startswith("- ") and "intent:" not in line for line in lines)
    return _State(
        candidate=retraining.candidate_of(settings),
        can_go_back=retraining.can_switch_back(settings),
        own_examples=own,
    )
