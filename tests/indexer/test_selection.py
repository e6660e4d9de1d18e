"""Choosing what is quoted."""

from __future__ import annotations

from indexer.selection import select
from tests.indexer.conftest import make_passage

LONG = (
    "收到起诉书后应在20天内提交答辩。答辩书应逐项回应起诉书的主张，并说明不侵权和权利无效的理由，写明所依据的事实。"
    "行政法官在立案后45天内确定目标日期。调查通常持续16至18个月，期间会有证据开示、专家报告和庭审等多个环节。"
    "委员会可以发布普遍排除令或者有限排除令。逾期不答辩的，可能被认定缺席。律师费用依案件复杂程度而定，通常较高。"
)
LIST = (
    "申请时应当提交下列材料：（一）申请书；（二）营业执照；（三）法律文书；（四）费用票据。"
    + "其他事项由受理机关另行通知，申请人应当留意公告并按照要求补充。" * 5
)


def test_short_passage_is_quoted_whole():
    passage = make_passage("a#1", "应在20天内答辩。逾期视为缺席。")
    assert select("几天", passage).text == passage.text


def test_sentence_with_the_answer_is_chosen():
    selection = select("收到起诉书几天内答辩", make_passage("a#1", LONG))
    assert "20天" in selection.text
    assert "普遍排除令" not in selection.text


def test_spans_point_at_the_sentences():
    selection = select("目标日期什么时候定", make_passage("a#1", LONG))
    for sentence, (start, stop) in zip(selection.sentences, selection.spans, strict=True):
        assert LONG[start:stop] == sentence


def test_list_stays_whole():
    text = select("要提交什么材料", make_passage("a#1", LIST)).text
    assert "（一）" in text
    assert "（四）费用票据" in text


def test_empty_passage_has_no_quotation():
    assert select("什么", make_passage("a#1", "")).sentences == ()
