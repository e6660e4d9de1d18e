"""Scores that were found once are not worked out again."""

from __future__ import annotations

from pathlib import Path

from bot.classifier_scores import KeptScores, Scores


def test_what_was_found_before_is_kept_also_for_the_next_process(tmp_path: Path):
    asked: list[str] = []

    def of(inputs: str) -> Scores:
        def find() -> Scores:
            asked.append(inputs)
            return Scores(len(asked) / 10, 0.5, 1)

        return KeptScores(tmp_path / "scores.json").of(inputs, find)

    first, second = of("one"), of("two")
    assert (of("one"), of("two")) == (first, second)
    assert asked == ["one", "two"]
    for number in range(20):
        of(str(number))
    assert of("19") == Scores(2.2, 0.5, 1)
    assert len(asked) == 22
    of("one")  # the oldest are forgotten
    assert asked[22:] == ["one"]


def test_a_damaged_file_is_written_anew(tmp_path: Path):
    path = tmp_path / "scores.json"
    for content in ("{", "[]", '{"a": {"macro": 1}}'):
        path.write_text(content, "utf-8")
        found = Scores(0.9, 0.8, 2)
        assert KeptScores(path).of("one", lambda found=found: found) == found
        assert KeptScores(path).of("one", lambda: Scores(0, 0, 0)) == found
