"""The messages that the latency benchmarks send: judged questions with small talk between them."""

from __future__ import annotations

import json
from pathlib import Path

QUESTIONS = Path(__file__).resolve().parents[1] / "tests" / "golden" / "questions.jsonl"
SMALL_TALK = ["你好", "你能做什么", "谢谢", "有帮助", "再见", "今天天气怎么样"]
PER_SENDER = 10  # messages of one conversation


def messages(count: int) -> list[str]:
    """The first messages of the mixture, the same for every system."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines if '"facts"' in line]
    mixed: list[str] = []
    for number, question in enumerate(questions):
        mixed.append(question)
        if number % 5 == 4:
            mixed.append(SMALL_TALK[(number // 5) % len(SMALL_TALK)])
    return mixed[:count]
