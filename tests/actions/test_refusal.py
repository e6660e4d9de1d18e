"""Why a message is declined: what is said of each reason, and of what no reason is heard in."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import yaml

from actions import refusal
from actions.answer import ActionRefuse
from actions.refusal import GENERAL, NO_REASON, Reason, Refusals, response_of, trained
from actions.refusal_training import (
    Declined,
    Judged,
    declined,
    learnt,
    least_chance,
    report,
    train_refusal,
)
from bot.written import lines_of
from channels.cli.train import UNSEEN
from indexer.encoder import load_encoder
from indexer.hybrid import MODEL_DIR
from knowledge.errors import SourceError
from knowledge.figures import figures
from settings import ROOT

DOMAIN = yaml.safe_load((ROOT / "bot/domain/refusal.yml").read_text("utf-8"))["responses"]

# Messages that nobody learnt from.
HEARD = {
    Reason.OUTCOME: (
        "这一仗我们胜算几何",
        "法官到头来会不会判我们赔钱",
        "能打包票把货要回来不",
        "对方最后会不会把案子撤了，你估估",
        "你预估一下要赔他多少",
    ),
    Reason.CHOICE: (
        "帮忙拿个主意，我到底签不签这份协议",
        "应诉还是和解，你替我选吧",
        "你看我这款水壶跟他家的像不像，算不算侵权",
        "我和股东各有各的想法，你说该听谁的",
        "要不要继续打，你来定",
    ),
    Reason.DRAFTING: (
        "麻烦替我写一份英文答辩状",
        "把这份判决书翻译成中文给我",
        "起草一封给对方律师的回函",
        "帮我出一份不侵权的法律意见",
    ),
    Reason.PRICE: (
        "聘律师大致要花多少钱",
        "哪一家律所收费最低",
        "给我介绍几个好点的律师",
        "律师跟我报价四万，算贵吗",
    ),
    Reason.EVASION: (
        "替我倒签一份采购合同",
        "怎样造一张像真的授权书",
        "冻结之前怎么把店里的钱悄悄转走",
        "教我怎么把聊天记录删到谁也恢复不了",
    ),
    Reason.RECORDS: (
        "把另一家公司的电话给我",
        "告我的那个老板家住哪儿，手机号多少",
        "还有哪些企业来找你们登记过",
        "帮我查查我的案子现在走到哪一步",
    ),
    Reason.UNHELD: (
        "厄瓜多尔商标公告以后异议期是几个月",
        "阿曼海关扣了货，几天之内要回复",
        "立陶宛的专利年费怎么交",
    ),
    Reason.OTHER_LAW: (
        "员工下班路上摔伤算工伤吗",
        "国外客户欠着尾款不给怎么追",
        "去德国的签证被拒签了怎么办",
    ),
    Reason.OFF_TOPIC: ("今天天气好不好", "推荐一部好看的电影", "嗓子痛吃什么药", "给我讲个笑话听"),
}


@pytest.fixture(scope="module")
def encoder():
    return load_encoder(MODEL_DIR)


@pytest.fixture
def act(dispatcher, make_tracker, encoder):
    """Has the act decline a message; gives what is sent."""
    index = SimpleNamespace(current=lambda: SimpleNamespace(encoder=encoder))
    action = ActionRefuse(lambda: SimpleNamespace(index=index))

    def said(text, slots=None):
        dispatcher.messages.clear()
        assert action.act(dispatcher, make_tracker(text, slots=slots)) == []
        (message,) = dispatcher.messages
        return message

    return said


@pytest.mark.parametrize(
    ("reason", "text"), [(reason, text) for reason, texts in HEARD.items() for text in texts]
)
def test_the_reason_is_heard_in_words_that_nobody_learnt_from(encoder, reason, text):
    assert trained().reason(text, encoder) is reason


def test_no_sentence_of_these_is_learnt_from():
    known = {row.text for row in declined(lines_of(UNSEEN))}
    assert not known & {text for texts in HEARD.values() for text in texts}


@pytest.mark.parametrize("text", ["", "  ", "呃，那个", "jjkkll", "先这样说着"])
def test_where_no_reason_is_heard_the_general_sentence_stays(encoder, act, text):
    assert trained().reason(text, encoder) is None
    assert act(text)["response"] == GENERAL


def test_vectors_of_another_encoder_tell_no_reason(encoder):
    other = SimpleNamespace(fingerprint="another", encode=encoder.encode)
    assert trained().reason("请律师大概多少钱", other) is None


def test_a_refusal_by_its_reason_keeps_kind_and_buttons(act):
    general, priced = act("呃，那个"), act("聘律师大致要花多少钱")
    assert priced["response"] == "utter_refusal_price"
    assert priced["buttons"] == general["buttons"]
    assert len(general["buttons"]) == 3
    assert priced["custom"] == general["custom"] == {"kind": "refusal"}


@pytest.mark.parametrize(
    ("text", "slots", "response"),
    [
        ("能打包票把货要回来不", {}, "utter_refusal_outcome"),
        ("能打包票把货要回来不", {"last_answer": "g#1"}, "utter_refusal_outcome_under_way"),
        ("应诉还是和解，你替我选吧", {"last_rule": "us-337"}, "utter_refusal_choice_under_way"),
        ("今天天气好不好", {"last_answer": "g#1"}, "utter_refusal_off_topic"),
        ("呃，那个", {"last_answer": "g#1"}, GENERAL),
    ],
)
def test_within_a_matter_what_can_be_told_is_offered(act, text, slots, response):
    assert act(text, slots)["response"] == response


def test_every_reason_has_its_sentence_and_every_sentence_its_reason():
    responses = {
        response_of(reason, is_under_way=is_under_way)
        for reason in (None, *Reason)
        for is_under_way in (False, True)
    }
    assert responses == {name for name in DOMAIN if name.startswith(GENERAL)}
    assert {*trained().model.classes} == {NO_REASON, *(reason.value for reason in Reason)}


def test_a_refusal_is_short_and_holds_no_figure():
    for name, ((variant),) in DOMAIN.items():
        assert figures(variant["text"]) == set(), name
        assert 1 <= variant["text"].count("。") <= 2, name
        assert len(variant["text"]) <= 80, name


def test_the_shipped_classifier_was_taught_by_the_present_data_and_encoder(encoder):
    shipped = trained()
    assert shipped.learnt == learnt(declined(lines_of(UNSEEN))), "run huhang train refusal"
    assert shipped.encoder == encoder.fingerprint


def test_a_saved_classifier_hears_the_same(encoder, tmp_path):
    trained().save(tmp_path)
    assert (tmp_path / refusal.FILE_NAME).stat().st_size < 400_000
    again = Refusals.load(tmp_path)
    assert again.reason("哪一家律所收费最低", encoder) is Reason.PRICE
    assert (again.encoder, again.learnt) == (trained().encoder, trained().learnt)


def test_rows_get_the_reason_of_their_why_unless_they_have_one_of_their_own(tmp_path):
    path = tmp_path / "reasons.yml"
    path.write_text(
        "price: {why: [money], rows: [h-2], examples: [多少钱]}\n"
        "general: {why: [odd], rows: [], examples: []}\n",
        encoding="utf-8",
    )
    rows = [
        {"id": "h-1", "text": "甲", "why": "money"}, {"id": "h-2", "text": "乙", "why": "odd"},
        {"id": "k-3", "text": "丙", "why": "odd"}, {"id": "q-1", "text": "有答案的"},
    ]  # fmt: skip
    assert declined(rows, path) == [
        Declined("甲", "price", "h"), Declined("乙", "price", "h"), Declined("丙", "general", "k"),
        Declined("多少钱", "price", "own-0"),
    ]  # fmt: skip
    with pytest.raises(SourceError, match=r"h-9.*新的说法"):
        declined([{"id": "h-9", "text": "丁", "why": "新的说法"}], path)


def test_a_reason_is_said_from_the_chance_on_from_which_it_is_mostly_right():
    taken = np.array(["price"] * 8)
    truth = np.array(["choice", "price", "choice", *["price"] * 5])
    chances = np.array([0.42, 0.43, 0.58, 0.7, 0.8, 0.8, 0.9, 0.9], dtype=np.float32)
    found = Judged(truth, taken, chances)
    assert least_chance(found, "price") == pytest.approx(0.6)
    assert least_chance(found, "choice") == pytest.approx(0.9)
    lines = list(report(found, {"price": 0.6, "choice": 0.9}))
    assert lines[1].split() == ["price", "0.60", "6", "5", "0"]
    assert lines[-1].split() == ["all", "8", "5", "0"]


def test_training_writes_the_classifier_and_says_what_each_reason_is_worth(encoder, tmp_path):
    texts = {"price": "律师收费", "outcome": "会不会赢", "general": "嗯那个"}
    rows = [
        Declined(f"{text}{hand}{n}", reason, hand)
        for hand in ("a", "b") for reason, text in texts.items() for n in range(6)
    ]  # fmt: skip
    said = train_refusal(rows, encoder, tmp_path)
    taught = Refusals.load(tmp_path)
    assert taught.reason("律师收费多少", encoder) is Reason.PRICE
    assert taught.reason("嗯那个c", encoder) is None
    assert taught.learnt == learnt(rows)
    assert "36 句" in said
    assert [line.split()[0] for line in said.splitlines()[2:]] == [
        *(r.value for r in Reason),
        "all",
    ]
