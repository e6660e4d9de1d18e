from actions import passages
from knowledge.types import Citation, Kind, Passage


def passage(text: str, **more) -> Passage:
    return Passage(
        id="p", version="v", document="d", title="指南", heading=("期限",), text=text, kind=Kind.GUIDE,
        jurisdiction=("US",), **more,
    )  # fmt: skip


def quoting(text: str) -> Citation:
    return Citation("d", "指南", (), "US", None, None, None, text, "s")


def test_the_sentence_with_the_period_leads_when_a_period_is_asked():
    ordered = passages.direct_first(
        "几天内要答辩", ["先看原件。", "应在20天内答辩。", "可以延期。"]
    )
    assert ordered == ["应在20天内答辩。", "先看原件。", "可以延期。"]


def test_a_sentence_that_leans_on_another_does_not_lead():
    sentences = ["先看原件。", "但法院另定30天的除外。"]
    assert passages.direct_first("几天内要答辩", sentences) == sentences


def test_order_stays_when_nothing_countable_is_asked():
    sentences = ["先看原件。", "应在20天内答辩。"]
    assert passages.direct_first("第一步做什么", sentences) == sentences


def test_shorten_keeps_whole_sentences_and_tells_that_more_follows():
    assert passages.shorten(["一二三。", "四五六。", "七八九。"], 8) == ("一二三。四五六。", True)


def test_shorten_keeps_at_least_one_sentence():
    assert passages.shorten(["一二三四五六。"], 4) == ("一二三四五六。", False)


def test_guard_refuses_a_figure_that_no_quote_bears():
    assert passages.guarded("20天内答辩", [quoting("应在二十日内答辩。")])
    assert not passages.guarded("30天内答辩", [quoting("应在20天内答辩。")])


def test_an_article_is_said_with_its_number():
    said, has_more = passages.body(
        "第几条", passage("国家可以采取反制措施。", article="第十五条"), 200
    )
    assert said == "第十五条 国家可以采取反制措施。"
    assert not has_more
