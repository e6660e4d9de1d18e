"""This program as another process runs it."""

from __future__ import annotations

import sys

_PROGRAM = "import sys; from channels.cli import main; sys.exit(main())"


def command(*arguments: str) -> list[str]:
    """The command line of ``huhang`` with these arguments, by the interpreter that runs now."""
    return [sys.executable, "-c", _PROGRAM, *arguments]
