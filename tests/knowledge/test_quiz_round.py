"""A round of the quiz: whom it fits, and that it rises."""

from pathlib import Path
from random import Random

import pytest

from knowledge.errors import SourceError
from knowledge.quiz_round import ROUND, draw_round
from knowledge.quiz_table import AUDIENCES, load_quiz

TABLES = Path(__file__).resolve().parents[2] / "knowledge" / "tables"
BANK = load_quiz(TABLES)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_round_fits_who_plays_and_rises(audience):
    seen = set()
    for seed in range(60):
        drawn = draw_round(BANK, audience, Random(seed))
        assert len({item.id for item in drawn}) == ROUND
        assert all(audience in item.audiences for item in drawn)
        levels = [item.level for item in drawn]
        assert levels == sorted(levels)
        assert levels[0] == 1
        assert levels[-1] > 1
        seen.update(item.id for item in drawn)
    assert len(seen) >= 12  # a second visitor at the stand meets other questions


def test_children_are_asked_nothing_of_loans_and_lawsuits():
    words = "".join(item.question for item in BANK if "child" in item.audiences)
    assert not any(word in words for word in ("质押", "诉讼", "337", "期限", "担保"))


def test_chosen_questions_are_the_round_and_others_of_them_make_it_up():
    chosen = ["q59", "q58", "q57", "q54", "q52", "q51", "q01"]
    drawn = draw_round(BANK, "child", Random(1), chosen)
    assert len(drawn) == ROUND
    assert {item.id for item in drawn} <= set(chosen)
    few = draw_round(BANK, "child", Random(1), ["q01", "q06"])
    assert {item.id for item in few} == {"q01", "q06"}


@pytest.mark.parametrize(("key", "value"), [("level", 4), ("level", "难"), ("for", ["everybody"])])
def test_a_bank_with_an_unknown_level_or_audience_is_refused(tmp_path, key, value):
    import yaml

    row = {
        "id": "a",
        "question": "？",
        "options": ["是", "否"],
        "answer": "A",
        "explanation": "是。",
        key: value,
    }
    (tmp_path / "quiz.yaml").write_text(yaml.safe_dump([row]), encoding="utf-8")
    with pytest.raises(SourceError, match="“a” 的"):
        load_quiz(tmp_path)
