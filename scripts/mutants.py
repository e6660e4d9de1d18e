"""Break the code that may not be wrong, one small change at a time, and see whether its tests notice.

python scripts/mutants.py                          # every group, 60 changes a group
python scripts/mutants.py deadlines --count 80 --seed 3

What the changes are says scripts/mutations.py.  The tests of a group are collected once; each change is then
tried in a process of its own, against the tests that run through its line, the quickest first; what a module
does on import against every test of the group, from a fresh start.  What no test notices is printed with its
place: a test is missing there, or the change means the same; those of the second kind stand with their reason
in scripts/mutants-same.txt and do not count.

Tests of Hypothesis begin from one seed, so that two runs say the same.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib.machinery
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.mutations import ROOT, Change, changes

SAME = ROOT / "scripts" / "mutants-same.txt"
_LIBRARIES = ("numpy", "yaml", "sqlalchemy", "rasa_sdk.executor", "jieba", "holidays", "sklearn")
_STARTING_S = 600
_NOTICED, _MISSED, _BROKEN = 1, 0, 70


@dataclass(frozen=True)
class Group:
    """Modules that are broken, and the tests that should notice."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


def _all(*patterns: str) -> tuple[str, ...]:
    """Files by name; what fits the learned parts is left out, as it runs when they are trained."""
    return tuple(
        sorted(
            path.relative_to(ROOT).as_posix()
            for pattern in patterns
            for path in ROOT.glob(pattern)
            if path.name != "__init__.py" and not path.name.endswith("_training.py")
        )
    )


GROUPS = {
    "deadlines": Group(
        _all("actions/deadline*.py", "actions/date*.py", "actions/periods.py")
        + _all("actions/calendars.py", "knowledge/deadline*.py"),
        _all(
            "tests/actions/test_d[ae]*.py",
            "tests/actions/test_calendars.py",
            "tests/actions/test_periods.py",
        )
        + _all("tests/actions/test_form*.py", "tests/knowledge/test_deadline*.py"),
    ),
    "turn": Group(
        _all("actions/turn/*.py", "bot/deciding.py"),
        _all("tests/actions/turn/test_*.py", "tests/bot/test_deciding.py"),
    ),
    "figures": Group(
        ("knowledge/figures.py", "knowledge/edit_checks.py", "actions/passages.py:guarded"),
        (
            "tests/knowledge/test_text.py",
            "tests/knowledge/test_figures.py",
            "tests/knowledge/test_edit_checks.py",
            "tests/actions/test_passages.py",
        ),
    ),
}


def same() -> set[str]:
    """:return: the keys of the changes that mean the same, each of which stands above its reason."""
    lines = SAME.read_text(encoding="utf-8").splitlines() if SAME.exists() else []
    return {line for line in lines if line and not line.startswith(("#", " "))}


def forked(work: Callable[[], int], limit_s: float, log: Path) -> int:
    """Run in a process of its own, which is ended when it takes too long.

    :return: what the work returned; that the change was noticed when it hangs.
    """
    child = os.fork()
    if child == 0:
        os.setsid()
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        code = _BROKEN
        try:
            code = work()
        except BaseException:
            traceback.print_exc()
        os._exit(code)
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return abs(os.waitstatus_to_exitcode(status))
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return _NOTICED


def collected(tests: Sequence[str], plugin: object) -> int:
    """Collect the tests and leave the rest to the plugin."""
    import pytest

    os.chdir(ROOT)
    options = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0"]
    return int(pytest.main([*options, *tests], plugins=[plugin]))


def run(items: Sequence[Any]) -> bool:
    """Run tests until one fails.

    :return: whether one did.
    """
    for at, item in enumerate(items):
        following = items[at + 1] if at + 1 < len(items) else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if item.session.testsfailed:
            return True
    return False


class Whole:
    """A pytest plugin: run every test until one fails."""

    def pytest_runtestloop(self, session: Any) -> bool:
        if session.testsfailed:  # the change keeps a file of tests from being read
            os._exit(_NOTICED)
        os._exit(_NOTICED if run(session.items) else _MISSED)


