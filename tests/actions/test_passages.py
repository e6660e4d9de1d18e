from actions import passages
from knowledge.types import Citation, Kind, Passage


def passage(text: str, **more) -> Passage:
    return Passage(
        id="p", version="v", document="d", title="指南", heading=("期限",), text=text, kind=Kind.GUIDE,
        jurisdiction=("US",), **more,
    )  # fmt: skip


def quoting(text: str) -> Citation:
    return Citation("d", "指南", (), "US", None, None, None, text, "s")


PERIOD = "先看原件。应在20天内答辩。法院另定30天的除外。可以延期。"


def test_a_passage_is_said_in_its_authors_order():
    assert passages.body(passage(PERIOD), 200) == (PERIOD, False)
    said, has_more = passages.body(passage(PERIOD), 14)
    assert (said, has_more) == ("先看原件。应在20天内答辩。", True)


def test_what_bears_on_a_question_is_said_in_its_authors_order():
    said = passages.bearing("可以延期吗，几天内要答辩", passage(PERIOD), 18)
    assert said == "应在20天内答辩。可以延期。"
    assert passages.bearing("不相干", passage(PERIOD), 18)


def test_only_what_was_not_said_is_said_beyond():
    other = passage("答辩应在20天内提交。逾期可能被缺席裁决。还要交授权书。")
    assert (
        passages.beyond("应在20天内提交答辩。", other, 100) == "逾期可能被缺席裁决。还要交授权书。"
    )
    assert passages.beyond("应在20天内提交答辩。", other, 12) == "逾期可能被缺席裁决。"


def test_shorten_keeps_whole_sentences_and_tells_that_more_follows():
    assert passages.shorten(["一二三。", "四五六。", "七八九。"], 8) == ("一二三。四五六。", True)


def test_shorten_keeps_at_least_one_sentence():
    assert passages.shorten(["一二三四五六。"], 4) == ("一二三四五六。", False)


def test_guard_refuses_a_figure_that_no_quote_bears():
    assert passages.guarded("20天内答辩", [quoting("应在二十日内答辩。")])
    assert not passages.guarded("30天内答辩", [quoting("应在20天内答辩。")])


def test_an_article_is_said_with_its_number():
    said, has_more = passages.body(passage("国家可以采取反制措施。", article="第十五条"), 200)
    assert said == "第十五条 国家可以采取反制措施。"
    assert not has_more
