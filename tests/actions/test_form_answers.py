"""What each form takes for an answer, and what it leaves to the conversation."""

import pytest

from actions.center import ValidateCenterForm
from actions.deadline import ValidateDeadlineForm
from actions.lead import ValidateLeadForm
from actions.triage import ValidateTriageForm
from tests.actions.turn.shelf import answering, services

# Short and bare, and no value of any form.
SAID_TO_THE_BOT = [
    ("算了", "cancel"), ("不用了，取消", "cancel"), ("第一个", "quiz_choice"), ("哈哈哈哈", "out_of_scope"),
    ("谢谢啦", "thanks"), ("你好", "greet"), ("好的", "affirm"), ("再说一遍", "repeat"), ("改所在地", "correct"),
    ("找援助中心", "center"), ("我要登记", "lead"), ("查进度", "lead_status"),
]  # fmt: skip
FREE_SLOTS = [
    (ValidateCenterForm, "center_region"),
    (ValidateTriageForm, "triage_procedure"),
    (ValidateLeadForm, "lead_company"),
    (ValidateLeadForm, "lead_contact"),
    (ValidateLeadForm, "lead_country"),
]


@pytest.fixture(scope="module")
def at_hand():
    return services(answering({}))


@pytest.mark.parametrize(("form", "slot"), FREE_SLOTS, ids=[slot for _, slot in FREE_SLOTS])
@pytest.mark.parametrize(("text", "intent"), SAID_TO_THE_BOT)
def test_what_is_said_to_the_bot_fills_no_field(at_hand, make_tracker, form, slot, text, intent):
    tracker = make_tracker(text, intent, slots={"requested_slot": slot})
    assert not form(lambda: at_hand).reads(tracker)


@pytest.mark.parametrize(
    ("form", "slot", "text"),
    [
        (ValidateCenterForm, "center_region", "石碣"),
        (ValidateTriageForm, "triage_procedure", "客户说我们的包装像他们的"),
        (ValidateLeadForm, "lead_company", "星火灯饰"),
        (ValidateLeadForm, "lead_country", "塞班岛"),
    ],
)
def test_bare_words_that_are_in_no_table_are_taken_as_they_are(
    at_hand, make_tracker, form, slot, text
):
    tracker = make_tracker(text, "inform", slots={"requested_slot": slot})
    assert form(lambda: at_hand).reads(tracker)


def rule_in(at_hand, make_tracker, text, intent="inform", entities=(), **slots):
    tracker = make_tracker(text, intent, entities=entities, slots=slots)
    return ValidateDeadlineForm(lambda: at_hand).extract_deadline_rule(tracker)


@pytest.mark.parametrize(
    "text", ["337调查答辩", "美国337调查答辩", "就是337调查答辩", "itc-337-response-20-days"]
)
def test_a_rule_is_named_by_its_title_whatever_stands_around_it(at_hand, make_tracker, text):
    assert rule_in(at_hand, make_tracker, text, "ask") == "itc-337-response-20-days"


@pytest.mark.parametrize(
    "text", ["11月2日收到的", "前天", "13月45日", "谢谢", "不知道", "2027年3月1日"]
)
def test_a_day_names_no_document_however_much_is_known(at_hand, make_tracker, text):
    known = {"country": "US", "procedure": "section-337"}
    assert rule_in(at_hand, make_tracker, text, entities=[("date", text)], **known) is None


def test_what_is_noted_besides_is_said_in_words(at_hand, make_tracker, dispatcher):
    form = ValidateTriageForm(lambda: at_hand)
    tracker = make_tracker(
        "法国", "inform", entities=[("country", "FR")], slots={"requested_slot": "triage_party"}
    )
    form.act(dispatcher, tracker)
    assert [m["noted"] for m in dispatcher.messages] == ["法国"]
    dates = ValidateDeadlineForm(lambda: at_hand)
    assert dates.in_words("deadline_from", "2026-11-02") == "2026年11月2日"
    assert dates.in_words("deadline_rule", "itc-337-response-20-days") == "337调查答辩"


def test_a_document_that_several_rules_fit_is_understood_and_asked_about(
    at_hand, make_tracker, dispatcher
):
    form = ValidateDeadlineForm(lambda: at_hand)
    several = make_tracker(
        "商标异议", "inform", entities=[("procedure", "opposition"), ("right", "trademark")],
        slots={"requested_slot": "deadline_rule"},
    )  # fmt: skip
    assert form.reads(several)
    events = {item["name"]: item["value"] for item in form.act(dispatcher, several)}
    assert dispatcher.messages == []  # nothing that says it was not understood
    assert events == {"form_failures": 1.0, "requested_slot": "deadline_rule"}
    asked = make_tracker(
        "商标异议要多少钱", "ask", entities=[("procedure", "opposition")],
        slots={"requested_slot": "deadline_rule"},
    )  # fmt: skip
    assert not form.reads(asked)


ALL_SAID = ("就这些", "没别的了", "没有别的了", "就这样吧", "没有其他了", "没有要补充的，提交", "好的，提交吧", "说完了", "没有补充")  # fmt: skip
# What a brief may say, and what leaves one field open and not all of them.
MORE_THAN_THAT = ("已提交答辩状，还没有开庭", "就这样被起诉了", "没有", "没有了", "再见", "他们说完了就走了", "申请提交到海关")  # fmt: skip


@pytest.mark.parametrize("text", ALL_SAID)
def test_this_is_all_leaves_open_what_may_be_left_open(at_hand, make_tracker, dispatcher, text):
    known = {"lead_company": "星火灯饰", "lead_contact": "王小明", "lead_phone": "13800138000"}
    tracker = make_tracker(text, "bye", slots={**known, "requested_slot": "lead_right"})
    form = ValidateLeadForm(lambda: at_hand)
    assert form.closes(tracker)
    found = {e["name"]: e["value"] for e in form.act(dispatcher, tracker)}
    assert found["lead_right"] == found["lead_brief"] == "未提供"
    assert "requested_slot" not in found


def test_this_is_all_still_asks_what_a_registration_needs(at_hand, make_tracker, dispatcher):
    slots = {"lead_company": "星火灯饰", "requested_slot": "lead_contact"}
    tracker = make_tracker("就这些", "bye", slots=slots)
    form = ValidateLeadForm(lambda: at_hand)
    found = {e["name"]: e["value"] for e in form.act(dispatcher, tracker)}
    assert found["requested_slot"] == "lead_contact"
    assert found["lead_region"] == "未提供"
    assert "lead_contact" not in found
    assert dispatcher.messages == []


@pytest.mark.parametrize("text", MORE_THAN_THAT)
def test_words_that_only_hold_such_a_phrase_end_nothing(at_hand, make_tracker, text):
    tracker = make_tracker(text, "inform", slots={"requested_slot": "lead_brief"})
    assert not ValidateLeadForm(lambda: at_hand).closes(tracker)
