"""Fields that are written with their labels, and words that only look like labels."""

import pytest

from actions.lead import ValidateLeadForm
from actions.lead_labels import labelled
from tests.actions.turn.shelf import answering, services


@pytest.fixture(scope="module")
def form():
    at_hand = services(answering({}))
    return ValidateLeadForm(lambda: at_hand)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (
            "公司名称：华美皮具，联系人：王强，手机：13800138000",
            {"lead_company": "华美皮具", "lead_contact": "王强", "lead_phone": "13800138000"},
        ),
        (
            "公司:华美皮具 联系人:王强 联系电话:13800138000 所在区:花都区",
            {
                "lead_company": "华美皮具", "lead_contact": "王强", "lead_phone": "13800138000",
                "lead_region": "花都区",
            },
        ),
        ("我们公司叫华美皮具", {"lead_company": "华美皮具"}),
        ("公司名称是华美皮具", {"lead_company": "华美皮具"}),
        ("联系人陈小姐，电话13800138000，在白云区", {"lead_contact": "陈小姐"}),
        ("继续填 联系人老何 13512345678", {"lead_contact": "老何"}),
        ("公司：华美，情况：平台投诉，店被封了", {"lead_company": "华美", "lead_brief": "平台投诉，店被封了"}),
        ("情况：货被扣了，联系人：王强", {"lead_brief": "货被扣了", "lead_contact": "王强"}),
        ("已发生费用：三十来万", {"lead_cost": "三十来万"}),
    ],
)  # fmt: skip
def test_what_stands_beside_a_label_is_its_field(text, fields):
    assert labelled(text) == fields


@pytest.mark.parametrize(
    "text",
    [
        "我们这种情况能登记援助吗", "我们公司被亚马逊冻结了", "我们公司是做灯具的", "我们公司是被告", "联系人别写我了",
        "联系人是谁", "联系人怎么填", "电话是多少", "对方公司：Nike", "费用是多少", "国家知识产权局的程序走到哪了", "情况是这样的",
        "联系人不方便说", "公司名称是要写全称吗",
    ],
)  # fmt: skip
def test_words_of_a_sentence_are_no_labels(text):
    assert labelled(text) == {}


def _events(form, dispatcher, tracker):
    return {item["name"]: item["value"] for item in form.act(dispatcher, tracker)}


def test_a_labelled_answer_fills_what_is_asked_and_the_rest(form, make_tracker, dispatcher):
    tracker = make_tracker(
        "公司名称：华美皮具，联系人：王强，手机：13800138000", "inform",
        entities=[("phone", "13800138000")], slots={"requested_slot": "lead_company"},
    )  # fmt: skip
    found = _events(form, dispatcher, tracker)
    assert found["lead_company"] == "华美皮具"
    assert found["lead_contact"] == "王强"
    assert found["lead_phone"] == "13800138000"
    assert dispatcher.messages == []


def test_what_was_recognised_goes_before_what_stands_beside_a_label(form, make_tracker):
    tracker = make_tracker(
        "公司：是广州华美皮具有限公司的", "inform", entities=[("company", "广州华美皮具有限公司")],
        slots={"requested_slot": "lead_company"},
    )  # fmt: skip
    assert form.others(tracker)["lead_company"] == "广州华美皮具有限公司"


def test_opening_the_form_with_a_sentence_leaves_a_known_brief(form, make_tracker):
    tracker = make_tracker("我们这种情况能登记援助吗", "lead")
    assert "lead_brief" not in form.others(tracker)


def test_a_label_whose_value_is_no_number_fills_nothing(form, make_tracker):
    tracker = make_tracker("手机：稍后再给", "inform", slots={"requested_slot": "lead_company"})
    assert "lead_phone" not in form.others(tracker)
