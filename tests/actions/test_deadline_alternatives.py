from __future__ import annotations

import pytest

from actions.deadline_alternatives import takes_way, told_alternative
from actions.deadline_rules import default_table

RULES = default_table().rules


@pytest.mark.parametrize(
    ("rule", "text", "key"),
    [
        ("eu-customs-detention-10-days", "扣的是一柜鲜花，哪天前要回", "perishable"),
        ("eu-customs-detention-10-days", "扣的是手机壳，哪天前要回", None),
        ("eu-customs-detention-10-days", "不是易腐的，普通货", None),
        ("de-zpo-276-defence", "诉状是送到德国子公司的，哪天", "inside"),
        ("de-zpo-276-defence", "诉状是寄到广州的，哪天", None),
        ("uspto-office-action-3-months", "我们是走Madrid进的美国", "madrid"),
        ("uspto-office-action-3-months", "直接申请的，不走马德里", None),
        ("gb-defence-28", "还没提交送达认收，答辩哪天到期", "no-acknowledgment"),
        ("gb-defence-28", "认收我们一直没寄，哪天到期", "no-acknowledgment"),
        ("gb-defence-28", "no acknowledgment of service was filed", "no-acknowledgment"),
        ("gb-defence-28", "认收上周就交了，哪天到期", None),
        ("itc-337-teo-response", "没有被认定成更复杂的案子", None),
        ("itc-337-teo-response", "这件被认定为更复杂", "more-complicated"),
        ("tiktok-shop-appeal", "第二次申诉最晚哪天", "second"),
    ],
)
def test_what_is_said_of_the_case_tells_the_length(rule, text, key):
    assert told_alternative(RULES[rule], [text], ()) == key


def test_the_right_of_the_matter_tells_the_length():
    assert told_alternative(RULES["pc-02"], ["去国外最晚哪天"], {"design"}) == "design"
    assert told_alternative(RULES["pc-02"], ["去国外最晚哪天"], {"patent"}) is None


def test_every_word_that_is_listed_is_heard():
    for rule in RULES.values():
        for item in rule.alternatives:
            for word in item.said:
                assert told_alternative(rule, [f"这件是{word}的"], ()) is not None, (rule.id, word)
            for word in item.lacks:
                assert told_alternative(rule, [f"{word}还没有办"], ()) == item.key
                assert told_alternative(rule, [f"{word}办好了"], ()) is None


def test_what_was_said_before_holds_until_the_person_says_otherwise():
    rule = RULES["eu-customs-detention-10-days"]
    assert told_alternative(rule, ["11月17号收到的", "扣的是一柜鲜花"], ()) == "perishable"
    assert told_alternative(rule, ["不是易腐的，塑料花", "扣的是一柜鲜花"], ()) is None


@pytest.mark.parametrize(
    ("rule", "messages", "takes"),
    [
        ("uspto-office-action-3-months", ["商标驳回通知11月3日发的"], True),  # a general rule
        ("uspto-madrid-section66-6-months", ["商标驳回通知11月3日发的"], False),
        ("uspto-madrid-section66-6-months", ["马德里指定的，11月3日发的"], True),
        ("uspto-madrid-section66-6-months", ["11月3日发的", "我们走国际注册到美国"], True),
        ("uspto-madrid-section66-6-months", ["不是马德里，是直接申请的", "马德里那件"], False),
        ("eutm-ir-opposition-window", ["欧盟商标11月2日公布"], False),
        ("eutm-ir-opposition-window", ["指定欧盟的国际注册11月2日公布"], True),
        ("frcp-waiver-90-days", ["传票11月3日送到"], False),
        ("frcp-waiver-90-days", ["签了waiver，11月3日寄出的"], True),
        ("gb-patents-defence-42", ["高院诉状11月3日送达"], False),
        ("gb-patents-defence-42", ["专利官司，诉状11月3日送达"], True),
        ("itc-337-teo-response", ["337起诉书11月3日送达"], False),
        ("eu-customs-small-consignments", ["德国海关扣了一柜货"], False),
        ("eu-customs-small-consignments", ["德国海关扣了我一个快递"], True),
    ],
)
def test_a_special_way_is_taken_only_where_it_was_said(rule, messages, takes):
    assert takes_way(RULES[rule], messages) is takes


def test_every_word_for_a_special_way_is_heard():
    special = [rule for rule in RULES.values() if rule.special]
    assert special
    for rule in special:
        assert all(takes_way(rule, [word]) for word in rule.special.said)
