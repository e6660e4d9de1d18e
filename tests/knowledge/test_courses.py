"""What a course module must have."""

from pathlib import Path

import pytest

from knowledge.courses import check_course
from knowledge.loaders import load

COURSE = """\
---
id: c
title: 课程
kind: training
jurisdiction: [GENERAL]
---
## 课程目标
学会。
## 45分钟安排
| 时长（分钟） | 内容 |
|---|---|
| 40 | 讲 |
| 5 | 练 |
## 要点一：讲
讲。
## 案例（虚构）：甲
讲。
## 练习
1. 问？
2. 再问？
## 参考答案
1. 答。
2. 再答。
## 延伸阅读
看。
"""


def problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "c.md"
    path.write_text(text, encoding="utf-8")
    return [problem.message for problem in check_course(load(path))]


def test_complete_course_is_sound(tmp_path):
    assert problems(tmp_path, COURSE) == []


@pytest.mark.parametrize("part", ["课程目标", "要点一：讲", "案例（虚构）：甲", "延伸阅读"])
def test_missing_part_is_named(tmp_path, part):
    (message,) = problems(tmp_path, COURSE.replace(f"## {part}", "## 其他"))
    assert part[:2] in message


def test_time_must_add_up(tmp_path):
    assert "50" in problems(tmp_path, COURSE.replace("| 40 |", "| 45 |"))[0]


def test_every_exercise_has_its_answer(tmp_path):
    assert "2 题" in problems(tmp_path, COURSE.replace("2. 再答。\n", ""))[0]
