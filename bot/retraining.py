"""A candidate model from the trainers' examples: trained aside, compared, switched to and back.

The examples in use are one file; the model of a set of inputs is found by their fingerprint, so
switching is replacing that file, and switching back is putting the earlier one in its place.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import yaml

from bot import shared_models
from bot.classifier_scores import KeptScores, Scores, scores
from bot.errors import ModelError
from bot.evaluation import ExampleReader
from bot.training import (
    DATA,
    TOPICS,
    VOICES,
    corrections_file,
    fingerprint,
    model_path,
    train,
)
from desk.leases import Guard
from knowledge.files import write_atomic
from settings import ROOT, Settings, quiet_libraries

STORIES = ROOT / "tests" / "conversations"
# A fall of the cross-validated macro-F1 beyond this is more than the luck of the folds.
NOISE = 0.005


@dataclass(frozen=True)
class Candidate:
    """A trained model that waits for a decision."""

    model: str
    by: str
    at: str
    examples: int
    before: Scores
    after: Scores
    stories: int
    stories_right: int
    failed: tuple[str, ...] = ()

    @property
    def is_worse(self) -> bool:
        """Whether cross-validation fell by more than chance."""
        return self.after.macro_f1 < self.before.macro_f1 - NOISE

    @property
    def breaks_stories(self) -> bool:
        """Whether a recorded conversation would go another way."""
        return self.stories_right < self.stories


def folder(settings: Settings) -> Path:
    """Where the trainers' examples are kept."""
    return corrections_file(settings).parent


