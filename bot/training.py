"""Training the Rasa model, only when something that goes into it has changed."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.errors import ModelError
from indexer.encoder import load_encoder
from settings import ROOT, Settings, quiet_libraries

logger = logging.getLogger(__name__)

CONFIG = ROOT / "config.yml"
DOMAIN = ROOT / "bot" / "domain"
DATA = ROOT / "bot" / "data"
COMPONENTS = ROOT / "bot" / "components"
_KEPT = 2


def fingerprint(settings: Settings) -> str:
    """Changes whenever the trained model may: configuration, domain, data, components, encoder, tables."""
    import rasa

    digest = hashlib.sha256(rasa.__version__.encode())
    digest.update(load_encoder(settings.indexer.encoder).fingerprint.encode())
    for path in sorted(_inputs(settings)):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _inputs(settings: Settings) -> Iterator[Path]:
    yield CONFIG
    for folder, pattern in (
        (DOMAIN, "*.yml"),
        (DATA, "**/*.yml"),
        (DATA, "lookups/*.txt"),
        (COMPONENTS, "*.py"),
    ):
        yield from folder.glob(pattern)
    for name in ("aliases.yaml", "jieba_words.txt", "regions.yaml"):
        path = settings.knowledge.tables_dir / name
        if path.is_file():
            yield path


def model_path(settings: Settings) -> Path:
    """Where the model of the present inputs is, or would be."""
    return settings.bot.models_dir / f"huhang-{fingerprint(settings)}.tar.gz"


def newest_model(settings: Settings) -> Path:
    """The model of the present inputs.

    :raises ModelError: when it has not been trained.
    """
    path = model_path(settings)
    if not path.is_file():
        raise ModelError("对话模型还没有训练，或训练后内容有改动：请先运行 huhang train bot")
    return path


def train(settings: Settings, *, force: bool = False) -> Path:
    """Train the model unless the present inputs have one already.

    :return: the model file.
    :raises ModelError: when Rasa could not train.
    """
    target = model_path(settings)
    if target.is_file() and not force:
        logger.info("model %s is up to date", target.name)
        return target
    quiet_libraries()
    from rasa.model_training import train as rasa_train

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        result = rasa_train(
            domain=str(DOMAIN),
            config=str(CONFIG),
            training_files=[str(DATA)],
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
    return target


def _forget_older(kept: Path) -> None:
    models = sorted(
        kept.parent.glob("huhang-*.tar.gz"), key=lambda p: p.stat().st_mtime, reverse=True
    )
    for path in models[_KEPT:]:
        if path != kept:
            path.unlink(missing_ok=True)
