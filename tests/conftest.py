"""A data folder with a published snapshot and a trained model, made once for the slow tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HUHANG = Path(sys.executable).parent / "huhang"
START_S = 90.0


@dataclass
class RunningServer:
    """A ``huhang serve`` of its own: its address, data folder and process."""

    url: str
    data_dir: Path
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """Stop it as a power cut would."""
        self.process.kill()
        self.process.wait()


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """The environment of a process that works in a data folder."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HUHANG_")}
    return {**kept, "HUHANG_DATA_DIR": str(data_dir), "HUHANG_RATE_PER_MINUTE": "10000", **more}


def huhang(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a data folder."""
    return subprocess.run(
        [str(HUHANG), *arguments],
        env=environment(data_dir), cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture(scope="session")
def ready_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a published snapshot; the model is trained once in the project's own ``var/``."""
    folder = tmp_path_factory.mktemp("ready")
    huhang(folder, "kb", "build", "--publish")
    huhang(ROOT / "var", "train", "bot")
    (folder / "models").symlink_to(ROOT / "var" / "models")
    return folder


@pytest.fixture
def data_dir(ready_dir: Path, tmp_path: Path) -> Path:
    """A data folder of one test: the shared snapshot and model, its own databases."""
    folder = tmp_path / "var"
    folder.mkdir()
    for name in ("snapshots", "models"):
        (folder / name).symlink_to(ready_dir / name)
    return folder


@contextmanager
def serving(data_dir: Path, port: int | None = None) -> Iterator[RunningServer]:
    """Run the server until the end of the block."""
    port = port or _free_port()
    with (data_dir / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [str(HUHANG), "serve"],
            env=environment(data_dir, HUHANG_PORT=str(port)), cwd=ROOT, stdout=log, stderr=log,
        )  # fmt: skip
    server = RunningServer(f"http://127.0.0.1:{port}", data_dir, process)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def server(data_dir: Path) -> Iterator[RunningServer]:
    """A running server of its own."""
    with serving(data_dir) as running:
        yield running


@pytest.fixture
def serve() -> Callable[..., object]:
    """Start a server by hand, for tests that stop and restart it."""
    return serving


def _wait_until_ready(server: RunningServer) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert server.process.poll() is None, (server.data_dir / "serve.log").read_text()
        try:
            with urllib.request.urlopen(f"{server.url}/readyz", timeout=5) as response:
                if response.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError("the server did not become ready")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