class Judge:
    """A pytest plugin: try each change of a function against the tests that run through its line.

    :param verdicts: where each key is written with what came of it; what no test runs through after the
        import is left out.
    """

    def __init__(self, sample: Sequence[Change], verdicts: Path, place: Path) -> None:
        self._sample, self._verdicts = sample, verdicts
        self._reach, self._log = place / "reach.json", place / "log"

    def pytest_runtestloop(self, session: Any) -> bool:
        if forked(lambda: self._reached(session), _STARTING_S, self._log) != _MISSED:
            print(self._log.read_text(encoding="utf-8")[-4000:])
            os._exit(_BROKEN)
        found = json.loads(self._reach.read_text(encoding="utf-8"))
        by_name = {item.nodeid: item for item in session.items}
        with self._verdicts.open("w", encoding="utf-8") as verdicts:
            for change in self._sample:
                names = found["reach"].get(f"{change.module}:{change.line}", [])
                if not names:
                    continue
                spent = found["spent"]
                items = [by_name[name] for name in sorted(names, key=lambda n: spent[n])]
                limit = 60 + 20 * sum(spent[name] for name in names)
                tried = forked(lambda c=change, i=items: _tried(c, i), limit, self._log)
                if tried in (_NOTICED, _MISSED):
                    verdicts.write(f"{tried} {change.key}\n")
                    verdicts.flush()
        os._exit(0)

    def _reached(self, session: Any) -> int:
        """Run every test once and write which run through which line, and how long each took."""
        from coverage import Coverage

        files = sorted({str(ROOT / change.module) for change in self._sample})
        measured = Coverage(data_file=None, include=files, config_file=False)
        spent: dict[str, float] = {}
        measured.start()
        for item in session.items:
            measured.switch_context(item.nodeid)
            start = time.perf_counter()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            spent[item.nodeid] = time.perf_counter() - start
        measured.stop()
        reach: dict[str, list[str]] = defaultdict(list)
        for file in files:
            lines = measured.get_data().contexts_by_lineno(file)
            for line, names in lines.items():
                where = f"{Path(file).relative_to(ROOT).as_posix()}:{line}"
                reach[where] = sorted(name for name in names if name)
        self._reach.write_text(json.dumps({"reach": reach, "spent": spent}), encoding="utf-8")
        return _NOTICED if session.testsfailed else _MISSED


def _tried(change: Change, items: Sequence[Any]) -> int:
    code = change.function_code()
    assert code is not None, change.key
    gc.unfreeze()  # what tests/conftest.py froze would not be found
    meant = [
        item
        for item in gc.get_objects()
        if isinstance(item, FunctionType) and _is_of(item.__code__, code)
    ]
    for function in meant:
        function.__code__ = code
    if not meant:  # nothing was broken, so that nothing can be said of the tests
        return _BROKEN
    return _NOTICED if run(items) else _MISSED


def _is_of(old: CodeType, new: CodeType) -> bool:
    return (old.co_filename, old.co_firstlineno, old.co_name) == (
        new.co_filename,
        new.co_firstlineno,
        new.co_name,
    )


def _tried_whole(change: Change, tests: Sequence[str]) -> int:
    """Import the changed module in place of the one on disk, then run every test."""
    path, read = str(ROOT / change.module), importlib.machinery.SourceFileLoader.get_code

    def changed(self: Any, name: str) -> CodeType | None:
        return change.compiled() if self.get_filename(name) == path else read(self, name)

    importlib.machinery.SourceFileLoader.get_code = changed  # type: ignore[method-assign,assignment]
    return collected(tests, Whole())


def judge(name: str, group: Group, sample: Sequence[Change], place: Path) -> list[Change]:
    """Try a sample of the group's changes.

    :return: what no test noticed.
    :raises SystemExit: the tests fail without any change.
    """
    verdicts, log = place / "verdicts", place / "log"
    inner = [change for change in sample if change.function]
    judge_ = Judge(inner, verdicts, place)
    if forked(lambda: collected(group.tests, judge_), 3600 * 6, place / "first") != 0:
        raise SystemExit(
            f"{name}: the tests fail unchanged:\n{(place / 'first').read_text()[-4000:]}"
        )
    known = {line[2:]: int(line[0]) for line in verdicts.read_text(encoding="utf-8").splitlines()}
    missed = []
    for change in sample:
        code = known.get(change.key)
        if code is None:
            code = forked(lambda c=change: _tried_whole(c, group.tests), _STARTING_S, log)  # type: ignore[misc]
        if code == _MISSED:
            missed.append(change)
            print(f"not noticed: {change.line}: {change.key}", flush=True)
    return missed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []], metavar="GROUP")
    parser.add_argument("--count", type=int, default=60, help="changes a group")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    for library in _LIBRARIES:
        with contextlib.suppress(ImportError):
            __import__(library)
    known = same()
    for name in asked.groups or GROUPS:
        group = GROUPS[name]
        found = [change for module in group.modules for change in changes(module)]
        drawn = random.Random(asked.seed).sample(found, min(asked.count, len(found)))
        sample = [change for change in drawn if change.key not in known]
        with tempfile.TemporaryDirectory(prefix="huhang-mutants-") as place:
            missed = judge(name, group, sample, Path(place))
        print(
            f"{name}: {len(sample) - len(missed)} of {len(sample)} noticed; {len(drawn) - len(sample)} more "
            f"mean the same; {len(found)} possible",
            flush=True,
        )


if __name__ == "__main__":
    main()
