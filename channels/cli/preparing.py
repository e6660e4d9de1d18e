"""What a first start needs, made beside one another: the snapshot, and the dialogue model.

Each is made by a process of its own, so that what making takes is not held while serving.
"""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

from channels.cli.program import command
from channels.cli.screen import Screen
from channels.cli.seeding import end
from knowledge.errors import AssistantError
from settings import Settings

_LOOK_S = 0.2
BUILDING, TRAINING, LOADING = "10 到 30 秒", "半分钟到一分半", "5 到 15 秒"


class PreparationError(AssistantError):
    """What is needed to answer could not be made."""


class Preparation:
    """Makes what is missing, and says on the screen how far it is."""

    def __init__(self, settings: Settings, screen: Screen, log: Path) -> None:
        """Begin to make what is missing."""
        from bot.training import model_path
        from curation.publishing import is_usable

        self._screen = screen
        self._log = log
        self._is_usable = is_usable(settings)
        self._building = self._made("kb", "build", "--if-stale", "--publish", "--without-drafts")
        is_trained = settings.bot.rasa_url is not None or model_path(settings).is_file()
        self._training = None if is_trained else self._made("train", "bot")

    def wait_for_snapshot(self) -> None:
        """Wait for something to answer from; a newer snapshot is built while the older one answers.

        :raises PreparationError: it could not be built.
        """
        if self._is_usable:
            return
        self._screen.step("建知识库", BUILDING)
        self._check(self._building.wait(), "知识库没有建成")
        self._screen.done()

    async def wait_for_model(self, address: str) -> None:
        """Wait for the dialogue model, while questions are answered already."""
        if self._training is not None:
            self._screen.step(f"现在就可以提问：{address} ；训练对话模型", TRAINING)
            # Not in a thread: one that waits would keep the process from ending.
            while (code := self._training.poll()) is None:  # noqa: ASYNC110
                await asyncio.sleep(_LOOK_S)
            if code:
                self._screen.say(f"对话模型没有训练成，现在只能查资料回答；原因见 {self._log}")
                return
        self._screen.step("载入对话模型", LOADING)

    def close(self) -> None:
        """End what is still being made."""
        end([process for process in (self._building, self._training) if process is not None])

    def _made(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as sink:
            return subprocess.Popen(  # noqa: S603  (this program, fixed arguments)
                command(*arguments),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
            )

    def _check(self, code: int, what: str) -> None:
        if code:
            lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
            reason = next((line for line in reversed(lines) if line.startswith("错误：")), "")
            raise PreparationError(
                f"{what}：{reason.removeprefix('错误：') or '原因见日志'}（{self._log}）"
            )
