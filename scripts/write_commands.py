"""Write docs/commands.md: every command with its arguments, as the program itself explains them.

python scripts/write_commands.py

tests/test_manual.py holds the page to the program.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from channels.cli import COMMANDS  # noqa: E402  after the path
from channels.cli.arguments import Parser  # noqa: E402

PAGE = ROOT / "docs" / "commands.md"
_HEAD = """# 命令和选项

由 `python scripts/write_commands.py` 从程序里写出，和 `huhang 命令 --help` 相同；常用的怎么用见 `README.md`，谁来运行、用什么设置见 `docs/operations.md`。
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for name, text in COMMANDS.items():
        parser = Parser(prog=f"huhang {name}", add_help=False)
        importlib.import_module(f"channels.cli.{name}").add_arguments(parser)
        parts.append(f"## huhang {name}\n\n{text}。\n")
        parts.append("\n".join(_rows(parser)))
        for action in _choices(parser):
            for chosen in action._choices_actions:
                parts.append(f"`huhang {name} {chosen.dest}`：{chosen.help or ''}\n")
                parts.append("\n".join(_rows(action.choices[chosen.dest])))
    return "\n".join(part for part in parts if part).rstrip() + "\n"


def _choices(parser: argparse.ArgumentParser) -> Iterator[argparse._SubParsersAction[Parser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield action


def _rows(parser: argparse.ArgumentParser) -> Iterator[str]:
    """A line of the list for each argument, and an empty one after the last."""
    shown = [action for action in parser._actions if _is_shown(action)]
    for action in shown:
        words = (action.help or "").replace("%(default)s", str(action.default)).replace("%%", "%")
        yield f"- `{_usage(action)}`" + (f"：{words}" if words else "")
    if shown:
        yield ""


def _is_shown(action: argparse.Action) -> bool:
    is_other = isinstance(action, (argparse._SubParsersAction, argparse._HelpAction))
    return not is_other and action.help != argparse.SUPPRESS


def _usage(action: argparse.Action) -> str:
    if action.choices is not None and action.nargs != 0:
        value = "|".join(str(choice) for choice in action.choices)
    else:
        value = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    many = {"+": f"{value}…", "*": f"[{value}…]", "?": f"[{value}]", 0: ""}
    shown = many.get(action.nargs, value) if action.nargs is not None else value
    if action.option_strings:
        return f"{'，'.join(action.option_strings)} {shown}".strip()
    return shown or value


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
