"""Training the Rasa model, only when something that goes into it has changed."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from bot import shared_models
from bot.errors import ModelError
from bot.lean import load_rasa, quietly
from bot.training_data_once import reading_once
from indexer.encoder import load_encoder
from knowledge.followups import folder_of as followups_of
from knowledge.wordings import folder_of
from settings import ROOT, Settings

logger = logging.getLogger(__name__)
CONFIG = ROOT / "config.yml"
DOMAIN = ROOT / "bot" / "domain"
DATA = ROOT / "bot" / "data"
COMPONENTS = ROOT / "bot" / "components"
# What intents and aspects of days are taught and heard with.
LINEAR = ROOT / "indexer" / "linear.py"
# Examples by topic, and sentences of many people, a file a hand: whoever judges what is learnt keeps a
# hand's sentences together.
TOPICS, VOICES = "nlu/*.yml", "voices/*.yml"
# The one in use, the one before it, a candidate, and one that a trainer may go back to.
_KEPT = 4


def corrections_file(settings: Settings) -> Path:
    """The examples that trainers added on this installation, in use now; it may not exist."""
    return settings.data_dir / "nlu" / "corrections.yml"


def fingerprint(settings: Settings, corrections: Path | None = None) -> str:
    """Changes whenever the trained model may: configuration, domain, data, components, encoder, tables.

    :param corrections: the trainers' examples to train with; those in use when omitted.
    """
    digest = hashlib.sha256(version("rasa").encode())
    digest.update(load_encoder(settings.indexer.encoder).fingerprint.encode())
    for path in sorted(_inputs(settings)):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    added = corrections or corrections_file(settings)
    if added.is_file():
        digest.update(added.read_bytes())
    return digest.hexdigest()[:16]


def out_of_scope() -> list[str]:
    """The examples of what the shelf has nothing to say to."""
    import yaml

    groups = yaml.safe_load((DATA / "nlu" / "refusal.yml").read_text(encoding="utf-8"))["nlu"]
    strange = [str(group["examples"]) for group in groups if group["intent"] == "out_of_scope"]
    lines = [line for examples in strange for line in examples.splitlines()]
    return [text for line in lines if len(text := line.removeprefix("- ").strip()) > 3]


def _inputs(settings: Settings) -> Iterator[Path]:
    yield CONFIG
    for folder, pattern in (
        (DOMAIN, "*.yml"),
        (DATA, "**/*.yml"),
        (DATA, "lookups/*.txt"),
        (COMPONENTS, "*.py"),
        (COMPONENTS, "*.yml"),
    ):
        yield from folder.glob(pattern)
    yield LINEAR
    yield from folder_of(settings.knowledge.sources_dir).glob("*.yaml")
    yield from followups_of(settings.knowledge.sources_dir).glob("*.yaml")
    for name in ("aliases.yaml", "jieba_words.txt", "regions.yaml"):
        path = settings.knowledge.tables_dir / name
        if path.is_file():
            yield path


def model_path(settings: Settings, corrections: Path | None = None) -> Path:
    """Where the model of the present inputs is, or would be."""
    return settings.bot.models_dir / f"huhang-{fingerprint(settings, corrections)}.tar.gz"


def newest_model(settings: Settings) -> Path:
    """The model of the present inputs.

    :raises ModelError: when it has not been trained.
    """
    shared_models.take_over(settings)
    path = model_path(settings)
    if not shared_models.fetch(settings, path):
        raise ModelError("对话模型还没有训练，或训练后内容有改动：请先运行 huhang train bot")
    return path


def train(settings: Settings, *, force: bool = False, corrections: Path | None = None) -> Path:
    """Train the model unless the present inputs have one already.

    :param corrections: the trainers' examples to train with; those in use when omitted.
    :return: the model file.
    :raises ModelError: when Rasa could not train.
    :raises StorageError: other machines could not be given the model.
    """
    target = model_path(settings, corrections)
    added = corrections or corrections_file(settings)
    if not force and shared_models.fetch(settings, target):
        logger.info("model %s is up to date", target.name)
        return target
    load_rasa()
    from rasa.model_training import train as rasa_train

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, quietly(), reading_once():
        result = rasa_train(
            domain=str(DOMAIN),
            config=str(CONFIG),
            training_files=[str(DATA), *([str(added)] if added.is_file() else [])],
            output=folder,
            fixed_model_name=target.name.removesuffix(".tar.gz"),
            force_training=True,
        )
        if result.code != 0 or result.model is None:
            raise ModelError("对话模型训练失败，请查看上面的日志；数据可用 rasa data validate 检查")
        fresh = target.with_suffix(".part")
        shutil.copyfile(result.model, fresh)
        os.replace(fresh, target)
    _forget_older(target)
    shared_models.store(settings, target)
    return target


def _forget_older(kept: Path) -> None:
    models = sorted(
        kept.parent.glob("huhang-*.tar.gz"), key=lambda p: p.stat().st_mtime, reverse=True
    )
    for path in models[_KEPT:]:
        if path != kept:
            path.unlink(missing_ok=True)
