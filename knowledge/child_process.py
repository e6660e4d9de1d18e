"""A child process of ours that answers lines with lines: kept between questions, ended with its parent."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TypeVar

_PROJECT = Path(__file__).resolve().parent.parent
_Child = TypeVar("_Child", bound="ChildProcess")


class ChildProcess:
    """Runs a module of the project in a process of its own, started when it is needed.

    :param command: the module's name and its arguments.
    """

    def __init__(self, *command: str) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self: _Child) -> _Child:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def begin(self) -> None:
        """Start the child process ahead of the first question, so that the two need not wait for each other."""
        self._running()

    def close(self) -> None:
        """End the child process; what it works on for another thread is given up."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
            process.wait()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
                [sys.executable, "-m", *self._command],
                cwd=_PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process


def end_with_parent(every_s: float, also: Callable[[], None] | None = None) -> None:
    """End this process when the one that started it is gone, even in the middle of its work.

    :param also: looked at as often; it may end the process for a reason of its own.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            if also is not None:
                also()
            time.sleep(every_s)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
