import pytest

from bot.components.everyday import FILE, LexiconError, marks, read_lexicon, row


def test_the_longest_word_counts_and_particles_do_not():
    assert row("不是的啊") == ["no"]
    assert row("好的，谢谢啦") == ["yes", "thanks"]


def test_what_is_no_everyday_word_is_one_gap():
    assert row("转人工把手机壳的事说说") == ["transfer", "human", "_"]


def test_a_latin_word_is_not_found_inside_another():
    assert row("hi") == ["greet"]
    assert row("shipping") == ["_"]


def test_a_recognised_entity_stands_with_its_kind():
    entities = [{"entity": "country", "start": 2, "end": 4}, {"entity": "region", "start": 0, "end": 9}]  # fmt: skip
    assert row("不是美国", entities) == ["no", "<country>"]


def test_a_message_of_everyday_words_alone_is_marked_as_such():
    assert "wholly:bye" in marks("拜拜啦")
    assert not any(mark.startswith("wholly:") for mark in marks("拜拜小王"))


@pytest.mark.parametrize("lines", [["yes 好"], ["yes: 好", "no: 好"]])
def test_a_bad_line_is_named(lines):
    with pytest.raises(LexiconError, match="第"):
        read_lexicon(lines)


def test_the_shipped_words_can_be_read():
    assert len(read_lexicon(FILE.read_text("utf-8").splitlines())) > 500


def test_how_a_paper_came_is_no_request_for_a_human():
    assert "human" not in row("11月25日收到的,专人送到公司")
    assert "human" in row("找专员")
