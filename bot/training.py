"""Training the Rasa model: only when something it depends on changed, swapped in atomically."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from indexer.encoder import load_encoder
from knowledge.errors import AssistantError
from settings import ROOT, Settings

logger = logging.getLogger(__name__)

CONFIG = ROOT / "config.yml"
DOMAIN = ROOT / "bot" / "domain"
DATA = ROOT / "bot" / "data"
COMPONENTS = ROOT / "bot" / "components"
KEEP = 3


class ModelError(AssistantError, RuntimeError):
    """The dialogue model is missing or does not fit the dialogue data."""


def fingerprint(settings: Settings) -> str:
    """Hash of whatever would make a trained model wrong if it changed."""
    digest = hashlib.sha256(load_encoder(settings.indexer.encoder).fingerprint.encode())
    for path in _inputs(settings):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def model_path(settings: Settings) -> Path:
    """Where the model for the present data lies or will lie."""
    return settings.bot.models_dir / f"huhang-{fingerprint(settings)}.tar.gz"


def current_model(settings: Settings) -> Path:
    """The trained model that fits the present data.

    :raises ModelError: there is none; says what to run.
    """
    path = model_path(settings)
    if not path.is_file():
        raise ModelError("还没有与当前对话数据一致的模型，请先运行 make train（或 huhang train bot）")
    return path


def train(settings: Settings, *, force: bool = False) -> Path:
    """Train unless a model for the present data exists.

    :return: the model file.
    :raises ModelError: Rasa refused the data.
    """
    target = model_path(settings)
    if target.is_file() and not force:
        logger.info("dialogue model is up to date: %s", target.name)
        return target
    # Imported here: Rasa and TensorFlow take seconds to import.
    from rasa.model_training import train as rasa_train

    settings.bot.models_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.bot.models_dir) as folder:
        result = rasa_train(
            domain=str(DOMAIN),
            config=str(CONFIG),
            training_files=[str(DATA)],
            output=folder,
            fixed_model_name=target.name.removesuffix(".tar.gz"),
            force_training=True,
        )
        if result.code != 0 or not result.model:
            raise ModelError("对话模型训练失败，请运行 make validate 查看对话数据的问题")
        os.replace(result.model, target)
    _prune(settings.bot.models_dir, keep=target)
    return target


def _inputs(settings: Settings) -> Iterator[Path]:
    yield CONFIG
    for folder, pattern in ((DOMAIN, "*.yml"), (DATA, "*.yml"), (COMPONENTS, "*.py")):
        yield from sorted(folder.rglob(pattern))
    for name in ("aliases.yaml", "jieba_words.txt", "regions.yaml"):
        yield settings.knowledge.tables_dir / name


def _prune(models_dir: Path, *, keep: Path) -> None:
    others = sorted(
        (path for path in models_dir.glob("huhang-*.tar.gz") if path != keep),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for path in others[KEEP - 1 :]:
        path.unlink()
