"""What reads every message takes time in proportion to its length, whatever it holds."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from bot.components import patterns
from bot.components.resources import shipped_names
from desk.masking import mask
from knowledge.figures import figures
from knowledge.text import fold_numerals, normalise

# Four times as long may take twice four times as long; quadratic work takes sixteen times.
SHORT, TIMES, MOST = 1000, 4, 8
# Below this the clock says nothing.
LEAST_S = 0.002
READERS: dict[str, Callable[[str], object]] = {
    "patterns": patterns.find,
    "names": shipped_names().mentions,
    "numerals": fold_numerals,
    "figures": figures,
    "masking": mask,
}
UNITS = (
    "1",
    "337",
    "一",
    "百",
    "1元",
    "1,",
    "a",
    "a1",
    "x.",
    "美国",
    "不是美国，",
    "有限公司",
    "http://",
    "13",
    "①",
)


def seconds(reader: Callable[[str], object], text: str) -> float:
    taken = []
    for _ in range(3):
        begun = time.process_time()
        reader(text)
        taken.append(time.process_time() - begun)
    return max(min(taken), LEAST_S)


@pytest.mark.parametrize("reader", READERS)
def test_reading_takes_time_in_proportion(reader: str) -> None:
    slow = {}
    for unit in UNITS:
        texts = [normalise((unit * size)[:size]) for size in (SHORT, SHORT * TIMES)]
        short, long = (seconds(READERS[reader], text) for text in texts)
        if long / short > MOST:
            slow[unit] = long / short
    assert slow == {}
