"""The talking commands without Rasa: what they read, print and refuse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from channels.cli import ask, main, offline
from channels.cli.chat import pressed
from desk.conversations import Owner
from desk.messages import Button, MessageKind, OutboundMessage, Reply
from tests import contract
from tests.scripted_app import FakeDialogue

ROOT = Path(__file__).parents[3]


@pytest.fixture
def bot(monkeypatch, tmp_path):
    """The commands on a fresh data folder with a scripted bot; the settings it was given are kept."""
    fake = FakeDialogue()
    given = []

    def make(settings):
        given.append(settings)
        return fake

    monkeypatch.setattr(offline, "make_dialogue", make)
    monkeypatch.setenv("HUHANG_DATA_DIR", str(tmp_path / "data"))
    fake.given = given
    return fake


def test_ask_prints_one_response_object_and_nothing_else(bot, capfd):
    assert main(["ask", "收到337调查立案通知，几天内要答辩？", "--json", "--sender", "a"]) == 0
    printed = capfd.readouterr().out.splitlines()
    assert len(printed) == 1
    contract.check_reply(json.loads(printed[0]))


@pytest.mark.slow  # starts a process
def test_ask_sends_what_libraries_print_to_standard_error(tmp_path):
    script = """
import os, sys
from channels.cli import offline
from channels.cli import main
from tests.scripted_app import FakeDialogue

class Noisy(FakeDialogue):
    async def start(self):
        print("python library loading", flush=True)
        os.write(1, b"c library loading\\n")

offline.make_dialogue = lambda settings: Noisy()
sys.exit(main(["ask", "你好", "--json"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "HUHANG_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1
    contract.check_reply(json.loads(done.stdout))
    assert "c library loading" in done.stderr
    assert "python library loading" in done.stderr


def test_batch_answers_line_by_line_and_keeps_each_conversation(bot, capfd, tmp_path):
    path = tmp_path / "talk.jsonl"
    lines = [("a", "你好"), ("b", "在吗"), ("a", "谢谢")]
    path.write_text("".join(json.dumps({"sender": s, "text": t}) + "\n" for s, t in lines))
    assert main(["ask", "--batch", str(path), "--json"]) == 0
    replies = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [reply["sender"] for reply in replies] == ["a", "b", "a"]
    assert bot.seen == lines


def test_batch_line_that_is_refused_keeps_its_place(bot, capfd, tmp_path):
    path = tmp_path / "talk.jsonl"
    path.write_text('{"sender":"a","text":" "}\n{"sender":"a","text":"好"}\n')
    assert main(["ask", "--batch", str(path), "--json"]) == 1
    first, second = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert first["error"]["code"] == "empty_text"
    contract.check_reply(second)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["ask"], "二者选一"),
        (["ask", "问", "--today", "昨天"], "YYYY-MM-DD"),
        (["ask", "--batch", "/nowhere.jsonl"], "读不了"),
    ],
)
def test_wrong_use_is_told_in_chinese(bot, capfd, arguments, word):
    assert main(arguments) == 1
    captured = capfd.readouterr()
    assert word in captured.err
    assert not captured.out


def test_asking_leaves_no_trace_unless_kept(bot, capfd, tmp_path):
    assert main(["ask", "你好"]) == 0
    assert not (tmp_path / "data" / "desk.sqlite").exists()
    assert main(["ask", "你好", "--keep"]) == 0
    assert (tmp_path / "data" / "desk.sqlite").exists()


def test_today_fixes_the_clock_of_the_bot(bot, capfd):
    assert main(["ask", "你好", "--today", "2026-04-26"]) == 0
    assert bot.given[0].today == "2026-04-26"


def test_number_presses_the_button_of_the_last_message():
    message = OutboundMessage(
        MessageKind.TEXT, "选", buttons=(Button("甲", "发甲"), Button("乙", "发乙"))
    )
    last = Reply("a", Owner.BOT, (message,))
    assert pressed("2", last) == "发乙"
    assert pressed("3", last) == "3"
    assert pressed("2", None) == "2"


def test_ask_declares_the_options_of_the_contract():
    import argparse

    parser = argparse.ArgumentParser()
    ask.add_arguments(parser)
    options = parser.parse_args(
        ["问", "--sender", "a", "--json", "--today", "2026-01-02", "--keep"]
    )
    assert (options.text, options.sender, options.json, options.keep) == ("问", "a", True, True)


PLAN = {
    "acts": ["deadline_form", "again:lead_form"],
    "reason": "weighed",
    "scores": {"action_answer": 0.9, "deadline_form": 0.97, "action_refuse": 0.1},
    "seen": {
        "question": "337几天答辩",
        "reading": "alone",
        "band": "answer",
        "confidence": 0.912,
        "others": [
            {"reading": "part", "question": "几天答辩", "band": "choices", "confidence": 0.5}
        ],
        "hits": ["us-337-response#1", "us-337-faq#2"],
        "titles": ["美国337 › 几天答辩", "337问答"],
        "ranking": {"deadline": 0.15, "ask": 0.8, "nlu_fallback": 0.001},
        "names": ["country", "procedure"],
    },
}


@pytest.fixture
def planning_bot(bot, monkeypatch):
    """A bot that keeps how it decided the last message of a sender."""

    async def plan(sender):
        return PLAN | {"day": f"收到日 {sender}"}

    monkeypatch.setattr(bot, "plan", plan, raising=False)
    return bot


def test_why_tells_after_each_answer_how_the_turn_was_decided(planning_bot, capfd):
    assert main(["ask", "几天答辩", "--why", "--sender", "a"]) == 0
    said = capfd.readouterr().out.splitlines()
    assert said[0] == "收到：几天答辩"
    told = said[
        said.index(
            "决定：开始算期限，然后再问一次（登记线索）（各种做法里得分最高，其次是按问题回答）"
        ) :
    ]
    assert told[1:4] == [
        "  得分 0.97 开始算期限",
        "  得分 0.90 按问题回答",
        "  得分 0.10 说不在服务范围",
    ]
    assert told[4:] == [
        "  当作问题：337几天答辩（单独看这句话），会回答，把握 0.91",
        "  也可以当作：几天答辩（只看其中发问的部分），会让用户选择，把握 0.50",
        "  命中：美国337 › 几天答辩；337问答",
        "  听成：问知识 0.80、算期限 0.15",
        "  提到：国家、程序",
        "  起算日：收到日 a",
    ]


def test_why_in_json_is_one_object_after_each_response(planning_bot, tmp_path, capfd):
    path = tmp_path / "talk.jsonl"
    rows = [{"sender": sender, "text": "你好"} for sender in ("a", "b")]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert main(["ask", "--batch", str(path), "--json", "--why"]) == 0
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    contract.check_reply(lines[0])
    contract.check_reply(lines[2])
    assert [line["plan"]["day"] for line in lines[1::2]] == ["收到日 a", "收到日 b"]


def test_without_why_nothing_is_told(planning_bot, capfd):
    assert main(["ask", "几天答辩"]) == 0
    assert "决定" not in capfd.readouterr().out


def test_why_of_a_bot_that_runs_elsewhere_says_that_it_is_not_known(bot, capfd):
    assert main(["ask", "几天答辩", "--why"]) == 0
    assert "这一轮怎么决定的不清楚" in capfd.readouterr().out


@pytest.mark.slow  # starts a process
def test_a_command_seldom_looks_for_cycles():
    """A start that looks for them as often as Python does by itself takes a quarter longer."""
    script = "import channels.cli, gc; print(gc.get_threshold()[0])"
    printed = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert int(printed) >= 20_000
