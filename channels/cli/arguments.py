"""The parser of the command line, whose usage, help and refusals are in Chinese."""

from __future__ import annotations

import argparse
import re
import sys
from typing import Any, NoReturn

# What argparse says, and how it is said here; the groups of the left are the fields of the right.
_REFUSALS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"the following arguments are required: (.+)", "缺少 {0}"),
        (r"one of the arguments (.+) is required", "要写其中一项：{0}"),
        (r"unrecognized arguments: (.+)", "不认识的参数：{0}"),
        (r"ambiguous option: (\S+) could match (.+)", "{0} 不完整，可能是：{1}"),
        (r"argument (.+): invalid choice: (.+) \(choose from (.+)\)", "{0} 没有 {1} 这一项，可选：{2}"),
        (r"argument (.+): expected one argument", "{0} 后面缺少内容"),
        (r"argument (.+): expected at least one argument", "{0} 后面至少写一项"),
        (r"argument (.+): expected (\d+) arguments?", "{0} 后面应有 {1} 项"),
        (r"argument (.+): ignored explicit argument (.+)", "{0} 后面不能再写内容：{1}"),
        (r"argument (.+): invalid (?:int|float) value: (.+)", "{0} 应为数字，实为 {1}"),
        (r"argument (.+): not allowed with argument (.+)", "{0} 和 {1} 不能一起用"),
        (r"argument (.+): (.+)", "{0}：{1}"),
    )
)  # fmt: skip


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks Chinese; the parsers of subcommands are of the same class."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Add the help option in Chinese."""
        super().__init__(*args, **{**options, "add_help": False})
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这段说明")

    def format_usage(self) -> str:
        """The usage line, beginning with 用法."""
        formatter = self._get_formatter()
        formatter.add_usage(
            self.usage, self._actions, self._mutually_exclusive_groups, prefix="用法："
        )
        return formatter.format_help()

    def format_help(self) -> str:
        """The whole help, its usage line in Chinese."""
        return super().format_help().replace("usage: ", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and exit with 2."""
        self.print_usage(sys.stderr)
        self.exit(2, f"错误：{refusal(message)}\n")


def refusal(message: str) -> str:
    """:return: what argparse complains about, in Chinese."""
    for pattern, words in _REFUSALS:
        if match := pattern.fullmatch(message):
            return words.format(*match.groups())
    return message
