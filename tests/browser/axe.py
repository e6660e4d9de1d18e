"""axe-core for the tests: one pinned release, fetched by the machine's own npm, never part of the repository."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

RELEASE = "axe-core@4.14.1"
SHA256 = "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745"
FETCHING_S = 120


def axe_script(cache: Path) -> str:
    """The script to run in a page.

    :param cache: a folder that outlives the run; the release is fetched into it once.
    """
    archive = cache / f"{RELEASE.replace('@', '-')}.tgz"
    if not archive.is_file():
        _fetch(archive)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert digest == SHA256, f"{archive} is not the {RELEASE} that these tests were written for"
    with tarfile.open(archive) as content:
        member = content.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode()


def _fetch(archive: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine to fetch axe-core with")
    line = [
        npm,
        "pack",
        RELEASE,
        "--silent",
        "--fetch-retries=1",
        "--pack-destination",
        archive.parent,
    ]
    try:
        done = subprocess.run(line, capture_output=True, text=True, timeout=FETCHING_S)
    except subprocess.TimeoutExpired:
        pytest.skip("the package registry does not answer")
    if done.returncode:
        pytest.skip(f"axe-core cannot be fetched: {done.stderr.strip()[-200:]}")
