from dataclasses import replace
from datetime import date

import pytest

from actions.lookup import look_in_city, look_up, order_numbers
from indexer.types import Assessment, QueryInfo, ScoredPassage
from knowledge.types import Kind, Passage

TODAY = date(2026, 11, 23)


def hit(document: str, *jurisdiction: str) -> ScoredPassage:
    passage = Passage(
        id=document, version="v", document=document, title=document, heading=("问",), text="答。", kind=Kind.GUIDE,
        jurisdiction=jurisdiction,
    )  # fmt: skip
    return ScoredPassage(passage, 1.0)


class FakeIndex:
    """Returns the hits that the filters allow; answers when there is one."""

    snapshot_id = "s"

    def __init__(self, hits, countries=()):
        self.hits, self.countries, self.asked = hits, countries, []

    def understand(self, text):
        return QueryInfo(text=text, expanded=text, countries=self.countries)

    def search(self, query, top_k, filters, today):
        self.asked.append(filters.jurisdictions)
        return [
            h for h in self.hits
            if not filters.jurisdictions or "GENERAL" in h.passage.jurisdiction
            or filters.jurisdictions & set(h.passage.jurisdiction)
        ]  # fmt: skip

    def assess(self, query, hits):
        return Assessment("answer" if hits else "refuse", 0.9)


def test_a_named_country_locks_the_search():
    index = FakeIndex([hit("us", "US"), hit("jp", "JP")], countries=("JP",))
    found = look_up(index, "日本商标异议期", TODAY)
    assert [h.passage.document for h in found.hits] == ["jp"]


def test_the_countrys_law_of_the_conversation_comes_first():
    index = FakeIndex([hit("us", "US"), hit("jp", "JP")])
    found = look_up(index, "期限多久", TODAY, country="JP")
    assert {h.passage.document for h in found.hits} == {"jp"}


def test_a_domestic_question_is_answered_from_home_while_a_country_is_known():
    index = FakeIndex([hit("cn", "CN"), hit("us", "US")])
    found = look_up(index, "广州资助怎么申请", TODAY, country="JP")
    assert [h.passage.document for h in found.hits] == ["cn"]


def test_no_third_country_is_ever_cited():
    index = FakeIndex([hit("us", "US")])
    assert look_up(index, "期限多久", TODAY, country="JP").hits == ()


def test_several_countries_among_the_first_hits_ask_for_one():
    index = FakeIndex([hit("us", "US"), hit("jp", "JP"), hit("de", "DE")])
    found = look_up(index, "商标异议期多久", TODAY)
    assert found.band == "country"
    assert found.countries == ("US", "JP", "DE")


def test_an_order_is_known_by_its_number_and_another_one_is_no_answer():
    other, own = hit("第801号", "CN"), hit("第835号", "CN")
    other = replace(other, passage=replace(other.passage, basis="国务院令第801号"))
    own = replace(own, passage=replace(own.passage, basis="国务院令第835号"))
    found = look_up(FakeIndex([other, own]), "835号令什么时候公布的", TODAY)
    assert [h.passage.document for h in found.hits] == ["第835号"]
    assert look_up(FakeIndex([other, own]), "国务院令第999号讲什么", TODAY).band == "refuse"
    assert len(look_up(FakeIndex([other, own]), "新规什么时候公布的", TODAY).hits) == 2


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("国务院令第801号", {"801"}), ("801号令", {"801"}),
        ("税务总局公告2013年第40号、第40号公告", {"40"}), ("337-TA-1499号调查", set()), ("11月20号收到的通知", set()),
        ("18号通知我们的", set()), ("商标15号公告的", set()),
    ],
)  # fmt: skip
def test_the_number_of_an_order_is_no_day_and_no_docket(text, numbers):
    assert order_numbers(text) == numbers


def headed(heading: str) -> ScoredPassage:
    found = hit(heading, "CN")
    return replace(found, passage=replace(found.passage, heading=("资助", heading)))


def test_what_another_city_pays_is_no_answer_and_ones_own_comes_first():
    hits = [
        headed(name)
        for name in (
            "深圳补贴海外维权",
            "广东省的资助",
            "海外维权资助办法",
            "惠州报几成",
            "山东的资助",
        )
    ]
    found = look_up(FakeIndex(hits), "惠州的厂在国外打官司能报销吗", TODAY)
    assert [h.passage.document for h in found.hits] == [
        "惠州报几成",
        "广东省的资助",
        "海外维权资助办法",
    ]
    every = look_up(FakeIndex(hits), "惠州和深圳的厂在国外打官司能报销吗", TODAY)
    assert len(every.hits) == len(hits)
    told = look_up(FakeIndex(hits), "惠州的厂收到德国来信", TODAY)
    assert told.hits[0].passage.document == "广东省的资助"


class CityIndex(FakeIndex):
    """An index that hears money asked for in 补 and 资助."""

    def understand(self, text):
        procedures = ("funding",) if "补" in text or "资助" in text else ()
        return QueryInfo(text=text, expanded=text, procedures=procedures)

    @property
    def understanding(self):
        return self

    def without(self, text, kinds):
        return text.replace("补多少", "")


def test_money_asked_of_a_city_is_answered_from_what_is_headed_by_its_money():
    saved, given = headed("深圳替企业省了多少"), headed("深圳的资助最高几万")
    index = CityIndex([saved, given])
    found = look_in_city(index, "深圳的厂打海外官司补多少", TODAY)
    assert [*found.hits] == [given]
    whole = look_in_city(index, "深圳的厂打海外官司找谁", TODAY)
    assert [*whole.hits] == [saved, given]
    alone = look_in_city(CityIndex([saved]), "深圳的厂打海外官司补多少", TODAY)
    assert [*alone.hits] == [saved]
