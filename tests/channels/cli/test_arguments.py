"""The command line refuses and explains in Chinese."""

import argparse

import pytest

from channels.cli import main
from channels.cli.arguments import Parser, refusal


@pytest.fixture
def parser():
    made = Parser(prog="huhang")
    commands = made.add_subparsers(dest="command", required=True, metavar="命令")
    sub = commands.add_parser("deadline")
    sub.add_argument("--days", type=int)
    sub.add_argument("--format", choices=("xlsx", "csv"))
    either = sub.add_mutually_exclusive_group()
    either.add_argument("--one", action="store_true")
    either.add_argument("--other", action="store_true")
    return made


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "缺少 命令"),
        (["deadline", "--wrong"], "不认识的参数：--wrong"),
        (["deadline", "--days"], "--days 后面缺少内容"),
        (["deadline", "--days", "many"], "--days 应为数字，实为 'many'"),
        (["deadline", "--format", "pdf"], "--format 没有 'pdf' 这一项，可选：'xlsx', 'csv'"),
        (["deadline", "--one", "--other"], "--other 和 --one 不能一起用"),
    ],
)
def test_wrong_usage_is_said_in_chinese(parser, capsys, arguments, said):
    with pytest.raises(SystemExit) as left:
        parser.parse_args(arguments)
    assert left.value.code == 2
    shown = capsys.readouterr().err
    assert shown.startswith("用法：huhang")
    assert f"错误：{said}" in shown


def test_help_is_in_chinese_for_the_subcommands_too(parser, capsys):
    with pytest.raises(SystemExit):
        parser.parse_args(["deadline", "--help"])
    shown = capsys.readouterr().out
    assert shown.startswith("用法：huhang deadline")
    assert "选项" in shown
    assert "show this help" not in shown


def test_what_has_no_translation_is_kept():
    assert refusal("something new") == "something new"
    assert isinstance(Parser(), argparse.ArgumentParser)


def test_a_command_that_needs_one_of_several_options_says_so(capsys):
    with pytest.raises(SystemExit):
        main(["purge"])
    assert "错误：要写其中一项：--older-than --sender" in capsys.readouterr().err