def examples_yaml(examples: Sequence[tuple[str, str]]) -> str:
    """Sentences and their intents as Rasa NLU data."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for text, intent in examples:
        # Brackets are Rasa's annotation of entities; a line break would begin another example.
        plain = re.sub(r"[\[\](){}\s]+", " ", text).strip()
        if plain and plain not in grouped[intent]:
            grouped[intent].append(plain)
    rows = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in sorted(grouped.items())
    ]
    data = {"version": "3.1", "nlu": rows}
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False)


def prepare(
    settings: Settings,
    examples: Sequence[tuple[str, str]],
    by: str,
    fence: Guard | None = None,
    *,
    report: Callable[[str], None] = lambda _step: None,
) -> Candidate:
    """Train a candidate and compare it with what is in use; takes minutes.

    Begun again after it was cut off, it goes on after the last step that came to its end.

    :param examples: every labelled sentence with its intent.
    :param fence: asked before the candidate is there for all to see.
    :raises LeaseLostError: another copy of the server took over.
    :raises ModelError: there is nothing to learn, or Rasa could not train.
    """
    if not examples:
        raise ModelError("还没有标注过的句子，先在下面标注几句再训练")
    home = folder(settings)
    home.mkdir(parents=True, exist_ok=True)
    # Apart from the files that machines have in common: those are taken over whenever a page is seen.
    data = home / "candidate.new.yml"
    write_atomic(data, examples_yaml(examples).encode("utf-8"))
    quiet_libraries()
    report("训练候选模型")
    model = train(settings, corrections=data)
    report("交叉验证现用的数据")
    reader = ExampleReader()
    before = _scores(settings, corrections_file(settings), examples, reader)
    report("交叉验证加入标注后的数据")
    after = _scores(settings, data, examples, reader)
    report("走一遍对话测试")
    total, right, failed = asyncio.run(run_stories(model, settings))
    candidate = Candidate(
        model=model.name,
        by=by,
        at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        examples=len(examples),
        before=before,
        after=after,
        stories=total,
        stories_right=right,
        failed=tuple(failed[:20]),
    )
    if fence is not None:
        fence.check()
    content = json.dumps(asdict(candidate), ensure_ascii=False, indent=1)
    os.replace(data, home / "candidate.yml")
    write_atomic(home / "candidate.json", content.encode("utf-8"))
    shared_models.store(settings, model)
    return candidate


def prepare_and_say(
    settings: Settings,
    examples: Sequence[tuple[str, str]],
    by: str,
    fence: Guard,
    *,
    report: Callable[[str], None],
) -> str:
    """:func:`prepare`, and what came of it in a sentence."""
    made = prepare(settings, examples, by, fence, report=report)
    return f"候选模型已训练，含 {made.examples} 句标注"


async def run_stories(model: Path, settings: Settings) -> tuple[int, int, list[str]]:
    """Walk the recorded conversations with a model over the published knowledge.

    :return: how many there are, how many go as recorded, and the names of the others.
    """
    from rasa.core.agent import Agent
    from rasa.core.test import test

    from actions.context import build_services, use_services

    if not any(STORIES.glob("test_*.yml")):
        return 0, 0, []
    agent, services = Agent.load(str(model)), build_services(settings)
    with (
        use_services(services),
        tempfile.TemporaryDirectory(prefix="huhang-stories-") as out,
    ):
        result = await test(str(STORIES), agent, out_directory=out, e2e=True, disable_plotting=True)
        failed = Path(out) / "failed_test_stories.yml"
        text = failed.read_text("utf-8") if failed.is_file() else ""
    services.engine.dispose()
    accuracy = result["report"]["conversation_accuracy"]
    names = re.findall(r"^- story: (.+?)(?: \(.*\))?$", text, flags=re.M)
    return int(accuracy["total"]), int(accuracy["correct"]), names


def candidate_of(settings: Settings) -> Candidate | None:
    """The candidate that waits, None when there is none or the program changed since."""
    shared_models.take_over(settings)
    try:
        value = json.loads((folder(settings) / "candidate.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    made = _candidate(value)
    is_ready = model_path(settings, folder(settings) / "candidate.yml").name == made.model
    has_model = shared_models.fetch(settings, settings.bot.models_dir / made.model)
    return made if is_ready and has_model else None


def switch(settings: Settings) -> Path:
    """Use the candidate's examples from now on; what was in use is kept for switching back.

    :return: the model now in use.
    :raises ModelError: there is no candidate, or it breaks a recorded conversation.
    """
    made, home = candidate_of(settings), folder(settings)
    if made is None:
        raise ModelError("没有可切换的候选模型，请先训练")
    if made.breaks_stories:
        raise ModelError(
            f"有 {made.stories - made.stories_right} 段对话测试没有通过，不能切换；请检查新标注"
        )
    active = corrections_file(settings)
    was = active.read_bytes() if active.is_file() else b""
    write_atomic(home / "previous.yml", was)
    write_atomic(active, (home / "candidate.yml").read_bytes())
    (home / "candidate.json").unlink(missing_ok=True)
    shared_models.store(settings)
    return model_path(settings)


def can_switch_back(settings: Settings) -> bool:
    """Whether the examples used before are kept and still have their model."""
    previous = folder(settings) / "previous.yml"
    return previous.is_file() and shared_models.fetch(settings, _model_before(settings, previous))


def switch_back(settings: Settings) -> Path:
    """Use the examples of before again; doing it twice returns to the newer ones.

    :raises ModelError: nothing was switched, or the earlier model is gone.
    """
    if not can_switch_back(settings):
        raise ModelError("没有可以换回的上一个模型")
    active, previous = corrections_file(settings), folder(settings) / "previous.yml"
    now = active.read_bytes() if active.is_file() else b""
    before = previous.read_bytes()
    write_atomic(previous, now)
    if before:
        write_atomic(active, before)
    else:
        active.unlink(missing_ok=True)
    shared_models.store(settings)
    return model_path(settings)


def _model_before(settings: Settings, previous: Path) -> Path:
    # An empty file stands for no examples of one's own; hashing nothing is the same as no file.
    return model_path(settings, previous)


def _scores(
    settings: Settings,
    corrections: Path,
    labelled: Sequence[tuple[str, str]],
    reader: ExampleReader,
) -> Scores:
    """How the data with some corrections does; found once, also where the training was cut off then."""
    judged_by = Path(__file__).with_name("evaluation.py").read_text("utf-8")
    inputs = json.dumps([fingerprint(settings, corrections), judged_by, *labelled])
    kept = KeptScores(folder(settings) / "scores.json")
    return kept.of(inputs, lambda: scores(_files(corrections), labelled, reader))


def _files(corrections: Path) -> list[Path]:
    shipped = [*sorted(DATA.glob(TOPICS)), *sorted(DATA.glob(VOICES))]
    return [*shipped, corrections] if corrections.is_file() else shipped


def _candidate(value: Mapping[str, Any]) -> Candidate:
    return Candidate(
        **{
            **value,
            "before": Scores(**value["before"]),
            "after": Scores(**value["after"]),
            "failed": tuple(value["failed"]),
        }
    )


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, which is what Rasa reads."""


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )


_Dumper.add_representer(str, _block)
