"""A real server for tests: ``huhang serve`` in its own process, on a free port and a copied data folder.

The snapshot and the model of the working copy are reused when they fit and made once a run when they do
not, for all the processes that run tests.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from knowledge.files import exclusive_lock

ROOT = Path(__file__).parents[1]
PREPARING_S = 900
# Names the folder in which the processes of one run share what is prepared.
SHARED = "TESTS_SHARED_FOLDER"
_LARGE = 2**20
STARTING_S = 180


@dataclass(frozen=True)
class Server:
    """A server that is ready."""

    url: str
    pid: int
    data_dir: Path


def command(data_dir: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """:return: a ``huhang`` command line and its environment."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HUHANG_")}
    environment = {
        **kept,
        "HUHANG_DATA_DIR": str(data_dir),
        "HUHANG_TODAY": "2026-11-23",
        # It would take of the processor what the tests beside it need.
        "HUHANG_ASK_AHEAD": "no",
    }
    script = "import sys; from channels.cli import main; sys.exit(main(sys.argv[1:]))"
    return [sys.executable, "-c", script, *arguments], environment


def prepare(data_dir: Path) -> None:
    """Put a published snapshot and a trained model into an empty data folder.

    They are made once a run where the run has a folder for it (tests/conftest.py).
    """
    if SHARED not in os.environ:
        _make(data_dir)
        return
    shared = Path(os.environ[SHARED])
    with exclusive_lock(shared / "lock", PREPARING_S) as is_held:
        assert is_held, "another process has been preparing for too long"
        if not (shared / "data").exists():
            _make(shared / "making")
            (shared / "making").rename(shared / "data")
    shutil.copytree(
        shared / "data", data_dir, symlinks=True, dirs_exist_ok=True, copy_function=_link
    )


def _link(source: str, target: str) -> None:
    """Indexes and models are never changed in place, so that a link does; the small files are copied."""
    if os.path.getsize(source) < _LARGE:
        shutil.copy2(source, target)
    else:
        os.link(source, target)


def _make(data_dir: Path) -> None:
    """Train into the working copy, which keeps the model for the next run; build beside it."""
    _run(ROOT / "var", "train", "bot")
    for name in ("snapshots", "models"):
        source = ROOT / "var" / name
        if source.is_dir():
            shutil.copytree(source, data_dir / name, symlinks=True)
    _run(data_dir, "kb", "build", "--if-stale", "--publish")


def _run(data_dir: Path, *arguments: str) -> None:
    line, environment = command(data_dir, *arguments)
    done = subprocess.run(
        line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PREPARING_S
    )
    assert done.returncode == 0, f"{arguments}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"


@contextlib.contextmanager
def serving(data_dir: Path, *options: str, **settings: str) -> Iterator[Server]:
    """Run the server until the block ends.

    :param options: further options of ``huhang serve``.
    :param settings: further variables of its environment.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line, environment = command(data_dir, "serve", "--port", str(port), *options)
    with (data_dir / "serve.log").open("a+") as log:
        process = subprocess.Popen(
            line,
            cwd=ROOT,
            env={**environment, **settings},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process, data_dir / "serve.log")
            yield Server(url, process.pid, data_dir)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTING_S
    while time.monotonic() < until:
        assert process.poll() is None, f"the server ended:\n{log.read_text()[-4000:]}"
        with (
            contextlib.suppress(URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(f"{url}/readyz", timeout=5) as response,
        ):
            if response.status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"the server was not ready in time:\n{log.read_text()[-4000:]}")
