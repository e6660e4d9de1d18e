"""What all tests share: a trained model with a published snapshot, cheap passwords, and what is slow."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from sqlalchemy.engine import Engine

from knowledge.heaps import seldom_collected
from settings import Settings, load_settings, one_thread_a_product
from tests import serving
from tests.fresh_database import cheap_engines, fresh_database

TODAY = "2026-11-23"
# Seconds beyond which a test is slow; the quick ones that took longer are named at the end of a run.
SLOW_S = 2.0
# What a test of these marks loads or starts makes it slow, and so does a running application.
SLOW_MARKS = ("rasa", "browser", "encoders", "redis", "s3")
# Most tests of these marks wait for the trained model that is made once a run.
PREPARED_MARKS = ("rasa", "browser")
APPLICATIONS = {"aiohttp_client", "aiohttp_server"}
# As the program does: the other cores belong to the other processes of the run.
one_thread_a_product()
seldom_collected()


def pytest_configure(config: pytest.Config) -> None:
    """Give all processes of this run one folder for what is prepared once."""
    if serving.SHARED not in os.environ:
        folder = tempfile.mkdtemp(prefix="huhang-tests-")
        os.environ[serving.SHARED] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.fixture
def fresh_db(tmp_path: Path) -> Iterator[Engine]:
    """Empty casework records in a file of their own."""
    engine = fresh_database(tmp_path / "desk.sqlite")
    yield engine
    engine.dispose()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test by its parameter, not by a file's bytes: those differ between processes."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Have every other process begin at the last folder: what one has compiled the others need not."""
    report: Any = yield
    process = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    if isinstance(collector, pytest.Directory) and int(process.removeprefix("gw")) % 2:
        report.result.reverse()
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what needs torch where it is not installed; begin with the files that take longest."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: item.path)  # the same in all processes
    has_torch = find_spec("torch") is not None
    for item in items:
        if not has_torch and item.get_closest_marker("encoders"):
            item.add_marker(pytest.mark.skip(reason="needs torch: make encoders"))
        is_marked = any(item.get_closest_marker(name) for name in SLOW_MARKS)
        if is_marked or not APPLICATIONS.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
    _begin_with_slow_files(items)


def _begin_with_slow_files(items: list[pytest.Item]) -> None:
    """One that needs the trained model first of all: while it is made, the other processes have slow ones that do not."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    waiting = [item.path for item in items if any(map(item.get_closest_marker, PREPARED_MARKS))]
    first, later = waiting[:1], set(waiting)
    items.sort(key=lambda item: (item.path not in first, item.path not in slow, item.path in later))


def pytest_collection_finish() -> None:
    """What was read and collected stays to the end: looking for garbage in it would only take time."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name the tests that are not marked slow and were."""
    spent: dict[str, float] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and "slow" not in report.keywords:
                spent[report.nodeid] = spent.get(report.nodeid, 0.0) + report.duration
    for test, seconds in sorted(spent.items(), key=lambda pair: -pair[1]):
        if seconds > SLOW_S:
            terminalreporter.write_line(f"not marked slow: {seconds:.1f}s {test}")


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """Hash passwords by the same algorithm at the least cost; test_passwords.py checks the real one."""
    from argon2 import PasswordHasher

    from desk import passwords

    passwords.hasher.cache_clear()
    cost = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
    with mock.patch.object(passwords, "PasswordHasher", return_value=PasswordHasher(**cost)):
        passwords.hasher()


@pytest.fixture(scope="session", autouse=True)
def cheap_databases() -> Iterator[None]:
    """Compile a statement for the first database only, and wait for no disk; test_engine.py looks at the real one."""
    with cheap_engines():
        yield


@pytest.fixture(scope="session")
def bot_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings over a data folder that holds a snapshot and a model."""
    folder: Path = tmp_path_factory.mktemp("bot")
    serving.prepare(folder)
    return load_settings({"HUHANG_DATA_DIR": str(folder), "HUHANG_TODAY": TODAY})
