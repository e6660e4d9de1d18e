"""How many branches of the code that may not be wrong the tests of its layer run through.

python scripts/branches.py            # every group of scripts/mutants.py
python scripts/branches.py deadlines

Prints each module with the lines and the branches that no test takes; fails below nine tenths of a group.
A module of which one function alone is tried there is left out.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.mutants import GROUPS, Group
from scripts.mutations import ROOT

LEAST = 90


def taken(group: Group, place: Path) -> int:
    """Run the tests of a group and print what they take of its modules.

    :return: 0 where the tests pass and enough is taken.
    """
    files = ",".join(module for module in group.modules if ":" not in module)
    environment = {**os.environ, "COVERAGE_FILE": str(place / "data"), "PYTHONPATH": str(ROOT)}
    coverage = [sys.executable, "-m", "coverage"]
    run = ["run", f"--rcfile={os.devnull}", "--branch", f"--include={files}", "-m", "pytest", "-q", "-p", "no:cacheprovider"]  # fmt: skip
    report = ["report", f"--rcfile={os.devnull}", "--show-missing", f"--fail-under={LEAST}"]
    for options in ([*run, *group.tests], report):
        done = subprocess.run([*coverage, *options], cwd=ROOT, env=environment, check=False)
        if done.returncode:
            return done.returncode
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []], metavar="GROUP")
    codes = []
    for name in parser.parse_args().groups or GROUPS:
        print(f"{name}:", flush=True)
        with tempfile.TemporaryDirectory() as place:
            codes.append(taken(GROUPS[name], Path(place)))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
