"""Which rule a message means: by the words, the place, the right and the side, and by which passages rest on it."""

import json
from dataclasses import replace

import pytest

from actions.deadline_choice import CLEAR, clear_rule
from actions.deadline_order import FEATURES, Asked, Meant, asks_of_term, lines, trained
from knowledge.deadline_table import load_deadline_table
from settings import ROOT
from tests.actions.turn.shelf import TABLES, TODAY, Shelf, hit

JUDGE = ROOT / "benchmarks" / "questions" / "judge" / "dated.jsonl"


@pytest.fixture(scope="module")
def table():
    return load_deadline_table(TABLES)


@pytest.fixture(scope="module")
def bare():
    return Shelf(lambda _: ("refuse", 0.1, []))


def meant(shelf, table, text, **known):
    return trained().meant(shelf, table, Asked(text, **known), TODAY)


@pytest.mark.parametrize(
    ("text", "known", "rule"),
    [
        ("加拿大商标8月12日公告，异议最晚哪天", {}, "ca-tm-opposition-2m"),
        ("德国商标公告8月24日，异议最晚哪天", {}, "de-tm-opposition-3-months"),
        ("日本商标异议最晚哪天", {}, "jp-tm-opposition-2-months"),
        ("公报是10月20日登的，异议还来得及吗", {"country": "JP", "rights": frozenset({"trademark"}), "context": "日本 商标"}, "jp-tm-opposition-2-months"),
        ("公报是10月20日登的，异议还来得及吗", {"country": "JP", "rights": frozenset({"patent"}), "context": "日本 专利"}, "jp-patent-opposition-6-months"),
    ],
)  # fmt: skip
def test_words_place_and_right_name_a_rule(bare, table, text, known, rule):
    assert meant(bare, table, text, **known)[0].rule.id == rule


@pytest.mark.parametrize(
    ("text", "place"), [("日本海关扣了货，几天内回", "JP"), ("越南海关扣了货，几天内回", "VN")]
)
def test_no_rule_of_another_place_is_meant(bare, table, text, place):
    found = meant(bare, table, text)
    assert found
    assert {item.rule.jurisdiction for item in found} <= {place, "GENERAL"}


def test_no_rule_of_another_right_is_meant(bare, table):
    found = meant(bare, table, "日本有人拿了我们的商标，公报登了，还来得及吗")
    assert all(item.rule.is_about({"trademark"}) for item in found)


def test_a_passage_that_rests_on_a_rule_speaks_for_it(table):
    text, rule = "美国那边寄来的纸上让我们表态，几天", "itc-337-response-20-days"
    without = Shelf(lambda _: ("refuse", 0.1, []))
    beside = Shelf(lambda _: ("answer", 0.9, [hit("us-337", facts=(rule,))]))
    chance = {
        name: {m.rule.id: m.chance for m in meant(shelf, table, text)}.get(rule, 0.0)
        for name, shelf in (("without", without), ("beside", beside))
    }
    assert chance["beside"] > chance["without"]


def test_a_rule_is_clear_from_a_chance_on(table):
    rule = next(iter(table.rules.values()))
    assert clear_rule([Meant(rule, CLEAR)]) is rule
    assert clear_rule([Meant(rule, CLEAR - 0.01)]) is None
    assert clear_rule([]) is None


def test_chances_are_a_share_of_one(bare, table):
    found = meant(bare, table, "收到传票，最晚哪天答辩")
    assert sum(item.chance for item in found) == pytest.approx(1)
    assert all(0 <= item.chance <= 1 for item in found)


def test_what_was_written_without_sight_of_the_table_is_kept_apart_from_what_is_learnt_from():
    rows = [json.loads(line) for line in JUDGE.read_text("utf-8").splitlines()]
    fitted = (JUDGE.parent.parent / "fit" / "dated.jsonl").read_text("utf-8")
    assert rows
    assert not any(row["id"] in fitted for row in rows)


ITC, TRO = "itc-337-response-20-days", "tro-duration-14-days"


