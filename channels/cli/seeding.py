"""What a new image brings to the data folder of an earlier one: its dialogue model, and the shelf of its version.

Serving goes on meanwhile from what is there; what is published and what is trained is taken up when it is
there.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from channels.cli.program import command
from settings import Settings

logger = logging.getLogger(__name__)

_ENDING_S = 10.0


@contextmanager
def seeded(settings: Settings, seed: Path) -> Iterator[None]:
    """Have what is missing made beside the block, each by a process of its own.

    Drafts of trainers that wait for approval are left out.

    :param seed: a folder with ``models``, as an image brings it.
    """
    from bot.training import model_path

    wanted: list[tuple[str, ...]] = [("kb", "build", "--if-stale", "--publish", "--without-drafts")]
    if settings.bot.rasa_url is None and not _taken(model_path(settings), seed / "models"):
        wanted.append(("train", "bot"))
    making = [
        subprocess.Popen(command(*arguments), stdin=subprocess.DEVNULL)  # noqa: S603  (this program)
        for arguments in wanted
    ]
    try:
        yield
    finally:
        end(making)


def end(making: Sequence[subprocess.Popen[bytes]]) -> None:
    """End what is still being made."""
    for process in making:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(_ENDING_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _taken(model: Path, brought: Path) -> bool:
    """Whether the model of the present inputs lies in its place, taken from the image where it has it."""
    source = brought / model.name
    if not model.is_file() and source.is_file():
        model.parent.mkdir(parents=True, exist_ok=True)
        fresh = model.with_suffix(f".{os.getpid()}.part")
        shutil.copyfile(source, fresh)
        os.replace(fresh, model)
        logger.info("model %s was taken from the image", model.name)
    return model.is_file()