def lines_of(shelf, table, text, **known):
    """What is told of each rule that may be meant, by name."""
    rules, rows = lines(shelf, table, Asked(text, **known), TODAY)
    return {
        rule.id: dict(zip(FEATURES, map(float, row), strict=True))
        for rule, row in zip(rules, rows, strict=True)
    }


def test_of_a_rule_it_is_told_where_the_passages_stand_that_rest_on_it_and_mention_it(table):
    found = [
        replace(hit("other"), verdict=2.0),
        replace(hit("both", facts=(TRO, ITC)), verdict=1.5),
        replace(hit("own", facts=(ITC,)), verdict=1.0),
        replace(hit("again", facts=(ITC,)), verdict=0.5),
    ]
    shelf = Shelf(lambda _: ("answer", 0.9, found))
    told = lines_of(shelf, table, "美国收到通知", country="US")
    itc, tro, none = told[ITC], told[TRO], told["ttab-answer-40-days"]
    assert [itc[name] for name in ("rested", "rested_any", "verdict", "gap", "count")] == [
        pytest.approx(1 / 3), 0.5, 1.5, 0.5, 2.0
    ]  # fmt: skip
    assert [tro[name] for name in ("rested", "rested_any", "count")] == [0.5, 0.5, 1.0]
    assert [none[name] for name in ("rested", "rested_any", "verdict", "count")] == [0, 0, -6.0, 0]


def test_of_a_rule_it_is_told_how_its_words_place_side_and_procedure_agree(bare, table):
    told = lines_of(bare, table, "收到美国337调查的起诉书，几天内答辩", side="respondent")
    assert {table.rules[name].jurisdiction for name in told} <= {"US", "GENERAL"}
    itc, other = told[ITC], told["ttab-answer-40-days"]
    assert (itc["place"], itc["side"], itc["procedure"]) == (1.0, 1.0, 1.0)
    assert other["procedure"] == -1.0
    general = next(row for name, row in told.items() if table.rules[name].jurisdiction == "GENERAL")
    assert general["place"] == pytest.approx(0.4)
    most = max(row["words"] for row in told.values())
    assert all(
        row["words_gap"] == pytest.approx(most - row["words"], abs=1e-4) for row in told.values()
    )
    assert max(row["words_rel"] for row in told.values()) == pytest.approx(1)
    assert min(row["title_gap"] for row in told.values()) == pytest.approx(0, abs=1e-6)
    said = sum(row["words"] > 0 for row in told.values())
    assert itc["rules_said"] == pytest.approx(said / 10)
    assert itc["length"] == pytest.approx(len("收到美国337调查的起诉书，几天内答辩") / 100)


def test_what_nothing_is_known_of_is_neither_for_nor_against_a_rule(bare, table):
    told = lines_of(bare, table, "几天内要回")[ITC]
    assert (told["place"], told["side"], told["procedure"], told["events"]) == (-1.0, 0.0, 0.0, 0.0)
    assert told["words_rel"] == 0.0


def test_a_member_of_a_union_is_nearly_at_home_in_its_forum(bare, table):
    told = lines_of(bare, table, "德国的欧盟商标异议几天")
    assert told["eutm-opposition-3-months"]["place"] == pytest.approx(1.0)
    told = lines_of(bare, table, "异议几天", country="DE")
    assert told["eutm-opposition-3-months"]["place"] == pytest.approx(0.7)
    assert told["de-tm-opposition-3-months"]["place"] == 1.0


@pytest.mark.parametrize(
    ("text", "is_of_term"),
    [
        ("我们的瑞士商标2017年6月1日注册的，几号到期", True),
        ("巴西外观2019年申请的保护期到哪天", True),
        ("瑞士商标11月2日公布，什么时候到期", False),
        ("瑞士商标异议几号到期", False),
        ("瑞士商标异议期多久", False),
    ],
)
def test_until_when_a_right_lasts_means_no_rule_of_an_attack_on_it(bare, table, text, is_of_term):
    assert asks_of_term(text, bare.understand(text)) is is_of_term
    rules, _ = lines(bare, table, Asked(text), TODAY)
    kept = {rule.procedure for rule in rules} <= {"registration"}
    assert kept is is_of_term
